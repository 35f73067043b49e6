/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run makes of pixels that are transparent, no numbers, or beyond what networks know. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/image/coverage.h"
#include "core/image/fill.h"
#include "core/pipeline/prepare.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/small-run.h"

#define W 48
#define H 32
#define N (W * H)

static SmallRun small;    /* its mask: columns 20 to 39, softly at the left */
static float    alpha[N]; /* transparent from column 32 on */

static void
set_up (void)
{
  small_run_init (&small, test_checkpoint_new (&tiny_unet, TEST_SCHEDULER, NULL),
                  DIF_TASK_REIMAGINE, W, H);
  for (gsize i = 0; i < N; i++)
    {
      const gsize x = i % W;

      alpha[i] = x < 32 ? 1.0f : 0.0f;
      small.mask[i] = x < 20 || x >= 40 ? 0.0f : MIN ((float) (x - 19) / 4.0f, 1.0f);
      for (gsize k = 0; k < 3; k++)
        small.pixels[3 * i + k] = (float) (0.5 + 0.2 * sin ((double) x / 9.0 + k));
    }
}

/* What is hidden is not looked at, at whatever size, whether it is masked or beside the mask; and
 * comes back as it was where it is not masked. */
static void
test_hidden (void)
{
  static const float hidden[] = { 0.0f, 1.0f, -3.0f, 1e30f, NAN, INFINITY };
  static const guint work_sizes[] = { 0, 20 };

  for (DifTask task = DIF_TASK_REIMAGINE; task <= DIF_TASK_NOISE; task++)
    for (gsize size = 0; size < G_N_ELEMENTS (work_sizes); size++)
      {
        g_autoptr (DifResult) first = NULL;

        for (gsize k = 0; k < G_N_ELEMENTS (hidden); k++)
          {
            float                 own[3 * N];
            DifRequest            r = small_run_request (&small, task);
            g_autoptr (DifResult) image = NULL;

            memcpy (own, small.pixels, sizeof own);
            for (gsize i = 0; i < 3 * N; i++)
              if (alpha[i / 3] == 0.0f)
                own[i] = hidden[k];
            r.pixels = own;
            r.alpha = alpha;
            r.work_size = work_sizes[size];
            image = small_run (&r);
            for (gsize i = 0; i < 3 * N; i++)
              if (small.mask[i / 3] == 0.0f)
                g_assert_cmpmem (&image->pixels[i], 4, &own[i], 4);
              else if (first)
                g_assert_cmpmem (&image->pixels[i], 4, &first->pixels[i], 4);
              else
                g_assert_true (isfinite (image->pixels[i]));
            if (! first)
              first = g_steal_pointer (&image);
          }
      }
}

/* What is opaque is as if there were no alpha. */
static void
test_opaque (void)
{
  float                 opaque[N];
  DifRequest            r = small_run_request (&small, DIF_TASK_INPAINT);
  g_autoptr (DifResult) with = NULL;
  g_autoptr (DifResult) without = small_run (&r);

  for (gsize i = 0; i < N; i++)
    opaque[i] = DIF_LEAST_ALPHA;
  r.alpha = opaque;
  with = small_run (&r);
  g_assert_true (small_run_same (with, without));
}

/* A broken pixel in a hole is made anew. */
static void
test_broken_hole (void)
{
  float                 own[3 * N];
  DifRequest            r = small_run_request (&small, DIF_TASK_INPAINT);
  g_autoptr (DifResult) image = NULL;

  memcpy (own, small.pixels, sizeof own);
  own[3 * (5 * W + 30) + 1] = NAN;
  own[3 * (9 * W + 21) + 2] = INFINITY; /* at the soft edge too */
  r.pixels = own;
  r.soft_selection = TRUE;
  image = small_run (&r);
  for (gsize i = 0; i < 3 * N; i++)
    g_assert_true (isfinite (image->pixels[i]));
}

static DifResult *
run_beyond (DifTask task, double level, float add)
{
  float      own[3 * N];
  DifRequest r = small_run_request (&small, task);

  for (gsize i = 0; i < 3 * N; i++)
    own[i] = small.pixels[i] + (i % 3 == 0 ? add : 0.0f);
  r.pixels = own;
  r.noise_level = level;
  return small_run (&r);
}

/* What networks do not know, like values of 4, stays as much as the picture does; a hole takes it
 * from what is around it. */
static void
test_beyond (void)
{
  g_autoptr (DifResult) little = run_beyond (DIF_TASK_REIMAGINE, 0.01, 4.0f);
  g_autoptr (DifResult) noised = run_beyond (DIF_TASK_NOISE, 0.01, -2.0f);
  g_autoptr (DifResult) all = run_beyond (DIF_TASK_REIMAGINE, 1.0, 4.0f);
  g_autoptr (DifResult) hole = run_beyond (DIF_TASK_INPAINT, 0.6, 4.0f);

  for (gsize i = 0; i < N; i++)
    {
      const float whole = small.pixels[3 * i] + 4.0f;

      if (small.mask[i] == 0.0f)
        continue;
      g_assert_cmpfloat_with_epsilon (little->pixels[3 * i], whole, 0.35);
      g_assert_cmpfloat_with_epsilon (noised->pixels[3 * i], small.pixels[3 * i] - 2.0f, 0.2);
      if (small.mask[i] == 1.0f)
        g_assert_cmpfloat (all->pixels[3 * i], <=, 1.0f);
      if (small.mask[i] < 0.3f) /* what hardly joins hardly changes */
        g_assert_cmpfloat_with_epsilon (little->pixels[3 * i], whole, 0.1);
      g_assert_cmpfloat (hole->pixels[3 * i], >, 3.0f);
      g_assert_cmpfloat (hole->pixels[3 * i + 1], <=, 1.0f);
    }
}

/* There must be something to work on, and of a hole something around it. */
static void
test_nothing (void)
{
  float none[N] = { 0.0f };
  float all[N];
  float half[N];

  for (gsize i = 0; i < N; i++)
    {
      all[i] = 1.0f;
      half[i] = alpha[i] > 0.0f ? 0.0f : 1.0f;
    }
  for (DifTask task = DIF_TASK_REIMAGINE; task <= DIF_TASK_NOISE; task++)
    {
      DifRequest            r = small_run_request (&small, task);
      g_autoptr (DifResult) image = NULL;

      r.mask = none;
      small_run_refused (&r, NULL);
      r.mask = all;
      r.alpha = none;
      small_run_refused (&r, NULL);
      r.mask = half;
      r.alpha = alpha;
      if (task != DIF_TASK_INPAINT)
        small_run_refused (&r, NULL);
      else
        image = small_run (&r);
    }
}

static void
test_surroundings (void)
{
  g_auto (DifPrepared) prepared = { 0 };
  float      hole[N];
  DifRequest r = small_run_request (&small, DIF_TASK_INPAINT);

  r.mask = NULL;
  small_run_refused (&r, NULL);
  for (gsize i = 0; i < N; i++)
    hole[i] = i % W >= 1 && i < N - W ? 1.0f : 0.0f;
  r.mask = hole;
  r.context = 0;
  small_run_refused (&r, NULL);
  for (gsize i = 0; i < N; i++)
    hole[i] = i % W >= 4 ? 1.0f : 0.0f;
  r.context = DIF_CONTEXT_FOLLOWS;
  g_assert_true (dif_prepare (&prepared, &r, NULL));
  r.context = 0; /* which cuts off the only pixels that are known */
  small_run_refused (&r, NULL);
}

static void
test_margin (void)
{
  DifRequest r = small_run_request (&small, DIF_TASK_INPAINT);

  g_assert_cmpuint (dif_request_margin (&r, 10, 20), ==, 96);
  g_assert_cmpuint (dif_request_margin (&r, 200, 120), ==, 200);
  g_assert_cmpuint (dif_request_margin (&r, 120, 200), ==, 200);
  g_assert_cmpuint (dif_request_margin (&r, 5000, 200), ==, 512);
  r.context = 7;
  g_assert_cmpuint (dif_request_margin (&r, 120, 200), ==, 7);
  r.context_percent = 25.0;
  g_assert_cmpuint (dif_request_margin (&r, 120, 200), ==, 57);
  r.context = DIF_MAX_SIZE;
  g_assert_cmpuint (dif_request_margin (&r, 120, 200), ==, DIF_MAX_SIZE);
}

static void
test_from_alpha (void)
{
  static const float some[] = { 0.0f, 0.5f, 254.0f / 255.0f, 1.0f - 1e-6f, 1.0f, NAN };
  static const float expected[] = { 1.0f, 1.0f, 1.0f, 0.0f, 0.0f, 1.0f };
  g_autofree float  *made = dif_coverage_from_alpha (some, G_N_ELEMENTS (some), NULL);

  g_assert_cmpmem (made, sizeof expected, expected, sizeof expected);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  set_up ();
  g_test_add_func ("/known/hidden", test_hidden);
  g_test_add_func ("/known/opaque", test_opaque);
  g_test_add_func ("/known/broken-hole", test_broken_hole);
  g_test_add_func ("/known/beyond", test_beyond);
  g_test_add_func ("/known/nothing", test_nothing);
  g_test_add_func ("/known/surroundings", test_surroundings);
  g_test_add_func ("/known/margin", test_margin);
  g_test_add_func ("/known/from-alpha", test_from_alpha);
  status = g_test_run ();
  small_run_clear (&small);
  return status;
}
