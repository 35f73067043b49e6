/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/langevin.h"

#include <math.h>

#define LEAST_R  1e-4 /* of what is chosen from */
#define ONE_R    0.1  /* at one level: the 0.2 of Song & Ermon 2019 in their units, a half here */
#define SECTIONS 60   /* of the golden ratio: 1e-12 of the range */

double
dif_langevin_stay (double r, guint inner_steps, double v)
{
  const double q = pow (1.0 - r, 2.0 * inner_steps);

  return q * v + (1.0 - q) / (1.0 - r / 2.0);
}

double
dif_langevin_seen (double r, guint inner_steps, double ratio)
{
  const double kept = pow (1.0 - r, 2.0 * inner_steps) * ratio * ratio;

  return kept < 1.0 ? ratio * ratio * dif_langevin_stay (r, inner_steps, 0.0) / (1.0 - kept) :
                      INFINITY;
}

static double
seen_once (double r, guint inner_steps, double ratio)
{
  return dif_langevin_stay (r, inner_steps, ratio * ratio);
}

/* Where a function with one valley is least, by golden sections.  From where it is infinite the
 * valley lies above. */
static double
least_of (double (*f) (double r, guint inner_steps, double ratio), guint inner_steps, double ratio)
{
  const double golden = (sqrt (5.0) - 1.0) / 2.0;
  double       low = LEAST_R;
  double       high = 1.0;

  for (guint i = 0; i < SECTIONS; i++)
    {
      const double a = high - golden * (high - low);
      const double b = low + golden * (high - low);

      if (f (a, inner_steps, ratio) <= f (b, inner_steps, ratio) &&
          isfinite (f (a, inner_steps, ratio)))
        high = b;
      else
        low = a;
    }
  return 0.5 * (low + high);
}

double
dif_langevin_choose_once (double ratio, guint inner_steps)
{
  return least_of (seen_once, inner_steps, ratio);
}

double
dif_langevin_choose (double ratio, guint inner_steps)
{
  return inner_steps == 1 ? sqrt (1.0 - 1.0 / (ratio * ratio)) :
                            least_of (dif_langevin_seen, inner_steps, ratio);
}

guint
dif_langevin_inner_steps (const DifSampling *sampling)
{
  if (sampling->inner_steps > 0)
    return sampling->inner_steps;
  return MAX (sampling->evaluations / sampling->n, 1);
}

static double
ratio_of (const DifStep *step)
{
  return step->sigma / step->alpha;
}

/* The size is twice r, since a step in z = x / alpha is half of it times the score.  Of the first
 * level the next one tells how the ladder falls; of one level nothing does. */
double
dif_langevin_size (const DifSampling *sampling, guint i)
{
  const DifStep *step = &sampling->steps[i > 0 || sampling->n == 1 ? i : 1];
  double         ratio;

  if (sampling->langevin_step > 0.0)
    return sampling->langevin_step;
  ratio = sampling->n > 1 ? ratio_of (step - 1) / ratio_of (step) : 1.0;
  if (! (ratio > 1.0 + 1e-9))
    return 2.0 * ONE_R;
  return 2.0 * dif_langevin_choose (ratio, dif_langevin_inner_steps (sampling));
}

/* One Langevin step of size a = r s² in z = x / alpha, whose score is (x0 - z) / s²:
 * z + a/2 score + sqrt (a T) noise. */
static DifTensor *
langevin (const DifSampling *sampling, DifContext *context, DifTensor *x, const DifTensor *x0,
          const DifLangevinLevel *level)
{
  const double r = level->size;

  return dif_sampling_draw (
      sampling, context, x, 2,
      (DifTerm[]) { { 1.0 - r / 2.0, x }, { level->step->alpha * r / 2.0, x0 } },
      level->step->sigma * sqrt (r * level->temperature));
}

static DifTensor *
stay (const DifSampling *sampling, DifContext *context, DifTensor *x_start,
      const DifLangevinLevel *level, DifTensor **last_x0)
{
  g_autoptr (DifTensor) x = x_start;
  const guint           n = dif_langevin_inner_steps (sampling);

  for (guint k = 0; k < n; k++)
    {
      g_auto (DifPrediction) p = { NULL, NULL };

      if (! dif_denoise (sampling->denoiser, context, x, level->step, &p))
        return NULL;
      x = langevin (sampling, context, x, p.x0, level);
      dif_tensor_unref (*last_x0);
      *last_x0 = g_steal_pointer (&p.x0);
    }
  return g_steal_pointer (&x);
}

static DifTensor *
finish (const DifSampling *sampling, DifContext *context, DifTensor *x, const DifStep *from)
{
  const DifStep *to = &sampling->steps[sampling->n];
  g_auto (DifPrediction) p = { NULL, NULL };

  if (! dif_denoise (sampling->denoiser, context, x, from, &p))
    return NULL;
  if (to->sigma == 0.0 && to->alpha == 1.0)
    return g_steal_pointer (&p.x0);
  return dif_sum (context, 2, (DifTerm[]) { { to->alpha, p.x0 }, { to->sigma, p.eps } });
}

/* z stays as it is from one noise level to the next. */
DifTensor *
dif_langevin_run (const DifSampling *sampling, DifContext *context, DifTensor *x_start,
                  DifLangevinFunc level_of)
{
  const DifStep        *at = &sampling->steps[0];
  g_autoptr (DifTensor) x = x_start;

  for (guint i = 0; i < sampling->n; i++)
    {
      const DifLangevinLevel level = level_of (sampling, i);
      g_autoptr (DifTensor)  x0 = NULL;

      if (level.step->alpha != at->alpha)
        x = dif_sum_over (context, x, 1, (DifTerm[]) { { level.step->alpha / at->alpha, x } });
      at = level.step;
      x = stay (sampling, context, g_steal_pointer (&x), &level, &x0);
      if (! dif_sampling_after_step (sampling, i + 1, x, x0))
        return g_steal_pointer (&x);
    }
  return finish (sampling, context, x, at);
}
