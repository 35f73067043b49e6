/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/denoiser.h"
#include "core/diffusion/evaluator.h"
#include "tests/verify/case.h"

/* The closed-form models of the reference data ("formula" in its files).
 *
 * @process: its alpha_bar are the toy's, NULL for alpha 1 and sigma t
 * @first: filled with the first output
 *
 * Returns: (nullable): an evaluator; NULL for an unknown kind of toy */
DifEvaluator *toy_new (Case *c, json_t *toy, const DifProcess *process, DifTensor **first);

/* The mixture as a denoiser of any noise level, whatever its alpha and sigma.
 *
 * Returns: (nullable): a denoiser; NULL for another kind of toy */
DifDenoiser *toy_denoiser_new (Case *c, json_t *toy);

/* The same in double: what the tanh toy says, what it says of the variance, and what the mixture's
 * parameters are. */
double toy_value (const DifEvaluator *toy, double x, double t, gsize channel);

double toy_variance (const DifEvaluator *toy, double x, double t);

typedef struct
{
  double weight[2];
  double center[2];
  double deviation[2];
} ToyMixture;

ToyMixture toy_mixture (const DifEvaluator *toy, gsize channel);
