/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a folder can have wrong, and what is said about it. */

#include <string.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/models/model.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"

#define WEIGHTS      "diffusion_pytorch_model.safetensors"
#define HALF_WEIGHTS "diffusion_pytorch_model.fp16.safetensors"

static void
assert_refused (const char *folder, gint code, const char *word)
{
  for (gboolean shapes_only = FALSE; shapes_only <= TRUE; shapes_only++)
    {
      GError   *error = NULL;
      DifModel *model = dif_model_open (folder, shapes_only, &error);

      g_assert_null (model);
      dif_model_free (model);
      test_assert_error (error, code, word, NULL);
    }
}

static void
test_files (void)
{
  char              *folder = test_folder_new ();
  g_autoptr (GArray) tensors = tiny_unet_tensors (&tiny_unet);
  g_autofree char   *weights = g_build_filename (folder, WEIGHTS, NULL);

  assert_refused (folder, DIF_ERROR_MISSING, "config.json");
  tiny_unet_write_config (&tiny_unet, folder, NULL, NULL);
  assert_refused (folder, DIF_ERROR_MISSING, WEIGHTS);
  test_folder_write (folder, WEIGHTS, "version https://git-lfs.github.com/spec/v1\n");
  assert_refused (folder, DIF_ERROR_NOT_SAFETENSORS, WEIGHTS);
  g_remove (weights);
  g_mkdir (weights, 0755);
  assert_refused (folder, DIF_ERROR_IO, WEIGHTS);
  test_folder_free (folder);
}

static void
test_missing_tensor (void)
{
  static const char *const names[] = { "conv_in.weight", "conv_out.bias", "class_embedding.weight",
                                       "mid_block.resnets.1.conv2.bias",
                                       "time_embedding.linear_2.weight" };
  TinyUNet                 net = tiny_unet;

  net.n_classes = 4;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char              *folder = test_folder_new ();
      g_autoptr (GArray) tensors = tiny_unet_tensors (&net);

      g_array_remove_index (tensors, tiny_unet_find (tensors, names[i]));
      tiny_unet_write_config (&net, folder, NULL, NULL);
      tiny_unet_write_tensors (tensors, folder, WEIGHTS);
      assert_refused (folder, DIF_ERROR_MISSING, names[i]);
      test_folder_free (folder);
    }
}

static void
test_extra_tensor (void)
{
  char              *folder = test_folder_new ();
  g_autoptr (GArray) tensors = tiny_unet_tensors (&tiny_unet);
  DifTensorOut       extra = { g_strdup ("encoder.left_over"), DIF_DTYPE_F32, 1, { 1 }, NULL };

  extra.data = g_new0 (float, 1);
  g_array_append_val (tensors, extra);
  tiny_unet_write_config (&tiny_unet, folder, NULL, NULL);
  tiny_unet_write_tensors (tensors, folder, WEIGHTS);
  assert_refused (folder, DIF_ERROR_MISMATCH, "encoder.left_over");
  test_folder_free (folder);
}

static void
test_wrong_shape (void)
{
  char              *folder = test_folder_new ();
  g_autoptr (GArray) tensors = tiny_unet_tensors (&tiny_unet);
  guint              at = tiny_unet_find (tensors, "conv_in.weight");
  DifTensorOut      *tensor = &g_array_index (tensors, DifTensorOut, at);

  tensor->dim[0] = 4; /* 8, 3, 3, 3 */
  tensor->dim[1] = 6;
  tiny_unet_write_config (&tiny_unet, folder, NULL, NULL);
  tiny_unet_write_tensors (tensors, folder, WEIGHTS);
  assert_refused (folder, DIF_ERROR_MISMATCH, "[4, 6, 3, 3]");
  assert_refused (folder, DIF_ERROR_MISMATCH, "[8, 3, 3, 3]");
  assert_refused (folder, DIF_ERROR_MISMATCH, "conv_in.weight");
  test_folder_free (folder);
}

static void
test_nonfinite (void)
{
  char              *folder = test_folder_new ();
  g_autoptr (GArray) tensors = tiny_unet_tensors (&tiny_unet);
  guint              at = tiny_unet_find (tensors, "mid_block.resnets.0.conv1.weight");
  const guint32      bits = 0x7fc00000;
  GError            *error = NULL;
  DifModel          *model;

  memcpy ((float *) g_array_index (tensors, DifTensorOut, at).data + 5, &bits, sizeof bits);
  tiny_unet_write_config (&tiny_unet, folder, NULL, NULL);
  tiny_unet_write_tensors (tensors, folder, WEIGHTS);
  model = dif_model_open (folder, FALSE, &error);
  g_assert_null (model);
  test_assert_error (error, DIF_ERROR_NONFINITE, "mid_block.resnets.0.conv1.weight", NULL);
  test_folder_free (folder);
}

/* A file of two tensors in half precision is enough to tell which one was opened. */
static void
test_half_precision (void)
{
  static const char  header[] = "{'conv_in.bias':{'dtype':'F16','shape':[1],'data_offsets':[0,2]}}";
  g_autofree char   *json = test_json (header);
  GString           *bytes = g_string_new_len ("\0\0\0\0\0\0\0\0", 8);
  char              *folder = test_folder_new ();
  g_autofree char   *half = g_build_filename (folder, HALF_WEIGHTS, NULL);
  g_autoptr (GArray) tensors = tiny_unet_tensors (&tiny_unet);
  DifModel          *model;

  bytes->str[0] = (char) strlen (json);
  g_string_append (bytes, json);
  g_string_append_len (bytes, "\0\0", 2);
  g_assert_true (g_file_set_contents (half, bytes->str, (gssize) bytes->len, NULL));
  g_string_free (bytes, TRUE);
  tiny_unet_write_config (&tiny_unet, folder, NULL, NULL);
  assert_refused (folder, DIF_ERROR_MISSING, HALF_WEIGHTS); /* a tensor in it */
  tiny_unet_write_tensors (tensors, folder, WEIGHTS);
  model = dif_model_open (folder, FALSE, NULL);
  g_assert_nonnull (model);
  dif_model_free (model);
  test_folder_free (folder);
}

static void
test_facts_only (void)
{
  char                *folder = test_folder_new ();
  g_autoptr (GArray)   tensors = tiny_unet_tensors (&tiny_unet);
  g_autoptr (DifModel) model = NULL;
  guint64              count = 0;

  for (guint i = 0; i < tensors->len; i++)
    {
      const DifTensorOut *t = &g_array_index (tensors, DifTensorOut, i);
      guint64             size = 1;

      for (guint k = 0; k < t->n_dims; k++)
        size *= t->dim[k];
      count += size;
    }
  tiny_unet_write (&tiny_unet, folder);
  model = dif_model_open (folder, TRUE, NULL);
  g_assert_nonnull (model);
  if (model)
    {
      g_assert_cmpuint (dif_model_facts (model)->n_parameters, ==, count);
      g_assert_cmpuint (dif_model_facts (model)->sample_size, ==, 16);
    }
  test_folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/model/files", test_files);
  g_test_add_func ("/model/missing-tensor", test_missing_tensor);
  g_test_add_func ("/model/extra-tensor", test_extra_tensor);
  g_test_add_func ("/model/wrong-shape", test_wrong_shape);
  g_test_add_func ("/model/nonfinite", test_nonfinite);
  g_test_add_func ("/model/half-precision", test_half_precision);
  g_test_add_func ("/model/facts-only", test_facts_only);
  return g_test_run ();
}
