/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The model that comes with the plug-in makes what it is asked for. */

#include <math.h>

#include "tests/core/support/small-run.h"

#define SIDE 64

/* Of its own size, without anything to look at, by the model that comes with us. */
static DifRequest
request (DifTask task, guint steps, guint seed)
{
  const SmallRun embedded = { NULL, SIDE, SIDE };
  DifRequest     r = small_run_request (&embedded, task);

  r.steps = steps;
  r.seed = seed;
  return r;
}

static DifResult *
generate (const char *label, guint threads)
{
  DifRequest r = request (DIF_TASK_GENERATE, 4, 1);

  r.prompt = (char *) label;
  r.threads = threads;
  return small_run (&r);
}

static void
test_grass (void)
{
  g_autoptr (DifResult) image = generate ("grass", 2);
  g_autoptr (DifResult) again = generate ("grass", 1);
  double                mean[3] = { 0 };
  double                squares = 0.0;

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
  g_assert_true (small_run_same (image, again));
}

/* The means of a flat picture's made pixels in a ring of 4 along the edge of a hole, less
 * those outside. */
static double
edge_shift (gboolean match_colors)
{
  g_autofree float     *pixels = g_new (float, 3 * SIDE * SIDE);
  g_autofree float     *mask = g_new0 (float, SIDE *SIDE);
  DifRequest            r = request (DIF_TASK_REIMAGINE, 4, 0);
  g_autoptr (DifResult) image = NULL;
  double                mean[3] = { 0.0 };
  guint                 n = 0;

  for (guint i = 0; i < SIDE * SIDE; i++)
    {
      guint y = i / SIDE;
      guint x = i % SIDE;

      pixels[3 * i] = 0.45f;
      pixels[3 * i + 1] = 0.55f;
      pixels[3 * i + 2] = 0.7f;
      mask[i] = y >= 16 && y < 48 && x >= 16 && x < 48 ? 1.0f : 0.0f;
    }
  r.pixels = pixels;
  r.mask = mask;
  r.noise_level = 0.7;
  r.match_colors = match_colors;
  image = small_run (&r);
  for (guint i = 0; image && i < SIDE * SIDE; i++)
    {
      guint y = i / SIDE;
      guint x = i % SIDE;

      if (mask[i] > 0.0f && (y < 20 || y >= 44 || x < 20 || x >= 44))
        {
          n++;
          for (guint k = 0; k < 3; k++)
            mean[k] += image->pixels[3 * i + k] - pixels[k];
        }
    }
  return MAX (MAX (fabs (mean[0]), fabs (mean[1])), fabs (mean[2])) / MAX (n, 1);
}

/* On a flat picture no more than one 255th of a shift in color is seen along the edge. */
static void
test_match_colors (void)
{
  double off = edge_shift (FALSE);
  double on = edge_shift (TRUE);

  g_test_message ("shift %.2f / 255 without, %.2f / 255 with", 255.0 * off, 255.0 * on);
  g_assert_cmpfloat (on, <, 1.0 / 255.0);
  g_assert_cmpfloat (on, <, off);
}

/* How much pixels differ from those left of them: in the first column, which follows the last, over
 * all the others. */
static double
seam (gboolean tile)
{
  DifRequest            r = request (DIF_TASK_GENERATE, 6, 0);
  g_autoptr (DifResult) image = NULL;
  double                at_seam = 0.0;
  double                inside = 0.0;

  r.prompt = "grass";
  r.tile = tile ? DIF_TILE_X : DIF_TILE_NONE;
  image = small_run (&r);
  for (guint i = 0; image && i < 3 * SIDE * SIDE; i++)
    {
      guint  column = i / 3 % SIDE;
      guint  left = column > 0 ? i - 3 : i + 3 * (SIDE - 1);
      double off = fabs (image->pixels[i] - image->pixels[left]);

      if (column == 0)
        at_seam += off;
      else
        inside += off / (SIDE - 1);
    }
  return at_seam / inside;
}

static void
test_tile (void)
{
  double off = seam (FALSE);
  double on = seam (TRUE);

  g_test_message ("seam %.2f without, %.2f with", off, on);
  g_assert_cmpfloat (on, <, 1.6);
  g_assert_cmpfloat (on, <, 0.7 * off);
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
      DifRequest            r = request (DIF_TASK_GENERATE, 6, 1);
      g_autoptr (DifResult) image = NULL;

      r.prompt = (char *) labels[k];
      r.guidance = 0.0;
      r.classifier_guidance = 10.0;
      image = small_run (&r);
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
  g_test_add_func ("/embedded/match-colors", test_match_colors);
  g_test_add_func ("/embedded/tile", test_tile);
  g_test_add_func ("/embedded/classifier", test_classifier);
  return g_test_run ();
}
