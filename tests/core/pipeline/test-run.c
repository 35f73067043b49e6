/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whole runs on a small random network: what holds for every task and size. */

#include <string.h>

#include "core/base/error.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/small-run.h"

static const struct
{
  guint w, h;
} sizes[] = { { 1, 1 }, { 1, 17 }, { 37, 23 }, { 300, 20 } };

/* Right size, finite, in the source's range; pixels that were not masked have their own bytes. */
static void
check_image (const SmallRun *f, const DifResult *image)
{
  const DifRequest *r = &f->request;
  gboolean          keeps = r->task != DIF_TASK_GENERATE;
  float             least = 0.0f;
  float             most = 1.0f;
  guint             changed = 0;

  for (gsize i = 0; keeps && i < 3 * (gsize) r->width * r->height; i++)
    {
      least = MIN (least, r->pixels[i]);
      most = MAX (most, r->pixels[i]);
    }

  g_assert_cmpuint (image->width, ==, r->width);
  g_assert_cmpuint (image->height, ==, r->height);
  for (gsize i = 0; i < 3 * (gsize) r->width * r->height; i++)
    if (keeps && r->mask[i / 3] == 0.0f)
      g_assert_cmpmem (&image->pixels[i], sizeof (float), &r->pixels[i], sizeof (float));
    else
      {
        g_assert_true (image->pixels[i] >= least && image->pixels[i] <= most);
        changed += image->pixels[i] != r->pixels[i];
      }
  g_assert_cmpuint (changed, >, 0);
}

/* The same at any number of threads. */
static void
check_threads (SmallRun *f)
{
  static const guint    threads[] = { 1, 2, 3, 4, 8 };
  g_autoptr (DifResult) first = small_run (&f->request);

  if (first)
    check_image (f, first);
  for (guint k = 0; k < G_N_ELEMENTS (threads); k++)
    {
      g_autoptr (DifResult) again = NULL;

      f->request.threads = threads[k];
      again = small_run (&f->request);
      g_assert_true (small_run_same (first, again));
    }
}

static void
test_task (gconstpointer data)
{
  const DifTask task = GPOINTER_TO_UINT (data);

  for (guint attention = 0; attention < 2; attention++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        TinyUNet net = tiny_unet;
        g_auto (SmallRun) f = { NULL };

        net.mid_attention = attention > 0; /* windows of 16 pixels then */
        small_run_init (&f, test_checkpoint_new (&net, TEST_SCHEDULER, NULL), task, sizes[i].w,
                        sizes[i].h);
        if (task == DIF_TASK_INPAINT && sizes[i].w * sizes[i].h == 1)
          small_run_refused (&f.request, NULL); /* there is nothing around it */
        else
          check_threads (&f);
      }
}

/* Trained to see mask and picture, with labels of which one stands for none. */
static char *
labelled_checkpoint (void)
{
  TinyUNet net = tiny_unet;

  net.in_channels = 7;
  net.n_classes = 3;
  return test_checkpoint_new (&net, TEST_SCHEDULER,
                              "{'null': 0, 'labels': {'1': 'grass', '2': 'sky'}}");
}

static void
test_inpainting_model (void)
{
  for (DifTask task = DIF_TASK_GENERATE; task <= DIF_TASK_NOISE; task++)
    {
      g_auto (SmallRun) f = { NULL };
      g_autoptr (DifResult) grass = NULL;
      g_autoptr (DifResult) sky = NULL;
      g_autoptr (DifResult) strong = NULL;

      small_run_init (&f, labelled_checkpoint (), task, 20, 18);
      f.request.prompt = "grass";
      grass = small_run (&f.request);
      f.request.prompt = "sky";
      sky = small_run (&f.request);
      f.request.guidance = 5.0;
      strong = small_run (&f.request);
      if (grass && strong)
        {
          check_image (&f, grass);
          check_image (&f, strong);
        }
      g_assert_cmpint (small_run_same (grass, sky), ==, task == DIF_TASK_NOISE);
      g_assert_cmpint (small_run_same (strong, sky), ==, task == DIF_TASK_NOISE);
    }
}

/* A guidance of 0 is as if no label was given, which no guidance changes; nor do threads. */
static void
test_guidance (void)
{
  static const struct
  {
    const char *label;
    double      guidance;
    guint       threads;
  } ways[] = { { "sky", 0.0, 2 }, { "", 2.0, 2 },    { NULL, 0.0, 1 },
               { "sky", 3.0, 1 }, { "sky", 3.0, 4 }, { "sky", 1.0, 2 } };
  static const guint same[] = { 0, 0, 0, 3, 3, 5 };
  DifResult         *images[G_N_ELEMENTS (ways)] = { NULL };
  g_auto (SmallRun) f = { NULL };

  small_run_init (&f, labelled_checkpoint (), DIF_TASK_INPAINT, 90, 100);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      f.request.prompt = (char *) ways[i].label;
      f.request.guidance = ways[i].guidance;
      f.request.threads = ways[i].threads;
      images[i] = small_run (&f.request);
      for (guint k = 0; k <= i; k++)
        g_assert_cmpint (small_run_same (images[i], images[k]), ==, same[i] == same[k]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    dif_result_free (images[i]);
}

static void
set_up (SmallRun *f, DifTask task)
{
  small_run_init (f, test_checkpoint_new (&tiny_unet, TEST_SCHEDULER, NULL), task, 20, 18);
}

static void
test_generate_looks_at_nothing (void)
{
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) with = NULL;
  g_autoptr (DifResult) without = NULL;

  set_up (&f, DIF_TASK_GENERATE);
  with = small_run (&f.request);
  f.request.pixels = NULL;
  f.request.mask = NULL;
  without = small_run (&f.request);
  g_assert_true (small_run_same (with, without));
}

static void
test_seed (void)
{
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) a = NULL;
  g_autoptr (DifResult) b = NULL;

  set_up (&f, DIF_TASK_REIMAGINE);
  a = small_run (&f.request);
  f.request.seed = G_MAXINT32;
  b = small_run (&f.request);
  g_assert_false (small_run_same (a, b));
}

/* One masked pixel, wherever it lies against the network's grid: only it changes. */
static void
test_impulse (void)
{
  static const guint at[] = { 0, 1, 2, 7, 8, 15, 16, 19 };
  TinyUNet           net = tiny_unet;
  g_auto (SmallRun) f = { NULL };

  net.mid_attention = TRUE;
  small_run_init (&f, test_checkpoint_new (&net, TEST_SCHEDULER, NULL), DIF_TASK_REIMAGINE, 20, 20);
  f.request.steps = 1;
  for (guint i = 0; i < G_N_ELEMENTS (at); i++)
    {
      gsize                 impulse = (gsize) at[i] * 20 + at[G_N_ELEMENTS (at) - 1 - i];
      g_autoptr (DifResult) image = NULL;

      memset (f.mask, 0, sizeof (float) * 400);
      f.mask[impulse] = 1.0f;
      image = small_run (&f.request);
      for (gsize k = 0; image && k < 400; k++)
        g_assert_cmpint (memcmp (image->pixels + 3 * k, f.pixels + 3 * k, 12) != 0, ==,
                         k == impulse);
    }
}

typedef struct
{
  DifProgress *progress;
  guint        cancel_at;
  guint        reports;
  guint        previews;
} Watch;

static void
watch (const DifProgressInfo *info, gpointer data)
{
  Watch *w = data;

  g_assert_cmpuint (info->step, ==, w->reports++);
  g_assert_cmpuint (info->n_steps, ==, 3);
  g_assert_cmpfloat_with_epsilon (info->fraction, info->step / 3.0, 1e-12);
  if (info->preview)
    {
      w->previews++;
      g_assert_cmpuint (info->width, ==, 20);
      g_assert_cmpuint (info->height, ==, 18);
      for (guint i = 0; i < 3 * 20 * 18; i++)
        g_assert_true (info->preview[i] >= 0.0f && info->preview[i] <= 1.0f);
    }
  if (info->step == w->cancel_at)
    dif_progress_cancel (w->progress);
}

static void
test_progress (void)
{
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) image = NULL;
  Watch                 w = { NULL, 1000, 0, 0 };

  set_up (&f, DIF_TASK_REIMAGINE);
  w.progress = dif_progress_new (watch, &w);
  image = dif_run (&f.request, w.progress, NULL);
  g_assert_nonnull (image);
  g_assert_cmpuint (w.reports, ==, 4);
  g_assert_cmpuint (w.previews, ==, 3);
  dif_progress_free (w.progress);
}

static void
test_cancel (void)
{
  g_auto (SmallRun) f = { NULL };

  set_up (&f, DIF_TASK_INPAINT);
  for (guint at = 0; at <= 3; at++)
    {
      Watch   w = { NULL, at, 0, 0 };
      GError *error = NULL;

      w.progress = dif_progress_new (watch, &w);
      g_assert_null (dif_run (&f.request, w.progress, &error));
      test_assert_error (error, DIF_ERROR_CANCELLED, NULL);
      g_assert_cmpuint (w.reports, ==, at + 1);
      dif_progress_free (w.progress);
    }
  for (DifTask task = DIF_TASK_GENERATE; task <= DIF_TASK_NOISE; task++)
    {
      g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
      GError                 *error = NULL;

      f.request.task = task;
      dif_progress_cancel (progress);
      g_assert_null (dif_run (&f.request, progress, &error));
      test_assert_error (error, DIF_ERROR_CANCELLED, NULL);
    }
}

/* An ancestral sampler without fresh noise is the plain one; -1 is as much as it has by itself. */
static void
test_eta (void)
{
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) own = NULL;
  g_autoptr (DifResult) all = NULL;
  g_autoptr (DifResult) none = NULL;
  g_autoptr (DifResult) plain = NULL;

  small_run_init (&f, test_checkpoint_new (&tiny_unet, TEST_SCHEDULER, NULL), DIF_TASK_GENERATE, 20,
                  18);
  f.request.sampler = "euler-ancestral";
  own = small_run (&f.request);
  f.request.eta = 1.0;
  all = small_run (&f.request);
  f.request.eta = 0.0;
  none = small_run (&f.request);
  f.request.sampler = "euler";
  plain = small_run (&f.request);
  g_assert_true (small_run_same (own, all));
  g_assert_false (small_run_same (own, none));
  for (gsize i = 0; i < 3 * 20 * 18; i++)
    g_assert_cmpfloat_with_epsilon (none->pixels[i], plain->pixels[i], 1e-5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (DifTask task = DIF_TASK_GENERATE; task <= DIF_TASK_NOISE; task++)
    {
      g_autofree char *path = g_strdup_printf ("/run/%s", dif_task_row (task)->id);

      g_test_add_data_func (path, GUINT_TO_POINTER (task), test_task);
    }
  g_test_add_func ("/run/inpainting-model", test_inpainting_model);
  g_test_add_func ("/run/guidance", test_guidance);
  g_test_add_func ("/run/eta", test_eta);
  g_test_add_func ("/run/generate-looks-at-nothing", test_generate_looks_at_nothing);
  g_test_add_func ("/run/seed", test_seed);
  g_test_add_func ("/run/impulse", test_impulse);
  g_test_add_func ("/run/progress", test_progress);
  g_test_add_func ("/run/cancel", test_cancel);
  return g_test_run ();
}
