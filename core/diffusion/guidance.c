/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/diffusion/evaluator.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifEvaluator  parent;
  DifEvaluator *inner;
  double        scale;
} Guidance;

static DifTensor *
twice (DifContext *context, const DifTensor *x)
{
  DifTensor *y = dif_context_nhwc (context, 2 * x->dim[0], x->dim[1], x->dim[2], x->dim[3]);

  for (guint i = 0; y && i < 2; i++)
    memcpy (y->data + i * x->size, x->data, x->size * sizeof (float));
  return y;
}

static DifTensor *
guidance_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Guidance       *guidance = (const Guidance *) self;
  const double          s = guidance->scale;
  const gsize           n = x->dim[0];
  g_autoptr (DifTensor) pair = twice (context, x);
  g_autoptr (DifTensor) output = dif_evaluate (guidance->inner, context, pair, t);
  g_autoptr (DifTensor) with = output ? dif_tensor_pictures (output, 0, n) : NULL;
  g_autoptr (DifTensor) without = output ? dif_tensor_pictures (output, n, n) : NULL;

  return dif_sum (context, 2, (DifTerm[]) { { s, with }, { 1.0 - s, without } });
}

static void
guidance_free (DifEvaluator *self)
{
  dif_evaluator_free (((Guidance *) self)->inner);
  g_free (self);
}

DifEvaluator *
dif_guidance_new (DifEvaluator *inner, double scale)
{
  Guidance *guidance = g_new0 (Guidance, 1);

  guidance->parent = (DifEvaluator) { guidance_evaluate, guidance_free };
  guidance->inner = inner;
  guidance->scale = scale;
  return &guidance->parent;
}
