/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/store.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/claim.h"
#include "core/base/error.h"

#define EMBEDDED "embedded"
#define MAX_NAME 100

/* Set once by the plug-in before any thread runs. */
static char *models_folder;

void
dif_set_models_folder (const char *folder)
{
  g_free (models_folder);
  models_folder = g_strdup (folder);
}

static char *
embedded_model (void)
{
  const char *folder = models_folder;

  if (! folder)
    folder = g_getenv ("DIF_MODELS");
  if (! folder)
    folder = DIF_MODELS_FOLDER;
  return g_build_filename (folder, EMBEDDED, NULL);
}

/* gimp-diffusion/models/NAME in the user's data folder, then in the system's */
static char *
installed_model (const char *name)
{
  const char *const *system = g_get_system_data_dirs ();
  const char        *folder = g_get_user_data_dir ();

  for (guint i = 0; folder; folder = system[i++])
    {
      g_autofree char *path = g_build_filename (folder, "gimp-diffusion", "models", name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* A path as it is meant: file managers drag "file:///My%20model" and a line's end, only
 * shells know "~", and whoever completes a name has a slash at its end. */
static char *
plain_path (const char *model)
{
  g_autofree char *text = g_strstrip (g_strdup (model));
  char            *path = NULL;
  gsize            n;

  if (g_ascii_strncasecmp (text, "file:", 5) == 0)
    path = g_filename_from_uri (text, NULL, NULL);
  else if (text[0] == '~' && (text[1] == '\0' || G_IS_DIR_SEPARATOR (text[1])))
    path = g_strconcat (g_get_home_dir (), text + 1, NULL);
  if (! path)
    path = g_steal_pointer (&text);
  n = strlen (path);
  while (n > 1 && G_IS_DIR_SEPARATOR (path[n - 1]))
    path[--n] = '\0';
  return path;
}

/* The file by which a folder is known as a model's stands for the folder. */
static char *
folder_of (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_equal (name, "model_index.json") && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return g_path_get_dirname (path);
  return g_strdup (path);
}

static char *
embedded_or_fail (GError **error)
{
  g_autofree char *path = embedded_model ();
  g_autofree char *display = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  display = g_filename_display_name (path);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
               _ ("The model that comes with the plug-in is not where it should be, in “%s”.  "
                  "Please install the plug-in again, or say in DIF_MODELS where it is."),
               display);
  return NULL;
}

char *
dif_resolve_model (const char *model, GError **error)
{
  g_autofree char *plain = model ? plain_path (model) : NULL;
  g_autofree char *path = NULL;
  g_autofree char *display = NULL;
  gboolean         bare;

  if (! plain || ! *plain)
    return embedded_or_fail (error);
  if (g_file_test (model, G_FILE_TEST_EXISTS))
    return folder_of (model);
  if (g_file_test (plain, G_FILE_TEST_EXISTS))
    return folder_of (plain);
  bare = ! strchr (plain, G_DIR_SEPARATOR) && ! strchr (plain, '/');
  if (bare && (path = installed_model (plain)))
    return g_steal_pointer (&path);
  display = g_filename_display_name (plain);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
               bare ? _ ("There is no model “%s”, neither here nor in the data folder "
                         "“gimp-diffusion/models”.") :
                      _ ("There is no model at “%s”."),
               display);
  return NULL;
}

static void
list_folder (const char *folder, GHashTable *names)
{
  g_autofree char *path = g_build_filename (folder, "gimp-diffusion", "models", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char      *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *index = g_build_filename (path, name, "model_index.json", NULL);

      if (name[0] != '.' && g_file_test (index, G_FILE_TEST_EXISTS))
        g_hash_table_add (names, g_strdup (name));
    }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

char **
dif_models_list (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *const     *system = g_get_system_data_dirs ();
  const char            *folder = g_get_user_data_dir ();
  GPtrArray             *sorted = g_ptr_array_new ();
  GHashTableIter         each;
  gpointer               name;

  for (guint i = 0; folder; folder = system[i++])
    list_folder (folder, names);
  g_hash_table_iter_init (&each, names);
  while (g_hash_table_iter_next (&each, &name, NULL))
    g_ptr_array_add (sorted, g_strdup (name));
  g_ptr_array_sort (sorted, compare_names);
  g_ptr_array_add (sorted, NULL);
  return (char **) g_ptr_array_free (sorted, FALSE);
}

static gboolean
can_be_name (const char *name)
{
  if (! *name || *name == '.' || strlen (name) > MAX_NAME || strpbrk (name, "/\\:*?\"<>|") ||
      g_str_equal (name, EMBEDDED) || ! g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (; *name; name++)
    if (g_ascii_iscntrl (*name))
      return FALSE;
  return TRUE;
}

char *
dif_new_model_folder (const char *name, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name ? name : ""));
  g_autofree char *own = NULL;
  g_autofree char *path = NULL;

  if (! can_be_name (stripped))
    {
      g_autofree char *display = g_filename_display_name (stripped);

      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("“%s” cannot be a model's name.  Choose a short one without slashes, colons "
                      "and the like."),
                   display);
      return NULL;
    }
  own = g_build_filename (g_get_user_data_dir (), "gimp-diffusion", "models", stripped, NULL);
  path = installed_model (stripped);
  if ((path && ! g_str_equal (path, own)) || ! dif_claim_possible (own))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_EXISTS,
                   _ ("There is a model “%s” already.  Choose another name."), stripped);
      return NULL;
    }
  return g_steal_pointer (&own);
}
