/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/work.h"

#include <math.h>
#include <string.h>

#include "core/base/rng.h"

#define W 60
#define H 40
#define N (W * H)

static float pixels[3 * N];
static float mask[N];

/* Columns 20 to 29 of rows 10 to 13 are masked; colors change slowly. */
static DifRequest
request (DifTask task)
{
  DifRequest r;

  dif_request_init (&r, task);
  for (gsize i = 0; i < N; i++)
    {
      gsize y = i / W;
      gsize x = i % W;

      mask[i] = y >= 10 && y < 14 && x >= 20 && x < 30 ? 1.0f : 0.0f;
      for (gsize k = 0; k < 3; k++)
        pixels[3 * i + k] = (float) (0.5 + 0.3 * sin (x / 9.0 + k) * cos (y / 7.0));
    }
  pixels[0] = 3.5f; /* a color that no model can make */
  r.width = W;
  r.height = H;
  r.pixels = pixels;
  r.mask = mask;
  return r;
}

static void
assert_part (const DifWork *work, guint x, guint y, guint width, guint height)
{
  g_assert_cmpuint (work->part.x, ==, x);
  g_assert_cmpuint (work->part.y, ==, y);
  g_assert_cmpuint (work->part.width, ==, width);
  g_assert_cmpuint (work->part.height, ==, height);
}

static void
test_whole (void)
{
  DifRequest r = request (DIF_TASK_REIMAGINE);
  DifInput   whole;
  g_auto (DifWork) work = { 0 };

  whole = dif_input_of (&r);
  g_assert_true (dif_work_init (&work, &whole, NULL));
  assert_part (&work, 0, 0, W, H);
  g_assert_cmpfloat (work.input.pixels[0], ==, 1.0f); /* which is as far as networks see */
  dif_work_clear (&work);
  pixels[0] = 0.5f;
  whole = dif_input_of (&r);
  g_assert_true (dif_work_init (&work, &whole, NULL));
  g_assert_true (work.input.pixels == pixels && work.input.mask == mask);
}

/* Margins in pixels and per cent, cut off at the picture's borders. */
static void
test_context (void)
{
  static const struct
  {
    gint   context;
    double percent;
    guint  x, y, w, h;
  } cases[] = { { 0, 0.0, 20, 10, 10, 4 },  { 3, 0.0, 17, 7, 16, 10 }, { 0, 50.0, 15, 5, 20, 14 },
                { 2, 50.0, 13, 3, 24, 18 }, { 15, 0.0, 5, 0, 40, 29 }, { 0, 1000.0, 0, 0, W, H },
                { 65536, 0.0, 0, 0, W, H }, { -1, 70.0, 0, 0, W, H } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DifRequest r = request (DIF_TASK_INPAINT);
      DifInput   whole;
      g_auto (DifWork) work = { 0 };

      r.context = cases[i].context;
      r.context_percent = cases[i].percent;
      whole = dif_input_of (&r);
      g_assert_true (dif_work_init (&work, &whole, NULL));
      assert_part (&work, cases[i].x, cases[i].y, cases[i].w, cases[i].h);
      g_assert_cmpuint (work.input.width, ==, cases[i].w);
      for (gsize k = 0; k < (gsize) cases[i].w * cases[i].h; k++)
        {
          gsize from = (work.part.y + k / work.part.width) * W + work.part.x + k % work.part.width;

          g_assert_cmpfloat (work.input.mask[k], ==, mask[from]);
          for (gsize c = 0; c < 3; c++)
            g_assert_cmpfloat (work.input.pixels[3 * k + c], ==, MIN (pixels[3 * from + c], 1.0f));
        }
    }
}

/* Where nothing is masked there is nothing to go around. */
static void
test_no_mask (void)
{
  DifRequest r = request (DIF_TASK_INPAINT);
  DifInput   empty_whole;
  DifInput   none_whole;
  g_auto (DifWork) empty = { 0 };
  g_auto (DifWork) none = { 0 };

  r.context = 2;
  memset (mask, 0, sizeof mask);
  empty_whole = dif_input_of (&r);
  g_assert_true (dif_work_init (&empty, &empty_whole, NULL));
  assert_part (&empty, 0, 0, W, H);
  r.mask = NULL;
  none_whole = dif_input_of (&r);
  g_assert_true (dif_work_init (&none, &none_whole, NULL));
  assert_part (&none, 0, 0, W, H);
}

static DifImage *
copy_of (const DifInput *r)
{
  DifImage *image = dif_image_new (r->width, r->height, NULL);

  memcpy (image->pixels, r->pixels, sizeof (float) * 3 * r->width * r->height);
  return image;
}

/* There and back without any change between: masked pixels are nearly what they were, the others to
 * the byte. */
static void
test_there_and_back (void)
{
  static const guint work_sizes[] = { 0, 1, 9, 24, 25, 33, 100 };

  for (guint i = 0; i < G_N_ELEMENTS (work_sizes); i++)
    for (guint masked = 0; masked < 2; masked++)
      {
        DifRequest r = request (DIF_TASK_REIMAGINE);
        DifInput   whole;
        g_auto (DifWork) work = { 0 };
        g_autoptr (DifImage) back = NULL;

        r.context = 7;
        r.work_size = work_sizes[i];
        r.mask = masked ? mask : NULL;
        whole = dif_input_of (&r);
        g_assert_true (dif_work_init (&work, &whole, NULL));
        if (r.work_size > 0)
          g_assert_cmpuint (MAX (work.input.width, work.input.height), ==, r.work_size);
        back = dif_work_finish (&work, copy_of (&work.input), NULL);
        g_assert_nonnull (back);
        g_assert_cmpuint (back->width, ==, W);
        g_assert_cmpuint (back->height, ==, H);
        for (gsize k = 1; k < N; k++)
          if (masked && mask[k] == 0.0f)
            g_assert_cmpmem (back->pixels + 3 * k, 12, pixels + 3 * k, 12);
          else if (k % W > 10 && (r.work_size == 0 || r.work_size > (masked ? 20 : 30)))
            g_assert_cmpfloat_with_epsilon (back->pixels[3 * k], pixels[3 * k], 0.03f);
      }
}

/* What is half known keeps half of the detail that scaling loses. */
static void
test_detail (void)
{
  DifRequest r = request (DIF_TASK_REIMAGINE);
  DifInput   whole;
  g_auto (DifWork) work = { 0 };
  g_autoptr (DifImage) back = NULL;
  double               kept = 0.0;
  guint                n = 0;

  for (gsize i = 0; i < N; i++)
    {
      mask[i] = mask[i] > 0.0f ? 0.5f : 0.0f;
      for (gsize k = 0; k < 3; k++)
        pixels[3 * i + k] = (i + i / W) % 2 ? 0.75f : 0.25f; /* finer than what is left */
    }
  r.work_size = 20;
  whole = dif_input_of (&r);
  g_assert_true (dif_work_init (&work, &whole, NULL));
  back = dif_work_finish (&work, copy_of (&work.input), NULL);
  for (gsize i = 0; i < N; i++)
    if (mask[i] > 0.0f)
      {
        n++;
        kept += (back->pixels[3 * i] - 0.5f) / (pixels[3 * i] - 0.5f);
      }
  g_assert_cmpfloat_with_epsilon (kept / n, 0.5, 0.05);
}

/* Regions come along, cut and scaled. */
static void
test_regions (void)
{
  DifRequest      r = request (DIF_TASK_REIMAGINE);
  float           right[N];
  const DifRegion regions[] = { { "sky", mask }, { NULL, right } };
  DifInput        whole;
  g_auto (DifWork) work = { 0 };

  for (gsize i = 0; i < N; i++)
    right[i] = i % W >= 25 ? 1.0f : 0.0f;
  r.regions = regions;
  r.n_regions = 2;
  r.context = 0;
  r.work_size = 20; /* twice its size */
  whole = dif_input_of (&r);
  g_assert_true (dif_work_init (&work, &whole, NULL));
  g_assert_cmpuint (work.input.n_regions, ==, 2);
  g_assert_cmpstr (work.input.regions[0].prompt, ==, "sky");
  g_assert_null (work.input.regions[1].prompt);
  for (gsize i = 0; i < 20 * 8; i++)
    {
      g_assert_cmpfloat_with_epsilon (work.input.regions[0].mask[i], 1.0f, 1e-5f);
      if (i % 20 < 4 || i % 20 >= 16)
        g_assert_cmpfloat_with_epsilon (work.input.regions[1].mask[i], i % 20 < 10 ? 0.0f : 1.0f,
                                        0.1f);
    }
}

/* The largest and the smallest part there can be. */
static void
test_extremes (void)
{
  DifRequest r = request (DIF_TASK_INPAINT);
  DifInput   one_whole;
  DifInput   thin_whole;
  g_auto (DifWork) one = { 0 };
  g_auto (DifWork) thin = { 0 };

  memset (mask, 0, sizeof mask);
  mask[N - 1] = 1.0f;
  r.context = 0;
  r.work_size = 256;
  one_whole = dif_input_of (&r);
  g_assert_true (dif_work_init (&one, &one_whole, NULL));
  assert_part (&one, W - 1, H - 1, 1, 1);
  g_assert_cmpuint (one.input.width, ==, 256);
  g_assert_cmpuint (one.input.height, ==, 256);
  for (gsize i = 0; i < 256 * 256; i++)
    g_assert_cmpfloat (one.input.mask[i], ==, 1.0f);
  r.width = N; /* all in one row */
  r.height = 1;
  r.context = -1;
  r.work_size = 8;
  thin_whole = dif_input_of (&r);
  g_assert_true (dif_work_init (&thin, &thin_whole, NULL));
  g_assert_cmpuint (thin.input.width, ==, 8);
  g_assert_cmpuint (thin.input.height, ==, 1);
  g_assert_cmpfloat (thin.input.mask[7], ==, 1.0f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/part/whole", test_whole);
  g_test_add_func ("/part/context", test_context);
  g_test_add_func ("/part/no-mask", test_no_mask);
  g_test_add_func ("/part/there-and-back", test_there_and_back);
  g_test_add_func ("/part/detail", test_detail);
  g_test_add_func ("/part/regions", test_regions);
  g_test_add_func ("/part/extremes", test_extremes);
  return g_test_run ();
}
