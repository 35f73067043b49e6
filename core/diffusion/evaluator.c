/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/evaluator.h"

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
