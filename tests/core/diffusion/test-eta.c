/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How much of a step is fresh noise. */

#include <math.h>

#include "core/diffusion/flow.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

static const Ideal ideal = { .mean = 0.2, .deviation = 0.5 };

static void
test_levels (void)
{
  static const double etas[] = { 0.0, 0.3, 0.99, 1.0 };

  for (guint i = 0; i < G_N_ELEMENTS (etas); i++)
    for (double low = 0.01; low < 8.0; low *= 1.7)
      {
        const double high = 1.6 * low;
        double       up;
        const double down = dif_flow_ancestral (high, low, etas[i], &up);

        g_assert_cmpfloat_with_epsilon (hypot (down, up), low, 1e-12 * low);
        g_assert_cmpfloat_with_epsilon (up, etas[i] * low * sqrt (1.0 - 1.0 / (1.6 * 1.6)),
                                        1e-12 * low);
      }
}

/* From deviation sigma at the top to the clean picture. */
static DifTensor *
sample (DifContext *context, const char *id, double eta, guint n)
{
  const DifSampler       *row = dif_sampler_find (id);
  g_autofree DifStep     *steps = ideal_steps (IDEAL_VP, -4.0, 3.0, n);
  g_autoptr (DifDenoiser) denoiser = ideal_denoiser_new (&ideal);
  g_autoptr (DifTensor)   x = test_random (context, 20, 1, 64, 64, 3);
  DifSeededNoise          noise;
  DifSampling             sampling;

  steps[n] = (DifStep) { 0.0, 1.0, 0.0 };
  dif_seeded_noise_init (&noise, 11);
  noise.parent.next = 1;
  dif_sampling_init (&sampling, row, steps, n, denoiser, &noise.parent);
  sampling.eta = eta;
  return row->run (&sampling, context, g_steal_pointer (&x));
}

/* Without fresh noise each is the sampler that it is the ancestral one of. */
static void
test_none (void)
{
  static const char *const pairs[][2] = { { "euler-ancestral", "euler" },
                                          { "dpm2-ancestral", "dpm2" },
                                          { "euler-ancestral", "ddim" } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)  one = sample (context, pairs[i][0], 0.0, 12);
      g_autoptr (DifTensor)  other = sample (context, pairs[i][1], 0.0, 12);

      for (gsize k = 0; k < one->size; k++)
        g_assert_cmpfloat_with_epsilon (one->data[k], other->data[k], 1e-5);
    }
}

/* The more of it, the less of the beginning is seen in the end, which is distributed alike. */
static void
test_some (void)
{
  static const char *const ids[] = { "ddim", "euler-ancestral", "dpm2-ancestral" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      double last = 1.0;

      for (double eta = 0.0; eta <= 1.0; eta += 0.5)
        {
          g_autoptr (DifContext) context = dif_context_new (2, NULL);
          g_autoptr (DifTensor)  start = test_random (context, 20, 1, 64, 64, 3);
          g_autoptr (DifTensor)  end = sample (context, ids[i], eta, 200);
          double                 mean = 0.0, square = 0.0, product = 0.0;

          for (gsize k = 0; k < end->size; k++)
            {
              const double d = end->data[k] - ideal.mean;

              mean += d / end->size;
              square += d * d / end->size;
              product += d * start->data[k] / end->size;
            }
          g_assert_cmpfloat_with_epsilon (mean, 0.0, 0.02);
          g_assert_cmpfloat_with_epsilon (sqrt (square), ideal.deviation, 0.02);
          product /= sqrt (square);
          if (eta > 0.0)
            g_assert_cmpfloat (product, <, last - 0.05);
          else
            g_assert_cmpfloat (product, >, 0.98);
          last = product;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/eta/levels", test_levels);
  g_test_add_func ("/eta/none", test_none);
  g_test_add_func ("/eta/some", test_some);
  return g_test_run ();
}
