/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which of a folder's files are taken for the weights. */

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/models/weights.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define STEM "diffusion_pytorch_model"

/* From the best on; none is worth a look beside one before it. */
static const char *const names[] = {
  STEM ".safetensors",
  STEM ".safetensors.index.json",
  STEM ".ema.safetensors",
  STEM ".safetensors.index.ema.json",
  STEM ".fp32.safetensors",
  STEM ".fp16.safetensors",
  STEM ".fp16.safetensors.index.json",
  STEM ".bf16.safetensors",
  STEM ".int.safetensors",
  STEM ".mine.safetensors",
  STEM ".safetensors.index.mine.json",
  STEM ".non_ema.safetensors",
};

/* What is no weights of ours. */
static const char *const others[] = {
  "model.safetensors",           STEM "..safetensors",
  STEM ".a.b.safetensors",       STEM "2.safetensors",
  STEM ".safetensors.index.txt", STEM ".safetensors.bak",
  STEM "-00001.safetensors",     "evil.txt",
};

static void
test_best (void)
{
  char *folder = test_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    test_folder_write (folder, others[i], "");
  for (guint i = G_N_ELEMENTS (names); i > 0; i--)
    {
      g_autofree char *found = NULL;
      g_autofree char *expected = g_build_filename (folder, names[i - 1], NULL);

      test_folder_write (folder, names[i - 1], "");
      test_folder_write (folder, STEM ".bin", "");
      found = dif_weights_find (folder, NULL);
      g_assert_cmpstr (found, ==, expected);
    }
  test_folder_free (folder);
}

static void
refused (const char *folder, gint code, const char *word, const char *advice)
{
  GError *error = NULL;

  g_assert_null (dif_weights_find (folder, &error));
  test_assert_error (error, code, word, advice, folder, NULL);
}

static void
test_none (void)
{
  static const char *const foreign[] = { "z.h5", "x.msgpack", STEM ".bin", STEM ".fp16.bin" };
  char                    *folder = test_folder_new ();
  g_autofree char         *nowhere = g_build_filename (folder, "nowhere", NULL);

  refused (nowhere, DIF_ERROR_MISSING, STEM ".safetensors", "no weights");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    test_folder_write (folder, others[i], "");
  refused (folder, DIF_ERROR_MISSING, STEM ".safetensors", "no weights");
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      test_folder_write (folder, foreign[i], "");
      refused (folder, DIF_ERROR_UNSUPPORTED, i < 3 ? foreign[i] : STEM ".bin", "Convert");
    }
  test_folder_write (folder, STEM "-00002-of-00002.safetensors", "");
  test_folder_write (folder, STEM "-00001-of-00002.safetensors", "");
  refused (folder, DIF_ERROR_MISSING, "“" STEM "-00001-of-00002.safetensors”", "index");
  test_folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/weights/best", test_best);
  g_test_add_func ("/weights/none", test_none);
  return g_test_run ();
}
