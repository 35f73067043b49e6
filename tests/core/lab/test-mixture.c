/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two heaps of points of unequal weight: a sampler that follows the score from one noise level to
 * the next finds the weights, one that stays at the lowest does not (Song & Ermon 2019). */

#include <math.h>

#include "core/diffusion/sampler.h"
#include "core/lab/heaps.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

#define SIDE 64 /* 4096 points: the standard error of the share is 0.6 % */

#define WEIGHT    0.8 /* of the first heap */
#define DEVIATION 1.0

/* The denoiser against the definition, integrated numerically in one dimension. */
static void
test_denoiser (void)
{
  static const double     weight[] = { 0.8, 0.2 };
  static const double     center[] = { 5.0, -5.0 };
  static const double     deviation[] = { 1.0, 1.0 };
  const DifMixture        line = { 2, 1, weight, center, deviation };
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifDenoiser) denoiser = dif_mixture_denoiser_new (&line);
  g_autoptr (DifTensor)   x = dif_context_nhwc (context, 1, 1, 9, 1);
  const DifStep           step = { 0.0, 0.7, 2.0 };
  g_auto (DifPrediction) p = { NULL, NULL };

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = 1.5f * ((float) i - 4.0f);
  g_assert_true (dif_denoise (denoiser, context, x, &step, &p));
  for (gsize i = 0; i < x->size; i++)
    {
      double total = 0.0, sum = 0.0;

      for (double x0 = -20.0; x0 < 20.0; x0 += 0.01)
        {
          double density = weight[0] * exp (-0.5 * pow (x0 - center[0], 2.0)) +
                           weight[1] * exp (-0.5 * pow (x0 - center[1], 2.0));
          double seen = exp (-0.5 * pow ((x->data[i] - step.alpha * x0) / step.sigma, 2.0));

          total += density * seen;
          sum += density * seen * x0;
        }
      g_assert_cmpfloat_with_epsilon (p.x0->data[i], sum / total, 1e-5);
      g_assert_cmpfloat_with_epsilon (step.alpha * p.x0->data[i] + step.sigma * p.eps->data[i],
                                      x->data[i], 1e-5);
    }
}

static DifHeapsFacts
facts_of (const char *name, const DifTensor *points)
{
  DifHeapsFacts facts = { NAN, NAN };

  g_assert_nonnull (points);
  if (points)
    facts = dif_heaps_facts (points);
  g_test_message ("%s: share %.4f, deviation %.3f", name, facts.share, facts.deviation);
  return facts;
}

/* The points are there, and one can tell. */
static void
test_draw (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  exact = dif_context_nhwc (context, 1, SIDE, SIDE, 2);
  g_autofree double     *points = g_new (double, 2 * SIDE * SIDE);
  DifHeapsFacts          facts;

  dif_mixture_draw (&dif_heaps_song, 31, 0, SIDE * SIDE, points);
  for (gsize i = 0; i < exact->size; i++)
    exact->data[i] = (float) points[i];
  facts = facts_of ("exact", exact);
  g_assert_cmpfloat_with_epsilon (facts.share, WEIGHT, 5 * 0.006);
  g_assert_cmpfloat_with_epsilon (facts.deviation, DEVIATION, 5 * 0.008);
}

typedef struct
{
  const DifSampler *row;
  IdealFrame        frame;
} Case;

/* As a picture is made: from noise in which nothing is left of the heaps to the clean points. */
static DifTensor *
sample (const Case *c, DifContext *context)
{
  const guint             n = c->row->stays ? 80 : 500;
  g_autoptr (DifDenoiser) denoiser = dif_mixture_denoiser_new (&dif_heaps_song);
  g_autofree DifStep     *steps = ideal_steps (c->frame, -5.0, 2.0, n);
  DifTensor              *x = test_random (context, 35, 1, SIDE, SIDE, 2);
  DifSeededNoise          noise;
  DifSampling             sampling;

  steps[n] = (DifStep) { 0.0, 1.0, 0.0 };
  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= (float) steps[0].sigma;
  dif_seeded_noise_init (&noise, 36);
  dif_sampling_init (&sampling, c->row, steps, n, denoiser, &noise.parent);
  sampling.inner_steps = 50;
  sampling.langevin_step = c->row->stays ? 0.1 : 0.0;
  return c->row->run (&sampling, context, x);
}

static void
test_weights (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  y = sample (c, context);
  const DifHeapsFacts    facts = facts_of (c->row->id, y);

  if (c->row->seeks_modes)
    {
      g_assert_cmpfloat (facts.share, >, WEIGHT - 0.03);
      g_assert_cmpfloat (facts.deviation, <, 0.5 * DEVIATION);
      return;
    }
  g_assert_cmpfloat_with_epsilon (facts.share, WEIGHT, 0.03);
  g_assert_cmpfloat_with_epsilon (facts.deviation, DEVIATION, 0.1);
}

int
main (int argc, char **argv)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/mixture/denoiser", test_denoiser);
  g_test_add_func ("/mixture/draw", test_draw);
  for (guint i = 0; i < n; i++)
    for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
      {
        g_autofree char *path =
            g_strdup_printf ("/mixture/weights/%s/%s", rows[i]->id, ideal_frame_name (frame));
        Case *c;

        /* a distilled network would have to see the end of the flow, not the mean */
        if (! rows[i]->stochastic || rows[i]->one_level || rows[i]->distilled || rows[i]->oversteps)
          continue;
        c = g_new (Case, 1);
        *c = (Case) { rows[i], frame };
        g_test_add_data_func_full (path, c, test_weights, g_free);
      }
  return g_test_run ();
}
