/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One step of an optimizer with a network's gradients, in single precision. */

#include <string.h>

#include "core/io/json.h"
#include "tests/verify/optim.h"

#define MAX_JSON (64 * 1024 * 1024)

/* Attention's layers were called otherwise when the file was written. */
static char *
old_name (const char *name)
{
  static const char *const pairs[][2] = { { "to_q", "query" },
                                          { "to_k", "key" },
                                          { "to_v", "value" },
                                          { "to_out.0", "proj_attn" } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_auto (GStrv) parts = g_strsplit (name, pairs[i][0], 2);

      if (parts[0] && parts[1])
        return g_strjoinv (pairs[i][1], parts);
    }
  return g_strdup (name);
}

/* The weights before the step, and the gradients that losses/unet_grad has of the network. */
typedef struct
{
  DifSafetensors *weights;
  DifSafetensors *gradients;
  char           *entry; /* of losses/unet_grad */
  DifUpdate       update;
  double          decay;
} Network;

static void
network_clear (Network *network)
{
  dif_safetensors_close (network->weights);
  dif_safetensors_close (network->gradients);
  g_free (network->entry);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Network, network_clear)

static char *
entry_of (Case *c, const char *path, const char *model)
{
  GError *error = NULL;
  json_t *root = dif_json_load_limit (path, MAX_JSON, &error);
  char   *found = NULL;
  gsize   i;
  json_t *entry;

  if (! root)
    case_fail_error (c, error);
  json_array_foreach (json_object_get (root, "cases"), i, entry)
  {
    const char *own = json_string_value (json_object_get (entry, "model"));

    if (g_strcmp0 (own, model) == 0 && ! found)
      found = g_strdup (json_string_value (json_object_get (entry, "id")));
  }
  json_decref (root);
  if (! found)
    case_fail (c, "losses/unet_grad has no gradients of %s", model);
  return found;
}

static gboolean
network_open (Network *network, Case *c)
{
  const char      *model = case_string (c, c->json, "model");
  g_autofree char *up = g_path_get_dirname (c->folder);
  g_autofree char *weights =
      g_build_filename (up, "models", model, "diffusion_pytorch_model.safetensors", NULL);
  g_autofree char *gradients = g_build_filename (c->folder, "unet_grad.safetensors", NULL);
  g_autofree char *list = g_build_filename (c->folder, "unet_grad.json", NULL);
  GError          *error = NULL;

  network->weights = dif_safetensors_open (weights, &error);
  if (network->weights)
    network->gradients = dif_safetensors_open (gradients, &error);
  if (network->gradients)
    network->entry = entry_of (c, list, model);
  else
    case_fail_error (c, error);
  network->decay = case_number (c, c->json, "ema_decay");
  return case_ok (c);
}

static float *
read_tensor (Case *c, DifSafetensors *file, const char *name, gsize n)
{
  const DifTensorInfo *info = dif_safetensors_find (file, name);
  g_autofree float    *out = g_new (float, n);
  GError              *error = NULL;

  if (! info || info->size != n)
    case_fail (c, "\"%s\" has no tensor \"%s\" of that size", dif_safetensors_name (file), name);
  else if (! dif_safetensors_read_f32 (file, info, out, &error))
    case_fail_error (c, error);
  return case_ok (c) ? g_steal_pointer (&out) : NULL;
}

static void
compare_single (Case *c, const char *kind, const char *name, const float *got, gsize n)
{
  g_autofree char   *tensor = g_strjoin ("/", kind, name, NULL);
  g_autofree double *numbers = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    numbers[i] = got[i];
  case_compare (c, tensor, numbers, n);
}

static void
step_tensor (const Network *network, Case *c, const char *name)
{
  g_autofree char     *old = old_name (name);
  g_autofree char     *slope = g_strjoin ("/", network->entry, "grad", name, NULL);
  const DifTensorInfo *info = dif_safetensors_find (network->gradients, slope);
  const gsize          n = info ? MAX (1, info->size) : 1;
  g_autofree float    *g = read_tensor (c, network->gradients, slope, n);
  g_autofree float    *p = NULL, *ema = NULL, *moments = g_new0 (float, 2 * n);

  if (g)
    p = read_tensor (c, network->weights,
                     dif_safetensors_find (network->weights, name) ? name : old, n);
  if (! p)
    return;
  ema = g_memdup2 (p, n * sizeof (float));
  dif_update_f32 (p, g, moments, moments + n, n, &network->update);
  dif_average_f32 (ema, p, n, network->decay);
  compare_single (c, "after", name, p, n);
  compare_single (c, "ema", name, ema, n);
}

void
optim_check_network (Case *c, const DifOptimizerRule *rule)
{
  g_auto (Network) network = { NULL };
  const char *key;
  json_t     *spec;

  if (! network_open (&network, c))
    return;
  dif_update_init (&network.update, rule, 1, case_number (c, c->json, "lr"), 0.0);
  json_object_foreach (json_object_get (c->json, "tensors"), key, spec)
  {
    const char *slash = strchr (key, '/');

    if (g_str_has_prefix (key, "after/") || g_str_has_prefix (key, "ema/"))
      step_tensor (&network, c, slash + 1);
  }
}
