/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/sheet.h"
#include "core/lab/texture-cut.h"

static DifImage *
of_color (guint width, guint height, float color)
{
  DifImage *image = dif_image_new (width, height, NULL);

  for (gsize i = 0; i < 3 * (gsize) width * height; i++)
    image->pixels[i] = color;
  return image;
}

static float
at (const DifImage *image, guint x, guint y)
{
  return image->pixels[3 * (y * image->width + x)];
}

/* Five places in rows of two, one of which is empty. */
static void
test_places (void)
{
  g_autoptr (DifImage)  a = of_color (4, 3, 0.25f), b = of_color (4, 3, 0.5f);
  const DifImage *const images[] = { a, b, NULL, a, b };
  g_autoptr (DifImage)  sheet = dif_sheet_new (images, G_N_ELEMENTS (images), 2, 1, NULL);
  const float           expected[3][2] = { { 0.25f, 0.5f }, { 1.0f, 0.25f }, { 0.5f, 1.0f } };

  g_assert_cmpuint (sheet->width, ==, 9);
  g_assert_cmpuint (sheet->height, ==, 11);
  for (guint y = 0; y < sheet->height; y++)
    for (guint x = 0; x < sheet->width; x++)
      {
        const gboolean gap = x % 5 == 4 || y % 4 == 3;

        g_assert_cmpfloat (at (sheet, x, y), ==, gap ? 1.0f : expected[y / 4][x / 5]);
      }
}

static void
test_cut (void)
{
  g_autoptr (DifImage)  a = of_color (4, 3, 0.25f), b = of_color (4, 3, 0.5f);
  const DifImage *const images[] = { a, b };
  g_autoptr (DifImage)  sheet = dif_sheet_new (images, 2, 2, 0, NULL);
  g_autoptr (DifImage)  part = dif_texture_cut (sheet, 3, 1, 2, 2, NULL);
  g_autoptr (DifImage)  half = dif_texture_half (sheet, 1, NULL);

  g_assert_cmpfloat (at (part, 0, 1), ==, 0.25f);
  g_assert_cmpfloat (at (part, 1, 0), ==, 0.5f);
  g_assert_cmpuint (half->width, ==, 4);
  g_assert_cmpfloat (at (half, 0, 0), ==, 0.5f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/sheet/places", test_places);
  g_test_add_func ("/sheet/cut", test_cut);
  return g_test_run ();
}
