/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/lora.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/half.h"
#include "core/base/rng.h"
#include "core/models/model.h"
#include "core/nn/params.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"

static char *folder;
static float numbers[400];

static char *
write_file (const char *name, const DifTensorOut *tensors, guint n)
{
  char              *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  dif_safetensors_write (path, tensors, n, &error);
  g_assert_no_error (error);
  return path;
}

/* Two layers and a bias, one of them of a convolution of a pixel, and a norm. */
static DifTensorSource *
open_network (void)
{
  const DifTensorOut tensors[] = {
    { "a.to_q.weight", DIF_DTYPE_F32, 2, { 6, 5 }, numbers },
    { "a.to_q.bias", DIF_DTYPE_F32, 1, { 6 }, numbers },
    { "b.0.conv.weight", DIF_DTYPE_F32, 4, { 4, 3, 3, 3 }, numbers + 30 },
    { "c.weight", DIF_DTYPE_F32, 4, { 3, 2, 1, 1 }, numbers + 138 },
    { "d.key.weight", DIF_DTYPE_F32, 2, { 2, 2 }, numbers + 144 },
    { "norm.weight", DIF_DTYPE_F32, 1, { 6 }, numbers },
  };
  g_autofree char *path = write_file ("network.safetensors", tensors, G_N_ELEMENTS (tensors));

  return dif_tensor_source_open (path, NULL);
}

static guint
add (DifTensorSource *source, const DifTensorOut *tensors, guint n, double strength, GError **error)
{
  g_autofree char    *path = write_file ("lora.safetensors", tensors, n);
  g_autoptr (DifLora) lora = dif_lora_open (path, error);

  return lora ? dif_lora_add_to (lora, source, &dif_lora_unet, strength, error) : 0;
}

/* W + scale up down, in doubles. */
static void
assert_changed (DifTensorSource *source, const char *name, const float *weight, const float *up,
                const float *down, gsize rank, double scale)
{
  const DifNamedTensor *tensor = dif_tensor_source_find (source, name);
  const gsize           n = tensor->info->size;
  const gsize           columns = n / tensor->info->dim[0];
  g_autofree float     *actual = g_new (float, n);
  g_autofree double    *expected = g_new (double, n);

  g_assert_true (dif_tensor_source_read (source, tensor, actual, NULL));
  for (gsize i = 0; i < n; i++)
    {
      expected[i] = weight[i];
      for (gsize r = 0; r < rank; r++)
        expected[i] += scale * up[i / columns * rank + r] * down[r * columns + i % columns];
    }
  test_assert_near (actual, expected, n, 1e-6);
}

static void
assert_unchanged (DifTensorSource *source, const char *name, const float *weight)
{
  const DifNamedTensor *tensor = dif_tensor_source_find (source, name);
  g_autofree float     *actual = g_new (float, tensor->info->size);

  g_assert_true (dif_tensor_source_read (source, tensor, actual, NULL));
  g_assert_cmpmem (actual, tensor->info->size * sizeof (float), weight,
                   tensor->info->size * sizeof (float));
}

/* Linear layers and convolutions, with a scale and without, and others left as they are. */
static void
test_numbers (void)
{
  static const float alpha = 3.0f;
  const float       *up = numbers + 200;
  const float       *down = numbers + 250;
  const DifTensorOut tensors[] = {
    { "lora_unet_a_to_q.lora_down.weight", DIF_DTYPE_F32, 2, { 2, 5 }, down },
    { "lora_unet_a_to_q.lora_up.weight", DIF_DTYPE_F32, 2, { 6, 2 }, up },
    { "lora_unet_a_to_q.alpha", DIF_DTYPE_F32, 0, { 0 }, &alpha },
    { "lora_unet_b_0_conv.lora_down.weight", DIF_DTYPE_F32, 4, { 2, 3, 3, 3 }, down },
    { "lora_unet_b_0_conv.lora_up.weight", DIF_DTYPE_F32, 4, { 4, 2, 1, 1 }, up },
    { "lora_te_text_model_x.lora_down.weight", DIF_DTYPE_F32, 2, { 2, 5 }, down },
    { "lora_te_text_model_x.lora_up.weight", DIF_DTYPE_F32, 2, { 6, 2 }, up },
  };
  g_autoptr (DifTensorSource) source = open_network ();
  g_autoptr (GError)          error = NULL;

  g_assert_cmpuint (add (source, tensors, G_N_ELEMENTS (tensors), 0.5, &error), ==, 2);
  g_assert_no_error (error);
  assert_changed (source, "a.to_q.weight", numbers, up, down, 2, 0.5 * 3.0 / 2.0);
  assert_changed (source, "b.0.conv.weight", numbers + 30, up, down, 2, 0.5);
  assert_unchanged (source, "c.weight", numbers + 138);
  assert_unchanged (source, "a.to_q.bias", numbers);
  g_assert_true (dif_tensor_source_finish (source, NULL));
}

/* All that layers and halves are called; what early files of diffusers call a part of attention
 * goes by its name of today. */
static void
test_names (void)
{
  static const struct
  {
    const char *layer;
    const char *down;
    const char *up;
    const char *changed;
  } names[] = {
    { "lora_unet_a_to_q", ".lora_down.weight", ".lora_up.weight", "a.to_q.weight" },
    { "a.to_q", ".lora_A.weight", ".lora_B.weight", "a.to_q.weight" },
    { "unet.a.to_q", ".lora_A.weight", ".lora_B.weight", "a.to_q.weight" },
    { "unet.a.to_q", ".lora.down.weight", ".lora.up.weight", "a.to_q.weight" },
    { "base_model.model.a.to_q", ".lora_A.weight", ".lora_B.weight", "a.to_q.weight" },
    { "unet.a.to_q", ".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight",
      "a.to_q.weight" },
    { "unet.a.to_q", "_lora.down.weight", "_lora.up.weight", "a.to_q.weight" },
    { "lora_unet_d_to_k", ".lora_down.weight", ".lora_up.weight", "d.key.weight" },
  };
  const float *up = numbers + 200;
  const float *down = numbers + 250;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (DifTensorSource) source = open_network ();
      const gboolean              small = g_str_equal (names[i].changed, "d.key.weight");
      g_autofree char            *down_name = g_strconcat (names[i].layer, names[i].down, NULL);
      g_autofree char            *up_name = g_strconcat (names[i].layer, names[i].up, NULL);
      const DifTensorOut          tensors[] = {
        { down_name, DIF_DTYPE_F32, 2, { 1, small ? 2 : 5 }, down },
        { up_name, DIF_DTYPE_F32, 2, { small ? 2 : 6, 1 }, up },
      };

      g_assert_cmpuint (add (source, tensors, 2, 1.0, NULL), ==, 1);
      assert_changed (source, names[i].changed, small ? numbers + 144 : numbers, up, down, 1, 1.0);
    }
}

/* A convolution of one pixel is a linear layer, in both ways; halves are widened; a scale may be a
 * whole number, and one of 0 stands for none. */
static void
test_kinds (void)
{
  static const gint64 four = 4;
  static const float  none = 0.0f;
  const float        *up = numbers + 200;
  const float        *down = numbers + 250;
  float               wide[12];
  guint16             half[12];
  const DifTensorOut  tensors[] = {
    { "c.lora_A.weight", DIF_DTYPE_F32, 2, { 2, 2 }, down },
    { "c.lora_B.weight", DIF_DTYPE_F32, 2, { 3, 2 }, up },
    { "c.alpha", DIF_DTYPE_I64, 1, { 1 }, &four },
    { "a.to_q.lora_A.weight", DIF_DTYPE_F32, 4, { 2, 5, 1, 1 }, down },
    { "a.to_q.lora_B.weight", DIF_DTYPE_F16, 4, { 6, 2, 1, 1 }, half },
    { "a.to_q.alpha", DIF_DTYPE_F32, 0, { 0 }, &none },
  };
  g_autoptr (DifTensorSource) source = open_network ();

  dif_narrow_f16 (up, half, 12);
  dif_widen_f16 (half, wide, 12);
  g_assert_cmpuint (add (source, tensors, G_N_ELEMENTS (tensors), 1.0, NULL), ==, 2);
  assert_changed (source, "c.weight", numbers + 138, up, down, 2, 4.0 / 2.0);
  assert_changed (source, "a.to_q.weight", numbers, wide, down, 2, 1.0);
}

/* Several files add up, and are needed no more when they are let go. */
static void
test_several (void)
{
  const float       *up = numbers + 200;
  const float       *down = numbers + 250;
  const DifTensorOut tensors[] = {
    { "c.lora_A.weight", DIF_DTYPE_F32, 2, { 1, 2 }, down },
    { "c.lora_B.weight", DIF_DTYPE_F32, 2, { 3, 1 }, up },
  };
  g_autoptr (DifTensorSource) source = open_network ();

  g_assert_cmpuint (add (source, tensors, 2, 0.75, NULL), ==, 1);
  g_assert_cmpuint (add (source, tensors, 2, -0.25, NULL), ==, 1);
  assert_changed (source, "c.weight", numbers + 138, up, down, 1, 0.5);
}

/* A network with a LoRA is the one whose weights were changed before they were written. */
static void
test_network (void)
{
  g_autofree char *plain = g_build_filename (folder, "plain", NULL);
  g_autofree char *changed = g_build_filename (folder, "changed", NULL);
  g_autofree char *config_path = g_build_filename (plain, "config.json", NULL);
  g_autofree char *weights = g_build_filename (plain, "diffusion_pytorch_model.safetensors", NULL);
  const char      *name = "mid_block.resnets.0.conv1.weight";
  const float     *up = numbers + 100;
  const float     *down = numbers + 120;
  const DifTensorOut lora[] = {
    { "lora_unet_mid_block_resnets_0_conv1.lora_down.weight",
      DIF_DTYPE_F32,
      4,
      { 1, 12, 3, 3 },
      down },
    { "lora_unet_mid_block_resnets_0_conv1.lora_up.weight", DIF_DTYPE_F32, 4, { 12, 1, 1, 1 }, up },
  };
  g_autoptr (GArray) tensors = tiny_unet_tensors (&tiny_unet);
  DifTensorOut *tensor = &g_array_index (tensors, DifTensorOut, tiny_unet_find (tensors, name));
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 8, 8, 3);
  g_auto (DifJsonReader) config = DIF_JSON_READER_INIT;
  DifTensorSource     *source;
  g_autoptr (DifModel) a = NULL;
  g_autoptr (DifModel) b = NULL;
  g_autoptr (DifModel) c = NULL;
  const double         t[] = { 7.0 };
  g_autofree double   *expected = NULL;

  tiny_unet_write (&tiny_unet, plain);
  tiny_unet_write (&tiny_unet, changed);
  for (gsize i = 0; i < 12 * 108; i++)
    ((float *) tensor->data)[i] += 2.0f * up[i / 108] * down[i % 108];
  tiny_unet_write_tensors (tensors, changed, "diffusion_pytorch_model.safetensors");
  source = dif_tensor_source_open (weights, NULL);
  g_assert_cmpuint (add (source, lora, 2, 2.0, NULL), ==, 1);
  g_assert_true (dif_json_reader_open (&config, config_path));
  a = dif_model_open (changed, FALSE, NULL);
  b = dif_model_load (&config, dif_params_new (source, FALSE), NULL);
  c = dif_model_open (plain, FALSE, NULL);
  if (a && b && c)
    {
      g_autoptr (DifTensor) y_a = dif_model_forward (a, context, x, t, NULL);
      g_autoptr (DifTensor) y_b = dif_model_forward (b, context, x, t, NULL);
      g_autoptr (DifTensor) y_c = dif_model_forward (c, context, x, t, NULL);
      double                far = 0.0;

      expected = g_new (double, y_a->size);
      for (gsize i = 0; i < y_a->size; i++)
        {
          expected[i] = y_a->data[i];
          far = MAX (far, fabs (expected[i] - y_c->data[i]));
        }
      test_assert_near (y_b->data, expected, y_a->size, 1e-5);
      g_assert_cmpfloat (far, >, 1e-3); /* and not the one without */
    }
  g_assert_true (a && b && c);
}

#define DOWN(name, ...) { name ".lora_down.weight", DIF_DTYPE_F32, __VA_ARGS__, numbers }
#define UP(name, ...)   { name ".lora_up.weight", DIF_DTYPE_F32, __VA_ARGS__, numbers }

static const float  infinite = INFINITY;
static const gint64 whole[30] = { 0 };

typedef struct
{
  DifTensorOut tensors[4];
  guint        n;
  gint         code;
} Wrong;

static const Wrong wrong[] = {
  /* half of it, the halves of different ranks, and of other dimensions */
  { { DOWN ("lora_unet_a_to_q", 2, { 2, 5 }) }, 1, DIF_ERROR_MISSING },
  { { UP ("lora_unet_a_to_q", 2, { 6, 2 }) }, 1, DIF_ERROR_MISSING },
  { { DOWN ("lora_unet_a_to_q", 2, { 2, 5 }), UP ("lora_unet_a_to_q", 2, { 6, 3 }) },
    2,
    DIF_ERROR_MISMATCH },
  { { DOWN ("lora_unet_a_to_q", 1, { 5 }), UP ("lora_unet_a_to_q", 2, { 6, 5 }) },
    2,
    DIF_ERROR_MISMATCH },
  { { DOWN ("lora_unet_b_0_conv", 4, { 2, 3, 3, 3 }),
      UP ("lora_unet_b_0_conv", 4, { 4, 2, 3, 3 }) },
    2,
    DIF_ERROR_MISMATCH },
  { { DOWN ("lora_unet_a_to_q", 2, { 0, 5 }), UP ("lora_unet_a_to_q", 2, { 6, 0 }) },
    2,
    DIF_ERROR_MISMATCH },
  /* a scale that is several */
  { { DOWN ("lora_unet_a_to_q", 2, { 2, 5 }),
      UP ("lora_unet_a_to_q", 2, { 6, 2 }),
      { "lora_unet_a_to_q.alpha", DIF_DTYPE_F32, 1, { 2 }, numbers } },
    3,
    DIF_ERROR_MISMATCH },
  /* no numbers that weights have */
  { { { "a.to_q.lora_A.weight", DIF_DTYPE_I64, 2, { 2, 5 }, whole },
      { "a.to_q.lora_B.weight", DIF_DTYPE_I64, 2, { 6, 2 }, whole } },
    2,
    DIF_ERROR_UNSUPPORTED },
  /* of another network: other widths, other names; the same layer twice */
  { { DOWN ("lora_unet_a_to_q", 2, { 2, 7 }), UP ("lora_unet_a_to_q", 2, { 6, 2 }) },
    2,
    DIF_ERROR_MISMATCH },
  { { DOWN ("lora_unet_a_to_q", 2, { 2, 5 }), UP ("lora_unet_a_to_q", 2, { 7, 2 }) },
    2,
    DIF_ERROR_MISMATCH },
  { { DOWN ("lora_unet_b_0_conv", 2, { 2, 27 }), UP ("lora_unet_b_0_conv", 2, { 4, 2 }) },
    2,
    DIF_ERROR_MISMATCH },
  { { DOWN ("lora_unet_z", 2, { 2, 5 }), UP ("lora_unet_z", 2, { 6, 2 }) }, 2, DIF_ERROR_MISMATCH },
  { { DOWN ("lora_unet_a_to_q", 2, { 2, 5 }), UP ("lora_unet_a_to_q", 2, { 6, 2 }),
      DOWN ("unet.a.to_q", 2, { 2, 5 }), UP ("unet.a.to_q", 2, { 6, 2 }) },
    4,
    DIF_ERROR_MISMATCH },
  /* nothing of the kind, and other kinds */
  { { { "conv_in.weight", DIF_DTYPE_F32, 2, { 6, 2 }, numbers } }, 1, DIF_ERROR_MISSING },
  { { { "lora_unet_a_to_q.hada_w1_a", DIF_DTYPE_F32, 2, { 6, 2 }, numbers } },
    1,
    DIF_ERROR_UNSUPPORTED },
  { { { "lora_unet_a_to_q.lokr_w1", DIF_DTYPE_F32, 2, { 6, 2 }, numbers } },
    1,
    DIF_ERROR_UNSUPPORTED },
  { { DOWN ("lora_unet_a_to_q", 2, { 2, 5 }),
      UP ("lora_unet_a_to_q", 2, { 6, 2 }),
      { "lora_unet_a_to_q.dora_scale", DIF_DTYPE_F32, 2, { 6, 1 }, numbers } },
    3,
    DIF_ERROR_UNSUPPORTED },
  { { { "lora_unet_a_to_q.diff", DIF_DTYPE_F32, 2, { 6, 5 }, numbers } },
    1,
    DIF_ERROR_UNSUPPORTED },
  /* a scale beyond all numbers, which is read with the weight */
  { { DOWN ("lora_unet_a_to_q", 2, { 2, 5 }),
      UP ("lora_unet_a_to_q", 2, { 6, 2 }),
      { "lora_unet_a_to_q.alpha", DIF_DTYPE_F32, 0, { 0 }, &infinite } },
    3,
    DIF_ERROR_NONFINITE },
};

static void
test_wrong (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (DifTensorSource) source = open_network ();
      float                       out[30];
      GError                     *error = NULL;

      if (add (source, wrong[i].tensors, wrong[i].n, 1.0, &error) > 0)
        g_assert_false (dif_tensor_source_read (
            source, dif_tensor_source_find (source, "a.to_q.weight"), out, &error));
      g_test_message ("%u: %s", i, error ? error->message : "no error");
      g_assert_error (error, DIF_ERROR, wrong[i].code);
      g_clear_error (&error);
    }
}

/* ".diff" in the middle of a name is part of "diffusion_model". */
static void
test_diffusion_model (void)
{
  const DifTensorOut  tensors[] = { DOWN ("model.diffusion_model.x", 2, { 2, 5 }),
                                    UP ("model.diffusion_model.x", 2, { 6, 2 }) };
  g_autofree char    *path = write_file ("lora.safetensors", tensors, 2);
  g_autoptr (DifLora) lora = dif_lora_open (path, NULL);

  g_assert_nonnull (lora);
  g_assert_cmpuint (dif_lora_n_layers (lora), ==, 1);
}

/* How much a change counts may stand where it is not looked for: better not at all than wrong. */
static void
test_metadata (void)
{
  const DifTensorOut tensors[] = { DOWN ("unet.a.to_q", 2, { 2, 5 }),
                                   UP ("unet.a.to_q", 2, { 6, 2 }) };
  g_autofree char   *path = g_build_filename (folder, "peft.safetensors", NULL);
  GError            *error = NULL;

  g_assert_true (dif_safetensors_write_with (
      path, tensors, 2, (const char *const[]) { "lora_adapter_metadata", "{}", NULL }, NULL));
  g_assert_null (dif_lora_open (path, &error));
  test_assert_error (error, DIF_ERROR_UNSUPPORTED, NULL);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  folder = test_folder_new ();
  dif_rng_normal (3, 0, 0, numbers, G_N_ELEMENTS (numbers));
  g_test_add_func ("/lora/numbers", test_numbers);
  g_test_add_func ("/lora/names", test_names);
  g_test_add_func ("/lora/kinds", test_kinds);
  g_test_add_func ("/lora/several", test_several);
  g_test_add_func ("/lora/network", test_network);
  g_test_add_func ("/lora/wrong", test_wrong);
  g_test_add_func ("/lora/diffusion-model", test_diffusion_model);
  g_test_add_func ("/lora/metadata", test_metadata);
  result = g_test_run ();
  test_folder_free (folder);
  return result;
}
