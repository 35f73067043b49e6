/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/lab/mixture.h"
#include "core/lab/points.h"
#include "tests/verify/case.h"
#include "tests/verify/toy.h"

/* Numbers of an entry, of which the check knows how many there must be. */
double *losses_numbers (Case *c, const char *tensor, gsize n);

/* NCHW. */
typedef struct
{
  gsize n;
  gsize channels;
  gsize pixels; /* of each channel */
} LossShape;

LossShape losses_shape (Case *c, const char *tensor);

/* An objective's weighted loss for a picture that a network said this of; its gradient is compared
 * with differences of the loss. */
double losses_of (Case *c, const char *objective, const DifObjectiveArgs *args,
                  const DifExample *example, const double *output);

/* The exact score of a picture, pixel by pixel, and further facts if wanted. */
double losses_mixture (const DifEvaluator *toy, const LossShape *shape, const DifStep *step,
                       const double *x, double *score, double *x0);
