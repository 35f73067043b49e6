/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/train/bound.h"

static DifStep
step (const DifObjectiveArgs *args, double u)
{
  return dif_objective_find ("simple")->step (args, u);
}

static void
target (const DifObjectiveArgs *args, const DifExample *example, double *out)
{
  dif_objective_target (args, example, out);
}

/* The mean of the squares, where pixels may count for more or less. */
static double
squares (const DifExample *example, const double *wanted, const DifOutput *output)
{
  const double scale = 1.0 / (double) example->n;
  double       sum = 0.0;

  if (! example->share)
    return dif_objective_squares (scale, example->n, wanted, output);
  for (gsize i = 0; i < example->n; i++)
    {
      const double off = output->mean[i] - wanted[i];

      sum += example->share[i] * off * off;
      if (output->of_mean)
        output->of_mean[i] = 2.0 * scale * example->share[i] * off;
    }
  return scale * sum;
}

/* L_simple teaches the mean, and the bound, which would teach it worse, the variance alone.  Of the
 * bound's T terms one is drawn. */
static double
loss (const DifObjectiveArgs *args, const DifExample *example, const double *wanted,
      const DifOutput *output)
{
  const double    factor = args->bound_factor * args->process->n_train_steps;
  const DifOutput of_bound = { output->mean, output->variance, NULL, output->of_variance };
  const DifOutput of_simple = { output->mean, NULL, output->of_mean, NULL };
  const double    bound = dif_bound_term (args, (guint) example->step.t, example, &of_bound);
  const double    simple = squares (example, wanted, &of_simple);

  for (gsize i = 0; output->of_variance && i < example->n; i++)
    output->of_variance[i] *= factor;
  return simple + factor * bound;
}

const DifObjective dif_objective_hybrid = {
  .id = "hybrid",
  .label = N_ ("L_hybrid: L_simple for the mean, the bound for a learned variance"),
  .citation = "Nichol & Dhariwal 2021, eq. 16",
  .learns_variance = TRUE,
  .needs_variance = TRUE,
  .needs_steps = TRUE,
  .step = step,
  .target = target,
  .loss = loss,
};
