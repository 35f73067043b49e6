/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/langevin.h"

#include <math.h>

#define SMALLEST_STEP 0.1

/* Each step shortens z - x0 by 1 - r / 2.  Beyond r = 1 the steps would overshoot. */
double
dif_langevin_size (const DifSampling *sampling, guint i)
{
  double ratio;

  if (sampling->langevin_step > 0.0)
    return sampling->langevin_step;
  if (i == 0)
    return SMALLEST_STEP;
  ratio = sampling->steps[i].sigma / sampling->steps[i].alpha * sampling->steps[i - 1].alpha /
          sampling->steps[i - 1].sigma;
  return CLAMP (2.0 * (1.0 - pow (ratio, 1.0 / sampling->inner_steps)), SMALLEST_STEP, 1.0);
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

  for (guint k = 0; k < sampling->inner_steps; k++)
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
