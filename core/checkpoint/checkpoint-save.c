/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A checkpoint's folder, written. */

#include <errno.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/half.h"
#include "core/base/save.h"
#include "core/checkpoint/checkpoint.h"
#include "core/io/json.h"
#include "core/io/safetensors.h"
#include "core/nn/names.h"
#include "core/nn/params.h"

static const char *const weights[] = { "diffusion_pytorch_model.safetensors",
                                       "diffusion_pytorch_model.fp16.safetensors" };

static gboolean
set_io_error (GError **error, const char *path, const char *why)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, DIF_ERROR, DIF_ERROR_IO, _ ("Could not write “%s”: %s."), display, why);
  return FALSE;
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0777) == 0)
    return TRUE;
  return set_io_error (error, path, g_strerror (errno));
}

static gboolean
write_json (json_t *json, const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = dif_json_dump (json, JSON_INDENT (2) | JSON_PRESERVE_ORDER);

  return dif_save (path, text, strlen (text), error);
}

/* The same numbers in half precision; %NULL if there are some that it cannot hold. */
static guint16 *
halve (const char *name, const DifTensor *value, GError **error)
{
  guint16 *bits = g_new (guint16, MAX (value->size, 1));

  dif_narrow_f16 (value->data, bits, value->size);
  for (gsize i = 0; i < value->size; i++)
    if ((bits[i] & 0x7c00) == 0x7c00)
      {
        g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                     _ ("Tensor “%s” holds %g, which is beyond half precision."), name,
                     (double) value->data[i]);
        g_free (bits);
        return NULL;
      }
  return bits;
}

static gboolean
write_weights (const DifCheckpoint *checkpoint, const DifTensor *const *values, gboolean half,
               const char *unet, GError **error)
{
  g_autofree char         *path = g_build_filename (unet, weights[half], NULL);
  g_autofree char         *other = g_build_filename (unet, weights[! half], NULL);
  guint                    n;
  const DifParam          *params = dif_params_list (dif_model_params (checkpoint->model), &n);
  g_autofree DifTensorOut *out = g_new0 (DifTensorOut, n);
  g_autoptr (GPtrArray)    names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray)    halves = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      const DifTensor *value = values ? values[i] : params[i].value;

      g_ptr_array_add (names, dif_name_today (params[i].name));
      out[i].name = names->pdata[i];
      out[i].dtype = half ? DIF_DTYPE_F16 : DIF_DTYPE_F32;
      out[i].n_dims = value->n_dims;
      out[i].data = value->data;
      if (half)
        {
          out[i].data = halve (out[i].name, value, error);
          if (! out[i].data)
            return FALSE;
          g_ptr_array_add (halves, (gpointer) out[i].data);
        }
      for (guint d = 0; d < value->n_dims; d++)
        out[i].dim[d] = value->dim[d];
    }
  if (! dif_safetensors_write_with (path, out, n, (const char *const[]) { "format", "pt", NULL },
                                    error))
    return FALSE;
  if (g_remove (other) != 0 && errno != ENOENT) /* of an earlier save: it would be read instead */
    return set_io_error (error, other, g_strerror (errno));
  return TRUE;
}

static gboolean
write_labels (const DifCheckpoint *checkpoint, const char *folder, GError **error)
{
  json_t  *labels = checkpoint->labels ? dif_labels_to_json (checkpoint->labels) : NULL;
  gboolean written = ! labels || write_json (labels, folder, "labels.json", error);

  json_decref (labels);
  return written;
}

static gboolean
write_index (const DifCheckpoint *checkpoint, const char *folder, GError **error)
{
  const char *pipeline = checkpoint->process ? checkpoint->process->kind->pipeline : NULL;
  json_t     *index = json_pack ("{s:s, s:s, s:[s, s], s:[s, O]}", "_class_name",
                             pipeline ? pipeline : "DDPMPipeline", "_diffusers_version", "0.30.0",
                                 "unet", "diffusers", "UNet2DModel", "scheduler", "diffusers",
                                 json_object_get (checkpoint->scheduler, "_class_name"));
  gboolean    written = ! index || write_json (index, folder, "model_index.json", error);

  json_decref (index);
  return written;
}

gboolean
dif_checkpoint_save (const DifCheckpoint *checkpoint, const DifTensor *const *values, gboolean half,
                     const char *folder, GError **error)
{
  g_autofree char *unet = g_build_filename (folder, "unet", NULL);
  g_autofree char *scheduler = g_build_filename (folder, "scheduler", NULL);

  return make_folder (unet, error) && make_folder (scheduler, error) &&
         write_weights (checkpoint, values, half != FALSE, unet, error) &&
         write_labels (checkpoint, folder, error) &&
         write_json (checkpoint->scheduler, scheduler, "scheduler_config.json", error) &&
         write_json (checkpoint->config, unet, "config.json", error) &&
         write_index (checkpoint, folder, error);
}

void
dif_checkpoint_unsave (const char *folder)
{
  const char *const parts[][2] = { { "", "model_index.json" },
                                   { "unet", "config.json" },
                                   { "scheduler", "scheduler_config.json" },
                                   { "", "labels.json" },
                                   { "unet", weights[0] },
                                   { "unet", weights[1] },
                                   { "scheduler", "" },
                                   { "unet", "" } };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_build_filename (folder, parts[i][0], parts[i][1], NULL);

      g_remove (path); /* folders only if they are empty */
    }
}
