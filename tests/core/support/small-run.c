/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/small-run.h"

#include <string.h>

#include "core/base/rng.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

void
small_run_init (SmallRun *run, char *folder, DifTask task, guint width, guint height)
{
  const gsize n = (gsize) width * height;

  *run = (SmallRun) { folder, width, height, g_new (float, 3 * n), g_new (float, n) };
  dif_rng_normal (1, 2, 0, run->pixels, 3 * n);
  for (gsize i = 0; i < 3 * n; i++)
    run->pixels[i] = 0.5f + 0.3f * run->pixels[i];
  for (gsize i = 0; i < n; i++)
    run->mask[i] = i % 3 ? 0.0f : (i % 2 ? 1.0f : 0.75f);
  run->request = small_run_request (run, task);
}

void
small_run_clear (SmallRun *run)
{
  if (run->folder)
    test_folder_free (run->folder);
  g_free (run->pixels);
  g_free (run->mask);
}

DifRequest
small_run_request (const SmallRun *run, DifTask task)
{
  DifRequest r;

  dif_request_init (&r, task);
  r.model = run->folder;
  r.steps = 3;
  r.width = run->width;
  r.height = run->height;
  r.pixels = run->pixels;
  r.mask = run->mask;
  r.seed = 99;
  r.threads = 1;
  return r;
}

DifResult *
small_run (const DifRequest *request)
{
  g_autoptr (GError) error = NULL;
  DifResult         *result = dif_run (request, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (result);
  return result;
}

void
small_run_refused (const DifRequest *request, const char *setting)
{
  GError *error = NULL;

  g_assert_null (dif_run (request, NULL, &error));
  test_assert_setting (error, setting);
}

void
small_run_fails (const DifRequest *request, gint code, const char *name)
{
  GError *error = NULL;

  g_assert_null (dif_run (request, NULL, &error));
  test_assert_error (error, code, name, NULL);
}

gboolean
small_run_same (const DifResult *a, const DifResult *b)
{
  return a && b && a->width == b->width && a->height == b->height &&
         memcmp (a->pixels, b->pixels, sizeof (float) * 3 * a->width * a->height) == 0;
}
