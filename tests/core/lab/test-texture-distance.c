/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/cli/picture-file.h"
#include "core/lab/texture-cut.h"
#include "core/lab/texture-distance.h"
#include "tests/core/support/numbers.h"

static const char *const names[] = { "bark", "fabric", "gravel", "meadow", "wall" };

#define N_TEXTURES G_N_ELEMENTS (names)

static DifImage *
load (guint which)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *file = g_strconcat (names[which], ".png", NULL);
  g_autofree char   *path = g_build_filename (g_getenv ("DIF_TEXTURES"), file, NULL);
  DifImage          *image = cli_image_read (path, &error);

  g_assert_no_error (error);
  return image;
}

static DifImage *
load_half (guint which, guint half)
{
  g_autoptr (DifImage) image = load (which);

  return dif_texture_half (image, half, NULL);
}

static DifTextureDistance
distance_in (DifContext *context, const DifImage *source, const DifImage *other)
{
  g_autoptr (GError) error = NULL;
  DifTextureDistance distance = { 0 };

  g_assert_true (dif_texture_distance (context, source, other, &distance, &error));
  g_assert_no_error (error);
  return distance;
}

static DifTextureDistance
distance_of (const DifImage *source, const DifImage *other)
{
  g_autoptr (DifContext) context = dif_context_new (0, NULL);

  return distance_in (context, source, other);
}

/* ---------------------------------------------------------------- damage */

typedef DifImage *(*Damage) (const DifImage *image, double amount);

static DifImage *
copy (const DifImage *image)
{
  return dif_texture_cut (image, 0, 0, image->width, image->height, NULL);
}

/* @amount times the mean of a pixel and its four neighbors, where it counts twice */
static DifImage *
blur (const DifImage *image, double amount)
{
  g_autoptr (DifImage) out = copy (image);

  for (guint pass = 0; pass < (guint) amount; pass++)
    {
      g_autoptr (DifImage) in = g_steal_pointer (&out);
      const gsize          w = in->width, h = in->height;

      out = copy (in);
      for (gsize i = 0; i < w * h * 3; i++)
        {
          const gsize  x = i / 3 % w, y = i / 3 / w;
          const float *p = in->pixels + i;

          out->pixels[i] = (2.0f * p[0] + p[x > 0 ? -3 : 0] + p[x + 1 < w ? 3 : 0] +
                            *(y > 0 ? p - 3 * w : p) + *(y + 1 < h ? p + 3 * w : p)) /
                           6.0f;
        }
    }
  return g_steal_pointer (&out);
}

static DifImage *
add_noise (const DifImage *image, double amount)
{
  DifImage         *out = copy (image);
  const gsize       n = (gsize) out->width * out->height * 3;
  g_autofree float *noise = g_new (float, n);

  dif_rng_normal (7, 0, 0, noise, n);
  for (gsize i = 0; i < n; i++)
    out->pixels[i] += (float) amount * noise[i];
  return out;
}

/* to red and away from blue */
static DifImage *
shift_color (const DifImage *image, double amount)
{
  DifImage *out = copy (image);

  for (gsize i = 0; i < (gsize) out->width * out->height; i++)
    {
      out->pixels[3 * i] += (float) amount;
      out->pixels[3 * i + 2] -= (float) amount;
    }
  return out;
}

static const float *sort_by;

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const float x = sort_by[*(const gsize *) a], y = sort_by[*(const gsize *) b];

  return (x > y) - (x < y);
}

/* The numbers below @n in a random order. */
static gsize *
shuffle (gsize n)
{
  g_autofree float *keys = g_new (float, n);
  gsize            *order = g_new (gsize, n);

  dif_rng_normal (11, 0, 0, keys, n);
  for (gsize i = 0; i < n; i++)
    order[i] = i;
  sort_by = keys;
  qsort (order, n, sizeof *order, compare_keys);
  return order;
}

/* Cuts into blocks of 1 / @amount rows and columns and lays each elsewhere. */
static DifImage *
move_blocks (const DifImage *image, double amount)
{
  DifImage         *out = copy (image);
  const gsize       side = (gsize) (1.0 / amount);
  const gsize       columns = image->width / side;
  const gsize       n = columns * (image->height / side);
  g_autofree gsize *order = shuffle (n);

  for (gsize k = 0; k < n; k++)
    for (gsize y = 0; y < side; y++)
      {
        const gsize to = (k / columns * side + y) * image->width + k % columns * side;
        const gsize from =
            (order[k] / columns * side + y) * image->width + order[k] % columns * side;

        memcpy (out->pixels + to * 3, image->pixels + from * 3, side * 3 * sizeof (float));
      }
  return out;
}

/* Three amounts, from little to much: the distance grows with each on each texture. */
static void
check_grows (Damage damage, const double amounts[3])
{
  for (guint t = 0; t < N_TEXTURES; t++)
    {
      g_autoptr (DifImage) image = load (t);
      double               last = 0.0;

      for (guint i = 0; i < 3; i++)
        {
          g_autoptr (DifImage) damaged = damage (image, amounts[i]);
          DifTextureDistance   d = distance_of (image, damaged);

          g_test_message ("%s, %g: %.4f", names[t], amounts[i], d.distance);
          g_assert_cmpfloat (d.distance, >, 1.2 * last);
          last = d.distance;
        }
      g_assert_cmpfloat (last, >, 0.05);
    }
}

static void
test_blur (void)
{
  check_grows (blur, (const double[]) { 1, 3, 9 });
}

static void
test_noise (void)
{
  check_grows (add_noise, (const double[]) { 0.05, 0.1, 0.2 });
}

static void
test_color (void)
{
  check_grows (shift_color, (const double[]) { 0.03, 0.06, 0.12 });
}

/* The colors stay what they are. */
static void
test_structure (void)
{
  check_grows (move_blocks, (const double[]) { 1 / 32.0, 1 / 16.0, 1 / 8.0 });
  for (guint t = 0; t < N_TEXTURES; t++)
    {
      g_autoptr (DifImage) image = load (t);
      g_autoptr (DifImage) moved = move_blocks (image, 1 / 8.0);
      DifTextureDistance   d = distance_of (image, moved);

      g_assert_cmpfloat (d.apart[0], <, 0.04 * d.spread[0]);
    }
}

/* ---------------------------------------------------------------- the number */

static void
test_same_picture (void)
{
  for (guint t = 0; t < N_TEXTURES; t++)
    {
      g_autoptr (DifImage) image = load (t);

      g_assert_cmpfloat (distance_of (image, image).distance, ==, 0.0);
    }
}

/* In units of the scales, not of the source. */
static void
test_symmetric (void)
{
  g_autoptr (DifImage) a = load (0);
  g_autoptr (DifImage) b = load (4);
  DifTextureDistance   there = distance_of (a, b);
  DifTextureDistance   back = distance_of (b, a);

  for (guint i = 0; i < DIF_TEXTURE_SCALES; i++)
    {
      g_assert_cmpfloat (there.apart[i], >, 0.0);
      g_assert_cmpfloat_with_epsilon (back.apart[i], there.apart[i], 1e-9);
    }
}

/* A shift s of all colors is one of s·θ along each direction θ, whose size is |s| / 2 on average;
 * and it is no feature.  The spread is that of the colors: their covariance's trace over three. */
static void
test_known_shift (void)
{
  g_autoptr (DifImage) image = load (2);
  g_autoptr (DifImage) shifted = shift_color (image, 0.1);
  DifTextureDistance   d = distance_of (image, shifted);
  const gsize          n = (gsize) image->width * image->height;
  double               variance = 0.0;

  for (gsize c = 0; c < 3; c++)
    {
      double sum = 0.0, square = 0.0;

      for (gsize i = 0; i < n; i++)
        {
          sum += image->pixels[3 * i + c];
          square += (double) image->pixels[3 * i + c] * image->pixels[3 * i + c];
        }
      variance += (square / (double) n - sum / (double) n * sum / (double) n) / 3.0;
    }
  g_assert_cmpfloat_with_epsilon (d.apart[0], 0.05 * G_SQRT2, 0.15 * 0.05 * G_SQRT2);
  g_assert_cmpfloat_with_epsilon (d.spread[0], sqrt (variance), 0.15 * sqrt (variance));
  for (guint i = 1; i < DIF_TEXTURE_SCALES; i++)
    g_assert_cmpfloat (d.apart[i], <, 1e-4 * d.spread[i]);
}

/* Two halves of one texture are nearer than those of two, by a factor of two at least. */
static void
test_table (void)
{
  DifImage *halves[2][N_TEXTURES];

  for (guint t = 0; t < N_TEXTURES; t++)
    for (guint half = 0; half < 2; half++)
      halves[half][t] = load_half (t, half);
  for (guint t = 0; t < N_TEXTURES; t++)
    {
      g_autoptr (GString) line = g_string_new (NULL);
      double              own = 0.0, nearest = G_MAXDOUBLE;

      for (guint other = 0; other < N_TEXTURES; other++)
        {
          double d = distance_of (halves[0][t], halves[1][other]).distance;

          g_string_append_printf (line, " %.4f", d);
          if (other == t)
            own = d;
          else
            nearest = MIN (nearest, d);
        }
      g_test_message ("%-8s%s", names[t], line->str);
      g_assert_cmpfloat (own, >, 0.0);
      g_assert_cmpfloat (2.0 * own, <, nearest);
    }
  for (guint t = 0; t < 2 * N_TEXTURES; t++)
    dif_image_free (halves[t % 2][t / 2]);
}

/* The same bytes at any number of threads. */
static void
test_threads (void)
{
  static const guint     threads[] = { 2, 3, 4, 8 };
  g_autoptr (DifImage)   a = load (0);
  g_autoptr (DifImage)   b = load (1);
  g_autoptr (DifContext) single = dif_context_new (1, NULL);
  DifTextureDistance     expected = distance_in (single, a, b);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (DifContext) context = dif_context_new (threads[i], NULL);
      DifTextureDistance     actual = distance_in (context, a, b);

      g_assert_cmpmem (&actual, sizeof actual, &expected, sizeof expected);
    }
}

static void
test_errors (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifImage)   image = load (0);
  g_autoptr (DifImage)   small = dif_texture_cut (image, 0, 0, 64, DIF_TEXTURE_MIN_SIDE - 1, NULL);
  g_autoptr (DifImage)   least =
      dif_texture_cut (image, 0, 0, DIF_TEXTURE_MIN_SIDE, DIF_TEXTURE_MIN_SIDE, NULL);
  g_autoptr (DifImage) flat = copy (least);
  DifTextureDistance   d;
  GError              *error = NULL;

  memset (flat->pixels, 0, (gsize) flat->width * flat->height * 3 * sizeof (float));
  g_assert_false (dif_texture_distance (context, small, image, &d, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "64 × 47", NULL);
  error = NULL;
  g_assert_false (dif_texture_distance (context, image, small, &d, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "64 × 47", NULL);
  error = NULL;
  g_assert_false (dif_texture_distance (context, flat, least, &d, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "flat", NULL);
  g_assert_cmpfloat (distance_of (least, flat).distance, >, 0.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/texture-distance/same-picture", test_same_picture);
  g_test_add_func ("/texture-distance/symmetric", test_symmetric);
  g_test_add_func ("/texture-distance/known-shift", test_known_shift);
  g_test_add_func ("/texture-distance/table", test_table);
  g_test_add_func ("/texture-distance/blur", test_blur);
  g_test_add_func ("/texture-distance/noise", test_noise);
  g_test_add_func ("/texture-distance/color", test_color);
  g_test_add_func ("/texture-distance/structure", test_structure);
  g_test_add_func ("/texture-distance/threads", test_threads);
  g_test_add_func ("/texture-distance/errors", test_errors);
  return g_test_run ();
}
