/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs that end early keep the prediction of the clean picture as it is then. */

#include <string.h>

#include "core/base/error.h"
#include "core/diffusion/sampler.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/small-run.h"

enum
{
  W = 20,
  H = 18,
  N = W * H,
  STEPS = 6,
};

static void
set_up (SmallRun *f, DifTask task, const char *sampler)
{
  const DifSampler *row = sampler ? dif_sampler_find (sampler) : dif_sampler_for (NULL);

  small_run_init (f, test_checkpoint_new (&tiny_unet, test_scheduler_for (row), NULL), task, W, H);
  for (gsize i = 0; i < 3 * (gsize) N; i++)
    f->pixels[i] = CLAMP (f->pixels[i], 0.0f, 1.0f);
  for (gsize i = 0; i < N; i++)
    f->mask[i] = i % 4 == 0 ? 1.0f : 0.0f;
  f->request.sampler = (char *) sampler;
  f->request.steps = STEPS * row->evals;
  f->request.match_colors = FALSE;
}

typedef struct
{
  DifProgress *progress;
  guint        finish_at; /* reports; 0 never */
  guint        reports;
  float        preview[3 * N];
} Watch;

static void
watch (const DifProgressInfo *info, gpointer data)
{
  Watch *w = data;

  if (info->preview)
    memcpy (w->preview, info->preview, sizeof w->preview);
  if (info->preview && ++w->reports == w->finish_at)
    dif_progress_finish (w->progress);
}

static DifResult *
run_watched (const DifRequest *request, Watch *w)
{
  g_autoptr (GError) error = NULL;
  DifResult         *image;

  w->progress = dif_progress_new (watch, w);
  image = dif_run (request, w->progress, &error);
  dif_progress_free (w->progress);
  g_assert_no_error (error);
  g_assert_nonnull (image);
  return image;
}

/* What was told to finish after some steps is what was asked to stop there, and what was shown;
 * kept pixels are kept. */
static void
check_stop (SmallRun *f, guint at)
{
  Watch                 told = { NULL, at, 0, { 0 } };
  Watch                 asked = { NULL, 0, 0, { 0 } };
  g_autoptr (DifResult) one = NULL;
  g_autoptr (DifResult) other = NULL;

  f->request.stop_after = 0;
  one = run_watched (&f->request, &told);
  f->request.stop_after = at;
  other = run_watched (&f->request, &asked);
  g_assert_cmpuint (one->stopped_after, ==, at);
  g_assert_cmpuint (other->stopped_after, ==, at);
  g_assert_cmpuint (told.reports, ==, at);
  g_assert_cmpmem (one->pixels, sizeof told.preview, other->pixels, sizeof told.preview);
  for (gsize i = 0; i < N; i++)
    if (f->request.task == DIF_TASK_GENERATE || f->mask[i] > 0.0f)
      g_assert_cmpmem (one->pixels + 3 * i, 12, told.preview + 3 * i, 12);
    else
      g_assert_cmpmem (one->pixels + 3 * i, 12, f->pixels + 3 * i, 12);
}

static void
test_stop (gconstpointer data)
{
  static const DifTask tasks[] = { DIF_TASK_GENERATE, DIF_TASK_REIMAGINE, DIF_TASK_INPAINT };
  const char          *sampler = data;

  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_auto (SmallRun) f = { NULL };

      set_up (&f, tasks[i], sampler);
      check_stop (&f, 1);
      check_stop (&f, STEPS / 2);
    }
}

/* Neither the last step nor one that never comes ends anything early. */
static void
test_whole (void)
{
  static const guint late[] = { STEPS, STEPS + 1, DIF_MAX_STEPS };
  g_auto (SmallRun) f = { NULL };
  Watch                 w = { NULL, 0, 0, { 0 } };
  g_autoptr (DifResult) whole = NULL;

  set_up (&f, DIF_TASK_INPAINT, NULL);
  whole = run_watched (&f.request, &w);
  g_assert_cmpuint (whole->stopped_after, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (late); i++)
    {
      g_autoptr (DifResult) image = NULL;

      f.request.stop_after = late[i];
      image = run_watched (&f.request, &w);
      g_assert_cmpuint (image->stopped_after, ==, 0);
      g_assert_true (small_run_same (image, whole));
    }
}

/* Who asks before there is anything gets what the first step makes; who cancels gets nothing. */
static void
test_early (void)
{
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
  g_autoptr (DifResult)   image = NULL;
  GError                 *error = NULL;

  set_up (&f, DIF_TASK_REIMAGINE, NULL);
  dif_progress_finish (progress);
  image = dif_run (&f.request, progress, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (image->stopped_after, ==, 1);
  dif_progress_cancel (progress);
  g_assert_null (dif_run (&f.request, progress, &error));
  test_assert_error (error, DIF_ERROR_CANCELLED, NULL);
}

/* Part of a picture, scaled: what is put back in tells it too. */
static void
test_work (void)
{
  g_auto (SmallRun) f = { NULL };
  g_autoptr (DifResult) image = NULL;

  set_up (&f, DIF_TASK_INPAINT, NULL);
  memset (f.mask, 0, N * sizeof (float));
  f.mask[N / 2 + W / 2] = 1.0f;
  f.request.context = 4;
  f.request.work_size = 16;
  f.request.stop_after = 2;
  image = small_run (&f.request);
  g_assert_cmpuint (image->stopped_after, ==, 2);
}

int
main (int argc, char **argv)
{
  const DifSampler *const *rows;
  guint                    n;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  rows = dif_samplers (&n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/run-stop/%s", rows[i]->id);

      g_test_add_data_func (path, rows[i]->id, test_stop);
    }
  g_test_add_func ("/run-stop/whole", test_whole);
  g_test_add_func ("/run-stop/early", test_early);
  g_test_add_func ("/run-stop/work", test_work);
  return g_test_run ();
}
