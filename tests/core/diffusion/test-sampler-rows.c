/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The rows themselves, what they take for granted, and what only DDPM does. */

#include <math.h>

#include "core/diffusion/sampler.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

static const Ideal ideal = { .mean = 0.2, .deviation = 0.5 };

/* The ideal, and a word on the variance. */
typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  float        variance;
} Teller;

static void
teller_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                DifPrediction *out)
{
  const Teller *teller = (const Teller *) self;

  if (! dif_denoise (teller->inner, context, x, step, out))
    return;
  out->variance = dif_context_like (context, x);
  for (gsize i = 0; out->variance && i < x->size; i++)
    out->variance->data[i] = teller->variance;
}

/* DDPM from one level to the next; @told is what the network says, 0 for nothing. */
static DifTensor *
ddpm_step (DifContext *context, float told, gboolean large)
{
  g_autofree DifStep     *steps = ideal_steps (IDEAL_VP, -1.0, 0.0, 1);
  g_autoptr (DifDenoiser) inner = ideal_denoiser_new (&ideal);
  Teller                  teller = { { teller_denoise, NULL }, inner, told };
  const DifSampler       *row = dif_sampler_find ("ddpm");
  DifTensor              *x = test_random (context, 20, 1, 16, 16, 3);
  DifSeededNoise          noise;
  DifSampling             sampling;

  dif_seeded_noise_init (&noise, 11);
  dif_sampling_init (&sampling, row, steps, 1, told == 0.0f ? inner : &teller.parent,
                     &noise.parent);
  sampling.large_variance = large;
  return row->run (&sampling, context, x);
}

/* From the smaller variance to the larger one, whichever was chosen for other networks. */
static void
test_learned_variance (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  small = ddpm_step (context, 0.0f, FALSE);
  g_autoptr (DifTensor)  large = ddpm_step (context, 0.0f, TRUE);
  g_autoptr (DifTensor)  low = ddpm_step (context, -1.0f, TRUE);
  g_autoptr (DifTensor)  high = ddpm_step (context, 1.0f, FALSE);
  double                 differ = 0.0;

  g_assert_true (small && large && low && high);
  for (gsize i = 0; i < small->size; i++)
    {
      g_assert_cmpfloat_with_epsilon (low->data[i], small->data[i], 1e-6);
      g_assert_cmpfloat_with_epsilon (high->data[i], large->data[i], 1e-6);
      differ = MAX (differ, fabs (small->data[i] - large->data[i]));
    }
  g_assert_cmpfloat (differ, >, 0.1);
}

/* In between, the deviation is the one of equation 15: all draws are of the same noise, so two of
 * them tell the mean and the noise. */
static void
test_range (void)
{
  static const float     told[] = { -0.6f, 0.25f, 1.5f };
  g_autofree DifStep    *steps = ideal_steps (IDEAL_VP, -1.0, 0.0, 1);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  low = ddpm_step (context, -1.0f, FALSE);
  g_autoptr (DifTensor)  high = ddpm_step (context, 1.0f, FALSE);
  double                 beta;
  const double           least = dif_posterior_variance (&steps[0], &steps[1], &beta);

  for (guint k = 0; k < G_N_ELEMENTS (told); k++)
    {
      g_autoptr (DifTensor) x = ddpm_step (context, told[k], FALSE);
      const double          v = 0.5 * (told[k] + 1.0);
      const double          deviation = exp (0.5 * (v * log (beta) + (1.0 - v) * log (least)));

      for (gsize i = 0; x && i < x->size; i++)
        {
          const double noise = (high->data[i] - low->data[i]) / (sqrt (beta) - sqrt (least));
          const double mean = low->data[i] - sqrt (least) * noise;

          g_assert_cmpfloat_with_epsilon (x->data[i], mean + deviation * noise, 2e-5);
        }
    }
}

static void
test_rows (void)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (rows[i]->id && *rows[i]->id && rows[i]->label && *rows[i]->label);
      g_assert_true (rows[i]->citation && *rows[i]->citation && rows[i]->run);
      g_assert_cmpuint (rows[i]->order, >=, 1);
      g_assert_cmpuint (rows[i]->evals, >=, 1);
      g_assert_true (dif_sampler_find (rows[i]->id) == rows[i]); /* so ids differ */
    }
  g_assert_cmpstr (dif_sampler_for (NULL)->id, ==, "dpmpp-2m");
  g_assert_null (dif_sampler_find ("nonsense"));
  g_assert_null (dif_sampler_find (NULL));
}

/* What papers take where nobody says anything; a run has it without asking. */
static void
test_own_eta (void)
{
  static const struct
  {
    const char *id;
    double      eta;
  } own[] = { { "ddim", 0.0 }, { "tcd", 0.3 }, { "repaint", 1.0 } };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      DifSampling sampling;

      dif_sampling_init (&sampling, dif_sampler_find (own[i].id), NULL, 0, NULL, NULL);
      g_assert_cmpfloat (sampling.eta, ==, own[i].eta);
    }
}

/* Of the textbook's alpha_bar: beta~_t = (1 - a_{t-1}) / (1 - a_t) beta_t (Ho et al., eq. 7). */
static void
test_posterior_variance (void)
{
  double  a_from = 0.5, a_to = 0.8;
  DifStep from = { 1.0, sqrt (a_from), sqrt (1.0 - a_from) };
  DifStep to = { 0.0, sqrt (a_to), sqrt (1.0 - a_to) };
  double  beta;
  double  variance = dif_posterior_variance (&from, &to, &beta);

  g_assert_cmpfloat_with_epsilon (beta, 1.0 - a_from / a_to, 1e-14);
  g_assert_cmpfloat_with_epsilon (variance, (1.0 - a_to) / (1.0 - a_from) * (1.0 - a_from / a_to),
                                  1e-14);
  to = (DifStep) { 0.0, 1.0, 0.0 };
  g_assert_cmpfloat (dif_posterior_variance (&from, &to, NULL), ==, 0.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/sampler-rows/rows", test_rows);
  g_test_add_func ("/sampler-rows/own-eta", test_own_eta);
  g_test_add_func ("/sampler-rows/posterior-variance", test_posterior_variance);
  g_test_add_func ("/sampler-rows/learned-variance", test_learned_variance);
  g_test_add_func ("/sampler-rows/learned-variance/range", test_range);
  return g_test_run ();
}
