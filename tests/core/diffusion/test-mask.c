/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Soft masks: a noise level for each pixel, on data whose answers are known in closed form. */

#include <math.h>

#include "core/diffusion/process.h"
#include "core/diffusion/sampler.h"
#include "core/ops/elementwise.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

#define N    16
#define SIDE 17 /* coverages 0/16 … 16/16 along a row */

static const Ideal ideal = { .mean = 0.4, .deviation = 0.5 };

/* Of levels e^-2 to e^3, in whose logarithm training time is even. */
static DifProcess process = { .sigma_min = 0.1353352832366127, .sigma_max = 20.085536923187668 };

/* N levels that fall evenly in training time, as far from the lowest at first as one step more
 * would go. */
static DifStep *
falling_steps (IdealFrame frame, double first)
{
  DifStep *steps = ideal_steps (frame, first, 2.0, N);

  steps[N] = (DifStep) { 0.0, 1.0, 0.0 };
  return steps;
}

typedef struct
{
  DifTensor *known;
  DifTensor *noise;
  DifTensor *coverage;
} Canvas;

static void
canvas_clear (Canvas *canvas)
{
  dif_tensor_unref (canvas->known);
  dif_tensor_unref (canvas->noise);
  dif_tensor_unref (canvas->coverage);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Canvas, canvas_clear)

static Canvas
canvas_new (DifContext *context)
{
  Canvas canvas = { test_random (context, 21, 1, SIDE, SIDE, 3),
                    test_random (context, 22, 1, SIDE, SIDE, 3),
                    dif_context_nhwc (context, 1, SIDE, SIDE, 1) };

  for (gsize i = 0; i < canvas.coverage->size; i++)
    canvas.coverage->data[i] = (float) (i % SIDE) / N;
  return canvas;
}

static DifDenoiser *
soft_mask (const Canvas *canvas, DifTensor *noise, const DifStep *start)
{
  DifDenoiser *mask =
      dif_mask_new (ideal_denoiser_new (&ideal), canvas->known, noise, canvas->coverage);

  dif_mask_soften (mask, &process, start);
  return mask;
}

/* Of N steps, a pixel of coverage k / N is free for k, whatever the run's own level. */
static void
test_free_steps (void)
{
  static const double    starts[] = { -3.0, -1.0, 1.9 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_auto (Canvas) canvas = canvas_new (context);

  for (guint k = 0; k < G_N_ELEMENTS (starts); k++)
    {
      g_autofree DifStep     *steps = falling_steps (IDEAL_VP, starts[k]);
      g_autoptr (DifDenoiser) denoiser = soft_mask (&canvas, canvas.noise, steps);
      guint                   n_free[SIDE * SIDE] = { 0 };

      for (guint i = 0; i < N; i++)
        {
          g_auto (DifPrediction) p = { NULL, NULL };

          g_assert_true (dif_denoise (denoiser, context, canvas.noise, &steps[i], &p));
          for (gsize at = 0; p.x0 && at < canvas.coverage->size; at++)
            n_free[at] += p.x0->data[3 * at] != canvas.known->data[3 * at];
        }
      for (gsize at = 0; at < canvas.coverage->size; at++)
        g_assert_cmpuint (n_free[at], ==, at % SIDE);
    }
}

static DifTensor *
run (const DifSampler *row, DifContext *context, DifDenoiser *denoiser, const DifStep *steps,
     const Canvas *canvas)
{
  DifSeededNoise noise;
  DifSampling    sampling;
  DifTensor     *x = dif_sum (
      context, 2,
      (DifTerm[]) { { steps[0].alpha, canvas->known }, { steps[0].sigma, canvas->noise } });

  dif_seeded_noise_init (&noise, 11);
  noise.parent.next = 1;
  dif_sampling_init (&sampling, row, steps, N, denoiser, &noise.parent);
  return row->run (&sampling, context, x);
}

/* One pixel by Euler's steps in plain numbers: known to its level, then free for @k steps. */
static double
by_hand (const DifStep *steps, guint k, double known, double noise)
{
  double x = steps[0].alpha * known + steps[0].sigma * noise;

  for (guint i = 0; i < N; i++)
    {
      double x0 = known;
      double of_x = steps[i + 1].sigma / steps[i].sigma;

      if (i + k >= N)
        x0 = ideal_x0 (&ideal, &steps[i], x);
      x = of_x * x + (steps[i + 1].alpha - steps[i].alpha * of_x) * x0;
    }
  return x;
}

static void
test_flow (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Canvas) canvas = canvas_new (context);

  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    {
      g_autofree DifStep     *steps = falling_steps (frame, -3.0);
      g_autoptr (DifDenoiser) denoiser = soft_mask (&canvas, canvas.noise, steps);
      g_autoptr (DifTensor) y = run (dif_sampler_find ("euler"), context, denoiser, steps, &canvas);

      if (test_has_shape (y, 1, SIDE, SIDE, 3))
        for (gsize i = 0; i < y->size; i++)
          g_assert_cmpfloat_with_epsilon (
              y->data[i],
              by_hand (steps, i / 3 % SIDE, canvas.known->data[i], canvas.noise->data[i]), 5e-5);
    }
}

/* By every sampler: coverage 0 stays, and a little of it does not stray further than half. */
static void
test_samplers (gconstpointer data)
{
  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_auto (Canvas) canvas = canvas_new (context);
      g_autofree DifStep     *steps = falling_steps (frame, -3.0);
      g_autoptr (DifDenoiser) denoiser = soft_mask (&canvas, canvas.noise, steps);
      g_autoptr (DifTensor)   y = run (data, context, denoiser, steps, &canvas);
      double                  off[SIDE] = { 0.0 };

      if (! test_has_shape (y, 1, SIDE, SIDE, 3))
        continue;
      for (gsize i = 0; i < y->size; i++)
        off[i / 3 % SIDE] += fabs (y->data[i] - canvas.known->data[i]) / (3 * SIDE);
      g_assert_cmpfloat (off[0], <=, 1e-5);
      g_assert_cmpfloat (off[SIDE / 2], >, 10.0 * off[0]);
      g_assert_cmpfloat (off[1], <, 1.5 * off[SIDE / 2]); /* multistep ones overshoot */
    }
}

/* Known pixels that are drawn anew each time are soft in the same way. */
static void
test_drawn (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_auto (Canvas) canvas = canvas_new (context);
  g_autofree DifStep     *steps = falling_steps (IDEAL_VP, -3.0);
  g_autoptr (DifDenoiser) denoiser = NULL;
  DifSeededNoise          source;

  dif_seeded_noise_init (&source, 3);
  denoiser = dif_mask_new_drawn (ideal_denoiser_new (&ideal), canvas.known, canvas.coverage,
                                 &source.parent);
  dif_mask_soften (denoiser, &process, steps);
  for (guint i = 0; i < N; i++)
    {
      g_auto (DifPrediction) p = { NULL, NULL };

      g_assert_true (dif_denoise (denoiser, context, canvas.noise, &steps[i], &p));
      for (gsize at = 0; p.x0 && at < canvas.coverage->size; at++)
        g_assert_cmpint (p.x0->data[3 * at] != canvas.known->data[3 * at], ==, at % SIDE >= N - i);
    }
}

/* Where coverage is 0 or 1 only, softness changes no byte. */
static void
test_hard (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Canvas) canvas = canvas_new (context);
  g_autofree DifStep     *steps = falling_steps (IDEAL_VP, -3.0);
  g_autoptr (DifDenoiser) hard =
      dif_mask_new (ideal_denoiser_new (&ideal), canvas.known, canvas.noise, canvas.coverage);
  g_autoptr (DifDenoiser) soft = soft_mask (&canvas, canvas.noise, steps);
  g_autoptr (DifTensor)   a = NULL;
  g_autoptr (DifTensor)   b = NULL;

  for (gsize i = 0; i < canvas.coverage->size; i++)
    canvas.coverage->data[i] = i % 3 ? 1.0f : 0.0f;
  a = run (data, context, hard, steps, &canvas);
  b = run (data, context, soft, steps, &canvas);
  g_assert_true (a && b);
  if (a && b)
    g_assert_cmpmem (a->data, a->size * sizeof (float), b->data, b->size * sizeof (float));
}

/* Known pixels that are put into x_0 only come out as exactly; a deterministic sampler shows them
 * with the noise it began with, so that all is as if they had been put into x_t too. */
static void
test_in_x0 (gconstpointer data)
{
  const DifSampler      *row = data;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_auto (Canvas) canvas = canvas_new (context);
  g_autofree DifStep     *steps = falling_steps (IDEAL_VP, -3.0);
  g_autoptr (DifDenoiser) in_xt = soft_mask (&canvas, canvas.noise, steps);
  g_autoptr (DifDenoiser) in_x0 = soft_mask (&canvas, NULL, steps);
  g_autoptr (DifTensor)   a = run (row, context, in_xt, steps, &canvas);
  g_autoptr (DifTensor)   b = run (row, context, in_x0, steps, &canvas);

  g_assert_true (a && b);
  for (gsize i = 0; a && b && i < a->size; i++)
    {
      if (canvas.coverage->data[i / 3] == 0.0f)
        g_assert_cmpfloat_with_epsilon (b->data[i], canvas.known->data[i], 1e-5);
      if (! row->stochastic)
        g_assert_cmpfloat_with_epsilon (b->data[i], a->data[i], 1e-4);
    }
}

typedef struct
{
  const DifSampler *row;
} Row;

static DifTensor *
sample_softly (DifContext *context, gconstpointer data)
{
  g_auto (Canvas) canvas = canvas_new (context);
  g_autofree DifStep     *steps = falling_steps (IDEAL_VP, -3.0);
  g_autoptr (DifDenoiser) denoiser = soft_mask (&canvas, canvas.noise, steps);

  return run (((const Row *) data)->row, context, denoiser, steps, &canvas);
}

static void
test_threads (gconstpointer data)
{
  test_same_over_threads (sample_softly, &(const Row) { data });
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (gconstpointer row);
  } contracts[] = { { "samplers", test_samplers },
                    { "hard", test_hard },
                    { "in-x0", test_in_x0 },
                    { "threads", test_threads } };
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  process.kind = dif_process_kind_find ("ve");
  g_test_add_func ("/mask/free-steps", test_free_steps);
  g_test_add_func ("/mask/drawn", test_drawn);
  g_test_add_func ("/mask/flow", test_flow);
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < G_N_ELEMENTS (contracts); k++)
      {
        g_autofree char *path = g_strdup_printf ("/mask/%s/%s", contracts[k].name, rows[i]->id);

        g_test_add_data_func (path, rows[i], contracts[k].func);
      }
  return g_test_run ();
}
