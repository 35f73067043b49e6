/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/save.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/store.h"
#include "core/cli/cli.h"
#include "core/io/safetensors.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifTensor *x; /* NHWC */
  double    *t;
  guint     *labels;
} Inputs;

static void
inputs_clear (Inputs *inputs)
{
  g_clear_pointer (&inputs->x, dif_tensor_unref);
  g_free (inputs->t);
  g_free (inputs->labels);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Inputs, inputs_clear)

static gboolean
refuse (GError **error, const DifSafetensors *file, const char *what)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH, _ ("“%s” %s."), dif_safetensors_name (file),
               what);
  return FALSE;
}

static gboolean
read_sample (DifSafetensors *file, DifContext *context, const DifModelFacts *facts, Inputs *inputs,
             GError **error)
{
  const DifTensorInfo *info = dif_safetensors_find (file, "sample");
  g_autofree float    *nchw = NULL;

  if (! info || info->n_dims != 4 || info->size == 0 || info->dim[1] != facts->in_channels ||
      info->dim[2] % facts->multiple || info->dim[3] % facts->multiple)
    {
      g_autofree char *what =
          g_strdup_printf (_ ("needs a tensor “sample” [N, %u, H, W] with H and W multiples of %u"),
                           facts->in_channels, facts->multiple);

      return refuse (error, file, what);
    }
  nchw = g_try_new (float, info->size);
  inputs->x = dif_context_nhwc (context, info->dim[0], info->dim[2], info->dim[3], info->dim[1]);
  if (! inputs->x)
    return ! dif_context_take_error (context, error);
  if (! nchw || ! dif_safetensors_read_f32 (file, info, nchw, error))
    return FALSE;
  dif_nchw_to_nhwc (nchw, info->dim[0], info->dim[1], info->dim[2], info->dim[3], inputs->x->data);
  return TRUE;
}

static gboolean
read_timestep (DifSafetensors *file, Inputs *inputs, GError **error)
{
  const DifTensorInfo *info = dif_safetensors_find (file, "timestep");
  gsize                n = inputs->x->dim[0];
  g_autofree gint64   *whole = NULL;

  if (! info || (info->size != 1 && info->size != n))
    return refuse (error, file, _ ("needs a tensor “timestep” with one number for each sample"));
  inputs->t = g_new (double, n);
  if (info->dtype == DIF_DTYPE_I64 || info->dtype == DIF_DTYPE_I32)
    {
      whole = g_new (gint64, info->size);
      if (! dif_safetensors_read_i64 (file, info, whole, error))
        return FALSE;
      for (gsize i = 0; i < info->size; i++)
        inputs->t[i] = (double) whole[i];
    }
  else if (! dif_safetensors_read_f64 (file, info, inputs->t, error))
    return FALSE;
  for (gsize i = info->size; i < n; i++)
    inputs->t[i] = inputs->t[0];
  return TRUE;
}

static gboolean
read_labels (DifSafetensors *file, const DifModelFacts *facts, Inputs *inputs, GError **error)
{
  const DifTensorInfo *info = dif_safetensors_find (file, "class_labels");
  gsize                n = inputs->x->dim[0];
  g_autofree gint64   *labels = g_new (gint64, n);

  if (facts->n_classes == 0)
    return TRUE;
  if (! info || info->size != n)
    return refuse (error, file, _ ("needs a tensor “class_labels” with one label for each sample"));
  if (! dif_safetensors_read_i64 (file, info, labels, error))
    return FALSE;
  inputs->labels = g_new (guint, n);
  for (gsize i = 0; i < n; i++)
    {
      if (labels[i] < 0 || labels[i] >= facts->n_classes)
        return refuse (error, file, _ ("has a label that the network does not have"));
      inputs->labels[i] = (guint) labels[i];
    }
  return TRUE;
}

static gboolean
write_output (const char *path, const DifTensor *y, GError **error)
{
  const gsize       shape[] = { y->dim[0], y->dim[3], y->dim[1], y->dim[2] };
  g_autofree float *nchw = g_new (float, y->size);
  DifTensorOut      out = { .name = "sample", .dtype = DIF_DTYPE_F32, .n_dims = 4, .data = nchw };

  memcpy (out.dim, shape, sizeof shape);
  dif_nhwc_to_nchw (y->data, shape[0], shape[1], shape[2], shape[3], nchw);
  return dif_safetensors_write (path, &out, 1, error);
}

static gboolean
evaluate (const char *model, const char *input, const char *output, guint threads, GError **error)
{
  g_autofree char           *folder = dif_resolve_model (model, error);
  g_autoptr (DifCheckpoint)  checkpoint = folder ? dif_checkpoint_open (folder, 0, error) : NULL;
  g_autoptr (DifSafetensors) file = checkpoint ? dif_safetensors_open (input, error) : NULL;
  g_autoptr (DifContext)     context = dif_context_new (threads, NULL);
  g_autoptr (DifTensor)      y = NULL;
  g_auto (Inputs) inputs = { NULL };
  const DifModelFacts *facts;

  if (! file)
    return FALSE;
  facts = dif_model_facts (checkpoint->model);
  if (! read_sample (file, context, facts, &inputs, error) ||
      ! read_timestep (file, &inputs, error) || ! read_labels (file, facts, &inputs, error) ||
      ! dif_safetensors_finish (file, error))
    return FALSE;
  y = dif_model_forward_labels (checkpoint->model, context, inputs.x, inputs.t, inputs.labels);
  if (! y)
    return ! dif_context_take_error (context, error);
  return write_output (output, y, error);
}

int
cli_eval (int argc, char **argv)
{
  int                threads = 0;
  const GOptionEntry entries[] = {
    { "threads", 'j', 0, G_OPTION_ARG_INT, &threads, N_ ("threads (one per processor)"), "N" },
    G_OPTION_ENTRY_NULL,
  };
  GError *error = NULL;

  if (! cli_parse (entries, _ ("MODEL IN.safetensors OUT.safetensors"),
                   _ ("Evaluates a network once: sample [N, C, H, W], timestep, class_labels to "
                      "sample."),
                   3, &argc, &argv))
    return CLI_MISUSED;
  if (threads < 0 || threads > 1024)
    return cli_misused (_ ("--threads takes a whole number from 0 to 1024."));
  if (! dif_save_check (argv[3], &error) ||
      ! evaluate (argv[1], argv[2], argv[3], (guint) threads, &error))
    return cli_failed (error);
  return CLI_OK;
}
