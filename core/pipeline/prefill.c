/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/prefill.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/pipeline/nearest.h"

#define RING         16 /* pixels */
#define MAX_CHANNELS 4
#define NOISE_STREAM (G_GUINT64_CONSTANT (1) << 63) /* samplers draw from 0 on */

/* Means of the known pixels of each 2 x 2; unknown where none is known. */
static void
pull (const DifTensor *x, const DifTensor *mask, DifTensor *half, DifTensor *half_mask)
{
  const gsize h = x->dim[1];
  const gsize w = x->dim[2];
  const gsize c = x->dim[3];

  for (gsize to = 0; to < half_mask->size; to++)
    {
      gsize  y = to / half->dim[2] * 2;
      gsize  left = to % half->dim[2] * 2;
      float *sum = half->data + to * c;
      float  n = 0.0f;

      for (gsize i = 0; i < c; i++)
        sum[i] = 0.0f;
      for (guint k = 0; k < 4; k++)
        {
          gsize from = MIN (y + k / 2, h - 1) * w + MIN (left + k % 2, w - 1);

          if (mask->data[from] != 0.0f)
            continue;
          for (gsize i = 0; i < c; i++)
            sum[i] += x->data[from * c + i];
          n += 1.0f;
        }
      for (gsize i = 0; i < c && n > 0.0f; i++)
        sum[i] /= n;
      half_mask->data[to] = n > 0.0f ? 0.0f : 1.0f;
    }
}

/* The value of the half-size picture at a pixel of the full one, between its pixels. */
static float
between (const DifTensor *half, gsize y, gsize x, gsize channel)
{
  const gsize  h = half->dim[1];
  const gsize  w = half->dim[2];
  const gsize  c = half->dim[3];
  gsize        y0 = y / 2;
  gsize        x0 = x / 2;
  gsize        y1 = y % 2 ? MIN (y0 + 1, h - 1) : (y0 > 0 ? y0 - 1 : 0);
  gsize        x1 = x % 2 ? MIN (x0 + 1, w - 1) : (x0 > 0 ? x0 - 1 : 0);
  const float *d = half->data + channel;

  return 0.5625f * d[(y0 * w + x0) * c] + 0.1875f * d[(y0 * w + x1) * c] +
         0.1875f * d[(y1 * w + x0) * c] + 0.0625f * d[(y1 * w + x1) * c];
}

static void
push (const DifTensor *half, DifTensor *x, const DifTensor *mask)
{
  const gsize c = x->dim[3];

  for (gsize to = 0; to < mask->size; to++)
    for (gsize i = 0; i < c && mask->data[to] != 0.0f; i++)
      x->data[to * c + i] = between (half, to / x->dim[2], to % x->dim[2], i);
}

void
dif_prefill (DifContext *context, DifTensor *x, const DifTensor *mask)
{
  g_autoptr (DifTensor) half = NULL;
  g_autoptr (DifTensor) half_mask = NULL;
  gsize                 h, w;

  if (! x)
    return;
  if (! mask)
    {
      memset (x->data, 0, x->size * sizeof (float));
      return;
    }
  if (x->dim[1] == 1 && x->dim[2] == 1)
    {
      for (gsize i = 0; i < x->size && mask->data[0] != 0.0f; i++)
        x->data[i] = 0.0f;
      return;
    }
  h = (x->dim[1] + 1) / 2;
  w = (x->dim[2] + 1) / 2;
  half = dif_context_nhwc (context, x->dim[0], h, w, x->dim[3]);
  half_mask = dif_context_nhwc (context, x->dim[0], h, w, 1);
  if (! half || ! half_mask)
    return;
  pull (x, mask, half, half_mask);
  dif_prefill (context, half, half_mask);
  push (half, x, mask);
}

/* ---- other ways ---- */

/* For each pixel the nearest one that is set: the known ones, or else the unknown. */
static gboolean
find_nearest (DifContext *context, const DifTensor *mask, gboolean known, guint32 **nearest)
{
  g_autofree guint8 *set = g_try_new (guint8, mask->size);

  *nearest = g_try_new (guint32, mask->size);
  if (! set || ! *nearest)
    {
      dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM,
                                                      _ ("There is not enough memory to fill the "
                                                         "selection.")));
      return FALSE;
    }
  for (gsize i = 0; i < mask->size; i++)
    set[i] = (mask->data[i] == 0.0f) == known;
  dif_nearest (set, (guint) mask->dim[2], (guint) mask->dim[1], *nearest);
  return TRUE;
}

typedef struct
{
  double mean[MAX_CHANNELS];
  double deviation[MAX_CHANNELS];
} Ring;

static gboolean
measure_ring (DifContext *context, const DifTensor *x, const DifTensor *mask, Ring *ring)
{
  const gsize         c = x->dim[3];
  g_autofree guint32 *nearest = NULL;
  gsize               n = 0;

  *ring = (Ring) { { 0.0 }, { 0.0 } };
  if (! find_nearest (context, mask, FALSE, &nearest))
    return FALSE;
  for (gsize i = 0; i < mask->size; i++)
    if (mask->data[i] == 0.0f &&
        dif_nearest_distance (nearest, (guint) mask->dim[2], i) <= (double) RING)
      {
        n++;
        for (gsize k = 0; k < c; k++)
          {
            ring->mean[k] += x->data[i * c + k];
            ring->deviation[k] += (double) x->data[i * c + k] * x->data[i * c + k];
          }
      }
  for (gsize k = 0; k < c && n > 0; k++)
    {
      ring->mean[k] /= n;
      ring->deviation[k] = sqrt (MAX (ring->deviation[k] / n - ring->mean[k] * ring->mean[k], 0.0));
    }
  return TRUE;
}

static void
fill_from_ring (DifContext *context, DifTensor *x, const DifTensor *mask, gboolean noisy,
                guint64 seed)
{
  const gsize c = x->dim[3];
  Ring        ring;

  g_return_if_fail (c <= MAX_CHANNELS);
  if (! measure_ring (context, x, mask, &ring))
    return;
  for (gsize i = 0; i < mask->size; i++)
    {
      float noise[MAX_CHANNELS] = { 0.0f };

      if (mask->data[i] == 0.0f)
        continue;
      if (noisy)
        dif_rng_normal (seed, NOISE_STREAM, i * c, noise, c);
      for (gsize k = 0; k < c; k++)
        {
          double v = ring.mean[k] + ring.deviation[k] * noise[k];

          x->data[i * c + k] = (float) CLAMP (v, -1.0, 1.0);
        }
    }
}

static void
fill_from_border (DifContext *context, DifTensor *x, const DifTensor *mask)
{
  const gsize         c = x->dim[3];
  g_autofree guint32 *nearest = NULL;

  if (! find_nearest (context, mask, TRUE, &nearest))
    return;
  for (gsize i = 0; i < mask->size; i++)
    for (gsize k = 0; k < c && mask->data[i] != 0.0f; k++)
      x->data[i * c + k] =
          nearest[i] == DIF_NEAREST_NONE ? 0.0f : x->data[(gsize) nearest[i] * c + k];
}

void
dif_prefill_by (DifContext *context, DifTensor *x, const DifTensor *mask, DifPrefill way,
                guint64 seed)
{
  if (! x || way == DIF_PREFILL_KEEP)
    return;
  if (! mask || way == DIF_PREFILL_SMOOTH) /* without a ring there is one way only */
    dif_prefill (context, x, mask);
  else if (way == DIF_PREFILL_BORDER)
    fill_from_border (context, x, mask);
  else
    fill_from_ring (context, x, mask, way == DIF_PREFILL_NOISE, seed);
}
