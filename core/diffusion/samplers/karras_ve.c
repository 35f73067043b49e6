/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/diffusion/sampler.h"
#include "core/ops/elementwise.h"

#define OWN_CHURN 40.0 /* Karras et al. 2022, table 5, for ImageNet */

/* How much noisier x is made before step @i. */
static double
gamma_of (const DifSampling *s, guint i)
{
  const double level = s->steps[i].sigma / s->steps[i].alpha;
  const double amount = s->churn.amount > 0.0 ? s->churn.amount : OWN_CHURN;

  if (level < s->churn.min || (s->churn.max > 0.0 && level > s->churn.max))
    return 0.0;
  return MIN (amount / s->n, G_SQRT2 - 1.0);
}

/* z = x / alpha with as much more noise as raises its level to that of @hat. */
static DifTensor *
churn (const DifSampling *s, DifContext *context, DifTensor *x, const DifStep *from,
       const DifStep *hat)
{
  const double level = from->sigma / from->alpha;
  const double level_hat = hat->sigma / hat->alpha;
  const double added = sqrt (MAX (level_hat * level_hat - level * level, 0.0));

  return dif_sampling_draw (s, context, x, 1, (DifTerm[]) { { hat->alpha / from->alpha, x } },
                            hat->alpha * s->churn.noise * added);
}

/* Heun's step of dz/ds = (z - x0) / s: by the slope at its start, then by the mean of the slopes at
 * both ends. */
static DifTensor *
heun (const DifSampling *s, DifContext *context, DifTensor *x_start, const DifStep *from,
      const DifStep *to, DifTensor **x0)
{
  const double          level = from->sigma / from->alpha;
  const double          level_to = to->sigma / to->alpha;
  const double          half = 0.5 * (level_to - level);
  g_autoptr (DifTensor) x = x_start;
  g_autoptr (DifTensor) end = NULL;
  g_auto (DifPrediction) p = { NULL, NULL };
  g_auto (DifPrediction) q = { NULL, NULL };

  if (! dif_denoise (s->denoiser, context, x, from, &p))
    return NULL;
  end = dif_sum (context, 2,
                 (DifTerm[]) { { to->alpha / from->alpha * level_to / level, x },
                               { to->alpha * (1.0 - level_to / level), p.x0 } });
  g_clear_pointer (&p.eps, dif_tensor_unref);
  *x0 = dif_tensor_ref (p.x0);
  if (level_to == 0.0)
    return g_steal_pointer (&end);
  if (! dif_denoise (s->denoiser, context, end, to, &q))
    return NULL;
  x = dif_sum_over (context, x, 4,
                    (DifTerm[]) { { to->alpha / from->alpha * (1.0 + half / level), x },
                                  { -to->alpha * half / level, p.x0 },
                                  { half / level_to, end },
                                  { -to->alpha * half / level_to, q.x0 } });
  return g_steal_pointer (&x);
}

static DifTensor *
run (const DifSampling *s, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = x_start;

  for (guint i = 0; i < s->n; i++)
    {
      const DifStep        *from = &s->steps[i];
      const double          gamma = gamma_of (s, i);
      DifStep               hat = *from;
      g_autoptr (DifTensor) x0 = NULL;

      if (gamma > 0.0)
        {
          hat = dif_sampling_between (s, i, from->sigma / from->alpha * (1.0 + gamma));
          x = churn (s, context, g_steal_pointer (&x), from, &hat);
        }
      x = heun (s, context, g_steal_pointer (&x), &hat, from + 1, &x0);
      if (! dif_sampling_after_step (s, i + 1, x, x0))
        break;
    }
  return g_steal_pointer (&x);
}

const DifSampler dif_sampler_karras_ve = {
  .id = "karras-ve",
  .label = N_ ("Karras stochastic (20 steps or more)"),
  .citation = "Karras et al. 2022, algorithm 2",
  .order = 2,
  .evals = 2,
  .least_evals = 20,
  .stochastic = TRUE,
  .overshoots = TRUE,
  .run = run,
};
