/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What every row of dif_samplers() must keep to, whatever its formula. */

#include <math.h>

#include "core/base/error.h"
#include "core/diffusion/guidance.h"
#include "core/diffusion/sampler.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

#define N 6

static const Ideal ideal = { .mean = 0.2, .deviation = 0.5 };
static const Ideal other = { .mean = -0.3, .deviation = 0.7 };

typedef struct
{
  const DifSampler *row;
  IdealFrame        frame;
  DifDenoiser *(*denoiser) (DifContext *context);
  DifStepFunc after_step;
  gpointer    data;
} Run;

static DifDenoiser *
plain (DifContext *context G_GNUC_UNUSED)
{
  return ideal_denoiser_new (&ideal);
}

static DifDenoiser *
unguided (DifContext *context G_GNUC_UNUSED)
{
  return dif_predict_new (ideal_evaluator_new (&ideal, DIF_PREDICTION_EPSILON),
                          DIF_PREDICTION_EPSILON);
}

static DifDenoiser *
guided (DifContext *context G_GNUC_UNUSED)
{
  DifEvaluator *pair = ideal_pair_new (&ideal, &other, DIF_PREDICTION_EPSILON);

  return dif_predict_new (dif_guidance_new (pair, 0, 1.0, 0.0), DIF_PREDICTION_EPSILON);
}

/* Left half known; of the known pixels, every number differs. */
static DifDenoiser *
masked (DifContext *context)
{
  g_autoptr (DifTensor) known = test_random (context, 21, 1, 16, 16, 3);
  g_autoptr (DifTensor) noise = test_random (context, 22, 1, 16, 16, 3);
  g_autoptr (DifTensor) mask = dif_context_nhwc (context, 1, 16, 16, 1);

  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = i % 16 < 8 ? 0.0f : 1.0f;
  return dif_mask_new (ideal_denoiser_new (&ideal), known, noise, mask);
}

static DifTensor *
sample (DifContext *context, gconstpointer data)
{
  const Run              *r = data;
  g_autofree DifStep     *steps = ideal_steps (r->frame, -3.0, 2.0, N);
  g_autoptr (DifDenoiser) denoiser = r->denoiser (context);
  g_autoptr (DifTensor)   x = test_random (context, 20, 1, 16, 16, 3);
  DifSeededNoise          noise;
  DifSampling             sampling;

  steps[N] = (DifStep) { 0.0, 1.0, 0.0 };
  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= (float) steps[0].sigma;
  dif_seeded_noise_init (&noise, 11);
  noise.parent.next = 1;
  dif_sampling_init (&sampling, r->row, steps, N, denoiser, &noise.parent);
  sampling.after_step = r->after_step;
  sampling.data = r->data;
  return r->row->run (&sampling, context, g_steal_pointer (&x));
}

static void
test_threads (gconstpointer data)
{
  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    {
      const Run r = { data, frame, plain, NULL, NULL };

      test_same_over_threads (sample, &r);
    }
}

static void
test_guidance (gconstpointer data)
{
  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)  with =
          sample (context, &(const Run) { data, frame, guided, NULL, NULL });
      g_autoptr (DifTensor) without =
          sample (context, &(const Run) { data, frame, unguided, NULL, NULL });

      g_assert_true (with && without);
      if (with && without)
        for (gsize i = 0; i < with->size; i++)
          g_assert_cmpfloat (with->data[i], ==, without->data[i]);
    }
}

static void
test_mask (gconstpointer data)
{
  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)  known = test_random (context, 21, 1, 16, 16, 3);
      g_autoptr (DifTensor)  y = sample (context, &(const Run) { data, frame, masked, NULL, NULL });
      double                 kept = 0.0;
      double                 made = 0.0;

      g_assert_nonnull (y);
      for (gsize i = 0; y && i < y->size; i++)
        {
          double  off = fabs (y->data[i] - known->data[i]);
          double *worst = i / 3 % 16 < 8 ? &kept : &made;

          *worst = off <= *worst ? *worst : off;
        }
      g_assert_cmpfloat (kept, <=, 1e-5);
      g_assert_cmpfloat (made, >, 0.1);
    }
}

typedef struct
{
  gboolean goes_back;
  guint    at;
  guint    n_back;
} Steps;

/* One after the other; who goes back does so step by step as well, and has no prediction then. */
static gboolean
count_step (guint step, const DifTensor *x, const DifTensor *x0, gpointer data)
{
  Steps         *steps = data;
  const gboolean back = steps->goes_back && step < steps->at;

  g_assert_nonnull (x);
  g_assert_true ((x0 != NULL) == ! back);
  g_assert_cmpuint (step, ==, back ? steps->at - 1 : steps->at + 1);
  steps->at = step;
  steps->n_back += back;
  return TRUE;
}

static void
test_after_step (gconstpointer data)
{
  const DifSampler      *row = data;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  Steps                  steps = { .goes_back = row->goes_back };
  g_autoptr (DifTensor)  y =
      sample (context, &(const Run) { row, IDEAL_VP, plain, count_step, &steps });

  test_has_shape (y, 1, 16, 16, 3);
  g_assert_cmpuint (steps.at, ==, N);
  g_assert_true ((steps.n_back > 0) == row->goes_back);
}

typedef struct
{
  guint at;
  guint stop;
} Stop;

static gboolean
stop_step (guint step, const DifTensor *x G_GNUC_UNUSED, const DifTensor *x0 G_GNUC_UNUSED,
           gpointer data)
{
  Stop *stop = data;

  g_assert_cmpuint (stop->at, <, stop->stop); /* nothing goes on after it */
  stop->at = step;
  return step < stop->stop;
}

static void
test_stop (gconstpointer data)
{
  for (guint at = 1; at <= N; at++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      Stop                   stop = { 0, at };
      g_autoptr (DifTensor)  y =
          sample (context, &(const Run) { data, IDEAL_VP, plain, stop_step, &stop });

      g_assert_cmpuint (stop.at, ==, at);
      test_has_shape (y, 1, 16, 16, 3);
      g_assert_true (dif_context_ok (context));
    }
}

typedef struct
{
  DifProgress *progress;
  guint        at;
} Cancel;

static gboolean
cancel_step (guint step, const DifTensor *x G_GNUC_UNUSED, const DifTensor *x0 G_GNUC_UNUSED,
             gpointer data)
{
  Cancel *cancel = data;

  g_assert_cmpuint (step, <=, cancel->at); /* nothing goes on after it */
  if (step == cancel->at)
    dif_progress_cancel (cancel->progress);
  return TRUE;
}

static void
test_cancel (gconstpointer data)
{
  for (guint at = 1; at <= N; at++)
    {
      g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
      g_autoptr (DifContext)  context = dif_context_new (2, progress);
      Cancel                  cancel = { progress, at };
      DifTensor *y = sample (context, &(const Run) { data, IDEAL_VP, plain, cancel_step, &cancel });
      DifAllocatorStats stats;

      if (at < N) /* after the last step there is a picture, and the context says no */
        g_assert_null (y);
      dif_tensor_unref (y);
      test_assert_failed (context, DIF_ERROR_CANCELLED);
      dif_allocator_get_stats (dif_context_allocator (context), &stats);
      g_assert_cmpuint (stats.in_use, ==, 0);
    }
}

static void
refuse (DifDenoiser *self G_GNUC_UNUSED, DifContext *context, DifTensor *x G_GNUC_UNUSED,
        const DifStep *step, DifPrediction *out G_GNUC_UNUSED)
{
  if (step->alpha > step->sigma)
    dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  else
    {
      out->x0 = dif_tensor_ref (x);
      out->eps = dif_tensor_ref (x);
    }
}

static void
refuse_free (DifDenoiser *self)
{
  g_free (self);
}

static DifDenoiser *
refusing (DifContext *context G_GNUC_UNUSED)
{
  DifDenoiser *denoiser = g_new (DifDenoiser, 1);

  *denoiser = (DifDenoiser) { refuse, refuse_free };
  return denoiser;
}

/* A denoiser that fails half way: its error comes out, and nothing stays behind. */
static void
test_failure (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  DifTensor        *y = sample (context, &(const Run) { data, IDEAL_VP, refusing, NULL, NULL });
  DifAllocatorStats stats;

  g_assert_null (y);
  test_assert_failed (context, DIF_ERROR_NOMEM);
  dif_allocator_get_stats (dif_context_allocator (context), &stats);
  g_assert_cmpuint (stats.in_use, ==, 0);
}

static void
test_steady_memory (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const Run              r = { data, IDEAL_VP, plain, NULL, NULL };
  DifAllocatorStats      first, second;
  DifTensor             *y = sample (context, &r);

  dif_tensor_unref (y);
  dif_allocator_get_stats (dif_context_allocator (context), &first);
  y = sample (context, &r);
  dif_tensor_unref (y);
  dif_allocator_get_stats (dif_context_allocator (context), &second);
  g_assert_cmpuint (second.n_system, ==, first.n_system);
}

/* From pure noise, where alpha is 0 and sigma / alpha has no value; rows that cannot begin there
 * get the level just below from their plans. */
static void
test_pure_noise (gconstpointer data)
{
  const DifSampler *row = data;

  for (guint n = 1; n <= N && ! row->geometric; n++)
    {
      g_autoptr (DifContext)  context = dif_context_new (1, NULL);
      g_autofree DifStep     *steps = ideal_steps (IDEAL_VP, -5.0, 2.0, n);
      g_autoptr (DifDenoiser) denoiser = ideal_denoiser_new (&ideal);
      g_autoptr (DifTensor)   x = test_random (context, 20, 1, 16, 16, 3);
      g_autoptr (DifTensor)   y = NULL;
      DifSeededNoise          noise;
      DifSampling             sampling;

      steps[0] = (DifStep) { steps[0].t, row->pure_noise ? 0.0 : 0x1p-12, 1.0 };
      steps[n] = (DifStep) { 0.0, 1.0, 0.0 };
      dif_seeded_noise_init (&noise, 11);
      noise.parent.next = 1;
      dif_sampling_init (&sampling, row, steps, n, denoiser, &noise.parent);
      sampling.churn.amount = 1.0;
      y = row->run (&sampling, context, g_steal_pointer (&x));
      g_assert_nonnull (y);
      for (gsize i = 0; y && i < y->size; i++)
        g_assert_true (isfinite (y->data[i]));
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (gconstpointer row);
  } contracts[] = {
    { "threads", test_threads },
    { "guidance", test_guidance },
    { "mask", test_mask },
    { "after-step", test_after_step },
    { "stop", test_stop },
    { "cancel", test_cancel },
    { "failure", test_failure },
    { "memory", test_steady_memory },
    { "pure-noise", test_pure_noise },
  };
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < G_N_ELEMENTS (contracts); k++)
      {
        g_autofree char *path = g_strdup_printf ("/sampler/%s/%s", rows[i]->id, contracts[k].name);

        g_test_add_data_func (path, rows[i], contracts[k].func);
      }
  return g_test_run ();
}
