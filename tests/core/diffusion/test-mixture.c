/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two heaps of points of unequal weight: a sampler that follows the score from one noise level to
 * the next finds the weights, one that stays at the lowest does not (Song & Ermon 2019). */

#include <math.h>

#include "tests/core/support/mixture.h"
#include "tests/core/support/numbers.h"

#define SIDE 64 /* 4096 points: the standard error of the share is 0.6 % */

static const Mixture *const mixture = &mixture_song;

/* The denoiser against the definition, integrated numerically in one dimension. */
static void
test_denoiser (void)
{
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifDenoiser) denoiser = mixture_denoiser_new (mixture);
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
          double density = mixture->weight * exp (-0.5 * pow (x0 - mixture->centre, 2.0)) +
                           (1.0 - mixture->weight) * exp (-0.5 * pow (x0 + mixture->centre, 2.0));
          double seen = exp (-0.5 * pow ((x->data[i] - step.alpha * x0) / step.sigma, 2.0));

          total += density * seen;
          sum += density * seen * x0;
        }
      g_assert_cmpfloat_with_epsilon (p.x0->data[i], sum / total, 1e-5);
      g_assert_cmpfloat_with_epsilon (step.alpha * p.x0->data[i] + step.sigma * p.eps->data[i],
                                      x->data[i], 1e-5);
    }
}

static MixtureFacts
facts_of (const char *name, const DifTensor *points)
{
  MixtureFacts facts = { NAN, NAN };

  g_assert_nonnull (points);
  if (points)
    facts = mixture_facts (mixture, points);
  g_test_message ("%s: share %.4f, deviation %.3f", name, facts.share, facts.deviation);
  return facts;
}

/* The points are there, and one can tell. */
static void
test_draw (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  exact = mixture_draw (context, mixture, SIDE);
  g_autoptr (DifTensor)  anywhere = mixture_anywhere (context, SIDE);
  const MixtureFacts     of_exact = facts_of ("exact", exact);
  const MixtureFacts     of_anywhere = facts_of ("anywhere", anywhere);

  g_assert_cmpfloat_with_epsilon (of_exact.share, mixture->weight, 5 * 0.006);
  g_assert_cmpfloat_with_epsilon (of_exact.deviation, mixture->deviation, 5 * 0.008);
  g_assert_cmpfloat_with_epsilon (of_anywhere.share, 0.5, 5 * 0.008);
}

/* Song & Ermon 2019, figure 3. */
static void
test_experiment (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  plain = mixture_experiment (context, dif_sampler_find ("langevin"), SIDE);
  g_autoptr (DifTensor)  annealed =
      mixture_experiment (context, dif_sampler_find ("annealed-langevin"), SIDE);
  const MixtureFacts of_plain = facts_of ("plain", plain);
  const MixtureFacts of_annealed = facts_of ("annealed", annealed);

  g_assert_cmpfloat (of_plain.share, <, mixture->weight - 0.1);
  g_assert_cmpfloat_with_epsilon (of_annealed.share, mixture->weight, 0.03);
  /* both are at home within a heap */
  g_assert_cmpfloat_with_epsilon (of_plain.deviation, mixture->deviation, 0.1);
  g_assert_cmpfloat_with_epsilon (of_annealed.deviation, mixture->deviation, 0.1);
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
  const guint             n = c->row->geometric ? 80 : 500;
  g_autoptr (DifDenoiser) denoiser = mixture_denoiser_new (mixture);
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
  sampling.langevin_step = 0.1;
  return c->row->run (&sampling, context, x);
}

static void
test_weights (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  y = sample (c, context);
  const MixtureFacts     facts = facts_of (c->row->id, y);

  if (c->row->seeks_modes)
    {
      g_assert_cmpfloat (facts.share, >, mixture->weight + 0.03);
      g_assert_cmpfloat (facts.deviation, <, 0.5 * mixture->deviation);
      return;
    }
  g_assert_cmpfloat_with_epsilon (facts.share, mixture->weight, 0.03);
  g_assert_cmpfloat_with_epsilon (facts.deviation, mixture->deviation, 0.1);
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
  g_test_add_func ("/mixture/experiment", test_experiment);
  for (guint i = 0; i < n; i++)
    for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
      {
        g_autofree char *path = g_strdup_printf ("/mixture/weights/%s/%s", rows[i]->id,
                                                 frame == IDEAL_VP ? "vp" : "ve");
        Case            *c;

        /* a distilled network would have to see the end of the flow, not the mean */
        if (! rows[i]->stochastic || rows[i]->one_level || rows[i]->distilled || rows[i]->oversteps)
          continue;
        c = g_new (Case, 1);
        *c = (Case) { rows[i], frame };
        g_test_add_data_func_full (path, c, test_weights, g_free);
      }
  return g_test_run ();
}
