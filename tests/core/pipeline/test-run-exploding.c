/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whole runs of networks that were trained with noise added to pictures as they are: it is far
 * wider than they are.  An EDM network of zeros is the ideal one of normal data of mean 0 and
 * deviation sigma_data, and a score of zeros leaves what a run began with. */

#include <math.h>
#include <string.h>

#include "core/diffusion/sampler.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/small-run.h"

#define SIDE 32
#define DATA 0.25 /* of [-1, 1] */

#define EDM "{'_class_name': 'EDMEulerScheduler', 'sigma_data': 0.25}"
#define ONE \
  "{'_class_name': 'EDMEulerScheduler', 'sigma_data': 0.25, 'sigma_min': 0.2, 'sigma_max': 0.2}"
#define VE "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_min': 0.01, 'sigma_max': 0.3}"

typedef struct
{
  double mean;
  double deviation;
} Moments;

static Moments
moments_of (const DifResult *image)
{
  const gsize n = 3 * (gsize) image->width * image->height;
  double      sum = 0.0;
  double      squares = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      sum += image->pixels[i];
      squares += (double) image->pixels[i] * image->pixels[i];
    }
  return (Moments) { sum / n, sqrt (squares / n - sum / n * sum / n) };
}

static char *
zeros (const char *scheduler)
{
  TinyUNet net = tiny_unet;

  net.spread = 0.0;
  return test_checkpoint_new (&net, scheduler, NULL);
}

/* 3072 numbers: one standard error is 1.8 per cent of the deviation for the mean, and 1.3 for the
 * deviation; the rest is the steps'.  Of RePaint's 400 only every fourth is one of its own. */
static void
test_generate (gconstpointer data)
{
  const DifSampler *row = data;
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) image = NULL;
  Moments               got;

  small_run_init (&f, zeros (EDM), DIF_TASK_GENERATE, SIDE, SIDE);
  f.request.sampler = (char *) row->id;
  f.request.steps = 400;
  image = small_run (&f.request);
  got = moments_of (image);
  g_test_message ("mean %.4f, deviation %.4f", got.mean, got.deviation);
  g_assert_cmpfloat_with_epsilon (got.mean, 0.5, 0.09 * DATA / 2.0);
  if (row->seeks_modes)
    g_assert_cmpfloat (got.deviation, <, 0.5 * DATA);
  else if (row->goes_back)
    g_assert_cmpfloat_with_epsilon (got.deviation / (0.5 * DATA), 1.0, 0.15);
  else
    g_assert_cmpfloat_with_epsilon (got.deviation / (0.5 * DATA), 1.0, row->oversteps ? 0.25 : 0.1);
}

/* From noise as wide as the highest level, in colors half of that. */
static void
test_start (void)
{
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) image = NULL;
  Moments               got;

  small_run_init (&f, zeros (VE), DIF_TASK_GENERATE, SIDE, SIDE);
  f.request.sampler = (char *) "ddim";
  image = small_run (&f.request);
  got = moments_of (image);
  g_assert_cmpfloat_with_epsilon (got.mean, 0.5, 0.01);
  g_assert_cmpfloat_with_epsilon (got.deviation, 0.5 * 0.3, 0.01);
}

/* Langevin steps at one level find the data with its noise; what is seen in that, as the last step
 * does, is less wide than the data. */
static void
test_one_level (void)
{
  const double noisy = hypot (DATA, 0.2);
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) image = NULL;
  Moments               got;

  small_run_init (&f, zeros (ONE), DIF_TASK_GENERATE, SIDE, SIDE);
  image = small_run (&f.request);
  got = moments_of (image);
  g_test_message ("mean %.4f, deviation %.4f", got.mean, got.deviation);
  g_assert_nonnull (strstr (image->settings, "\"langevin\""));
  g_assert_cmpfloat_with_epsilon (got.mean, 0.5, 0.01);
  g_assert_cmpfloat_with_epsilon (got.deviation / (0.5 * DATA * DATA / noisy), 1.0, 0.08);
}

/* Pixels around what is made have their own bytes, and with soft edges too all is data. */
static void
test_selection (gconstpointer data)
{
  const gboolean soft = GPOINTER_TO_INT (data);
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) image = NULL;

  small_run_init (&f, zeros (EDM), DIF_TASK_INPAINT, SIDE, SIDE);
  f.request.soft_selection = soft;
  f.request.steps = 20;
  f.request.noise_level = 1.0;
  image = small_run (&f.request);
  for (gsize i = 0; i < SIDE * SIDE; i++)
    for (guint c = 0; c < 3; c++)
      if (f.mask[i] > 0.0f) /* no wider than 6 deviations */
        g_assert_cmpfloat (fabs (image->pixels[3 * i + c] - 0.5), <, 6 * 0.5 * DATA);
      else
        g_assert_cmpfloat (image->pixels[3 * i + c], ==, f.pixels[3 * i + c]);
}

int
main (int argc, char **argv)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/run-exploding/generate/%s", rows[i]->id);

      if (! rows[i]->one_level && ! rows[i]->distilled)
        g_test_add_data_func (path, rows[i], test_generate);
    }
  g_test_add_func ("/run-exploding/start", test_start);
  g_test_add_func ("/run-exploding/one-level", test_one_level);
  g_test_add_data_func ("/run-exploding/selection/hard", GINT_TO_POINTER (FALSE), test_selection);
  g_test_add_data_func ("/run-exploding/selection/soft", GINT_TO_POINTER (TRUE), test_selection);
  return g_test_run ();
}
