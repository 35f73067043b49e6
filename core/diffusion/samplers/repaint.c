/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

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

/* Steps between two places from which it goes back: the paper's 10 of 250. */
static guint
length_of (guint n)
{
  return MAX (n / 25, 1);
}

/* The paper walks 250 levels 10 times, in about 2400 evaluations.  With fewer of them it walks
 * fewer times, as their root: from few levels resampling makes one color. */
static guint
levels (guint evaluations)
{
  return MAX (evaluations / MAX ((guint) rint (sqrt (evaluations / 24.0)), 1), 1);
}

/* How often each stretch is walked: as often as what is left of the evaluations allows. */
static guint
count_of (const DifSampling *s, guint length)
{
  const guint again = (s->n - 1) / length * length; /* evaluations of walking all once more */

  if (s->jump_count > 0)
    return s->jump_count;
  if (s->evaluations == 0)
    return 10; /* Lugmayr et al. 2022 */
  return s->evaluations > s->n && again > 0 ? 1 + (s->evaluations - s->n) / again : 1;
}

static Jumps
plan_jumps (const DifSampling *s)
{
  const guint length = s->jump_length > 0 ? s->jump_length : length_of (s->n);
  const guint count = count_of (s, length);
  Jumps       jumps = { length, g_new0 (guint, s->n / length + 1) };

  for (guint k = 0; (k + 1) * length < s->n; k++)
    jumps.left[k] = count - 1;
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
  .label = N_ ("RePaint (20 steps or more)"),
  .citation = "Lugmayr et al. 2022, algorithm 1",
  .order = 1,
  .evals = 1,
  .least_evals = 20,
  .stochastic = TRUE,
  .pure_noise = TRUE,
  .goes_back = TRUE,
  .eta = 1.0,
  .levels = levels,
  .run = run,
};
