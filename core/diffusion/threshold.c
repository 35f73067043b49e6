/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/diffusion/denoiser.h"
#include "core/ops/elementwise.h"

#define HALF (1 << 16)

typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  double       ratio;
  double       most;
} Threshold;

/* As whole numbers, the bits of floats that are not negative stand in the same order. */
static guint32
magnitude (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits & 0x7fffffffu;
}

/* Which of the counted things has place @rank, and its rank among its equals. */
static guint32
find_rank (const gsize *counts, gsize *rank)
{
  guint32 i = 0;

  while (i < HALF - 1 && *rank >= counts[i])
    *rank -= counts[i++];
  return i;
}

/* The absolute number with @rank smaller ones: first its upper half, then its lower. */
static double
ranked (const float *x, gsize n, gsize rank, gsize *counts)
{
  guint32 upper, bits;
  float   value;

  memset (counts, 0, HALF * sizeof *counts);
  for (gsize i = 0; i < n; i++)
    counts[magnitude (x[i]) >> 16]++;
  upper = find_rank (counts, &rank);
  memset (counts, 0, HALF * sizeof *counts);
  for (gsize i = 0; i < n; i++)
    if (magnitude (x[i]) >> 16 == upper)
      counts[magnitude (x[i]) & 0xffffu]++;
  bits = upper << 16 | find_rank (counts, &rank);
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* Between two ranks the quantile is interpolated. */
static double
quantile (const float *x, gsize n, double ratio, gsize *counts)
{
  const double place = ratio * (double) (n - 1);
  const gsize  below = (gsize) place;
  const double rest = place - (double) below;
  const double low = ranked (x, n, below, counts);

  return rest > 0.0 ? low + rest * (ranked (x, n, below + 1, counts) - low) : low;
}

static void
pull_in (const Threshold *threshold, DifTensor *x0)
{
  g_autofree gsize *counts = g_new (gsize, HALF);
  const gsize       size = x0->size / x0->dim[0];

  for (gsize k = 0; k < x0->dim[0]; k++)
    {
      float      *x = x0->data + k * size;
      const float s =
          (float) CLAMP (quantile (x, size, threshold->ratio, counts), 1.0, threshold->most);

      for (gsize i = 0; i < size; i++)
        x[i] = CLAMP (x[i], -s, s) / s;
    }
}

static void
threshold_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                   DifPrediction *out)
{
  const Threshold *threshold = (const Threshold *) self;

  if (! dif_denoise (threshold->inner, context, x, step, out))
    return;
  if (dif_tensor_is_shared (out->x0))
    out->x0 = dif_sum_over (context, out->x0, 1, (DifTerm[]) { { 1.0, out->x0 } });
  if (out->x0)
    pull_in (threshold, out->x0);
}

static void
threshold_free (DifDenoiser *self)
{
  dif_denoiser_free (((Threshold *) self)->inner);
  g_free (self);
}

DifDenoiser *
dif_threshold_new (DifDenoiser *inner, double ratio, double most)
{
  Threshold *threshold = g_new0 (Threshold, 1);

  threshold->parent = (DifDenoiser) { threshold_denoise, threshold_free };
  threshold->inner = inner;
  threshold->ratio = ratio;
  threshold->most = MAX (most, 1.0);
  return &threshold->parent;
}
