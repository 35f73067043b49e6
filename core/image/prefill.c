/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/prefill.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/streams.h"
#include "core/image/fill.h"
#include "core/image/nearest.h"
#include "core/image/patch.h"

#define RING         16 /* pixels */
#define MAX_CHANNELS 4

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
        dif_rng_normal (seed, DIF_STREAM_PREFILL, i * c, noise, c);
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
dif_prefill (DifContext *context, DifTensor *x, const DifTensor *mask, DifPrefill way, guint64 seed)
{
  if (! x || way == DIF_PREFILL_KEEP)
    return;
  if (! mask || way == DIF_PREFILL_SMOOTH ||
      way == DIF_PREFILL_AUTO) /* without a ring there is one way only */
    dif_fill (context, x, mask, FALSE, FALSE);
  else if (way == DIF_PREFILL_PATCH)
    dif_patch_fill (context, x, mask);
  else if (way == DIF_PREFILL_BORDER)
    fill_from_border (context, x, mask);
  else
    fill_from_ring (context, x, mask, way == DIF_PREFILL_NOISE, seed);
}
