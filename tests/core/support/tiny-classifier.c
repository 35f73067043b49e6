/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/tiny-classifier.h"

#include <math.h>
#include <stdlib.h>

#include <jansson.h>

#include "core/base/rng.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/tiny-unet.h"

const TinyClassifier tiny_classifier = {
  .n_levels = 3,
  .channels = { 4, 6, 7 },
  .in_channels = 3,
  .n_classes = 5,
  .time_dim = 8,
  .sample_size = 16,
  .seed = 5,
};

static void
clear (gpointer data)
{
  DifTensorOut *tensor = data;

  g_free ((char *) tensor->name);
  g_free ((float *) tensor->data);
}

/* Numbers of the size that keeps what goes through at about 1. */
static void
put (GArray *tensors, guint64 seed, char *name, guint n_dims, gsize a, gsize b, gsize kernel)
{
  DifTensorOut tensor = { name, DIF_DTYPE_F32, n_dims, { a, b, kernel, kernel }, NULL };
  const gsize  n_in = n_dims == 1 ? 1 : b * kernel * kernel;
  const gsize  n = a * n_in;
  float       *data = g_new (float, n);

  dif_rng_normal (seed, tensors->len, 0, data, n);
  for (gsize i = 0; i < n; i++)
    data[i] *= n_dims == 1 ? 0.3f : 1.5f / sqrtf ((float) n_in);
  tensor.data = data;
  g_array_append_val (tensors, tensor);
}

static void
put_layer (GArray *tensors, guint64 seed, const char *name, gsize c_out, gsize c_in, gsize kernel)
{
  put (tensors, seed, g_strconcat (name, ".weight", NULL), kernel > 1 ? 4 : 2, c_out, c_in, kernel);
  put (tensors, seed, g_strconcat (name, ".bias", NULL), 1, c_out, 1, 1);
}

GArray *
tiny_classifier_tensors (const TinyClassifier *net)
{
  GArray *tensors = g_array_new (FALSE, FALSE, sizeof (DifTensorOut));
  gsize   c = net->in_channels;

  g_array_set_clear_func (tensors, clear);
  put_layer (tensors, net->seed, "time.0", net->time_dim, net->time_dim, 1);
  put_layer (tensors, net->seed, "time.1", net->time_dim, net->time_dim, 1);
  for (guint i = 0; i < 2 * net->n_levels - 1; i++)
    {
      const gsize      c_out = net->channels[(i + 1) / 2];
      g_autofree char *conv = g_strdup_printf ("conv.%u", i);
      g_autofree char *shift = g_strdup_printf ("shift.%u", i);

      put_layer (tensors, net->seed, conv, c_out, c, 3);
      put_layer (tensors, net->seed, shift, 2 * c_out, net->time_dim, 1);
      c = c_out;
    }
  put_layer (tensors, net->seed, "out", net->n_classes, c, 1);
  return tensors;
}

void
tiny_classifier_write_config (const TinyClassifier *net, const char *folder, const char *key,
                              const char *json)
{
  json_t *channels = json_array ();
  json_t *config;
  char   *text;

  for (guint i = 0; i < net->n_levels; i++)
    json_array_append_new (channels, json_integer (net->channels[i]));
  config = json_pack ("{s:s, s:i, s:i, s:i, s:i, s:o}", "_class_name", "NoisyClassifier",
                      "sample_size", (int) net->sample_size, "in_channels", (int) net->in_channels,
                      "num_classes", (int) net->n_classes, "time_embedding_dim",
                      (int) net->time_dim, "block_out_channels", channels);
  if (key && json)
    {
      g_autofree char *value = test_json (json);

      json_object_set_new (config, key, json_loads (value, JSON_DECODE_ANY, NULL));
    }
  else if (key)
    json_object_del (config, key);
  text = json_dumps (config, 0);
  test_folder_write (folder, "config.json", text);
  free (text);
  json_decref (config);
}

void
tiny_classifier_write (const TinyClassifier *net, const char *folder)
{
  g_autoptr (GArray) tensors = tiny_classifier_tensors (net);

  tiny_classifier_write_config (net, folder, NULL, NULL);
  tiny_unet_write_tensors (tensors, folder, "diffusion_pytorch_model.safetensors");
}

/* ---- the network ---- */

static const float *
numbers (const GArray *tensors, const char *name, const char *leaf)
{
  g_autofree char *full = g_strjoin (".", name, leaf, NULL);

  return g_array_index (tensors, DifTensorOut, tiny_unet_find (tensors, full)).data;
}

static double
silu (double x)
{
  return x / (1.0 + exp (-x));
}

static double *
linear (const GArray *tensors, const char *name, const double *x, gsize c_in, gsize c_out)
{
  const float *weight = numbers (tensors, name, "weight");
  const float *bias = numbers (tensors, name, "bias");
  double      *y = g_new (double, c_out);

  for (gsize k = 0; k < c_out; k++)
    {
      y[k] = bias[k];
      for (gsize i = 0; i < c_in; i++)
        y[k] += weight[k * c_in + i] * x[i];
    }
  return y;
}

static double *
embed (const TinyClassifier *net, const GArray *tensors, double t)
{
  const gsize        n = net->time_dim;
  g_autofree double *waves = g_new (double, n);
  g_autofree double *first = NULL;
  double            *second;

  for (gsize i = 0; i < n / 2; i++)
    {
      const double angle = t * pow (10000.0, -(double) i / (n / 2));

      waves[i] = cos (angle);
      waves[n / 2 + i] = sin (angle);
    }
  first = linear (tensors, "time.0", waves, n, n);
  for (gsize i = 0; i < n; i++)
    first[i] = silu (first[i]);
  second = linear (tensors, "time.1", first, n, n);
  for (gsize i = 0; i < n; i++)
    second[i] = silu (second[i]);
  return second;
}

typedef struct
{
  gsize   h, w, c;
  double *data;
} Map;

static double
conv_at (const Map *x, const float *weight, gsize row, gsize column)
{
  double sum = 0.0;

  for (gsize c = 0; c < x->c; c++)
    for (gsize k = 0; k < 9; k++)
      {
        const gsize y_at = row + k / 3; /* one more than it is */
        const gsize x_at = column + k % 3;

        if (y_at >= 1 && y_at <= x->h && x_at >= 1 && x_at <= x->w)
          sum += weight[c * 9 + k] * x->data[((y_at - 1) * x->w + x_at - 1) * x->c + c];
      }
  return sum;
}

/* Replaces x by what block i makes of it. */
static void
block (const GArray *tensors, guint i, const double *emb, gsize n_emb, gsize c_out, Map *x)
{
  const gsize        stride = i % 2 == 1 ? 2 : 1;
  const gboolean     keeps = i > 0 && stride == 1;
  g_autofree char   *conv = g_strdup_printf ("conv.%u", i);
  g_autofree char   *shift = g_strdup_printf ("shift.%u", i);
  g_autofree double *after = linear (tensors, shift, emb, n_emb, 2 * c_out);
  const float       *weight = numbers (tensors, conv, "weight");
  const float       *bias = numbers (tensors, conv, "bias");
  Map y = { (x->h + stride - 1) / stride, (x->w + stride - 1) / stride, c_out, NULL };

  y.data = g_new (double, y.h *y.w *c_out);
  for (gsize at = 0; at < y.h * y.w * c_out; at++)
    {
      const gsize k = at % c_out;
      const gsize pixel = at / c_out;
      double      u =
          bias[k] + conv_at (x, weight + k * x->c * 9, pixel / y.w * stride, pixel % y.w * stride);

      y.data[at] = silu (u * (1.0 + after[k]) + after[c_out + k]) + (keeps ? x->data[at] : 0.0);
    }
  g_free (x->data);
  *x = y;
}

void
tiny_classifier_reference (const TinyClassifier *net, const GArray *tensors, const double *x,
                           gsize h, gsize w, double t, double *out)
{
  g_autofree double *emb = embed (net, tensors, t);
  g_autofree double *mean = NULL;
  g_autofree double *logits = NULL;
  Map                map = { h, w, net->in_channels, NULL };
  double             sum = 0.0;

  map.data = g_memdup2 (x, h * w * net->in_channels * sizeof *x);
  for (guint i = 0; i < 2 * net->n_levels - 1; i++)
    block (tensors, i, emb, net->time_dim, net->channels[(i + 1) / 2], &map);
  mean = g_new0 (double, map.c);
  for (gsize i = 0; i < map.h * map.w * map.c; i++)
    mean[i % map.c] += map.data[i] / (double) (map.h * map.w);
  logits = linear (tensors, "out", mean, map.c, net->n_classes);
  for (guint k = 0; k < net->n_classes; k++)
    sum += exp (logits[k]);
  for (guint k = 0; k < net->n_classes; k++)
    out[k] = logits[k] - log (sum);
  g_free (map.data);
}
