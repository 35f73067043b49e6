/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/cli/cli.h"

#define LINE        80 /* columns, of which a description has at least so many: */
#define LEAST_WIDTH 30

/* ---- options that are written together ---- */

static const GOptionEntry *
find_short (const GOptionEntry *entries, char letter)
{
  for (; entries->long_name; entries++)
    if (entries->short_name != '\0' && entries->short_name == letter)
      return entries;
  return NULL;
}

static const GOptionEntry *
find_long (const GOptionEntry *entries, const char *name)
{
  for (; entries->long_name; entries++)
    if (g_str_equal (entries->long_name, name))
      return entries;
  return NULL;
}

static gboolean
takes_value (const GOptionEntry *entry)
{
  return entry && entry->arg != G_OPTION_ARG_NONE;
}

/* Adds "-q", "-n" and "4" for "-qn4", or what it is if there is no such option; whether the next
 * word is the last one's value. */
static gboolean
add_short (const GOptionEntry *entries, const char *word, GPtrArray *words)
{
  const guint         before = words->len;
  const GOptionEntry *entry = NULL;

  for (const char *at = word + 1; *at != '\0'; at++)
    {
      entry = find_short (entries, *at);
      if (! entry)
        {
          g_ptr_array_set_size (words, (int) before);
          break;
        }
      g_ptr_array_add (words, g_strdup_printf ("-%c", *at));
      if (! takes_value (entry))
        continue;
      if (at[1] != '\0')
        g_ptr_array_add (words, g_strdup (at + 1));
      return at[1] == '\0';
    }
  if (words->len == before)
    g_ptr_array_add (words, g_strdup (word));
  return FALSE;
}

/* GLib does not understand these. */
static char **
split_words (const GOptionEntry *entries, int argc, char **argv)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  gboolean              value = FALSE; /* of the option before */
  gboolean              ended = FALSE; /* by "--" */

  for (int i = 0; i < argc; i++)
    if (i > 0 && ! value && ! ended && argv[i][0] == '-' && argv[i][1] != '-' && argv[i][1] != '\0')
      value = add_short (entries, argv[i], words);
    else
      {
        ended = ended || (! value && g_str_equal (argv[i], "--"));
        value = ! value && ! ended && g_str_has_prefix (argv[i], "--") &&
                takes_value (find_long (entries, argv[i] + 2));
        g_ptr_array_add (words, g_strdup (argv[i]));
      }
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/* ---- texts ---- */

/* Where GLib begins to say what an option means. */
static glong
find_column (const GOptionEntry *entries)
{
  glong longest = strlen ("-h, --help");

  for (; entries->long_name; entries++)
    {
      glong length = (glong) strlen (entries->long_name) + (entries->short_name ? 4 : 0);

      if (entries->arg_description)
        length += 1 + g_utf8_strlen (_ (entries->arg_description), -1);
      longest = MAX (longest, length);
    }
  return longest + 5;
}

/* Lines that fit beside the options. */
static char *
wrap (const char *text, glong column)
{
  const glong width = MAX (LINE - column, LEAST_WIDTH);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GString *lines = g_string_new (NULL);
  glong    at = 0;

  for (guint i = 0; words[i]; i++)
    {
      const glong length = g_utf8_strlen (words[i], -1);

      if (at > 0 && at + 1 + length > width)
        {
          g_string_append_printf (lines, "\n%*s", (int) column, "");
          at = 0;
        }
      g_string_append_printf (lines, at > 0 ? " %s" : "%s", words[i]);
      at += length + (at > 0);
    }
  return g_string_free (lines, FALSE);
}

/* Takes texts as they come: GLib would turn down all but ASCII where the locale has nothing else.
 */
static GOptionEntry *
take_raw (const GOptionEntry *entries, GPtrArray *texts)
{
  g_autoptr (GArray) raw = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  const glong        column = find_column (entries);

  for (; entries->long_name; entries++)
    {
      GOptionEntry entry = *entries;

      if (entry.arg == G_OPTION_ARG_STRING)
        entry.arg = G_OPTION_ARG_FILENAME;
      if (entry.arg == G_OPTION_ARG_STRING_ARRAY)
        entry.arg = G_OPTION_ARG_FILENAME_ARRAY;
      if (entry.description)
        {
          entry.description = wrap (_ (entry.description), column);
          g_ptr_array_add (texts, (gpointer) entry.description);
        }
      g_array_append_val (raw, entry);
    }
  return (GOptionEntry *) (void *) g_array_free (g_steal_pointer (&raw), FALSE);
}

/* What is not UTF-8 is thought to be in the locale's encoding. */
static gboolean
to_utf8 (char **text, const char *option)
{
  char *converted;

  if (! *text || g_utf8_validate (*text, -1, NULL))
    return TRUE;
  converted = g_locale_to_utf8 (*text, -1, NULL, NULL, NULL);
  if (! converted)
    {
      g_autofree char *display = g_filename_display_name (*text);

      cli_misused (_ ("“%s” for --%s is neither UTF-8 nor in this locale's characters."), display,
                   option);
      return FALSE;
    }
  g_free (*text);
  *text = converted;
  return TRUE;
}

static gboolean
convert_texts (const GOptionEntry *entries)
{
  for (; entries->long_name; entries++)
    {
      if (entries->arg == G_OPTION_ARG_STRING && ! to_utf8 (entries->arg_data, entries->long_name))
        return FALSE;
      if (entries->arg != G_OPTION_ARG_STRING_ARRAY)
        continue;
      for (char **text = *(char ***) entries->arg_data; text && *text; text++)
        if (! to_utf8 (text, entries->long_name))
          return FALSE;
    }
  return TRUE;
}

gboolean
cli_parse (const GOptionEntry *entries, const char *usage, const char *summary, int n_files,
           int *argc, char ***argv)
{
  static char **words; /* for as long as the process lives */

  g_autofree char           *program = g_strdup_printf ("gimp-diffusion %s", (*argv)[0]);
  g_autoptr (GPtrArray)      texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree GOptionEntry   *raw = take_raw (entries, texts);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError)         error = NULL;

  g_set_prgname (program);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, raw, GETTEXT_PACKAGE);
  g_strfreev (words);
  words = split_words (entries, *argc, *argv);
  if (! g_option_context_parse_strv (context, &words, &error))
    {
      cli_misused (_ ("%s.  Try --help."), error->message);
      return FALSE;
    }
  *argc = (int) g_strv_length (words);
  *argv = words;
  if (! convert_texts (entries))
    return FALSE;
  if (*argc - 1 > n_files)
    {
      cli_misused (_ ("“%s” was not expected.  Try --help."), (*argv)[n_files + 1]);
      return FALSE;
    }
  if (*argc - 1 < n_files)
    {
      cli_misused (_ ("%s needs: %s.  Try --help."), (*argv)[0], usage);
      return FALSE;
    }
  return TRUE;
}

gboolean
cli_parse_number (const char *text, double *number)
{
  char *end;

  if (! text)
    return TRUE;
  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}
