/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Variants of the exponential-integrator solvers that the rows' own tests do not reach. */

#include "core/diffusion/dpm.h"

#include <math.h>

#include "core/diffusion/reference.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

#define FIRST  -6.0 /* lambda, where the first steps cost nothing, whatever their order */
#define WIDTH  32
#define PIXELS (WIDTH * WIDTH)

static const Ideal ideal = { .mean = 0.4, .deviation = 0.5 };

/* A solver, and the order measured from n steps to 2 n: late enough to be its own, early enough
 * not to drown in rounding.  Where that leaves no room the error after n steps is bounded. */
typedef struct
{
  const char *name;
  const char *row;
  DifSolver   solver;
  guint       n;
  double      order;
  double      error;
} Variant;

/* The corrector of UniPC adds one order, and its last step, which is not corrected, takes it away
 * again unless it has the full order itself.  With half of the curvature (their code's choice)
 * DPM-Solver's third order is a second order with small errors; DEIS has all of it. */
static const Variant along_the_flow[] = {
  { "dpmpp-1", "dpmpp-2m", { .order = 1 }, 40, 1.0, 0.0 },
  { "dpmpp-2m-heun", "dpmpp-2m", { .heun = TRUE }, 40, 2.0, 0.0 },
  { "dpmpp-2m-first-end", "dpmpp-2m", { .first_order_end = TRUE }, 40, 2.0, 0.0 },
  { "dpmpp-3m", "dpmpp-3m", { .order = 0 }, 40, 2.0, 4e-4 },
  { "dpmsolver-1", "dpmpp-2m", { .order = 1, .eps_form = TRUE }, 40, 1.0, 0.0 },
  { "dpmsolver-2m", "dpmpp-2m", { .eps_form = TRUE }, 40, 2.0, 0.0 },
  { "dpmsolver-2m-heun", "dpmpp-2m", { .heun = TRUE, .eps_form = TRUE }, 40, 2.0, 0.0 },
  { "dpmsolver-3m", "dpmpp-3m", { .eps_form = TRUE }, 80, 2.0, 3e-4 },
  { "dpmpp-2s-heun", "dpmpp-2s", { .heun = TRUE, .full_order_end = TRUE }, 40, 2.0, 0.0 },
  { "dpmsolver-2s", "dpmpp-2s", { .eps_form = TRUE, .full_order_end = TRUE }, 40, 2.0, 0.0 },
  { "deis-1", "deis", { .order = 1 }, 40, 1.0, 0.0 },
  { "deis-3", "deis", { .order = 3 }, 40, 3.0, 0.0 },
  { "unipc-1", "unipc", { .order = 1 }, 40, 2.0, 0.0 },
  { "unipc-2", "unipc", { .order = 2 }, 40, 2.0, 0.0 },
  { "unipc-2-full", "unipc", { .full_order_end = TRUE }, 20, 3.0, 0.0 },
  { "unipc-2-eps", "unipc", { .full_order_end = TRUE, .eps_form = TRUE }, 20, 3.0, 0.0 },
  { "unipc-2-bh1", "unipc", { .full_order_end = TRUE, .bh1 = TRUE }, 40, 0.0, 2e-4 },
  { "unipc-3-full", "unipc", { .order = 3, .full_order_end = TRUE }, 40, 0.0, 5e-5 },
  { "unipc-3-bh1",
    "unipc",
    { .order = 3, .full_order_end = TRUE, .bh1 = TRUE, .eps_form = TRUE },
    40,
    0.0,
    5e-5 },
};

static const Variant with_noise[] = {
  { "sde-1", "dpmpp-2m-sde", { .order = 1 }, 80, 1.0, 0.0 },
  { "sde-2m", "dpmpp-2m-sde", { .order = 0 }, 80, 2.0, 0.0 },
  { "sde-2m-heun", "dpmpp-2m-sde", { .heun = TRUE }, 80, 2.0, 0.0 },
  { "sde-3m", "dpmpp-3m-sde", { .order = 0 }, 80, 2.0, 4e-4 },
};

typedef struct
{
  const Variant *variant;
  IdealFrame     frame;
} Case;

static DifTensor *
run (const char *row, const DifSolver *solver, DifContext *context, const DifStep *steps, guint n,
     DifNoise *noise, DifTensor *x)
{
  g_autoptr (DifDenoiser) denoiser = ideal_denoiser_new (&ideal);
  DifSampling             sampling;

  dif_sampling_init (&sampling, dif_sampler_find (row), steps, n, denoiser, noise);
  sampling.solver = solver;
  return dif_sampler_find (row)->run (&sampling, context, dif_tensor_ref (x));
}

static void
check_order (const Case *c, double (*error_of) (const Case *c, guint n))
{
  const Variant *v = c->variant;
  double         coarse = error_of (c, v->n);
  double         fine = error_of (c, 2 * v->n);
  double         order = log2 (coarse / fine);

  g_test_message ("error %.3g after %u steps, order %.3f", coarse, v->n, order);
  if (v->order > 0.0)
    g_assert_cmpfloat (fabs (order - v->order), <=, 0.25);
  if (v->error > 0.0)
    g_assert_cmpfloat (coarse, <=, v->error);
}

static double
flow_error (const Case *c, guint n)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autofree DifStep    *steps = ideal_steps (c->frame, FIRST, 0.0, n);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, 4, 4, 2);
  g_autoptr (DifTensor)  y = NULL;
  double                 worst = 0.0;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= (float) steps[0].sigma;
  y = run (c->variant->row, &c->variant->solver, context, steps, n, NULL, x);
  g_assert_nonnull (y);
  for (gsize i = 0; y && i < y->size; i++)
    worst = MAX (worst, fabs (y->data[i] - ideal_flow (&ideal, &steps[0], &steps[n], x->data[i])));
  return worst;
}

static void
test_flow (gconstpointer data)
{
  check_order (data, flow_error);
}

/* Draw number k is 1 at pixel k and 0 elsewhere. */
static void
unit_fill (DifNoise *self G_GNUC_UNUSED, guint64 draw, gsize index, float *out, gsize n)
{
  for (gsize k = 0; k < n; k++)
    out[k] = index + k == draw ? 1.0f : 0.0f;
}

/* All pixels start alike, so that each tells what one draw counts in the end, and the last what
 * comes without: the variance is the sum of the squares.  It and the mean are those of the reverse
 * process, q (x_to | x_from). */
static double
variance_error (const Case *c, guint n)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autofree DifStep    *steps = ideal_steps (c->frame, FIRST, 0.0, n);
  g_autoptr (DifTensor)  x = dif_context_nhwc (context, 1, WIDTH, WIDTH, 1);
  g_autoptr (DifTensor)  y = NULL;
  const DifStep         *to = &steps[n];
  DifNoise               noise = { .fill = unit_fill };
  double from_2 = pow (steps[0].alpha * ideal.deviation, 2.0) + pow (steps[0].sigma, 2.0);
  double to_2 = pow (to->alpha * ideal.deviation, 2.0) + pow (to->sigma, 2.0);
  double shared = steps[0].alpha / to->alpha * to_2;
  double off = sqrt (from_2); /* the start, from its mean */
  double variance = 0.0;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = (float) (steps[0].alpha * ideal.mean + off);
  y = run (c->variant->row, &c->variant->solver, context, steps, n, &noise, x);
  g_assert_nonnull (y);
  if (! y)
    return INFINITY;
  g_assert_cmpuint (noise.next, ==, n);
  for (guint k = 0; k < n; k++)
    variance += pow (y->data[k] - y->data[PIXELS - 1], 2.0);
  g_assert_cmpfloat_with_epsilon (y->data[PIXELS - 1],
                                  to->alpha * ideal.mean + shared / from_2 * off, 1e-5);
  return fabs (variance - (to_2 - shared * shared / from_2));
}

static void
test_variance (gconstpointer data)
{
  check_order (data, variance_error);
}

/* Of exp (-k (1 - s)) k over one step, by Simpson's rule: alone and times s. */
static void
integrals (double k, double *plain, double *slope)
{
  const guint n = 200;

  *plain = *slope = 0.0;
  for (guint i = 0; i <= n; i++)
    {
      double s = (double) i / n;
      double weight = (i == 0 || i == n ? 1.0 : i % 2 ? 4.0 : 2.0) / (3.0 * n);
      double f = weight * k * exp (-k * (1.0 - s));

      *plain += f;
      *slope += f * s;
    }
}

static void
test_coefficients (void)
{
  static const double h_of[] = { 0.01, 0.3, 2.0 };

  for (DifDpmForm form = DIF_DPM_DATA; form <= DIF_DPM_SDE; form++)
    for (guint i = 0; i < G_N_ELEMENTS (h_of); i++)
      {
        DifStep    from = ideal_step (IDEAL_VP, -1.0);
        DifStep    to = ideal_step (IDEAL_VP, -1.0 + h_of[i]);
        DifDpmStep step = dif_dpm_step (form, &from, &to);
        double     plain, slope;

        integrals (step.k, &plain, &slope);
        g_assert_cmpfloat_with_epsilon (step.h, h_of[i], 1e-12);
        g_assert_cmpfloat_with_epsilon (step.of_m, step.scale * plain, 1e-8);
        g_assert_cmpfloat_with_epsilon (dif_dpm_slope_factor (&step, TRUE), slope, 1e-8);
        g_assert_cmpfloat_with_epsilon (dif_dpm_slope_factor (&step, FALSE), plain / 2.0, 1e-8);
        /* a picture that is known stays on its way, and so does the noise's variance */
        if (form != DIF_DPM_NOISE)
          g_assert_cmpfloat_with_epsilon (step.of_x * from.alpha + step.of_m, to.alpha, 1e-12);
        else
          g_assert_cmpfloat_with_epsilon (step.of_x * from.sigma + step.of_m, to.sigma, 1e-12);
        if (form != DIF_DPM_NOISE)
          g_assert_cmpfloat_with_epsilon (hypot (step.of_x * from.sigma, step.of_noise), to.sigma,
                                          1e-12);
      }
}

/* Which runs give the same bytes tells which orders their steps had. */
static const struct
{
  guint       n;
  const char *row;
  DifSolver   solver;
  const char *other;
  DifSolver   others;
  gboolean    same;
} orders[] = {
  { 14, "dpmpp-2m", { .order = 0 }, "dpmpp-2m", { .full_order_end = TRUE }, FALSE },
  { 14, "dpmpp-2m", { .order = 0 }, "dpmpp-2m", { .first_order_end = TRUE }, TRUE },
  { 15, "dpmpp-2m", { .order = 0 }, "dpmpp-2m", { .full_order_end = TRUE }, TRUE },
  { 15, "dpmpp-2m", { .order = 0 }, "dpmpp-2m", { .first_order_end = TRUE }, FALSE },
  { 1, "dpmpp-2m", { .full_order_end = TRUE }, "dpmpp-2m", { .order = 1 }, TRUE },
  { 3, "dpmpp-3m", { .order = 0 }, "dpmpp-2m", { .order = 0 }, TRUE },
  { 4, "dpmpp-3m", { .order = 0 }, "dpmpp-2m", { .order = 0 }, TRUE },
  { 5, "dpmpp-3m", { .order = 0 }, "dpmpp-2m", { .order = 0 }, FALSE },
  { 2, "dpmpp-3m", { .full_order_end = TRUE }, "dpmpp-2m", { .full_order_end = TRUE }, TRUE },
  { 3, "dpmpp-3m", { .full_order_end = TRUE }, "dpmpp-2m", { .full_order_end = TRUE }, FALSE },
  { 9, "dpmpp-3m", { .order = 2 }, "dpmpp-2m", { .order = 0 }, TRUE },
  { 9, "dpmpp-3m", { .order = 0 }, "dpmpp-2m", { .order = 3 }, TRUE },
  { 14, "dpmpp-2m-sde", { .order = 0 }, "dpmpp-2m-sde", { .full_order_end = TRUE }, FALSE },
  { 14, "dpmpp-3m-sde", { .order = 0 }, "dpmpp-3m-sde", { .full_order_end = TRUE }, TRUE },
  { 2, "dpmpp-2s", { .order = 0 }, "dpmpp-2m", { .order = 1 }, TRUE },
  { 2, "dpmpp-2s", { .full_order_end = TRUE }, "dpmpp-2m", { .order = 1 }, FALSE },
  { 3, "dpmpp-2s", { .order = 0 }, "dpmpp-2s", { .full_order_end = TRUE }, TRUE },
  { 3, "dpmpp-2s", { .order = 0 }, "dpmpp-2s", { .order = 1 }, FALSE },
  { 14, "deis", { .order = 0 }, "deis", { .full_order_end = TRUE }, FALSE },
  { 15, "deis", { .order = 0 }, "deis", { .full_order_end = TRUE }, TRUE },
  { 9, "deis", { .order = 0 }, "dpmpp-2m", { .heun = TRUE, .eps_form = TRUE }, TRUE },
  { 20, "unipc", { .order = 0 }, "unipc", { .full_order_end = TRUE }, FALSE },
  { 20, "unipc", { .order = 0 }, "unipc", { .order = 2, .first_order_end = TRUE }, TRUE },
  { 2, "unipc", { .order = 3 }, "unipc", { .order = 2 }, TRUE },
  { 3, "unipc", { .order = 3 }, "unipc", { .order = 2 }, TRUE },
  { 6, "unipc", { .order = 3 }, "unipc", { .order = 2 }, FALSE },
};

static void
test_orders (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, 4, 4, 2);

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      const guint           n = orders[i].n;
      g_autofree DifStep   *steps = ideal_steps (IDEAL_VP, -2.0, 1.0, n);
      g_autoptr (DifTensor) one = NULL;
      g_autoptr (DifTensor) two = NULL;
      DifSeededNoise        noise;
      double                off = 0.0;

      dif_seeded_noise_init (&noise, 5);
      one = run (orders[i].row, &orders[i].solver, context, steps, n, &noise.parent, x);
      noise.parent.next = 0;
      two = run (orders[i].other, &orders[i].others, context, steps, n, &noise.parent, x);
      g_assert_true (one && two);
      for (gsize k = 0; one && two && k < one->size; k++)
        off = MAX (off, fabs (one->data[k] - two->data[k]));
      g_test_message ("%u steps of %s and %s: %g", n, orders[i].row, orders[i].other, off);
      if (orders[i].same)
        g_assert_cmpfloat (off, ==, 0.0);
      else
        g_assert_cmpfloat (off, >, 1e-5);
    }
}

/* From alpha 0 to sigma 0, both infinitely far away. */
static void
check_infinite (const char *row, const DifSolver *solver)
{
  const guint            n = 40;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autofree DifStep    *steps = ideal_steps (IDEAL_VP, -5.0, 3.0, n);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, 4, 4, 2);
  g_autoptr (DifTensor)  y = NULL;
  const gboolean         flow = ! dif_sampler_find (row)->stochastic;
  DifSeededNoise         noise;

  dif_seeded_noise_init (&noise, 5);
  steps[0] = (DifStep) { -5.0, 0.0, 1.0 };
  steps[n] = (DifStep) { 0.0, 1.0, 0.0 };
  y = run (row, solver, context, steps, n, &noise.parent, x);
  g_assert_nonnull (y);
  for (gsize i = 0; y && i < y->size; i++)
    {
      double exact = ideal_flow (&ideal, &steps[0], &steps[n], x->data[i]);

      g_assert_true (isfinite (y->data[i]));
      if (flow)
        g_assert_cmpfloat (fabs (y->data[i] - exact), <=, 0.2 * ideal.deviation);
    }
}

static void
test_infinite (void)
{
  static const char *const rows[] = { "dpmpp-2m", "dpmpp-3m", "dpmpp-2m-sde", "dpmpp-3m-sde",
                                      "dpmpp-2s", "unipc",    "deis" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint bits = 0; bits < 16; bits++)
      for (guint order = 1; order <= 3; order++)
        check_infinite (rows[i], &(const DifSolver) { .order = order,
                                                      .heun = bits & 1,
                                                      .bh1 = bits & 1,
                                                      .eps_form = (bits & 2) != 0,
                                                      .full_order_end = (bits & 4) != 0,
                                                      .first_order_end = (bits & 8) != 0 });
}

/* A process that ends at its lowest level, where the last step begins already. */
static void
test_still (void)
{
  static const char *const rows[] = { "dpmpp-2m", "dpmpp-3m", "dpmpp-2m-sde", "dpmpp-3m-sde",
                                      "dpmpp-2s", "unipc",    "deis" };
  const guint              n = 20;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint order = 0; order <= 3; order++)
      {
        const DifSolver        solver = { .order = order };
        g_autoptr (DifContext) context = dif_context_new (1, NULL);
        g_autofree DifStep    *steps = ideal_steps (IDEAL_VP, -5.0, 3.0, n);
        g_autoptr (DifTensor)  x = test_random (context, 3, 1, 4, 4, 2);
        g_autoptr (DifTensor)  y = NULL;
        DifSeededNoise         noise;

        dif_seeded_noise_init (&noise, 5);
        steps[n] = steps[n - 1];
        y = run (rows[i], &solver, context, steps, n, &noise.parent, x);
        g_assert_nonnull (y);
        for (gsize k = 0; y && k < y->size; k++)
          g_assert_true (isfinite (y->data[k]));
      }
}

static void
add (const char *group, const Variant *variants, guint n, GTestDataFunc func)
{
  for (guint i = 0; i < n; i++)
    for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
      {
        g_autofree char *path =
            g_strdup_printf ("/dpm/%s/%s/%s", group, variants[i].name, ideal_frame_name (frame));
        Case *c = g_new (Case, 1);

        *c = (Case) { &variants[i], frame };
        g_test_add_data_func_full (path, c, func, g_free);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/dpm/coefficients", test_coefficients);
  g_test_add_func ("/dpm/orders", test_orders);
  g_test_add_func ("/dpm/infinite", test_infinite);
  g_test_add_func ("/dpm/still", test_still);
  add ("flow", along_the_flow, G_N_ELEMENTS (along_the_flow), test_flow);
  add ("variance", with_noise, G_N_ELEMENTS (with_noise), test_variance);
  return g_test_run ();
}
