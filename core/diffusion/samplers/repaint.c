/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/diffusion/sampler.h"

/* From steps[i + 1] to steps[i], as the forward process goes. */
static DifTensor *
up (const DifSampling *s, DifContext *context, guint i, DifTensor *x)
{
  const DifStep *to = &s->steps[i];
  double         variance;

  dif_posterior_variance (to, to + 1, &variance);
  return dif_sampling_draw (s, context, x, 1, (DifTerm[]) { { to->alpha / to[1].alpha, x } },
                            sqrt (variance));
}

typedef struct
{
  guint  length;
  guint *left; /* times to go back from each stretch's end, counted from the run's end */
} Jumps;

static Jumps
plan_jumps (const DifSampling *s)
{
  const guint length = s->jump_length > 0 ? s->jump_length : MAX (s->n / 25, 1);
  Jumps       jumps = { length, g_new0 (guint, s->n / length + 1) };

  for (guint k = 0; (k + 1) * length < s->n; k++)
    jumps.left[k] = MAX (s->jump_count, 1) - 1;
  return jumps;
}

/* Whether to go back with @rest steps before the end. */
static gboolean
jumps_now (Jumps *jumps, guint rest)
{
  guint *left = &jumps->left[rest / jumps->length];

  if (rest % jumps->length != 0 || *left == 0)
    return FALSE;
  (*left)--;
  return TRUE;
}

/* @i is moved to where x is then.  Whether to go on. */
static gboolean
jump (const DifSampling *s, DifContext *context, DifTensor **x, guint length, guint *i)
{
  gboolean goes_on = TRUE;

  for (guint k = 0; goes_on && k < length; k++)
    {
      *x = up (s, context, --*i, *x);
      goes_on = dif_sampling_after_step (s, *i, *x, NULL);
    }
  return goes_on;
}

/* Down it goes as DDIM, with an eta of 1, which is the paper's, as DDPM.  Known pixels follow from
 * their prediction like all others: where that holds fresh noise they are drawn anew at the level
 * of every step (line 5 of the algorithm). */
static DifTensor *
run (const DifSampling *s, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = x_start;
  Jumps                 jumps = plan_jumps (s);
  g_autofree guint     *left = jumps.left;
  guint                 i = 0;

  while (i < s->n)
    {
      g_auto (DifPrediction) p = { NULL, NULL };

      if (! dif_denoise (s->denoiser, context, x, &s->steps[i], &p))
        return NULL;
      x = dif_sampling_settle (s, context, i++, x, p.x0, p.eps);
      if (! dif_sampling_after_step (s, i, x, p.x0))
        break;
      dif_prediction_clear (&p);
      if (jumps_now (&jumps, s->n - i) && ! jump (s, context, &x, jumps.length, &i))
        break;
    }
  return g_steal_pointer (&x);
}

const DifSampler dif_sampler_repaint = {
  .id = "repaint",
  .label = "RePaint",
  .citation = "Lugmayr et al. 2022, algorithm 1",
  .order = 1,
  .evals = 10,
  .stochastic = TRUE,
  .pure_noise = TRUE,
  .goes_back = TRUE,
  .eta = 1.0,
  .run = run,
};
