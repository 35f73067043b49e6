/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"
#include "core/base/progress.h"

static void
keep (const DifProgressInfo *info, gpointer data)
{
  *(DifProgressInfo *) data = *info;
}

static void
test_reports (void)
{
  DifProgressInfo         got = { 0 };
  g_autoptr (DifProgress) progress = dif_progress_new (keep, &got);
  const float             preview[3] = { 0.1f, 0.2f, 0.3f };

  g_assert_true (dif_progress_wants_preview (progress));
  dif_progress_report (progress, 0, 4, NULL, 0, 0);
  g_assert_cmpfloat (got.fraction, ==, 0.0);
  g_assert_cmpuint (got.n_steps, ==, 4);
  g_assert_cmpfloat (got.seconds_left, <, 0.0);
  g_assert_null (got.preview);

  g_usleep (2000);
  dif_progress_report (progress, 1, 4, preview, 1, 1);
  g_assert_cmpfloat (got.fraction, ==, 0.25);
  g_assert_cmpuint (got.step, ==, 1);
  g_assert_true (got.preview == preview);
  g_assert_cmpuint (got.width, ==, 1);
  g_assert_cmpuint (got.height, ==, 1);
  g_assert_cmpfloat (got.seconds_left, >=, 3 * 0.0019); /* three more like the first */

  dif_progress_report (progress, 4, 4, NULL, 0, 0);
  g_assert_cmpfloat (got.fraction, ==, 1.0);
  g_assert_cmpfloat (got.seconds_left, ==, 0.0);
  dif_progress_report (progress, 0, 0, NULL, 0, 0); /* nothing to do at all */
  g_assert_cmpfloat (got.fraction, ==, 0.0);
}

static gpointer
cancel (gpointer progress)
{
  dif_progress_cancel (progress);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
  g_autoptr (GError)      error = NULL;

  g_assert_false (dif_progress_wants_preview (progress));
  g_assert_true (dif_progress_check (progress, &error));
  g_assert_no_error (error);
  g_thread_join (g_thread_new ("canceller", cancel, progress));
  g_assert_true (dif_progress_is_cancelled (progress));
  g_assert_false (dif_progress_check (progress, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_CANCELLED);
  dif_progress_report (progress, 1, 2, NULL, 0, 0); /* nobody listens */
}

static void
test_nobody (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (dif_progress_is_cancelled (NULL));
  g_assert_true (dif_progress_check (NULL, &error));
  g_assert_no_error (error);
  g_assert_false (dif_progress_wants_preview (NULL));
  dif_progress_report (NULL, 0, 1, NULL, 0, 0);
  dif_progress_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/progress/reports", test_reports);
  g_test_add_func ("/progress/cancel", test_cancel);
  g_test_add_func ("/progress/nobody", test_nobody);
  return g_test_run ();
}
