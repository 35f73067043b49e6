/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/tensor-source.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/models/model.h"
#include "core/nn/params.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"

#define UNET "model.diffusion_model."

static char *folder;
static float numbers[24];

static char *
write_file (const char *name, const DifTensorOut *tensors, guint n)
{
  char              *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  dif_safetensors_write (path, tensors, n, &error);
  g_assert_no_error (error);
  return path;
}

/* A network, parts of others and what belongs to none, as one file. */
static char *
write_bundle (void)
{
  static const gint64 ids[] = { 0, 1, 2 };
  const DifTensorOut  tensors[] = {
    { UNET "in.weight", DIF_DTYPE_F32, 2, { 2, 3 }, numbers },
    { UNET "in.bias", DIF_DTYPE_F32, 1, { 2 }, numbers + 6 },
    { UNET "junk.weight", DIF_DTYPE_F32, 1, { 1 }, numbers },
    { "first_stage_model.in.weight", DIF_DTYPE_F32, 1, { 4 }, numbers + 8 },
    { "model_ema.in", DIF_DTYPE_F32, 1, { 4 }, numbers + 12 },
    { UNET "position_ids", DIF_DTYPE_I64, 1, { 3 }, ids },
    { "v_pred", DIF_DTYPE_F32, 1, { 0 }, NULL },
  };

  return write_file ("bundle.safetensors", tensors, G_N_ELEMENTS (tensors));
}

static DifTensorSource *
open_source (const char *path)
{
  g_autoptr (GError) error = NULL;
  DifTensorSource   *source = dif_tensor_source_open (path, &error);

  g_assert_no_error (error);
  return source;
}

static void
assert_reads (DifTensorSource *source, const char *name, const float *expected, gsize n)
{
  const DifNamedTensor *tensor = dif_tensor_source_find (source, name);
  float                 out[24];
  g_autoptr (GError)    error = NULL;

  g_assert_nonnull (tensor);
  g_assert_cmpuint (tensor ? tensor->info->size : 0, ==, n);
  if (! tensor || tensor->info->size != n)
    return;
  g_assert_true (dif_tensor_source_read (source, tensor, out, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (out, n * sizeof (float), expected, n * sizeof (float));
}

static void
test_file (void)
{
  g_autofree char            *path = write_bundle ();
  g_autoptr (DifTensorSource) source = open_source (path);
  g_autofree char            *missing = g_build_filename (folder, "no.safetensors", NULL);
  guint                       n;
  GError                     *error = NULL;

  dif_tensor_source_tensors (source, &n);
  g_assert_cmpuint (n, ==, 7);
  assert_reads (source, UNET "in.bias", numbers + 6, 2);
  g_assert_null (dif_tensor_source_find (source, "in.bias"));
  g_assert_true (dif_tensor_source_finish (source, NULL));
  g_assert_null (dif_tensor_source_open (missing, &error));
  test_assert_error (error, DIF_ERROR_MISSING, NULL);
  dif_tensor_source_unref (NULL);
}

/* Several files by an index, whose names never lead elsewhere. */
static void
test_shards (void)
{
  const DifTensorOut          one = { "a", DIF_DTYPE_F32, 1, { 3 }, numbers };
  const DifTensorOut          two = { "b", DIF_DTYPE_F32, 1, { 5 }, numbers + 3 };
  g_autofree char            *first = write_file ("s-1.safetensors", &one, 1);
  g_autofree char            *second = write_file ("s-2.safetensors", &two, 1);
  g_autofree char            *index = g_build_filename (folder, "s.index.json", NULL);
  g_autofree char            *bad = g_build_filename (folder, "bad.index.json", NULL);
  g_autofree char            *half = g_build_filename (folder, "half.index.json", NULL);
  g_autoptr (DifTensorSource) source = NULL;
  GError                     *error = NULL;

  test_folder_write (folder, "s.index.json",
                     "{'weight_map': {'a': 's-1.safetensors', 'b': 's-2.safetensors'}}");
  test_folder_write (folder, "bad.index.json", "{'weight_map': {'a': '../s-1.safetensors'}}");
  test_folder_write (folder, "half.index.json",
                     "{'weight_map': {'a': 's-1.safetensors', 'b': 's-3.safetensors'}}");
  source = open_source (index);
  assert_reads (source, "b", numbers + 3, 5);
  assert_reads (source, "a", numbers, 3);
  g_assert_null (dif_tensor_source_open (bad, &error));
  test_assert_error (error, DIF_ERROR_PATH, NULL);
  error = NULL;
  g_assert_null (dif_tensor_source_open (half, &error));
  test_assert_error (error, DIF_ERROR_MISSING, "s-3", NULL);
}

/* "in" is "conv_in" here, and junk is nobody's. */
static char *
rename_in (const char *name, gpointer data)
{
  guint *n_asked = data;

  (*n_asked)++;
  if (g_str_has_prefix (name, "in."))
    return g_strconcat ("conv_", name, NULL);
  return g_str_has_prefix (name, "junk.") ? NULL : g_strdup (name);
}

/* A part lives without its whole, has the names of its network, and is not concerned with what lies
 * beside it. */
static void
test_part (void)
{
  g_autofree char            *path = write_bundle ();
  DifTensorSource            *whole = open_source (path);
  guint                       n_asked = 0;
  g_autoptr (DifTensorSource) part =
      dif_tensor_source_part (whole, UNET, rename_in, &n_asked, NULL);
  g_autoptr (DifTensorSource) other =
      dif_tensor_source_part (whole, "first_stage_model.", NULL, NULL, NULL);
  g_autoptr (DifParams) params = NULL;
  const DifTensor      *bias;
  g_autoptr (GError)    error = NULL;

  dif_tensor_source_unref (whole);
  g_assert_cmpuint (n_asked, ==, 4);
  assert_reads (part, "conv_in.weight", numbers, 6);
  assert_reads (other, "in.weight", numbers + 8, 4);
  g_assert_null (dif_tensor_source_find (part, "in.weight"));
  g_assert_null (dif_tensor_source_find (part, "junk.weight"));
  params = dif_params_new (g_steal_pointer (&part), FALSE);
  g_assert_cmpuint (dif_params_count (params), ==, 8);
  g_assert_nonnull (dif_params_linear (params, "conv_in", 2, 3));
  bias = dif_params_vector (params, "conv_in", "bias", 2);
  g_assert_true (dif_params_finish (params, &error));
  g_assert_no_error (error);
  if (bias)
    g_assert_cmpmem (bias->data, 2 * sizeof (float), numbers + 6, 2 * sizeof (float));
}

static char *
rename_all (const char *name, gpointer data)
{
  return g_strdup (data);
}

static void
test_part_wrong (void)
{
  g_autofree char            *path = write_bundle ();
  g_autoptr (DifTensorSource) whole = open_source (path);
  g_autoptr (DifParams)       params = NULL;
  GError                     *error = NULL;

  g_assert_null (dif_tensor_source_part (whole, "cond_stage_model.", NULL, NULL, &error));
  test_assert_error (error, DIF_ERROR_MISSING, "bundle", "cond_stage_model.", NULL);
  error = NULL;
  g_assert_null (dif_tensor_source_part (whole, UNET, rename_all, (char *) "same", &error));
  test_assert_error (error, DIF_ERROR_DUPKEY, "bundle", UNET, NULL);
  /* what is left over inside is named as in the file */
  params = dif_params_new (dif_tensor_source_part (whole, UNET, NULL, NULL, NULL), FALSE);
  dif_params_linear (params, "in", 2, 3);
  dif_params_vector (params, "in", "bias", 2);
  error = NULL;
  g_assert_false (dif_params_finish (params, &error));
  test_assert_error (error, DIF_ERROR_MISMATCH, UNET "junk.weight", NULL);
}

static char *
rename_back (const char *name, gpointer data)
{
  return g_str_has_prefix (name, "net_") ? g_strdup (name + strlen ("net_")) : NULL;
}

static DifModel *
load (const char *config_folder, DifTensorSource *source)
{
  g_autofree char *config_path = g_build_filename (config_folder, "config.json", NULL);
  g_auto (DifJsonReader) config = DIF_JSON_READER_INIT;
  g_autoptr (GError) error = NULL;
  DifModel          *model;

  g_assert_true (dif_json_reader_open (&config, config_path));
  model = dif_model_load (&config, dif_params_new (source, FALSE), &error);
  g_assert_no_error (error);
  return model;
}

/* A network out of a file with others is the one out of its own folder, bit for bit. */
static void
test_network (void)
{
  g_autofree char       *plain = g_build_filename (folder, "plain", NULL);
  g_autofree char       *path = g_build_filename (folder, "whole.safetensors", NULL);
  g_autoptr (GArray)     tensors = tiny_unet_tensors (&tiny_unet);
  const DifTensorOut     foreign = { "first_stage_model.net_x", DIF_DTYPE_F32, 1, { 2 }, numbers };
  g_autoptr (DifModel)   expected = NULL;
  g_autoptr (DifModel)   actual = NULL;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 8, 8, 3);
  g_autoptr (DifTensor)  a = NULL;
  g_autoptr (DifTensor)  b = NULL;

  tiny_unet_write (&tiny_unet, plain);
  for (guint i = 0; i < tensors->len; i++)
    {
      DifTensorOut *tensor = &g_array_index (tensors, DifTensorOut, i);
      char         *name = g_strconcat (UNET "net_", tensor->name, NULL);

      g_free ((char *) tensor->name);
      tensor->name = name;
    }
  {
    g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (DifTensorOut));

    g_array_append_vals (all, tensors->data, tensors->len);
    g_array_append_val (all, foreign);
    g_assert_true (
        dif_safetensors_write (path, (DifTensorOut *) (gpointer) all->data, all->len, NULL));
  }
  expected = dif_model_open (plain, FALSE, NULL);
  {
    g_autoptr (DifTensorSource) whole = open_source (path);

    actual = load (plain, dif_tensor_source_part (whole, UNET, rename_back, NULL, NULL));
  }
  if (! expected || ! actual)
    return;
  a = dif_model_forward (expected, context, x, (const double[]) { 7.0 }, NULL);
  b = dif_model_forward (actual, context, x, (const double[]) { 7.0 }, NULL);
  if (test_has_shape (a, 1, 8, 8, 3) && test_has_shape (b, 1, 8, 8, 3))
    g_assert_cmpmem (a->data, a->size * sizeof (float), b->data, b->size * sizeof (float));
}

/* ---- deltas ---- */

typedef struct
{
  DifDelta parent;
  float    factor; /* out = factor out + term */
  float    term;
  guint   *n_freed;
} Change;

static gboolean
change_add (DifDelta *self, const DifTensorInfo *info, float *out, GError **error)
{
  const Change *own = (const Change *) self;

  for (gsize i = 0; i < info->size; i++)
    out[i] = own->factor * out[i] + own->term;
  if (own->term != 13.0f)
    return TRUE;
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_IO, "no luck");
  return FALSE;
}

static gboolean
change_finish (DifDelta *self, GError **error)
{
  if (((const Change *) self)->term != 7.0f)
    return TRUE;
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_CHANGED, "changed");
  return FALSE;
}

static void
change_free (DifDelta *self)
{
  (*((Change *) self)->n_freed)++;
  g_free (self);
}

static void
add_change (DifTensorSource *source, const char *name, float factor, float term, guint *n_freed)
{
  Change *own = g_new0 (Change, 1);

  *own = (Change) { { change_add, change_finish, change_free }, factor, term, n_freed };
  dif_tensor_source_add_delta (source, dif_tensor_source_find (source, name), &own->parent);
}

/* In turn, and to what is read as this part only. */
static void
test_deltas (void)
{
  g_autofree char *path = write_bundle ();
  DifTensorSource *whole = open_source (path);
  DifTensorSource *part = dif_tensor_source_part (whole, "model_ema.", NULL, NULL, NULL);
  guint            n_freed = 0;
  float            expected[4];

  add_change (part, "in", 2.0f, 1.0f, &n_freed);
  add_change (part, "in", 3.0f, 2.0f, &n_freed);
  for (guint i = 0; i < 4; i++)
    expected[i] = 3.0f * (2.0f * numbers[12 + i] + 1.0f) + 2.0f;
  assert_reads (part, "in", expected, 4);
  assert_reads (whole, "model_ema.in", numbers + 12, 4);
  g_assert_true (dif_tensor_source_finish (part, NULL));
  dif_tensor_source_unref (part);
  dif_tensor_source_unref (whole);
  g_assert_cmpuint (n_freed, ==, 2);
}

static void
test_deltas_wrong (void)
{
  static const struct
  {
    float factor;
    float term;
    gint  code;
  } wrong[] = { { 1.0f, INFINITY, DIF_ERROR_NONFINITE },
                { 1.0f, NAN, DIF_ERROR_NONFINITE },
                { 1.0f, 13.0f, DIF_ERROR_IO },
                { 1.0f, 7.0f, DIF_ERROR_CHANGED } };
  g_autofree char *path = write_bundle ();
  guint            n_freed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      DifTensorSource *whole = open_source (path);
      DifTensorSource *part =
          dif_tensor_source_part (whole, "first_stage_model.", NULL, NULL, NULL);
      DifParams *params;
      GError    *error = NULL;

      add_change (part, "in.weight", wrong[i].factor, wrong[i].term, &n_freed);
      dif_tensor_source_unref (whole);
      params = dif_params_new (part, FALSE);
      dif_params_vector (params, "in", "weight", 4);
      g_assert_false (dif_params_finish (params, &error));
      g_assert_error (error, DIF_ERROR, wrong[i].code);
      g_clear_error (&error);
      dif_params_free (params);
    }
  g_assert_cmpuint (n_freed, ==, G_N_ELEMENTS (wrong));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  folder = test_folder_new ();
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = 0.5f + (float) i;
  g_test_add_func ("/tensor-source/file", test_file);
  g_test_add_func ("/tensor-source/shards", test_shards);
  g_test_add_func ("/tensor-source/part", test_part);
  g_test_add_func ("/tensor-source/part-wrong", test_part_wrong);
  g_test_add_func ("/tensor-source/network", test_network);
  g_test_add_func ("/tensor-source/deltas", test_deltas);
  g_test_add_func ("/tensor-source/deltas-wrong", test_deltas_wrong);
  result = g_test_run ();
  test_folder_free (folder);
  return result;
}
