/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/unit-range.h"

#include "core/ops/elementwise.h"

typedef struct
{
  DifEvaluator  parent;
  DifEvaluator *inner;
} UnitRange;

DifTensor *
dif_unit_range_of (DifContext *context, const DifTensor *x)
{
  DifTensor *y = x ? dif_context_like (context, x) : NULL;

  for (gsize i = 0; y && i < x->size; i++)
    y->data[i] = 0.5f * x->data[i] + 0.5f;
  return y;
}

DifTensor *
dif_unit_range_back (DifContext *context, const DifTensor *x)
{
  DifTensor *y = x ? dif_context_like (context, x) : NULL;

  for (gsize i = 0; y && i < x->size; i++)
    y->data[i] = 2.0f * x->data[i] - 1.0f;
  return y;
}

static DifTensor *
unit_range_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  g_autoptr (DifTensor) own = dif_unit_range_of (context, x);
  DifTensor            *y = dif_evaluate (((UnitRange *) self)->inner, context, own, t);

  return dif_sum_over (context, y, 1, (DifTerm[]) { { 1.0 / DIF_UNIT_RANGE, y } });
}

static void
unit_range_free (DifEvaluator *self)
{
  dif_evaluator_free (((UnitRange *) self)->inner);
  g_free (self);
}

DifEvaluator *
dif_unit_range_new (DifEvaluator *inner)
{
  UnitRange *unit_range = g_new0 (UnitRange, 1);

  unit_range->parent = (DifEvaluator) { unit_range_evaluate, unit_range_free };
  unit_range->inner = inner;
  return &unit_range->parent;
}
