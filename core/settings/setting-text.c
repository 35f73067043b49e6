/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/settings/fields.h"
#include "core/settings/setting.h"

/* ---- to text ---- */

/* As short as it can be. */
static char *
number_text (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.15g", number);
  if (g_ascii_strtod (buffer, NULL) != number)
    g_ascii_dtostr (buffer, sizeof buffer, number);
  return g_strdup (buffer);
}

static char *
whole_text (const DifSetting *s, double number, double percent)
{
  g_autofree char *share = NULL;

  if (percent != 0.0)
    {
      share = number_text (percent);
      return number != 0.0 ? g_strdup_printf ("%d+%s%%", (gint) number, share) :
                             g_strconcat (share, "%", NULL);
    }
  if (s->least_word && number == s->least)
    return g_strdup (s->least_word);
  if (s->most_word && number == s->most)
    return g_strdup (s->most_word);
  return g_strdup_printf ("%d", (gint) number);
}

/* Of what is neither text nor palette. */
static char *
value_text (const DifSetting *s, double number, double percent)
{
  DifChoice choice = { "", NULL, NULL };

  if (s->kind == DIF_SETTING_REAL)
    return s->least_word && number == s->least ? g_strdup (s->least_word) : number_text (number);
  if (s->kind == DIF_SETTING_SWITCH)
    return g_strdup (number != 0.0 ? "yes" : "no");
  if (s->kind == DIF_SETTING_WHOLE)
    return whole_text (s, number, percent);
  s->choice ((guint) number, &choice);
  return g_strdup (choice.id);
}

static char *
palette_text (const DifSetting *s, gconstpointer object)
{
  guint        n;
  const float *colors = dif_setting_get_palette (s, object, &n);
  GString     *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, i > 0 ? ",#" : "#");
      for (guint c = 0; c < 3; c++)
        g_string_append_printf (text, "%02x", (guint) lrintf (255.0f * colors[3 * i + c]));
    }
  return g_string_free (text, FALSE);
}

char *
dif_setting_to_text (const DifSetting *s, gconstpointer object)
{
  if (dif_setting_is_text (s))
    return g_strdup (dif_setting_get_string (s, object));
  if (s->kind == DIF_SETTING_PALETTE)
    return palette_text (s, object);
  return value_text (s, dif_setting_get_number (s, object), dif_setting_get_percent (s, object));
}

char *
dif_setting_initial_text (const DifSetting *s, DifTask task)
{
  if (dif_setting_is_text (s))
    return g_strdup (s->unset ? s->unset () : "");
  if (s->kind == DIF_SETTING_PALETTE)
    return g_strdup ("");
  return value_text (s, s->initial[task], 0.0);
}

/* ---- from text ---- */

static gboolean
read_number (const char *text, double *number)
{
  char *end;

  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

/* "64", "25%" or "64+25%" */
static gboolean
read_pixels (const DifSetting *s, gpointer object, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "+", 2);
  const char *share = parts[0] && parts[1] ? parts[1] : parts[0];
  double      percent = 0.0;
  gint64      number = 0;

  if (dif_setting_has_percent (s) && share && g_str_has_suffix (share, "%"))
    {
      g_autofree char *digits = g_strndup (share, strlen (share) - 1);

      if (! read_number (digits, &percent) || (share == parts[0] && parts[1]))
        return FALSE;
      text = share == parts[1] ? parts[0] : "0";
    }
  if (! g_ascii_string_to_signed (text, 10, -G_MAXINT, G_MAXINT, &number, NULL))
    return FALSE;
  dif_setting_set_number (s, object, (double) number);
  if (dif_setting_has_percent (s))
    *DIF_FIELD (double, object, s->second) = percent;
  return TRUE;
}

/* What an end of the range is called. */
static gboolean
read_word (const DifSetting *s, gpointer object, const char *text)
{
  const gboolean least = s->least_word && g_ascii_strcasecmp (text, s->least_word) == 0;
  const gboolean most = s->most_word && g_ascii_strcasecmp (text, s->most_word) == 0;

  if (least || most)
    dif_setting_set_number (s, object, least ? s->least : s->most);
  return least || most;
}

static gboolean
read_whole (const DifSetting *s, gpointer object, const char *text, GError **error)
{
  g_autofree char *name = dif_setting_name (s);

  if (! read_word (s, object, text) && ! read_pixels (s, object, text))
    return dif_error_set_setting (error, s->id,
                                  dif_setting_has_percent (s) ?
                                      _ ("“%s” takes a whole number or per cent, like 64 or 25%%, "
                                         "not “%s”.") :
                                      _ ("“%s” takes a whole number, not “%s”."),
                                  name, text);
  return TRUE;
}

static gboolean
read_real (const DifSetting *s, gpointer object, const char *text, GError **error)
{
  g_autofree char *name = dif_setting_name (s);
  double           number;

  if (read_word (s, object, text))
    return TRUE;
  if (! read_number (text, &number))
    return dif_error_set_setting (error, s->id, _ ("“%s” takes a number, not “%s”."), name, text);
  dif_setting_set_number (s, object, number);
  return TRUE;
}

static gboolean
read_switch (const DifSetting *s, gpointer object, const char *text, GError **error)
{
  g_autofree char *name = dif_setting_name (s);
  const gboolean   on = g_ascii_strcasecmp (text, "yes") == 0;

  if (! on && g_ascii_strcasecmp (text, "no") != 0)
    return dif_error_set_setting (error, s->id, _ ("“%s” takes yes or no, not “%s”."), name, text);
  dif_setting_set_number (s, object, on);
  return TRUE;
}

static gboolean
read_choice (const DifSetting *s, gpointer object, const char *text, GError **error)
{
  g_autofree char *name = dif_setting_name (s);
  guint            index;

  if (! dif_setting_find_choice (s, text, &index))
    return dif_error_set_setting (error, s->id, _ ("“%s” is not one of the choices for “%s”."),
                                  text, name);
  dif_setting_set_number (s, object, index);
  return TRUE;
}

/* "#aabbcc" */
static gboolean
read_color (const char *text, float *color)
{
  guint64 value;

  if (strlen (text) != 7 || text[0] != '#' ||
      ! g_ascii_string_to_unsigned (text + 1, 16, 0, 0xffffff, &value, NULL))
    return FALSE;
  for (guint c = 0; c < 3; c++)
    color[c] = (float) (value >> (16 - 8 * c) & 0xff) / 255.0f;
  return TRUE;
}

static gboolean
read_palette (const DifSetting *s, gpointer object, const char *text, GError **error)
{
  g_autofree char *name = dif_setting_name (s);
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  const guint       n = g_strv_length (words);
  g_autofree float *colors = g_new (float, 3 * (gsize) MAX (n, 1));

  for (guint i = 0; i < n; i++)
    if (! read_color (g_strstrip (words[i]), colors + 3 * (gsize) i))
      return dif_error_set_setting (
          error, s->id, _ ("“%s” takes something like #aabbcc,#ddeeff, not “%s”."), name, text);
  dif_setting_take_palette (s, object, n > 0 ? g_steal_pointer (&colors) : NULL, n);
  return TRUE;
}

static gboolean
read_text (const DifSetting *s, gpointer object, const char *text, GError **error)
{
  switch (s->kind)
    {
    case DIF_SETTING_TEXT:
    case DIF_SETTING_PROMPT:
    case DIF_SETTING_MODEL:
    case DIF_SETTING_NAME:
      dif_setting_set_string (s, object, text);
      return TRUE;
    case DIF_SETTING_CHOICE:
      return read_choice (s, object, text, error);
    case DIF_SETTING_WHOLE:
      return read_whole (s, object, text, error);
    case DIF_SETTING_REAL:
      return read_real (s, object, text, error);
    case DIF_SETTING_SWITCH:
      return read_switch (s, object, text, error);
    case DIF_SETTING_PALETTE:
      return read_palette (s, object, text, error);
    }
  g_return_val_if_reached (FALSE);
}

gboolean
dif_setting_from_text (const DifSetting *s, gpointer object, const char *text, GError **error)
{
  return read_text (s, object, text, error) && dif_setting_check (s, object, error);
}
