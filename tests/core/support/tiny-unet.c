/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/tiny-unet.h"

#include <math.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/io/json.h"
#include "tests/core/support/folder.h"

const TinyUNet tiny_unet = { .n_levels = 2,
                             .channels = { 8, 12 },
                             .layers = 1,
                             .in_channels = 3,
                             .out_channels = 3,
                             .groups = 4,
                             .kind = "",
                             .sample_size = 16,
                             .seed = 1,
                             .spread = 1.0 };

typedef struct
{
  const TinyUNet *net;
  GArray         *tensors;
} Maker;

static void
clear (gpointer data)
{
  DifTensorOut *tensor = data;

  g_free ((char *) tensor->name);
  g_free ((void *) tensor->data);
}

/* Weights that keep the size of what passes through; @base for those of a norm. */
static void
put (Maker *m, char *name, double base, guint n_dims, gsize a, gsize b, gsize k)
{
  const gsize  size = a * b * k * k;
  float       *data = g_new (float, size);
  DifTensorOut out = { name, DIF_DTYPE_F32, n_dims, { a, b, k, k }, data };
  double       factor = m->net->spread * (n_dims == 1 ? 0.1 : 1.0 / sqrt ((double) b * k * k));

  dif_rng_normal (m->net->seed, g_str_hash (name), 0, data, size);
  for (gsize i = 0; i < size; i++)
    data[i] = (float) (base + factor * data[i]);
  g_array_append_val (m->tensors, out);
}

static char *
join (const char *name, const char *leaf)
{
  return g_strjoin (".", name, leaf, NULL);
}

static void
conv (Maker *m, const char *name, guint c_in, guint c_out, guint kernel)
{
  put (m, join (name, "weight"), 0.0, 4, c_out, c_in, kernel);
  put (m, join (name, "bias"), 0.0, 1, c_out, 1, 1);
}

static void
linear (Maker *m, const char *name, guint c_in, guint c_out)
{
  put (m, join (name, "weight"), 0.0, 2, c_out, c_in, 1);
  put (m, join (name, "bias"), 0.0, 1, c_out, 1, 1);
}

static void
norm (Maker *m, const char *name, guint c)
{
  put (m, join (name, "weight"), 1.0, 1, c, 1, 1);
  put (m, join (name, "bias"), 0.0, 1, c, 1, 1);
}

static void
resnet (Maker *m, const char *name, guint c_in, guint c_out)
{
  g_autofree char *norm1 = join (name, "norm1");
  g_autofree char *conv1 = join (name, "conv1");
  g_autofree char *time = join (name, "time_emb_proj");
  g_autofree char *norm2 = join (name, "norm2");
  g_autofree char *conv2 = join (name, "conv2");
  g_autofree char *shortcut = join (name, "conv_shortcut");

  norm (m, norm1, c_in);
  conv (m, conv1, c_in, c_out, 3);
  linear (m, time, 4 * m->net->channels[0], m->net->scale_shift ? 2 * c_out : c_out);
  norm (m, norm2, c_out);
  conv (m, conv2, c_out, c_out, 3);
  if (c_in != c_out)
    conv (m, shortcut, c_in, c_out, 1);
}

static void
attention (Maker *m, const char *name, guint c, gboolean normed)
{
  static const char *const leaves[2][4] = { { "to_q", "to_k", "to_v", "to_out.0" },
                                            { "query", "key", "value", "proj_attn" } };
  g_autofree char         *group_norm = join (name, "group_norm");

  if (normed)
    norm (m, group_norm, c);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *leaf = join (name, leaves[m->net->old_names ? 1 : 0][i]);

      linear (m, leaf, c, c);
    }
}

static void
level (Maker *m, const char *prefix, guint n, const guint *c_in, guint c_out)
{
  for (guint j = 0; j < n; j++)
    {
      g_autofree char *block = g_strdup_printf ("%s.resnets.%u", prefix, j);
      g_autofree char *attn = g_strdup_printf ("%s.attentions.%u", prefix, j);

      resnet (m, block, c_in[j], c_out);
      if (g_str_equal (m->net->kind, "Attn"))
        attention (m, attn, c_out, TRUE);
    }
}

static void
resize (Maker *m, const char *prefix, const char *leaf, guint c)
{
  g_autofree char *name = join (prefix, leaf);
  g_autofree char *inner = join (name, "conv");

  if (g_str_equal (m->net->kind, "Resnet"))
    resnet (m, name, c, c);
  else
    conv (m, inner, c, c, 3);
}

static void
down (Maker *m)
{
  const TinyUNet *net = m->net;

  for (guint i = 0; i < net->n_levels; i++)
    {
      g_autofree char  *prefix = g_strdup_printf ("down_blocks.%u", i);
      g_autofree guint *c_in = g_new (guint, net->layers);

      for (guint j = 0; j < net->layers; j++)
        c_in[j] = net->channels[j == 0 && i > 0 ? i - 1 : i];
      level (m, prefix, net->layers, c_in, net->channels[i]);
      if (i + 1 < net->n_levels)
        resize (m, prefix, "downsamplers.0", net->channels[i]);
    }
}

/* Each residual block of the way up also reads one map of the way down, last made first. */
static void
up (Maker *m)
{
  const TinyUNet    *net = m->net;
  g_autoptr (GArray) skips = g_array_new (FALSE, FALSE, sizeof (guint));
  guint              c = net->channels[net->n_levels - 1];

  g_array_append_val (skips, net->channels[0]);
  for (guint i = 0; i < net->n_levels; i++)
    for (guint j = 0; j < net->layers + (i + 1 < net->n_levels ? 1 : 0); j++)
      g_array_append_val (skips, net->channels[i]);
  for (guint k = 0; k < net->n_levels; k++)
    {
      guint             i = net->n_levels - 1 - k;
      g_autofree char  *prefix = g_strdup_printf ("up_blocks.%u", k);
      g_autofree guint *c_in = g_new (guint, net->layers + 1);

      for (guint j = 0; j <= net->layers; j++)
        {
          c_in[j] = c + g_array_index (skips, guint, skips->len - 1);
          g_array_set_size (skips, skips->len - 1);
          c = net->channels[i];
        }
      level (m, prefix, net->layers + 1, c_in, c);
      if (i > 0)
        resize (m, prefix, "upsamplers.0", c);
    }
}

GArray *
tiny_unet_tensors (const TinyUNet *net)
{
  Maker       m = { net, g_array_new (FALSE, FALSE, sizeof (DifTensorOut)) };
  const guint first = net->channels[0];
  const guint last = net->channels[net->n_levels - 1];

  g_array_set_clear_func (m.tensors, clear);
  conv (&m, "conv_in", net->in_channels, first, 3);
  linear (&m, "time_embedding.linear_1", first, 4 * first);
  linear (&m, "time_embedding.linear_2", 4 * first, 4 * first);
  if (net->n_classes)
    put (&m, g_strdup ("class_embedding.weight"), 0.0, 2, net->n_classes, 4 * first, 1);
  down (&m);
  resnet (&m, "mid_block.resnets.0", last, last);
  if (net->mid_attention)
    attention (&m, "mid_block.attentions.0", last, ! net->scale_shift);
  resnet (&m, "mid_block.resnets.1", last, last);
  up (&m);
  norm (&m, "conv_norm_out", first);
  conv (&m, "conv_out", first, net->out_channels, 3);
  return m.tensors;
}

guint
tiny_unet_find (const GArray *tensors, const char *name)
{
  for (guint i = 0; i < tensors->len; i++)
    if (g_str_equal (g_array_index (tensors, DifTensorOut, i).name, name))
      return i;
  g_assert_cmpstr (name, ==, "in the list");
  return 0;
}

void
tiny_unet_write_tensors (const GArray *tensors, const char *folder, const char *name)
{
  g_autofree char   *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  dif_safetensors_write (path, (const DifTensorOut *) (void *) tensors->data, tensors->len, &error);
  g_assert_no_error (error);
}

static json_t *
repeated (const char *kind, const char *name, guint n)
{
  g_autofree char *text = g_strconcat (kind, name, NULL);
  json_t          *list = json_array ();

  for (guint i = 0; i < n; i++)
    json_array_append_new (list, json_string (text));
  return list;
}

void
tiny_unet_write_config (const TinyUNet *net, const char *folder, const char *key, const char *json)
{
  gboolean resnets = g_str_equal (net->kind, "Resnet");
  json_t  *channels = json_array ();
  json_t  *config;
  char    *text;

  for (guint i = 0; i < net->n_levels; i++)
    json_array_append_new (channels, json_integer (net->channels[i]));
  config = json_pack (
      "{s:s, s:i, s:i, s:i, s:i, s:i, s:b, s:i, s:s, s:o, s:o, s:o}", "_class_name", "UNet2DModel",
      "sample_size", (int) net->sample_size, "in_channels", (int) net->in_channels, "out_channels",
      (int) net->out_channels, "layers_per_block", (int) net->layers, "norm_num_groups",
      (int) net->groups, "add_attention", (int) net->mid_attention, "attention_head_dim", 4,
      "resnet_time_scale_shift", net->scale_shift ? "scale_shift" : "default", "block_out_channels",
      channels, "down_block_types",
      repeated (net->kind, resnets ? "DownsampleBlock2D" : "DownBlock2D", net->n_levels),
      "up_block_types",
      repeated (net->kind, resnets ? "UpsampleBlock2D" : "UpBlock2D", net->n_levels));
  if (net->n_classes)
    json_object_set_new (config, "num_class_embeds", json_integer (net->n_classes));
  if (key && json)
    {
      g_autofree char *value = test_json (json);
      g_autofree char *object = g_strdup_printf ("{\"%s\":%s}", key, value);
      json_t          *own = dif_json_parse (object, strlen (object), "config.json", NULL);

      json_object_update (config, own);
      json_decref (own);
    }
  else if (key)
    json_object_del (config, key);
  text = dif_json_dump (config, 0);
  test_folder_write (folder, "config.json", text);
  g_free (text);
  json_decref (config);
}

void
tiny_unet_write (const TinyUNet *net, const char *folder)
{
  g_autoptr (GArray) tensors = tiny_unet_tensors (net);

  tiny_unet_write_config (net, folder, NULL, NULL);
  tiny_unet_write_tensors (tensors, folder, "diffusion_pytorch_model.safetensors");
}
