/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Settings' rows as options, each by its own id. */

#include "core/cli/settings.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/cli/cli.h"
#include "core/cli/palette-file.h"

struct _CliSettings
{
  const DifSetting *rows;
  guint             n;
  DifTask           task;
  char            **given; /* %NULL for what was not */
  char            **descriptions;
};

CliSettings *
cli_settings_new (const DifSetting *rows, guint n, DifTask task)
{
  CliSettings *settings = g_new0 (CliSettings, 1);

  *settings = (CliSettings) { rows, n, task, g_new0 (char *, n), g_new0 (char *, n) };
  return settings;
}

void
cli_settings_free (CliSettings *settings)
{
  if (! settings)
    return;
  for (guint i = 0; i < settings->n; i++)
    {
      g_free (settings->given[i]);
      g_free (settings->descriptions[i]);
    }
  g_free (settings->given);
  g_free (settings->descriptions);
  g_free (settings);
}

/* ---- in words ---- */

static char *
choices_of (const DifSetting *s)
{
  GString  *words = g_string_new (NULL);
  DifChoice choice;

  for (guint i = 0; s->choice (i, &choice); i++)
    g_string_append_printf (words, i > 0 ? ", %s" : "%s", choice.id);
  return g_string_free (words, FALSE);
}

/* "64", or "auto (-1)" */
static char *
end_of (double number, const char *word)
{
  return word ? g_strdup_printf ("%s (%.10g)", word, number) : g_strdup_printf ("%.10g", number);
}

static char *
range_of (const DifSetting *s)
{
  g_autofree char *least = end_of (s->least, s->least_word);
  g_autofree char *most = end_of (s->most, s->most_word);

  if (s->kind == DIF_SETTING_WHOLE && s->second)
    return g_strdup_printf (_ ("%s to %s, or per cent, like 25%%"), least, most);
  return g_strdup_printf (_ ("%s to %s"), least, most);
}

char *
cli_settings_values (const DifSetting *s)
{
  switch (s->kind)
    {
    case DIF_SETTING_NAME:
    case DIF_SETTING_CHOICE:
      return choices_of (s);
    case DIF_SETTING_WHOLE:
    case DIF_SETTING_REAL:
      return range_of (s);
    case DIF_SETTING_SWITCH:
      return g_strdup ("yes, no");
    case DIF_SETTING_PALETTE:
      return g_strdup_printf (_ ("up to %.10g colors"), s->most);
    default:
      return g_strdup ("");
    }
}

/* What it means, what it can be, and what it is unless it is said. */
static char *
describe (const DifSetting *s, DifTask task)
{
  g_autofree char *values = cli_settings_values (s);
  g_autofree char *initial = dif_setting_initial_text (s, task);

  if (*values == '\0')
    return g_strdup (_ (s->help));
  if (*initial == '\0')
    return g_strdup_printf ("%s (%s)", _ (s->help), values);
  return g_strdup_printf (_ ("%s (%s; default %s)"), _ (s->help), values, initial);
}

static const char *
value_of (const DifSetting *s)
{
  static const char *const words[] = {
    [DIF_SETTING_TEXT] = N_ ("TEXT"),
    [DIF_SETTING_PROMPT] = N_ ("TEXT"),
    [DIF_SETTING_MODEL] = N_ ("MODEL"),
    [DIF_SETTING_NAME] = "ID",
    [DIF_SETTING_CHOICE] = "ID",
    [DIF_SETTING_WHOLE] = "N",
    [DIF_SETTING_REAL] = "X",
    [DIF_SETTING_SWITCH] = "yes|no",
    [DIF_SETTING_PALETTE] = N_ ("COLORS"),
  };

  return words[s->kind];
}

/* ---- as options ---- */

static gboolean
is_there (const GArray *entries, const char *id)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_strcmp0 (g_array_index (entries, GOptionEntry, i).long_name, id) == 0)
      return TRUE;
  return FALSE;
}

void
cli_settings_add (CliSettings *settings, GArray *entries)
{
  for (guint i = 0; i < settings->n; i++)
    {
      const DifSetting *s = &settings->rows[i];
      const gboolean    is_path = s->kind == DIF_SETTING_MODEL || s->kind == DIF_SETTING_PALETTE;
      GOptionEntry      entry = { s->id, s->letter,   0, G_OPTION_ARG_STRING, &settings->given[i],
                                  NULL,  value_of (s) };

      if (is_there (entries, s->id))
        continue;
      g_free (settings->descriptions[i]);
      settings->descriptions[i] = describe (s, settings->task);
      entry.description = settings->descriptions[i];
      entry.arg = is_path ? G_OPTION_ARG_FILENAME : G_OPTION_ARG_STRING;
      g_array_append_val (entries, entry);
    }
}

static gboolean
apply (const DifSetting *s, gpointer object, const char *text, GError **error)
{
  g_autofree char *palette = NULL;

  if (s->kind == DIF_SETTING_PALETTE && *text != '#')
    {
      palette = cli_palette_read (text, error);
      text = palette;
    }
  return text && dif_setting_from_text (s, object, text, error);
}

gboolean
cli_settings_apply (const CliSettings *settings, gpointer object, GError **error)
{
  for (guint i = 0; i < settings->n; i++)
    if (settings->given[i] && ! apply (&settings->rows[i], object, settings->given[i], error))
      {
        g_prefix_error (error, "--%s: ", settings->rows[i].id);
        return FALSE;
      }
  return TRUE;
}

void
cli_settings_name (const CliSettings *settings, GError *error)
{
  const char *id = dif_error_setting (error);

  for (guint i = 0; i < settings->n; i++)
    if (g_strcmp0 (id, settings->rows[i].id) == 0)
      g_prefix_error (&error, "--%s: ", id);
}
