/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The model that comes with the plug-in makes what it is asked for. */

#include <math.h>

#include "core/pipeline/run.h"

#define SIDE 64

static DifImage *
generate (const char *label, guint threads)
{
  DifRequest         r;
  DifImage          *image;
  g_autoptr (GError) error = NULL;

  dif_request_init (&r, DIF_TASK_GENERATE);
  r.label = label;
  r.steps = 4;
  r.width = r.height = SIDE;
  r.seed = 1;
  r.threads = threads;
  image = dif_run (&r, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (image);
  return image;
}

static void
test_grass (void)
{
  g_autoptr (DifImage) image = generate ("grass", 2);
  g_autoptr (DifImage) again = generate ("grass", 1);
  double               mean[3] = { 0 };
  double               squares = 0.0;

  if (! image || ! again)
    return;
  for (guint i = 0; i < 3 * SIDE * SIDE; i++)
    {
      mean[i % 3] += image->pixels[i] / (SIDE * SIDE);
      squares += (double) image->pixels[i] * image->pixels[i] / (3 * SIDE * SIDE);
    }
  g_test_message ("means %.3f %.3f %.3f", mean[0], mean[1], mean[2]);
  g_assert_cmpfloat (mean[1], >, mean[2]);
  g_assert_cmpfloat (sqrt (squares - pow ((mean[0] + mean[1] + mean[2]) / 3.0, 2.0)), >, 0.03);
  g_assert_cmpmem (image->pixels, 12 * SIDE * SIDE, again->pixels, 12 * SIDE * SIDE);
}

/* Without a label for the network, the classifier alone makes a picture greener or bluer. */
static void
test_classifier (void)
{
  static const char *const labels[] = { "grass", "sky" };
  double                   green[2] = { 0.0 };
  double                   blue[2] = { 0.0 };

  for (guint k = 0; k < 2; k++)
    {
      DifRequest           r;
      g_autoptr (DifImage) image = NULL;
      g_autoptr (GError)   error = NULL;

      dif_request_init (&r, DIF_TASK_GENERATE);
      r.label = labels[k];
      r.guidance = 0.0;
      r.classifier_guidance = 10.0;
      r.steps = 6;
      r.width = r.height = SIDE;
      r.seed = 1;
      image = dif_run (&r, NULL, &error);
      g_assert_no_error (error);
      if (! image)
        return;
      for (guint i = 0; i < SIDE * SIDE; i++)
        {
          const float *p = image->pixels + 3 * (gsize) i;

          green[k] += (p[1] - 0.5 * (p[0] + p[2])) / (SIDE * SIDE);
          blue[k] += (p[2] - p[0]) / (SIDE * SIDE);
        }
    }
  g_test_message ("green %.3f %.3f, blue %.3f %.3f", green[0], green[1], blue[0], blue[1]);
  g_assert_cmpfloat (green[0], >, green[1] + 0.05);
  g_assert_cmpfloat (blue[1], >, blue[0] + 0.1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/embedded/grass", test_grass);
  g_test_add_func ("/embedded/classifier", test_classifier);
  return g_test_run ();
}
