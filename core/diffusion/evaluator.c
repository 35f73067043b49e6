/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/evaluator.h"

#include "core/ops/elementwise.h"

DifTensor *
dif_evaluate (DifEvaluator *evaluator, DifContext *context, DifTensor *x, double t)
{
  return x ? evaluator->evaluate (evaluator, context, x, t) : NULL;
}

void
dif_evaluator_free (DifEvaluator *evaluator)
{
  if (evaluator)
    evaluator->free (evaluator);
}

typedef struct
{
  DifEvaluator  parent;
  DifEvaluator *inner;
  DifTensor    *extra;
} Condition;

static DifTensor *
condition_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  Condition            *condition = (Condition *) self;
  g_autoptr (DifTensor) input = dif_concat_channels (context, x, condition->extra);

  return dif_evaluate (condition->inner, context, input, t);
}

static void
condition_free (DifEvaluator *self)
{
  Condition *condition = (Condition *) self;

  dif_evaluator_free (condition->inner);
  dif_tensor_unref (condition->extra);
  g_free (condition);
}

DifEvaluator *
dif_condition_new (DifEvaluator *inner, DifTensor *extra)
{
  Condition *condition = g_new0 (Condition, 1);

  condition->parent = (DifEvaluator) { condition_evaluate, condition_free };
  condition->inner = inner;
  condition->extra = dif_tensor_ref (extra);
  return &condition->parent;
}
