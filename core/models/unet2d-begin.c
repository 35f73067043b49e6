/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How a network of scores begins. */

#include "core/models/unet2d-begin.h"

#include <string.h>

typedef struct
{
  guint      colors; /* of x, the first of what the network reads */
  gsize      n;      /* channels that carry them, whole groups of the last norm */
  DifTensor *conv_in, *conv_in_bias;
  DifTensor *shortcut, *shortcut_bias;
  DifTensor *conv2, *conv2_bias;
  DifTensor *conv_out, *conv_out_bias;
} Path;

static DifTensor *
find (DifParams *params, const char *layer, const char *leaf)
{
  g_autofree char *name = g_strjoin (".", layer, leaf, NULL);
  guint            n;
  const DifParam  *list = dif_params_list (params, &n);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (list[i].name, name))
      return list[i].value;
  g_return_val_if_reached (NULL);
}

static gsize
carriers (const DifUNetConfig *c)
{
  const gsize channels = c->level[0].channels;
  const gsize group = channels / c->norm_num_groups;
  const gsize wanted = 2 * (gsize) c->out_channels;

  return MIN ((wanted + group - 1) / group * group, channels);
}

static void
find_path (const DifUNetConfig *c, DifParams *params, Path *path)
{
  g_autofree char *last =
      g_strdup_printf ("up_blocks.%u.resnets.%u", c->n_levels - 1, c->layers_per_block);
  g_autofree char *shortcut = g_strconcat (last, ".conv_shortcut", NULL);
  g_autofree char *conv2 = g_strconcat (last, ".conv2", NULL);

  path->colors = c->out_channels;
  path->n = carriers (c);
  path->conv_in = find (params, "conv_in", "weight");
  path->conv_in_bias = find (params, "conv_in", "bias");
  path->shortcut = find (params, shortcut, "weight");
  path->shortcut_bias = find (params, shortcut, "bias");
  path->conv2 = find (params, conv2, "weight");
  path->conv2_bias = find (params, conv2, "bias");
  path->conv_out = find (params, "conv_out", "weight");
  path->conv_out_bias = find (params, "conv_out", "bias");
}

static void
clear_rows (DifTensor *weight, gsize n)
{
  memset (weight->data, 0, n * (weight->size / weight->dim[0]) * sizeof (float));
}

/* The middle of a kernel. */
static float *
middle (DifTensor *weight, gsize out, gsize in)
{
  const gsize area = weight->dim[2] * weight->dim[3];

  return weight->data + (out * weight->dim[1] + in) * area + area / 2;
}

void
dif_unet2d_begin_score (const DifUNetConfig *config, DifParams *params)
{
  const gsize channels = config->level[0].channels;
  Path        path;
  gsize       beside, pairs;

  if (channels < 2 * (gsize) config->out_channels || config->in_channels < config->out_channels)
    return;
  find_path (config, params, &path);
  beside = path.shortcut->dim[1] - channels; /* what comes up from below stands first */
  clear_rows (path.conv_in, path.n);
  clear_rows (path.conv_in_bias, path.n);
  clear_rows (path.shortcut, path.n);
  clear_rows (path.shortcut_bias, path.n);
  clear_rows (path.conv2, path.n);
  clear_rows (path.conv2_bias, path.n);
  clear_rows (path.conv_out, path.colors);
  clear_rows (path.conv_out_bias, path.colors);
  pairs = path.n / 2;
  for (gsize j = 0; j < 2 * pairs; j++)
    {
      const gsize color = j / 2 % path.colors;
      const float sign = j % 2 ? -1.0f : 1.0f;
      const gsize alike = pairs / path.colors + (color < pairs % path.colors);

      *middle (path.conv_in, j, color) = sign;
      *middle (path.shortcut, j, beside + j) = 1.0f;
      *middle (path.conv_out, color, j) = -sign / (float) alike;
    }
}
