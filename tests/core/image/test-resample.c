/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/resample.h"

#include <math.h>
#include <string.h>

#include "core/base/rng.h"

static const guint sizes[][4] = { /* from, to: width and height */
                                  { 7, 5, 21, 40 },  { 64, 48, 32, 12 }, { 1, 1, 9, 4 },
                                  { 100, 1, 33, 1 }, { 13, 17, 13, 30 }, { 50, 60, 1, 1 },
                                  { 30, 31, 29, 31 }
};

static void
resample (float *src, guint w, guint h, float *dst, guint to_w, guint to_h, guint channels)
{
  g_assert_true (dif_resample (&(const DifPlane) { w, h, channels, src },
                               &(const DifPlane) { to_w, to_h, channels, dst }, NULL));
}

/* One color stays that color, and the mean of anything stays near. */
static void
test_constant (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint      *s = sizes[i];
      g_autofree float *src = g_new (float, s[0] * s[1] * 3);
      g_autofree float *dst = g_new (float, s[2] * s[3] * 3);

      for (guint k = 0; k < s[0] * s[1] * 3; k++)
        src[k] = 0.1f + 0.3f * (k % 3);
      resample (src, s[0], s[1], dst, s[2], s[3], 3);
      for (guint k = 0; k < s[2] * s[3] * 3; k++)
        g_assert_cmpfloat_with_epsilon (dst[k], 0.1f + 0.3f * (k % 3), 1e-6f);
    }
}

static void
test_identity (void)
{
  float src[19 * 23 * 3];
  float dst[19 * 23 * 3];

  dif_rng_normal (1, 1, 0, src, G_N_ELEMENTS (src));
  resample (src, 19, 23, dst, 19, 23, 3);
  g_assert_cmpmem (src, sizeof src, dst, sizeof dst);
}

/* Waves of 16 pixels, along columns and rows, at other sizes; borders are left out. */
static void
test_sinusoid (void)
{
  static const guint to[] = { 32, 48, 64, 100, 128, 200, 512 };
  const guint        from = 128;

  for (guint i = 0; i < G_N_ELEMENTS (to); i++)
    for (guint across = 0; across < 2; across++)
      {
        const guint       w = across ? 2 : from, h = across ? from : 2;
        const guint       to_w = across ? 2 : to[i], to_h = across ? to[i] : 2;
        g_autofree float *src = g_new (float, w *h);
        g_autofree float *dst = g_new (float, to_w *to_h);

        for (guint k = 0; k < w * h; k++)
          src[k] = (float) sin (2.0 * G_PI * ((across ? k / w : k % w) + 0.5) / 16.0);
        resample (src, w, h, dst, to_w, to_h, 1);
        for (guint k = 0; k < to_w * to_h; k++)
          {
            double at = ((across ? k / to_w : k % to_w) + 0.5) * from / to[i];

            if (at > 16.0 && at < from - 16.0)
              g_assert_cmpfloat_with_epsilon (dst[k], sin (2.0 * G_PI * at / 16.0),
                                              to[i] == 32 ? 0.06 : 0.02);
          }
      }
}

/* What is finer than the new pixels is gone, and does not come back as something coarser. */
static void
test_no_alias (void)
{
  float src[256];
  float dst[60];

  for (guint k = 0; k < 256; k++)
    src[k] = (float) sin (2.0 * G_PI * (k + 0.5) / 3.0);
  resample (src, 256, 1, dst, 60, 1, 1);
  for (guint k = 4; k < 56; k++)
    g_assert_cmpfloat (fabsf (dst[k]), <, 0.02f);
}

/* Larger and back: what a picture without the finest detail was. */
static void
test_there_and_back (void)
{
  float src[40 * 30];
  float large[160 * 120];
  float back[40 * 30];

  for (guint k = 0; k < 40 * 30; k++)
    src[k] = (float) (sin (k % 40 / 3.0) * cos (k / 40 / 4.0));
  resample (src, 40, 30, large, 160, 120, 1);
  resample (large, 160, 120, back, 40, 30, 1);
  for (guint k = 0; k < 40 * 30; k++)
    g_assert_cmpfloat_with_epsilon (back[k], src[k], 0.06f);
}

/* No covered pixel is lost, none is far from one, and 0 and 1 stay themselves. */
static void
test_largest (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint      *s = sizes[i];
      g_autofree float *src = g_new (float, s[0] * s[1]);
      g_autofree float *dst = g_new (float, s[2] * s[3]);

      for (guint at = 0; at < s[0] * s[1]; at += 1 + at / 3)
        {
          memset (src, 0, s[0] * s[1] * sizeof (float));
          src[at] = 0.75f;
          dif_resample_largest (&(const DifPlane) { s[0], s[1], 1, src },
                                &(const DifPlane) { s[2], s[3], 1, dst });
          for (guint k = 0; k < s[2] * s[3]; k++)
            {
              /* as fractions of the picture, do the two pixels overlap? */
              double   left = MAX ((double) (k % s[2]) / s[2], (double) (at % s[0]) / s[0]);
              double   right = MIN ((k % s[2] + 1.0) / s[2], (at % s[0] + 1.0) / s[0]);
              double   top = MAX ((double) (k / s[2]) / s[3], (double) (at / s[0]) / s[1]);
              double   bottom = MIN ((k / s[2] + 1.0) / s[3], (at / s[0] + 1.0) / s[1]);
              gboolean touch = left < right - 1e-9 && top < bottom - 1e-9;

              g_assert_cmpfloat (dst[k], ==, touch ? 0.75f : 0.0f);
            }
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/resample/constant", test_constant);
  g_test_add_func ("/resample/identity", test_identity);
  g_test_add_func ("/resample/sinusoid", test_sinusoid);
  g_test_add_func ("/resample/no-alias", test_no_alias);
  g_test_add_func ("/resample/there-and-back", test_there_and_back);
  g_test_add_func ("/resample/largest", test_largest);
  return g_test_run ();
}
