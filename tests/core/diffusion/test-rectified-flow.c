/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rectified flow from a scheduler's file to a picture, where all is known in closed form. */

#include <math.h>

#include "core/diffusion/evaluator.h"
#include "core/diffusion/plan.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

#define PLAIN   "{'_class_name': 'FlowMatchEulerDiscreteScheduler'}"
#define SHIFTED "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'shift': 3.0}"

static const Ideal ideal = { .mean = 0.4, .deviation = 0.5 };

/* ---- a network: told 1000 sigma, it says eps - x_0 ---- */

static double
velocity (double sigma, double x)
{
  const DifStep step = { 0.0, 1.0 - sigma, sigma };
  const double  x0 = ideal_x0 (&ideal, &step, x);

  return (x - x0) / sigma;
}

static DifTensor *
evaluate (DifEvaluator *self G_GNUC_UNUSED, DifContext *context, DifTensor *x, double t)
{
  DifTensor *y = dif_context_like (context, x);

  for (gsize i = 0; y && i < x->size; i++)
    y->data[i] = (float) velocity (t / 1000.0, x->data[i]);
  return y;
}

static void
evaluator_free (DifEvaluator *self)
{
  g_free (self);
}

static DifDenoiser *
denoiser_new (const DifProcess *process)
{
  DifEvaluator *evaluator = g_new (DifEvaluator, 1);

  *evaluator = (DifEvaluator) { evaluate, evaluator_free };
  return dif_predict_for (evaluator, process);
}

static DifTensor *
run (const char *sampler, const DifProcess *process, const DifPlan *plan, DifContext *context,
     DifTensor *x)
{
  const DifSampler       *row = dif_sampler_find (sampler);
  g_autoptr (DifDenoiser) denoiser = denoiser_new (process);
  DifSeededNoise          noise;
  DifSampling             sampling;

  dif_seeded_noise_init (&noise, 5);
  noise.parent.next = 1;
  dif_sampling_init (&sampling, row, plan->steps, plan->n, denoiser, &noise.parent);
  sampling.process = process;
  return row->run (&sampling, context, dif_tensor_ref (x));
}

/* ---- levels ---- */

static void
test_levels (void)
{
  static const double shifts[] = { 1.0, 3.0 };

  for (guint i = 0; i < G_N_ELEMENTS (shifts); i++)
    {
      const double           s = shifts[i];
      g_autoptr (DifProcess) p = test_process (i == 0 ? PLAIN : SHIFTED, NULL);
      const double           lowest = s / 1000.0 / (1.0 + (s - 1.0) / 1000.0);

      g_assert_cmpstr (dif_process_name (p), ==, "rectified flow");
      g_assert_cmpstr (dif_prediction_name (p->prediction), ==, "flow_prediction");
      for (double level = 0.1; level < 1.0; level += 0.1)
        {
          const double  sigma = s * level / (1.0 + (s - 1.0) * level);
          const DifStep step = dif_process_step (p, dif_process_start (p, level));

          g_assert_cmpfloat_with_epsilon (step.t, 1000.0 * sigma, 1e-9);
          g_assert_cmpfloat_with_epsilon (step.sigma, sigma, 1e-12);
          g_assert_cmpfloat_with_epsilon (step.alpha, 1.0 - sigma, 1e-12);
          g_assert_cmpfloat_with_epsilon (dif_process_height (p, sigma / (1.0 - sigma)), level,
                                          1e-12);
        }
      g_assert_cmpfloat (dif_process_step (p, 1000.0).alpha, ==, 0.0);
      g_assert_cmpfloat (dif_process_find (p, INFINITY), ==, 1000.0);
      g_assert_cmpfloat (dif_process_find (p, 0.0), ==, 0.0);
      g_assert_cmpfloat (dif_process_start (p, 1.0), ==, 1000.0);
      g_assert_cmpfloat_with_epsilon (dif_process_ratio (p, 0.0), lowest / (1.0 - lowest), 1e-12);
      g_assert_cmpfloat (dif_process_draw (p, 0.25).sigma, ==,
                         dif_process_step (p, dif_process_start (p, 0.25)).sigma);
    }
}

/* ---- plans ---- */

/* They fall to the clean picture, and those from a level start there. */
static void
check_plan (const DifProcess *process, const DifSampler *sampler, const DifPlan *plan, double top)
{
  const DifStep *end = &plan->steps[plan->n];

  g_assert_cmpuint (plan->n, >=, 1);
  if (top < 1.0)
    g_assert_cmpfloat_with_epsilon (plan->steps[0].t, dif_process_start (process, top), 1e-9);
  for (guint i = 0; i < plan->n; i++)
    {
      const DifStep *step = &plan->steps[i];

      g_assert_cmpfloat_with_epsilon (step->alpha + step->sigma, 1.0, 1e-12);
      if (step->alpha > 0.001)
        g_assert_cmpfloat_with_epsilon (step->t, 1000.0 * step->sigma, 1e-6);
      g_assert_true (step->alpha > 0.0 || sampler->pure_noise);
      if (i > 0)
        g_assert_cmpfloat (step->sigma, <, step[-1].sigma);
    }
  g_assert_true (end->alpha == 1.0 && end->sigma == 0.0);
}

static void
test_plans (void)
{
  static const guint       counts[] = { 1, 2, 7, 50, 1000 };
  guint                    n_samplers, n_spacings;
  const DifSampler *const *samplers = dif_samplers (&n_samplers);
  const DifSpacing *const *spacings = dif_spacings (&n_spacings);
  g_autoptr (DifProcess)   process = test_process (SHIFTED, NULL);

  for (guint i = 0; i < n_samplers * n_spacings * G_N_ELEMENTS (counts); i++)
    {
      const DifSampler   *sampler = samplers[i % n_samplers];
      const DifSpacing   *spacing = spacings[i / n_samplers % n_spacings];
      const guint         n = counts[i / n_samplers / n_spacings];
      g_autoptr (DifPlan) whole = dif_plan_new (process, sampler, spacing, n);
      g_autoptr (DifPlan) part = dif_plan_new_from (process, sampler, spacing, n, 0.6);

      g_assert_cmpuint (whole->n, <=, n);
      g_assert_cmpuint (part->n, <=, n);
      check_plan (process, sampler, whole, 1.0);
      check_plan (process, sampler, part, 0.6);
    }
}

/* Evenly from 1 to 1 / n, then shifted, as pipelines for such models have it; and the scheduler's
 * own, evenly from the last training step to the first. */
static void
test_known (void)
{
  static const double    trailing[] = { 1.0, 0.9, 0.75, 0.5 };
  g_autoptr (DifProcess) shifted = test_process (SHIFTED, NULL);
  g_autoptr (DifProcess) plain = test_process (PLAIN, NULL);
  g_autoptr (DifPlan)    pipeline =
      dif_plan_new (shifted, dif_sampler_find ("ddim"), dif_spacing_find ("trailing"), 4);
  g_autoptr (DifPlan) own =
      dif_plan_new (plain, dif_sampler_find ("ddim"), dif_spacing_find ("linspace"), 4);

  g_assert_true (plain->spacing == dif_spacing_find ("linspace"));
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpfloat_with_epsilon (pipeline->steps[i].sigma, trailing[i], 1e-12);
      g_assert_cmpfloat_with_epsilon (own->steps[i].sigma, 1.0 - i * 0.333, 1e-12);
    }
}

/* ---- runs ---- */

/* Euler's step is x + (sigma' - sigma) v, from pure noise to the clean picture. */
static void
test_euler (void)
{
  g_autoptr (DifProcess) process = test_process (SHIFTED, NULL);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifPlan)    plan =
      dif_plan_new (process, dif_sampler_find ("ddim"), dif_spacing_find ("trailing"), 8);
  g_autoptr (DifTensor) x = test_random (context, 3, 1, 4, 4, 3);
  g_autoptr (DifTensor) y = run ("ddim", process, plan, context, x);

  g_assert_cmpfloat (plan->steps[0].alpha, ==, 0.0);
  for (gsize i = 0; y && i < y->size; i++)
    {
      double z = x->data[i];

      for (guint k = 0; k < plan->n; k++)
        z += (plan->steps[k + 1].sigma - plan->steps[k].sigma) * velocity (plan->steps[k].sigma, z);
      g_assert_cmpfloat_with_epsilon (y->data[i], z, 1e-5);
    }
}

/* Distance of the end from where the flow leads, as a share of the end's distance from its mean. */
static double
flow_error (const char *sampler, const DifProcess *process, guint n)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifPlan)    plan = dif_plan_new_from (process, dif_sampler_find (sampler),
                                                   dif_spacing_find ("linspace"), n, 0.9);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, 16, 16, 4);
  g_autoptr (DifTensor)  y = run (sampler, process, plan, context, x);
  double                 product = 0.0;
  double                 square = 0.0;

  g_assert_cmpuint (plan->n, ==, n);
  for (gsize i = 0; y && i < y->size; i++)
    {
      const double end = ideal_flow (&ideal, &plan->steps[0], &plan->steps[n], x->data[i]);

      product += (y->data[i] - end) * (end - ideal.mean);
      square += (end - ideal.mean) * (end - ideal.mean);
    }
  return fabs (product / square);
}

static void
test_order (void)
{
  static const struct
  {
    const char *sampler;
    double      order;
  } known[] = { { "ddim", 1.0 }, { "euler", 1.0 }, { "heun", 2.0 }, { "dpm2", 2.0 } };
  g_autoptr (DifProcess) process = test_process (PLAIN, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const double coarse = flow_error (known[i].sampler, process, 20);
      const double fine = flow_error (known[i].sampler, process, 40);

      g_test_message ("%s: errors %.3g and %.3g", known[i].sampler, coarse, fine);
      g_assert_cmpfloat (log2 (coarse / fine), >, known[i].order - 0.4);
    }
}

/* Every sampler that ends at typical pictures makes the data of noise, by the words of the file. */
static void
test_distribution (gconstpointer data)
{
  const DifSampler      *row = data;
  g_autoptr (DifProcess) process = test_process (SHIFTED, NULL);
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifPlan)    plan = dif_plan_new (process, row, dif_spacing_find ("trailing"), 500);
  g_autoptr (DifTensor)  x = test_random (context, 9, 1, 64, 64, 4);
  g_autoptr (DifTensor)  y = run (row->id, process, plan, context, x);
  double                 sum = 0.0;
  double                 squares = 0.0;

  g_assert_nonnull (y);
  for (gsize i = 0; y && i < y->size; i++)
    {
      sum += y->data[i];
      squares += (double) y->data[i] * y->data[i];
    }
  sum /= x->size;
  squares = sqrt (squares / x->size - sum * sum);
  g_test_message ("mean %.4f, deviation %.4f", sum, squares);
  g_assert_cmpfloat_with_epsilon (sum, ideal.mean, 0.03);
  g_assert_cmpfloat_with_epsilon (squares / ideal.deviation, 1.0, 0.06);
}

int
main (int argc, char **argv)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/rectified-flow/levels", test_levels);
  g_test_add_func ("/rectified-flow/plans", test_plans);
  g_test_add_func ("/rectified-flow/known", test_known);
  g_test_add_func ("/rectified-flow/euler", test_euler);
  g_test_add_func ("/rectified-flow/order", test_order);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/rectified-flow/distribution/%s", rows[i]->id);

      if (! rows[i]->one_level && ! rows[i]->seeks_modes && ! rows[i]->distilled &&
          ! rows[i]->oversteps && ! rows[i]->geometric)
        g_test_add_data_func (path, rows[i], test_distribution);
    }
  return g_test_run ();
}
