/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Soft masks on every kind of process, by every sampler at the levels of its own plan: each time
 * the network is asked, a pixel is known or free by its own noise level alone. */

#include <math.h>

#include "core/diffusion/plan.h"
#include "core/diffusion/process.h"
#include "core/ops/elementwise.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

#define N_STEPS 12
#define SIDE    18 /* coverages 0, 1/32, 3/32 … 31/32, 1: where no plan has a level */

static const Ideal ideal = { .mean = 0.4, .deviation = 0.5 };

static const struct
{
  const char *name;
  const char *json;
} processes[] = {
  { "discrete", "{'beta_schedule': 'squaredcos_cap_v2'}" },
  { "zero-snr", "{'rescale_betas_zero_snr': true, 'prediction_type': 'v_prediction'}" },
  { "ve", "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_min': 0.01, 'sigma_max': 50}" },
  { "edm", "{'_class_name': 'EDMEulerScheduler'}" },
  { "flow", "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'shift': 3}" },
};

/* How known pixels are kept. */
typedef enum
{
  KEEP_IN_XT,
  KEEP_IN_X0,
  KEEP_DRAWN,
} Keep;

/* Below the mask: remembers what the network saw, and what came of it. */
typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *network;
  DifTensor   *x;
  DifTensor   *x0;
} Inner;

/* Above it: compares what goes in and out. */
typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *mask;
  Inner        inner;
  Keep         keep;
  gboolean     near;  /* the start is not so near to pure noise that rounding hides the picture */
  gboolean     flows; /* the sampler draws no noise */
  DifTensor   *known;
  DifTensor   *noise;
  DifTensor   *coverage;
  double       joins[SIDE]; /* sigma / alpha where each pixel is let go */
  guint        n_asked;
} Outer;

static void
inner_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
               DifPrediction *out)
{
  Inner *inner = (Inner *) self;

  g_clear_pointer (&inner->x, dif_tensor_unref);
  g_clear_pointer (&inner->x0, dif_tensor_unref);
  if (! dif_denoise (inner->network, context, x, step, out))
    return;
  inner->x = dif_tensor_ref (x);
  inner->x0 = dif_tensor_ref (out->x0);
}

static void
inner_free (DifDenoiser *self G_GNUC_UNUSED)
{
}

static void
check_known (const Outer *outer, gsize i, const DifTensor *x, const DifStep *step,
             const DifPrediction *out)
{
  const double known = outer->known->data[i];
  const double path = step->alpha * known + step->sigma * outer->noise->data[i];
  const double size = 1.0 + step->sigma;

  g_assert_cmpfloat (out->x0->data[i], ==, known);
  if (outer->keep == KEEP_IN_XT)
    g_assert_cmpfloat_with_epsilon (outer->inner.x->data[i], path, 1e-6 * size);
  if (outer->keep == KEEP_DRAWN)
    return;
  g_assert_cmpfloat_with_epsilon (step->alpha * known + step->sigma * out->eps->data[i], x->data[i],
                                  1e-6 * (size + fabs (x->data[i])));
  if (outer->flows && outer->near)
    g_assert_cmpfloat_with_epsilon (x->data[i], path, 1e-4 * size);
}

static void
outer_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
               DifPrediction *out)
{
  Outer       *outer = (Outer *) self;
  const double ratio = step->sigma / step->alpha;

  if (! dif_denoise (outer->mask, context, x, step, out))
    return;
  outer->n_asked++;
  for (gsize i = 0; i < x->size; i++)
    if (ratio > outer->joins[i / 3])
      check_known (outer, i, x, step, out);
    else
      {
        g_assert_cmpfloat (outer->inner.x->data[i], ==, x->data[i]);
        g_assert_cmpfloat (out->x0->data[i], ==, outer->inner.x0->data[i]);
        g_assert_cmpfloat (out->x0->data[i], !=, outer->known->data[i]);
      }
}

/* By the definition of each kind: timesteps, levels that fall at a constant ratio, and shifted
 * ones. */
static double
ratio_at (const DifProcess *process, const DifStep *start, double level, double coverage)
{
  DifStep step;

  if (coverage <= 0.0 || coverage >= 1.0)
    return coverage <= 0.0 ? -1.0 : INFINITY;
  if (process->shift > 0.0)
    return process->shift * coverage * level / (1.0 - coverage * level);
  if (! process->kind->has_steps)
    return process->sigma_min * pow (process->sigma_max / process->sigma_min, coverage * level);
  step = dif_process_step (process, coverage * start->t);
  return step.sigma / step.alpha;
}

static void
outer_init (Outer *outer, DifContext *context, const DifSampler *row, const DifProcess *process,
            const DifStep *start, double level)
{
  outer->parent = (DifDenoiser) { outer_denoise, inner_free };
  outer->inner.parent = (DifDenoiser) { inner_denoise, inner_free };
  outer->inner.network =
      row->distilled ? ideal_distilled_new (&ideal) : ideal_denoiser_new (&ideal);
  outer->flows = ! row->stochastic;
  outer->near = start->sigma < 100.0 * start->alpha;
  outer->known = test_random (context, 21, 1, 1, SIDE, 3);
  outer->noise = test_random (context, 22, 1, 1, SIDE, 3);
  outer->coverage = dif_context_nhwc (context, 1, 1, SIDE, 1);
  for (gsize i = 0; i < SIDE; i++)
    {
      outer->coverage->data[i] = (float) CLAMP ((2.0 * (double) i - 1.0) / 32.0, 0.0, 1.0);
      if (i == SIDE - 1)
        outer->coverage->data[i] = 1.0f;
      outer->joins[i] = ratio_at (process, start, level, outer->coverage->data[i]);
      if (i > 0)
        g_assert_cmpfloat (outer->joins[i], >, outer->joins[i - 1]);
    }
}

static void
outer_clear (Outer *outer)
{
  dif_denoiser_free (outer->mask);
  dif_denoiser_free (outer->inner.network);
  dif_tensor_unref (outer->inner.x);
  dif_tensor_unref (outer->inner.x0);
  dif_tensor_unref (outer->known);
  dif_tensor_unref (outer->noise);
  dif_tensor_unref (outer->coverage);
}

static void
check_run (const DifSampler *row, const DifProcess *process, double level, Keep keep)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifPlan)    plan =
      dif_plan_new_from (process, row, dif_spacing_find ("trailing"), N_STEPS, level);
  const DifStep        *start = &plan->steps[0];
  Outer                 outer = { .keep = keep };
  g_autoptr (DifTensor) y = NULL;
  DifSeededNoise        noise;
  DifSampling           sampling;

  outer_init (&outer, context, row, process, start, level);
  dif_seeded_noise_init (&noise, 11);
  if (keep == KEEP_DRAWN)
    outer.mask =
        dif_mask_new_drawn (&outer.inner.parent, outer.known, outer.coverage, &noise.parent);
  else
    outer.mask = dif_mask_new (&outer.inner.parent, outer.known,
                               keep == KEEP_IN_XT ? outer.noise : NULL, outer.coverage);
  dif_mask_soften (outer.mask, process, start);
  dif_sampling_init (&sampling, row, plan->steps, plan->n, &outer.parent, &noise.parent);
  sampling.process = process;
  y = row->run (
      &sampling, context,
      dif_sum (context, 2,
               (DifTerm[]) { { start->alpha, outer.known }, { start->sigma, outer.noise } }));
  g_assert_cmpuint (outer.n_asked, >=, plan->n);
  if (test_has_shape (y, 1, 1, SIDE, 3))
    for (gsize i = 0; i < 3; i++)
      {
        if (outer.near)
          g_assert_cmpfloat_with_epsilon (y->data[i], outer.known->data[i], 1e-4);
        g_assert_true (isfinite (y->data[y->size - 1 - i]));
      }
  outer_clear (&outer);
}

static void
test_levels (gconstpointer data)
{
  static const double levels[] = { 1.0, 0.9, 0.6, 0.15 };
  const DifSampler   *row = data;

  for (guint p = 0; p < G_N_ELEMENTS (processes); p++)
    {
      g_autoptr (DifProcess) process = test_process (processes[p].json, NULL);

      for (guint k = 0; k < G_N_ELEMENTS (levels); k++)
        {
          g_test_message ("%s from %g", processes[p].name, levels[k]);
          if (row->goes_back)
            check_run (row, process, levels[k], KEEP_DRAWN);
          else
            for (Keep keep = KEEP_IN_XT; keep < KEEP_DRAWN; keep++)
              check_run (row, process, levels[k], keep);
        }
    }
}

/* What a network is told does not matter: the same levels, told in other words. */
static void
test_told (void)
{
  g_autoptr (DifProcess) process = test_process (processes[3].json, NULL);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const DifStep          start = { 0.0, 1.0, 10.0 };
  const DifStep          preserving = { 0.0, 1.0 / hypot (1.0, 10.0), 10.0 / hypot (1.0, 10.0) };
  const DifStep *const   starts[] = { &start, &preserving };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      Outer outer = { .keep = KEEP_IN_XT };

      outer_init (&outer, context, dif_sampler_find ("euler"), process, &start,
                  log (10.0 / 0.002) / log (80.0 / 0.002));
      outer.mask = dif_mask_new (&outer.inner.parent, outer.known, outer.noise, outer.coverage);
      dif_mask_soften (outer.mask, process, starts[i]);
      for (double t = -3.0; t < 2.0; t += 0.01)
        {
          const DifStep step = { t, 1.0, exp (-t) };
          g_auto (DifPrediction) p = { NULL, NULL };

          outer.flows = FALSE;
          g_assert_true (dif_denoise (&outer.parent, context, outer.noise, &step, &p));
        }
      outer_clear (&outer);
    }
}

int
main (int argc, char **argv)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/mask-levels/told", test_told);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/mask-levels/%s", rows[i]->id);

      g_test_add_data_func (path, rows[i], test_levels);
    }
  return g_test_run ();
}
