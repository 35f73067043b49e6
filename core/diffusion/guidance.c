/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/guidance.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/ops/elementwise.h"

typedef struct
{
  DifEvaluator  parent;
  DifEvaluator *inner;
  guint         channels;
  double        scale;
  double        rescale;
} Guidance;

static DifTensor *
twice (DifContext *context, const DifTensor *x)
{
  DifTensor *y = dif_context_nhwc (context, 2 * x->dim[0], x->dim[1], x->dim[2], x->dim[3]);

  for (guint i = 0; y && i < 2; i++)
    memcpy (y->data + i * x->size, x->data, x->size * sizeof (float));
  return y;
}

/* Standard deviation of n numbers, but for a factor that depends on n alone. */
static double
spread (const float *x, gsize n)
{
  double sum = 0.0;
  double squares = 0.0;
  double mean;

  for (gsize i = 0; i < n; i++)
    sum += x[i];
  mean = sum / n;
  for (gsize i = 0; i < n; i++)
    squares += (x[i] - mean) * (x[i] - mean);
  return sqrt (squares);
}

/* phi y std (with) / std (y) + (1 - phi) y, picture by picture; y is nobody else's. */
static void
rescale (const Guidance *guidance, DifTensor *y, const DifTensor *with)
{
  const double phi = guidance->rescale;
  const gsize  size = y->size / y->dim[0];

  for (gsize i = 0; i < y->dim[0]; i++)
    {
      float       *own = y->data + i * size;
      const double wide = spread (own, size);
      const double ratio = wide > 0.0 ? spread (with->data + i * size, size) / wide : 1.0;
      const float  factor = (float) (phi * ratio + (1.0 - phi));

      for (gsize k = 0; k < size; k++)
        own[k] *= factor;
    }
}

static DifTensor *
guide (const Guidance *guidance, DifContext *context, DifTensor *with, DifTensor *without)
{
  const double s = guidance->scale;
  DifTensor   *y;

  y = dif_sum (context, 2, (DifTerm[]) { { s, with }, { 1.0 - s, without } });
  if (y && guidance->rescale > 0.0)
    rescale (guidance, y, with);
  return y;
}

/* Channels beyond those that are guided are the wanted ones. */
static DifTensor *
guide_some (const Guidance *guidance, DifContext *context, DifTensor *with, DifTensor *without)
{
  const gsize           n = guidance->channels;
  g_autoptr (DifTensor) with_mean = dif_slice_channels (context, with, 0, n);
  g_autoptr (DifTensor) without_mean = dif_slice_channels (context, without, 0, n);
  g_autoptr (DifTensor) mean = NULL;
  g_autoptr (DifTensor) rest = NULL;

  if (! with_mean || ! without_mean)
    return NULL;
  mean = guide (guidance, context, with_mean, without_mean);
  rest = dif_slice_channels (context, with, n, with->dim[3] - n);
  return dif_concat_channels (context, mean, rest);
}

static DifTensor *
guidance_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Guidance       *guidance = (const Guidance *) self;
  const gsize           n = x->dim[0];
  g_autoptr (DifTensor) pair = twice (context, x);
  g_autoptr (DifTensor) output = dif_evaluate (guidance->inner, context, pair, t);
  g_autoptr (DifTensor) with = output ? dif_tensor_pictures (output, 0, n) : NULL;
  g_autoptr (DifTensor) without = output ? dif_tensor_pictures (output, n, n) : NULL;

  if (with && guidance->channels > 0 && guidance->channels < with->dim[3])
    return guide_some (guidance, context, with, without);
  return guide (guidance, context, with, without);
}

static void
guidance_free (DifEvaluator *self)
{
  dif_evaluator_free (((Guidance *) self)->inner);
  g_free (self);
}

DifEvaluator *
dif_guidance_new (DifEvaluator *inner, guint channels, double scale, double rescale)
{
  Guidance *guidance = g_new0 (Guidance, 1);

  guidance->parent = (DifEvaluator) { guidance_evaluate, guidance_free };
  guidance->inner = inner;
  guidance->channels = channels;
  guidance->scale = scale;
  guidance->rescale = rescale;
  return &guidance->parent;
}

const DifGuidanceRow dif_guidance_classifier_free = {
  .id = "classifier-free",
  .label = N_ ("label against no label"),
  .citation = "Ho & Salimans 2022, eq. 6",
  .evals = 2,
};

const DifGuidanceRow dif_guidance_negative = {
  .id = "negative",
  .label = N_ ("label against another label"),
  .citation = "Ho & Salimans 2022, eq. 6; Rombach et al. 2022, code",
  .evals = 2,
};

const DifGuidanceRow dif_guidance_rescaled = {
  .id = "rescaled",
  .label = N_ ("contrast taken back"),
  .citation = "Lin et al. 2024, section 3.4",
  .evals = 2,
};

typedef struct
{
  DifEvaluator  parent;
  DifEvaluator *inside;
  DifEvaluator *outside;
  double        least;
  double        most;
} Interval;

static DifTensor *
interval_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Interval *interval = (const Interval *) self;
  const gboolean  inside = t >= interval->least && t <= interval->most;

  return dif_evaluate (inside ? interval->inside : interval->outside, context, x, t);
}

static void
interval_free (DifEvaluator *self)
{
  Interval *interval = (Interval *) self;

  dif_evaluator_free (interval->inside);
  dif_evaluator_free (interval->outside);
  g_free (interval);
}

DifEvaluator *
dif_interval_new (DifEvaluator *inside, DifEvaluator *outside, double least, double most)
{
  Interval *interval = g_new0 (Interval, 1);

  *interval = (Interval) { { interval_evaluate, interval_free }, inside, outside, least, most };
  return &interval->parent;
}

const DifGuidanceRow dif_guidance_interval = {
  .id = "interval",
  .label = N_ ("between two noise levels only"),
  .citation = "Kynkäänniemi et al. 2024, eq. 5",
  .evals = 2,
};
