/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/store.h"

#include <string.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

/* Where models are looked for: as a path, then by name in the data folders. */
static void
test_resolve (void)
{
  char            *data = g_build_filename (g_get_user_data_dir (), "gimp-diffusion", NULL);
  g_autofree char *installed = g_build_filename (data, "models", "mine", NULL);
  g_autofree char *by_name = NULL;
  g_autofree char *by_path = NULL;
  GError          *error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (installed, 0755), ==, 0);
  by_name = dif_resolve_model ("mine", NULL);
  g_assert_cmpstr (by_name, ==, installed);
  by_path = dif_resolve_model (data, NULL);
  g_assert_cmpstr (by_path, ==, data);
  g_assert_null (dif_resolve_model ("../no such folder/mine", &error));
  test_assert_error (error, DIF_ERROR_MISSING, "../no such folder/mine", NULL);
  error = NULL;
  g_assert_null (dif_resolve_model ("yours", &error));
  test_assert_error (error, DIF_ERROR_MISSING, "yours", NULL);
  test_folder_free (data);
}

/* As shells, file managers and people write paths. */
static void
test_resolve_spellings (void)
{
  g_autofree char *data = g_build_filename (g_get_user_data_dir (), "gimp-diffusion", NULL);
  g_autofree char *installed = g_build_filename (data, "models", "Good", NULL);
  g_autofree char *home = g_build_filename (g_get_home_dir (), "my m\303\266del", NULL);
  g_autofree char *index = g_build_filename (home, "model_index.json", NULL);
  g_autofree char *uri = g_filename_to_uri (home, NULL, NULL);
  g_autofree char *dragged = g_strconcat (uri, "\r\n", NULL);
  g_autofree char *index_uri = g_filename_to_uri (index, NULL, NULL);
  g_autofree char *slashes = g_strconcat (home, "//", NULL);
  const struct
  {
    const char *text;
    const char *expected;
  } spellings[] = {
    { "~/my m\303\266del", home },
    { "~/my m\303\266del/", home },
    { " ~/my m\303\266del\n", home },
    { uri, home },
    { dragged, home },
    { index_uri, home },
    { index, home },
    { "~", g_get_home_dir () },
    { "Good", installed },
    { "Good/", installed },
    { "Good//", installed },
    { " Good ", installed },
  };
  static const char *const nowhere[] = { "~nobody/m",     "file:///no/such%20model",
                                         "file:relative", "http://example.org/m",
                                         "Good/unet",     "file:///%zz" };

  g_assert_cmpint (g_mkdir_with_parents (installed, 0755), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (home, 0755), ==, 0);
  test_folder_write (home, "model_index.json", "{}");
  g_assert_nonnull (strstr (uri, "my%20m%C3%B6del"));
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      g_autofree char *path = dif_resolve_model (spellings[i].text, NULL);

      g_assert_cmpstr (path, ==, spellings[i].expected);
    }
  {
    g_autofree char *path = dif_resolve_model (slashes, NULL);
    g_autofree char *blank = dif_resolve_model (" ", NULL);
    g_autofree char *none = dif_resolve_model (NULL, NULL);

    g_assert_true (path && g_str_has_prefix (path, home));
    g_assert_cmpstr (blank, ==, none);
  }
  for (guint i = 0; i < G_N_ELEMENTS (nowhere); i++)
    {
      GError *error = NULL;

      g_assert_null (dif_resolve_model (nowhere[i], &error));
      test_assert_error (error, DIF_ERROR_MISSING, NULL);
    }
  test_folder_free (g_steal_pointer (&data));
}

/* Names that have a model_index.json, in alphabetical order; the user's own hide the system's. */
static void
test_list (void)
{
  g_autofree char *models =
      g_build_filename (g_get_user_data_dir (), "gimp-diffusion", "models", NULL);
  g_auto (GStrv) none = dif_models_list ();
  g_auto (GStrv) names = NULL;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  test_folder_write (models, "slate/model_index.json", "{}");
  test_folder_write (models, "moss/model_index.json", "{}");
  test_folder_write (models, ".hidden/model_index.json", "{}");
  test_folder_write (models, "half/unet/config.json", "{}");
  names = dif_models_list ();
  g_assert_cmpuint (g_strv_length (names), ==, 2);
  g_assert_cmpstr (names[0], ==, "moss");
  g_assert_cmpstr (names[1], ==, "slate");
  test_folder_free (g_steal_pointer (&models));
}

/* Where a model that is learned will lie, and which names it cannot have. */
static void
test_new_folder (void)
{
  static const char *const wrong[] = { "",     " ",   ".",   "..",       ".moss", "a/b",
                                       "a\\b", "a:b", "a*b", "embedded", "a\nb",  "\xff" };
  g_autofree char         *models =
      g_build_filename (g_get_user_data_dir (), "gimp-diffusion", "models", NULL);
  g_autofree char *expected = g_build_filename (models, "moss", NULL);
  g_autofree char *folder = dif_new_model_folder (" moss ", NULL);
  g_autofree char *longest = g_strnfill (100, 'm');
  g_autofree char *longer = g_strnfill (101, 'm');
  g_autofree char *at_longest = dif_new_model_folder (longest, NULL);
  GError          *error = NULL;

  g_assert_cmpstr (folder, ==, expected);
  g_assert_nonnull (at_longest);
  g_assert_null (dif_new_model_folder (longer, NULL));
  g_assert_null (dif_new_model_folder (NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      error = NULL;
      g_assert_null (dif_new_model_folder (wrong[i], &error));
      test_assert_error (error, DIF_ERROR_REQUEST, NULL);
    }
  error = NULL;
  test_folder_write (models, "moss/model_index.json", "{}");
  g_assert_null (dif_new_model_folder ("moss", &error));
  test_assert_error (error, DIF_ERROR_EXISTS, NULL);
  test_folder_free (g_steal_pointer (&models));
}

static void
test_embedded (void)
{
  g_autofree char *from_environment = dif_resolve_model (NULL, NULL);
  char            *folder = test_folder_new ();
  GError          *error = NULL;

  g_assert_true (g_str_has_prefix (from_environment, g_getenv ("DIF_MODELS")));
  dif_set_models_folder (folder);
  g_assert_null (dif_resolve_model ("", &error));
  test_assert_error (error, DIF_ERROR_MISSING, folder, NULL);
  dif_set_models_folder (NULL);
  test_folder_free (folder);
}

int
main (int argc, char **argv)
{
  char *home = test_folder_new ();
  int   result;

  /* not G_TEST_OPTION_ISOLATE_DIRS, which leaks */
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/store/resolve", test_resolve);
  g_test_add_func ("/store/resolve-spellings", test_resolve_spellings);
  g_test_add_func ("/store/list", test_list);
  g_test_add_func ("/store/new-folder", test_new_folder);
  g_test_add_func ("/store/embedded", test_embedded);
  result = g_test_run ();
  test_folder_free (home);
  return result;
}
