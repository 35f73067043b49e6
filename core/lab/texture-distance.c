/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/texture-distance.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/ops/conv/conv.h"
#include "core/ops/linear.h"
#include "core/ops/pool2d.h"

#define SEED        1966u
#define LAYERS      (DIF_TEXTURE_SCALES - 1)
#define POSITIONS   8192u /* of a picture and a scale; more change the third digit */
#define PROJECTIONS 128u
#define DIGIT       11u /* bits that a pass of the sort looks at */
#define BUCKETS     (1u << DIGIT)

/* Streams of random numbers, one for each scale. */
enum
{
  STREAM_FILTERS = 0,
  STREAM_POSITIONS = DIF_TEXTURE_SCALES,
  STREAM_DIRECTIONS = 2 * DIF_TEXTURE_SCALES,
};

static const gsize channels[DIF_TEXTURE_SCALES] = { 3, 32, 64, 64 };

typedef struct
{
  DifTensor *at[DIF_TEXTURE_SCALES];
} Features;

static void
features_clear (Features *f)
{
  for (guint i = 0; i < DIF_TEXTURE_SCALES; i++)
    g_clear_pointer (&f->at[i], dif_tensor_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Features, features_clear)

/* Takes from @v what of it lies along @unit, of length 1. */
static void
remove_along (float *v, const float *unit, gsize n)
{
  double along = 0.0;

  for (gsize i = 0; i < n; i++)
    along += (double) v[i] * unit[i];
  for (gsize i = 0; i < n; i++)
    v[i] -= (float) (along * unit[i]);
}

static void
scale_to_one (float *v, gsize n)
{
  double square = 0.0;

  for (gsize i = 0; i < n; i++)
    square += (double) v[i] * v[i];
  for (gsize i = 0; i < n; i++)
    v[i] /= (float) sqrt (square);
}

/* Filters of length 1 that sum to zero in each of @groups parts; as many in a row as there is room
 * for are orthogonal to each other. */
static float *
make_filters (guint layer, gsize n_out, gsize n_in, gsize groups)
{
  const gsize room = n_in - groups;
  const gsize group = n_in / groups;
  float      *filters = g_new (float, n_out *n_in);

  dif_rng_normal (SEED, STREAM_FILTERS + layer, 0, filters, n_out * n_in);
  for (gsize o = 0; o < n_out; o++)
    {
      float *v = filters + o * n_in;

      for (gsize g = 0; g < groups; g++)
        {
          double mean = 0.0;

          for (gsize i = 0; i < group; i++)
            mean += v[g * group + i] / (double) group;
          for (gsize i = 0; i < group; i++)
            v[g * group + i] -= (float) mean;
        }
      for (gsize other = o - o % room; other < o; other++)
        remove_along (v, filters + other * n_in, n_in);
      scale_to_one (v, n_in);
    }
  return filters;
}

/* One layer: [1, H, W, C] to [1, H - 2, W - 2, C'].  The first layer's filters sum to zero in each
 * color, those of others over all. */
static DifTensor *
convolve (DifContext *context, guint layer, const DifTensor *x)
{
  const DifConvShape    shape = { .kernel = 3, .stride = 1 };
  const DifConvInput    input = { .x = x };
  const DifEpilogue     epilogue = { .activation = DIF_ACTIVATION_RELU };
  const gsize           c_in = channels[layer];
  const gsize           c_out = channels[layer + 1];
  GError               *error = NULL;
  g_autofree float     *filters = make_filters (layer, c_out, 9 * c_in, layer ? 1 : c_in);
  g_autoptr (DifWeight) weight = NULL;

  weight = dif_weight_new_conv (dif_context_allocator (context), filters, c_out, c_in, 3,
                                DIF_WEIGHT_F32, &error);
  if (! weight)
    {
      dif_context_fail (context, error);
      return NULL;
    }
  return dif_conv (context, &input, weight, &shape, &epilogue);
}

static void
make_features (DifContext *context, const DifImage *image, Features *f)
{
  f->at[0] = dif_context_nhwc (context, 1, image->height, image->width, 3);
  if (f->at[0])
    memcpy (f->at[0]->data, image->pixels, f->at[0]->size * sizeof (float));
  for (guint layer = 0; layer < LAYERS; layer++)
    {
      g_autoptr (DifTensor) half = layer ? dif_avg_pool2d (context, f->at[layer]) : NULL;

      f->at[layer + 1] = convolve (context, layer, layer ? half : f->at[0]);
    }
}

static gsize
n_positions (const DifTensor *features)
{
  return features->dim[1] * features->dim[2];
}

/* The features at @n positions, one from each of as many stretches of the picture. */
static DifTensor *
sample (DifContext *context, guint scale, const DifTensor *features, gsize n)
{
  const gsize       c = features->dim[3];
  const gsize       dim[] = { n, c };
  const gsize       total = n_positions (features);
  DifTensor        *out = dif_context_tensor (context, 2, dim);
  g_autofree float *normal = g_new (float, n);

  dif_rng_normal (SEED, STREAM_POSITIONS + scale, 0, normal, n);
  for (gsize i = 0; out && i < n; i++)
    {
      double uniform = 0.5 * erfc (normal[i] * -G_SQRT2 / 2.0);
      gsize  at = (gsize) (((double) i + uniform) * (double) total / (double) n);

      at = MIN (at, total - 1);
      memcpy (out->data + i * c, features->data + at * c, c * sizeof (float));
    }
  return out;
}

/* [n, C] to [n, PROJECTIONS] */
static DifTensor *
project (DifContext *context, guint scale, const DifTensor *x)
{
  const gsize           c = channels[scale];
  GError               *error = NULL;
  g_autofree float     *directions = g_new (float, PROJECTIONS *c);
  g_autoptr (DifWeight) weight = NULL;

  dif_rng_normal (SEED, STREAM_DIRECTIONS + scale, 0, directions, PROJECTIONS * c);
  for (gsize i = 0; i < PROJECTIONS; i++)
    scale_to_one (directions + i * c, c);
  weight = dif_weight_new_linear (dif_context_allocator (context), directions, PROJECTIONS, c,
                                  DIF_WEIGHT_F32, &error);
  if (! weight)
    {
      dif_context_fail (context, error);
      return NULL;
    }
  return dif_linear (context, x, weight, NULL);
}

/* Floats as whole numbers of the same order, and back. */
static guint32
key_of (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static float
number_of (guint32 key)
{
  guint32 bits = key & 0x80000000u ? key & 0x7fffffffu : ~key;
  float   x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

/* Sorts by the lowest digit first; three digits are 32 bits and one to spare.  The result is in
 * @room. */
static void
sort_keys (guint32 *keys, guint32 *room, gsize n)
{
  for (guint shift = 0; shift < 32; shift += DIGIT)
    {
      gsize start[BUCKETS + 1] = { 0 };

      for (gsize i = 0; i < n; i++)
        start[(keys[i] >> shift) % BUCKETS + 1]++;
      for (gsize b = 0; b < BUCKETS; b++)
        start[b + 1] += start[b];
      for (gsize i = 0; i < n; i++)
        room[start[(keys[i] >> shift) % BUCKETS]++] = keys[i];
      if (shift + DIGIT < 32)
        {
          guint32 *swap = keys;

          keys = room;
          room = swap;
        }
    }
}

/* One column of a table, sorted. */
static guint32 *
sorted_column (const DifTensor *table, gsize column)
{
  const gsize         n = table->dim[0];
  g_autofree guint32 *keys = g_new (guint32, n);
  guint32            *room = g_new (guint32, n);

  for (gsize i = 0; i < n; i++)
    keys[i] = key_of (table->data[i * table->dim[1] + column]);
  sort_keys (keys, room, n);
  return room;
}

typedef struct
{
  const DifTensor *source;
  const DifTensor *other;
  double           apart[PROJECTIONS];
  double           variance[PROJECTIONS];
} CompareJob;

static void
compare_projection (gsize tile, guint worker, gpointer data)
{
  CompareJob         *job = data;
  const gsize         n = job->source->dim[0];
  g_autofree guint32 *a = sorted_column (job->source, tile);
  g_autofree guint32 *b = sorted_column (job->other, tile);
  double              apart = 0.0;
  double              sum = 0.0;
  double              square = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      double x = number_of (a[i]);

      apart += fabs (x - number_of (b[i]));
      sum += x;
      square += x * x;
    }
  sum /= (double) n;
  job->apart[tile] = apart / (double) n;
  job->variance[tile] = MAX (square / (double) n - sum * sum, 0.0);
}

/* One scale of both pictures. */
static gboolean
compare (DifContext *context, guint scale, const DifTensor *source, const DifTensor *other,
         DifTextureDistance *distance)
{
  const gsize           n = MIN (POSITIONS, MIN (n_positions (source), n_positions (other)));
  g_autoptr (DifTensor) a = sample (context, scale, source, n);
  g_autoptr (DifTensor) b = sample (context, scale, other, n);
  g_autoptr (DifTensor) along_a = project (context, scale, a);
  g_autoptr (DifTensor) along_b = project (context, scale, b);
  CompareJob            job = { .source = along_a, .other = along_b };
  double                apart = 0.0;
  double                variance = 0.0;

  if (! along_a || ! along_b)
    return FALSE;
  dif_pool_run (dif_context_pool (context), PROJECTIONS, compare_projection, &job);
  for (guint i = 0; i < PROJECTIONS; i++)
    {
      apart += job.apart[i] / PROJECTIONS;
      variance += job.variance[i] / PROJECTIONS;
    }
  distance->apart[scale] = apart;
  distance->spread[scale] = sqrt (variance);
  distance->distance += apart / distance->spread[scale] / DIF_TEXTURE_SCALES;
  return TRUE;
}

static gboolean
is_large (const DifImage *image, GError **error)
{
  if (MIN (image->width, image->height) >= DIF_TEXTURE_MIN_SIDE)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
               _ ("A picture has %u × %u pixels; at least %d × %d are needed to compare textures."),
               image->width, image->height, DIF_TEXTURE_MIN_SIDE, DIF_TEXTURE_MIN_SIDE);
  return FALSE;
}

gboolean
dif_texture_distance (DifContext *context, const DifImage *source, const DifImage *other,
                      DifTextureDistance *distance, GError **error)
{
  g_auto (Features) of_source = { 0 };
  g_auto (Features) of_other = { 0 };

  if (! is_large (source, error) || ! is_large (other, error))
    return FALSE;
  *distance = (DifTextureDistance) { 0 };
  make_features (context, source, &of_source);
  make_features (context, other, &of_other);
  for (guint scale = 0; scale < DIF_TEXTURE_SCALES && dif_context_ok (context); scale++)
    compare (context, scale, of_source.at[scale], of_other.at[scale], distance);
  if (dif_context_take_error (context, error))
    return FALSE;
  if (! isfinite (distance->distance))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST, _ ("The picture to compare with is flat."));
      return FALSE;
    }
  return TRUE;
}
