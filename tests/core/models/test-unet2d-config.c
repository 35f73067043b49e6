/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One key of a good configuration made bad at a time (C04 to C17 of the catalogue of bad
 * inputs). */

#include "core/base/error.h"
#include "core/models/unet2d-config.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"

typedef struct
{
  const char *key;
  const char *json; /* NULL: without the key */
  DifError    code;
} Bad;

static const Bad bad[] = {
  { "in_channels", NULL, DIF_ERROR_SCHEMA },
  { "out_channels", NULL, DIF_ERROR_SCHEMA },
  { "block_out_channels", NULL, DIF_ERROR_SCHEMA },
  { "down_block_types", NULL, DIF_ERROR_SCHEMA },
  { "up_block_types", NULL, DIF_ERROR_SCHEMA },
  { "in_channels", "'3'", DIF_ERROR_SCHEMA },
  { "in_channels", "3.0", DIF_ERROR_SCHEMA },
  { "in_channels", "null", DIF_ERROR_SCHEMA },
  { "in_channels", "0", DIF_ERROR_VALUE },
  { "in_channels", "-3", DIF_ERROR_VALUE },
  { "in_channels", "1000000", DIF_ERROR_LIMIT },
  { "in_channels", "9223372036854775807", DIF_ERROR_LIMIT },
  { "norm_eps", "1e300", DIF_ERROR_VALUE },
  { "norm_eps", "-1", DIF_ERROR_VALUE },
  { "block_out_channels", "[]", DIF_ERROR_VALUE },
  { "block_out_channels", "[8, 12, 8, 8, 8, 8, 8, 8, 8, 8]", DIF_ERROR_VALUE },
  { "block_out_channels", "[8, 0]", DIF_ERROR_VALUE },
  { "block_out_channels", "[8, -320]", DIF_ERROR_VALUE },
  { "block_out_channels", "[8, 1000000]", DIF_ERROR_LIMIT },
  { "block_out_channels", "[8]", DIF_ERROR_VALUE },
  { "down_block_types", "['AttnDownBlock2D', 3]", DIF_ERROR_SCHEMA },
  { "attention_head_dim", "0", DIF_ERROR_VALUE },
  { "norm_num_groups", "0", DIF_ERROR_VALUE },
  { "norm_num_groups", "5", DIF_ERROR_VALUE },
  { "layers_per_block", "1000000000", DIF_ERROR_LIMIT },
  { "layers_per_block", "0", DIF_ERROR_VALUE },
  { "mid_block_scale_factor", "0", DIF_ERROR_VALUE },
  { "downsample_padding", "2", DIF_ERROR_LIMIT },
  { "num_class_embeds", "0", DIF_ERROR_VALUE },
  { "down_block_types", "['DownBlock2D', 'SkipDownBlock2D']", DIF_ERROR_UNSUPPORTED },
  { "up_block_types", "['CrossAttnUpBlock2D', 'UpBlock2D']", DIF_ERROR_UNSUPPORTED },
  { "downsample_type", "'fir'", DIF_ERROR_UNSUPPORTED },
  { "act_fn", "'tanh'", DIF_ERROR_UNSUPPORTED },
  { "time_embedding_type", "'learned'", DIF_ERROR_UNSUPPORTED },
  { "class_embed_type", "'timestep'", DIF_ERROR_UNSUPPORTED },
  { "mid_block_type", "'UNetMidBlock2DSimple'", DIF_ERROR_UNSUPPORTED },
  { "resnet_time_scale_shift", "'ada_group'", DIF_ERROR_UNSUPPORTED },
  { "norm_eps", "Infinity", DIF_ERROR_VALUE },
  { "norm_eps", "NaN", DIF_ERROR_SCHEMA },
  { "sample_size", "-1", DIF_ERROR_VALUE },
  { "sample_size", "1000000", DIF_ERROR_VALUE },
  { "sample_size", "64.5", DIF_ERROR_VALUE },
  { "sample_size", "Infinity", DIF_ERROR_VALUE },
  { "sample_size", "'large'", DIF_ERROR_VALUE },
  { "sample_size", "[]", DIF_ERROR_VALUE },
  { "sample_size", "[64, 64, 64]", DIF_ERROR_VALUE },
  { "sample_size", "[64, null]", DIF_ERROR_VALUE },
  { "sample_size", "{'height': 64}", DIF_ERROR_VALUE },
  { "sample_size", "true", DIF_ERROR_VALUE },
};

static gboolean
read_config (const TinyUNet *net, const char *key, const char *json, DifUNetConfig *config,
             GError **error)
{
  char            *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;

  tiny_unet_write_config (net, folder, key, json);
  g_assert_true (dif_json_reader_open (&reader, path));
  test_folder_free (folder);
  g_assert_cmpint (dif_unet_config_read (&reader, config), ==, ! reader.error);
  return dif_json_reader_finish (&reader, error);
}

static void
test_bad (gconstpointer data)
{
  const Bad    *b = data;
  DifUNetConfig config;
  GError       *error = NULL;

  g_assert_false (read_config (&tiny_unet, b->key, b->json, &config, &error));
  test_assert_error (error, (gint) b->code, b->key, "config.json", NULL);
}

/* Heads only matter where there is attention. */
static void
test_head_dim (void)
{
  TinyUNet      net = tiny_unet;
  DifUNetConfig config;
  GError       *error = NULL;

  g_assert_true (read_config (&net, "attention_head_dim", "5", &config, NULL));
  net.mid_attention = TRUE;
  g_assert_false (read_config (&net, "attention_head_dim", "5", &config, &error));
  test_assert_error (error, DIF_ERROR_VALUE, "attention_head_dim", "5", "12", NULL);
  g_assert_true (read_config (&net, "attention_head_dim", "null", &config, NULL));
  g_assert_cmpuint (config.attention_head_dim, ==, 0);
}

static void
test_defaults (void)
{
  DifUNetConfig c;

  g_assert_true (read_config (&tiny_unet, "norm_num_groups", "2", &c, NULL));
  g_assert_cmpuint (c.n_levels, ==, 2);
  g_assert_cmpuint (c.level[1].channels, ==, 12);
  g_assert_cmpuint (c.time_embedding_dim, ==, 32);
  g_assert_cmpuint (c.downsample_padding, ==, 1);
  g_assert_cmpuint (c.mid_attention_groups, ==, 2);
  g_assert_cmpfloat (c.norm_eps, ==, 1e-5);
  g_assert_cmpfloat (c.mid_block_scale_factor, ==, 1.0);
  g_assert_cmpfloat (c.freq_shift, ==, 0.0);
  g_assert_true (c.flip_sin_to_cos);
  g_assert_false (c.center_input_sample);
  g_assert_cmpint (c.activation, ==, DIF_ACTIVATION_SILU);
}

/* In diffusers the size is a number, a pair of height and width, or None. */
static void
test_sample_size (void)
{
  static const struct
  {
    const char *json;
    guint       height, width;
  } sizes[] = {
    { "64", 64, 64 },
    { "[64, 64]", 64, 64 },
    { "[64, 128]", 64, 128 },
    { "[96]", 96, 96 },
    { "64.0", 64, 64 },
    { "'64'", 64, 64 },
    { "['32', 48.0]", 32, 48 },
    { "null", 0, 0 },
    { "0", 0, 0 },
    { NULL, 0, 0 },
    { "NaN", 0, 0 },
    { "65536", 65536, 65536 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      DifUNetConfig      c;
      g_autoptr (GError) error = NULL;

      g_assert_true (read_config (&tiny_unet, "sample_size", sizes[i].json, &c, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (c.sample_height, ==, sizes[i].height);
      g_assert_cmpuint (c.sample_width, ==, sizes[i].width);
    }
}

/* Python's None as a switch is off, and as the name of what has a plain kind, that. */
static void
test_nulls (void)
{
  static const char *const keys[] = {
    "center_input_sample",  "flip_sin_to_cos",         "add_attention",    "downsample_type",
    "upsample_type",        "resnet_time_scale_shift", "class_embed_type", "num_class_embeds",
    "attn_norm_num_groups", "time_embedding_dim",      "dropout",          "num_train_timesteps"
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      DifUNetConfig      c;
      g_autoptr (GError) error = NULL;

      g_assert_true (read_config (&tiny_unet, keys[i], "null", &c, &error));
      g_assert_no_error (error);
      g_assert_true (! g_str_equal (keys[i], "flip_sin_to_cos") || ! c.flip_sin_to_cos);
      g_assert_true (! g_str_equal (keys[i], "add_attention") || ! c.add_attention);
    }
}

/* Block kinds are listed from the finest level down and from the coarsest level up. */
static void
test_levels (void)
{
  DifUNetConfig c;

  g_assert_true (
      read_config (&tiny_unet, "up_block_types", "['AttnUpBlock2D', 'UpBlock2D']", &c, NULL));
  g_assert_true (c.level[1].up_attention);
  g_assert_false (c.level[0].up_attention);
  g_assert_true (read_config (&tiny_unet, "down_block_types",
                              "['ResnetDownsampleBlock2D', 'AttnDownBlock2D']", &c, NULL));
  g_assert_true (c.level[0].down_resnet && ! c.level[0].down_attention);
  g_assert_true (c.level[1].down_attention && ! c.level[1].down_resnet);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strdup_printf ("/unet2d-config/bad/%u-%s", i, bad[i].key);

      g_test_add_data_func (path, &bad[i], test_bad);
    }
  g_test_add_func ("/unet2d-config/head-dim", test_head_dim);
  g_test_add_func ("/unet2d-config/defaults", test_defaults);
  g_test_add_func ("/unet2d-config/levels", test_levels);
  g_test_add_func ("/unet2d-config/sample-size", test_sample_size);
  g_test_add_func ("/unet2d-config/nulls", test_nulls);
  return g_test_run ();
}
