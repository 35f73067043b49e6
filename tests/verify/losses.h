/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/lab/mixture.h"
#include "core/lab/points.h"
#include "tests/verify/case.h"
#include "tests/verify/toy.h"

/* A batch of pictures or points, [N, C, ...]; without C there is one channel. */
typedef struct
{
  CaseShape whole;
  gsize     n;
  gsize     channels;
  gsize     pixels; /* of each channel */
  gsize     size;   /* of each of the n */
} LossShape;

/* Of an input, which may be shared; all sizes are 1 where it cannot be read. */
LossShape losses_shape (Case *c, const char *tensor);

/* An input, which may be shared; zeros where it cannot be read. */
double *losses_input (Case *c, const char *tensor, const CaseShape *shape);

/* One for each of n: timesteps that the process has. */
double *losses_timesteps (Case *c, const char *tensor, gsize n, const DifProcess *process);

/* An objective's weighted loss for a picture that a network said this of; its gradient is compared
 * with differences of the loss. */
double losses_of (Case *c, const char *objective, const DifObjectiveArgs *args,
                  const DifExample *example, const double *output);

/* The exact score of a picture, pixel by pixel, and further facts if wanted.
 *
 * Returns: the logarithm of the density */
double losses_mixture (const DifEvaluator *toy, const LossShape *shape, const DifStep *step,
                       const double *x, double *score, double *x0);
