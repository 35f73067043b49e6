/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a hole is filled with a piece of the picture by itself. */
#include "core/image/texture.h"

#include <math.h>

#include "core/image/patch.h"
#include "core/ops/elementwise.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/holes.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/small-run.h"

#define H 120
#define W 200

static const TestHole hole = { H, W, 40, 140, 80, 180 };

/* Grain of two pixels, as different as @contrast, over a slope. */
static DifTensor *
grain (DifContext *context, double contrast, double slope)
{
  DifTensor *x = test_random (context, 5, 1, H, W, 3);

  for (gsize i = 0; x && i < x->size; i++)
    {
      const gsize y = i / 3 / W;
      const gsize column = i / 3 % W;
      const gsize from = ((y / 2 * 2) * W + column / 2 * 2) * 3 + i % 3;

      x->data[i] = (float) (contrast * x->data[from] + slope * ((double) y / H - 0.5));
    }
  return x;
}

/* Whether the hole was filled with a piece; what was in it is not looked at. */
static gboolean
fill (DifContext *context, DifTensor *x)
{
  g_autoptr (DifTensor) mask = test_hole_mask (context, &hole);
  g_autoptr (DifTensor) before = dif_sum (context, 1, (DifTerm[]) { { 1.0, x } });
  gboolean              filled;

  for (gsize i = 0; i < x->size; i++)
    if (mask->data[i / 3] != 0.0f)
      x->data[i] = 0.9f;
  filled = dif_patch_fill_texture (context, x, mask);
  for (gsize i = 0; i < x->size; i++)
    if (mask->data[i / 3] == 0.0f)
      g_assert_cmpfloat (x->data[i], ==, before->data[i]);
    else if (! filled)
      g_assert_cmpfloat (x->data[i], ==, 0.9f);
  return filled;
}

/* Deviation in the hole, of all channels. */
static double
deviation (const DifTensor *x)
{
  double sum = 0.0, squares = 0.0;
  gsize  n = 0;

  for (gsize y = hole.top; y < hole.bottom; y++)
    for (gsize i = (y * W + hole.left) * 3; i < (y * W + hole.right) * 3; i++)
      {
        sum += x->data[i];
        squares += (double) x->data[i] * x->data[i];
        n++;
      }
  return sqrt (squares / n - sum / n * (sum / n));
}

/* Grain goes on, over a slope too, as rough as it was. */
static void
test_grain (void)
{
  for (guint sloping = 0; sloping < 2; sloping++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)  x = grain (context, 0.15, sloping ? 0.3 : 0.0);
      const double           was = deviation (x);

      g_assert_true (fill (context, x));
      g_assert_cmpfloat (deviation (x), >, 0.8 * was);
      g_assert_cmpfloat (deviation (x), <, 1.25 * was);
    }
}

/* What is flat, or has large shapes, is no texture: a piece of it would be another shape. */
static void
test_no_texture (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  flat = grain (context, 0.005, 0.5);
  g_autoptr (DifTensor)  shapes = grain (context, 0.05, 0.0);
  g_autoptr (DifTensor)  tiny = test_random (context, 5, 1, 3, 2, 3);
  const guint8           unknown[] = { 0, 0, 1, 0, 0, 0 };

  g_assert_false (fill (context, flat));
  for (gsize i = 0; i < shapes->size; i++)
    shapes->data[i] += (float) (0.4 * sin (i / 3 % W / 9.0) * cos ((double) (i / 3 / W) / 11.0));
  g_assert_false (fill (context, shapes));
  g_assert_null (dif_texture_new (tiny, unknown));
}

/* A lamp whose surroundings are just those of the hole is not what the hole becomes. */
static void
test_lamp (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = grain (context, 0.15, 0.0);

  for (gsize y = 30; y < 90; y++)
    for (gsize column = 10; column < 70; column++)
      for (gsize k = 0; k < 3; k++)
        {
          float      *to = x->data + (y * W + column) * 3 + k;
          const float from = x->data[(y * W + column + 120) * 3 + k];

          *to = y >= 50 && y < 70 && column >= 30 && column < 50 ? -0.9f : from;
        }
  g_assert_true (fill (context, x));
  for (gsize y = hole.top; y < hole.bottom; y++)
    for (gsize i = (y * W + hole.left) * 3; i < (y * W + hole.right) * 3; i++)
      g_assert_cmpfloat (x->data[i], >, -0.85f);
}

/* ---- of a request ---- */

static DifResult *
run (DifPrefill prefill, double level, const char *label, const float *pixels, const float *mask,
     const char *model)
{
  const SmallRun small = { (char *) model, W, H, (float *) pixels, (float *) mask };
  DifRequest     r = small_run_request (&small, DIF_TASK_INPAINT);

  g_assert_cmpint (r.prefill, ==, DIF_PREFILL_AUTO);
  r.prefill = prefill;
  r.noise_level = level;
  r.prompt = (char *) label;
  r.steps = 2;
  return small_run (&r);
}

static gboolean
same (DifResult *one, DifResult *other)
{
  const gboolean equal = small_run_same (one, other);

  dif_result_free (one);
  dif_result_free (other);
  return equal;
}

/* By itself it is a piece at a low noise level, or smooth where more is asked for. */
static void
test_automatic (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = grain (context, 0.15, 0.0);
  g_autoptr (DifTensor)  mask = test_hole_mask (context, &hole);
  TinyUNet               net = tiny_unet;
  char                  *model;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = CLAMP (0.5f + 0.5f * x->data[i], 0.0f, 1.0f);
  net.n_classes = 3;
  model = test_checkpoint_new (&net, TEST_SCHEDULER,
                               "{'null': 0, 'labels': {'1': 'grass', '2': 'sky'}}");
  g_assert_true (same (run (DIF_PREFILL_AUTO, 0.6, NULL, x->data, mask->data, model),
                       run (DIF_PREFILL_PATCH, DIF_PATCH_LEVEL, NULL, x->data, mask->data, model)));
  g_assert_true (same (run (DIF_PREFILL_AUTO, 0.1, NULL, x->data, mask->data, model),
                       run (DIF_PREFILL_PATCH, 0.1, NULL, x->data, mask->data, model)));
  g_assert_true (same (run (DIF_PREFILL_AUTO, 0.7, NULL, x->data, mask->data, model),
                       run (DIF_PREFILL_SMOOTH, 0.7, NULL, x->data, mask->data, model)));
  g_assert_true (same (run (DIF_PREFILL_AUTO, 0.6, "sky", x->data, mask->data, model),
                       run (DIF_PREFILL_SMOOTH, 0.6, "sky", x->data, mask->data, model)));
  test_folder_free (model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/texture/grain", test_grain);
  g_test_add_func ("/texture/no-texture", test_no_texture);
  g_test_add_func ("/texture/lamp", test_lamp);
  g_test_add_func ("/texture/automatic", test_automatic);
  return g_test_run ();
}
