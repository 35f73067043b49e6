/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/base/error.h"
#include "core/pipeline/canvas.h"
#include "tests/core/support/numbers.h"

#define W 3
#define H 2

static DifCodec *pixel_codec;
static float     pixels[3 * W * H];
static float     mask[W * H];

/* Pixels tell their place; one is out of range. */
static DifRequest
request (DifTask task)
{
  DifRequest r;

  dif_request_init (&r, task);
  for (guint i = 0; i < 3 * W * H; i++)
    pixels[i] = (float) i / 32.0f;
  pixels[0] = -3.0f;
  for (guint i = 0; i < W * H; i++)
    mask[i] = i % 2 ? 0.01f : 0.0f;
  r.width = W;
  r.height = H;
  r.pixels = pixels;
  r.mask = mask;
  return r;
}

static void
test_mirror (void)
{
  static const guint     columns[] = { 0, 1, 2, 2, 1, 0, 0, 1 };
  static const guint     rows[] = { 0, 1, 1, 0 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const DifRequest       r = request (DIF_TASK_REIMAGINE);
  g_autoptr (DifCanvas)  canvas =
      dif_canvas_new ((const DifInput[]) { dif_input_of (&r) }, pixel_codec, context, 4, 8);

  g_assert_nonnull (canvas);
  g_assert_cmpuint (canvas->width, ==, W);
  g_assert_cmpuint (canvas->height, ==, H);
  test_has_shape (canvas->image.known, 1, 8, 8, 3);
  test_has_shape (canvas->image.mask, 1, 8, 8, 1);
  for (guint y = 0; y < 8; y++)
    for (guint x = 0; x < 8; x++)
      {
        guint from = rows[y % 4] * W + columns[x];

        g_assert_cmpfloat (canvas->image.mask->data[8 * y + x], ==, from % 2 ? 1.0f : 0.0f);
        for (guint c = 0; c < 3; c++)
          g_assert_cmpfloat (canvas->image.known->data[3 * (8 * y + x) + c], ==,
                             2.0f * CLAMP (pixels[3 * from + c], 0.0f, 1.0f) - 1.0f);
      }
}

static void
test_sizes (void)
{
  static const guint sizes[][4] = { /* multiple, smallest, height, width */
                                    { 1, 0, 2, 3 }, { 2, 0, 2, 4 }, { 8, 0, 8, 8 },
                                    { 2, 5, 6, 6 }, { 1, 3, 3, 3 }, { 8, 9, 16, 16 }
  };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (DifTask task = DIF_TASK_GENERATE; task <= DIF_TASK_NOISE; task++)
      {
        const DifRequest      r = request (task);
        g_autoptr (DifCanvas) canvas =
            dif_canvas_new ((const DifInput[]) { dif_input_of (&r) }, pixel_codec, context,
                            sizes[i][0], sizes[i][1]);

        g_assert_cmpuint (canvas->padded_height, ==, sizes[i][2]);
        g_assert_cmpuint (canvas->padded_width, ==, sizes[i][3]);
        if (task == DIF_TASK_GENERATE)
          continue;
        test_has_shape (canvas->image.known, 1, sizes[i][2], sizes[i][3], 3);
        test_has_shape (canvas->image.mask, 1, sizes[i][2], sizes[i][3], 1);
      }
}

/* What holds nothing takes no memory. */
static void
test_blank (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifRequest             r = request (DIF_TASK_GENERATE);
  g_autoptr (DifCanvas)  canvas =
      dif_canvas_new ((const DifInput[]) { dif_input_of (&r) }, pixel_codec, context, 2, 0);
  g_autoptr (DifCanvas) whole = NULL;

  g_assert_true (! canvas->image.known && ! canvas->image.mask);
  r = request (DIF_TASK_INPAINT);
  r.mask = NULL; /* all of it */
  whole = dif_canvas_new ((const DifInput[]) { dif_input_of (&r) }, pixel_codec, context, 2, 0);
  g_assert_null (whole->image.mask);
  for (gsize i = 0; i < whole->image.known->size; i++)
    g_assert_cmpfloat (whole->image.known->data[i], ==, 0.0f);
  g_assert_true (whole->x.known == whole->image.known); /* pixels are not copied */
  dif_canvas_side_clear (&whole->image);
  g_assert_null (whole->image.known);
  g_assert_nonnull (whole->x.known);
}

static void
test_crop (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const DifRequest       r = request (DIF_TASK_REIMAGINE);
  g_autoptr (DifCanvas)  canvas =
      dif_canvas_new ((const DifInput[]) { dif_input_of (&r) }, pixel_codec, context, 4, 8);
  float out[3 * W * H];

  dif_canvas_to_pixels (canvas->image.known, W, H, FALSE, out);
  for (guint i = 0; i < 3 * W * H; i++)
    g_assert_cmpfloat (out[i], ==, CLAMP (pixels[i], 0.0f, 1.0f));
  canvas->image.known->data[0] = 5.0f;
  canvas->image.known->data[1] = -5.0f;
  dif_canvas_to_pixels (canvas->image.known, W, H, FALSE, out);
  g_assert_cmpfloat (out[0], ==, 3.0f);
  g_assert_cmpfloat (out[1], ==, -2.0f);
  dif_canvas_to_pixels (canvas->image.known, W, H, TRUE, out);
  g_assert_cmpfloat (out[0], ==, 1.0f);
  g_assert_cmpfloat (out[1], ==, 0.0f);
}

static void
test_failure (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const DifRequest       r = request (DIF_TASK_REIMAGINE);

  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_null (
      dif_canvas_new ((const DifInput[]) { dif_input_of (&r) }, pixel_codec, context, 4, 8));
  dif_canvas_free (NULL);
}

static void
test_image (void)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifImage) image = dif_image_new (5, 3, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 3 * 5 * 3; i++)
    g_assert_cmpfloat (image->pixels[i], ==, 0.0f);
  g_assert_null (dif_image_new (G_MAXUINT, G_MAXUINT, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_NOMEM);
  dif_image_free (NULL);
}

int
main (int argc, char **argv)
{
  int result;

  pixel_codec = dif_codec_new_pixels ();
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/canvas/mirror", test_mirror);
  g_test_add_func ("/canvas/sizes", test_sizes);
  g_test_add_func ("/canvas/blank", test_blank);
  g_test_add_func ("/canvas/crop", test_crop);
  g_test_add_func ("/canvas/failure", test_failure);
  g_test_add_func ("/image/new", test_image);
  result = g_test_run ();
  dif_codec_free (pixel_codec);
  return result;
}
