/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/settings/setting.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/settings/fields.h"

/* ---- fields ---- */

gboolean
dif_setting_is_text (const DifSetting *s)
{
  return s->kind == DIF_SETTING_TEXT || s->kind == DIF_SETTING_PROMPT ||
         s->kind == DIF_SETTING_MODEL || s->kind == DIF_SETTING_NAME;
}

double
dif_setting_get_number (const DifSetting *s, gconstpointer object)
{
  g_return_val_if_fail (! dif_setting_is_text (s) && s->kind != DIF_SETTING_PALETTE, 0.0);
  if (s->kind == DIF_SETTING_REAL)
    return *DIF_CONST_FIELD (double, object, s->offset);
  return *DIF_CONST_FIELD (gint, object, s->offset);
}

void
dif_setting_set_number (const DifSetting *s, gpointer object, double number)
{
  g_return_if_fail (! dif_setting_is_text (s) && s->kind != DIF_SETTING_PALETTE);
  if (s->kind == DIF_SETTING_REAL)
    *DIF_FIELD (double, object, s->offset) = number;
  else
    *DIF_FIELD (gint, object, s->offset) = (gint) number;
  if (dif_setting_has_percent (s))
    *DIF_FIELD (double, object, s->second) = 0.0;
}

const char *
dif_setting_get_string (const DifSetting *s, gconstpointer object)
{
  const char *text;

  g_return_val_if_fail (dif_setting_is_text (s), "");
  text = *DIF_CONST_FIELD (char *, object, s->offset);
  if (text && *text)
    return text;
  return s->unset ? s->unset () : "";
}

void
dif_setting_set_string (const DifSetting *s, gpointer object, const char *text)
{
  char **field = DIF_FIELD (char *, object, s->offset);
  char  *own = NULL;

  g_return_if_fail (dif_setting_is_text (s));
  if (text && *text && ! (s->unset && g_str_equal (text, s->unset ())))
    own = g_strdup (text);
  g_free (*field);
  *field = own;
}

const float *
dif_setting_get_palette (const DifSetting *s, gconstpointer object, guint *n)
{
  g_return_val_if_fail (s->kind == DIF_SETTING_PALETTE, NULL);
  *n = *DIF_CONST_FIELD (guint, object, s->second);
  return *DIF_CONST_FIELD (float *, object, s->offset);
}

void
dif_setting_take_palette (const DifSetting *s, gpointer object, float *colors, guint n)
{
  float **field = DIF_FIELD (float *, object, s->offset);

  g_return_if_fail (s->kind == DIF_SETTING_PALETTE);
  g_free (*field);
  *field = colors;
  *DIF_FIELD (guint, object, s->second) = n;
}

void
dif_setting_init (const DifSetting *s, gpointer object, DifTask task)
{
  if (dif_setting_is_text (s) || s->kind == DIF_SETTING_PALETTE)
    *DIF_FIELD (gpointer, object, s->offset) = NULL;
  else
    dif_setting_set_number (s, object, s->initial[task]);
  if (s->kind == DIF_SETTING_PALETTE)
    *DIF_FIELD (guint, object, s->second) = 0;
}

void
dif_setting_clear (const DifSetting *s, gpointer object)
{
  if (dif_setting_is_text (s))
    dif_setting_set_string (s, object, NULL);
  else if (s->kind == DIF_SETTING_PALETTE)
    dif_setting_take_palette (s, object, NULL, 0);
}

void
dif_setting_copy (const DifSetting *s, gconstpointer from, gpointer to)
{
  const float *colors;
  guint        n;

  dif_setting_init (s, to, 0);
  if (dif_setting_is_text (s))
    {
      dif_setting_set_string (s, to, *DIF_CONST_FIELD (char *, from, s->offset));
    }
  else if (s->kind == DIF_SETTING_PALETTE)
    {
      colors = dif_setting_get_palette (s, from, &n);
      dif_setting_take_palette (s, to, g_memdup2 (colors, 3 * sizeof (float) * n), n);
    }
  else
    {
      dif_setting_set_number (s, to, dif_setting_get_number (s, from));
      if (dif_setting_has_percent (s))
        *DIF_FIELD (double, to, s->second) = dif_setting_get_percent (s, from);
    }
}

/* ---- choices and names ---- */

gboolean
dif_choice_in (const DifChoice *choices, guint n, guint i, DifChoice *choice)
{
  if (i < n)
    *choice = choices[i];
  return i < n;
}

gboolean
dif_setting_find_choice (const DifSetting *s, const char *id, guint *index)
{
  DifChoice choice;

  for (guint i = 0; id && s->choice && s->choice (i, &choice); i++)
    if (g_str_equal (choice.id, id))
      {
        if (index)
          *index = i;
        return TRUE;
      }
  return FALSE;
}

const char *
dif_setting_group_title (DifSettingGroup group)
{
  static const char *const titles[DIF_N_GROUPS] = {
    [DIF_GROUP_MATERIAL] = N_ ("Material"), [DIF_GROUP_PROMPT] = N_ ("Prompt"),
    [DIF_GROUP_STEPS] = N_ ("Steps"),       [DIF_GROUP_GUIDANCE] = N_ ("Guidance"),
    [DIF_GROUP_COLORS] = N_ ("Colors"),     [DIF_GROUP_SELECTION] = N_ ("Selection"),
    [DIF_GROUP_RUN] = N_ ("Run"),
  };

  g_return_val_if_fail (group < DIF_N_GROUPS, NULL);
  return titles[group];
}

gboolean
dif_setting_has_percent (const DifSetting *setting)
{
  return setting->kind == DIF_SETTING_WHOLE && setting->second != 0;
}

double
dif_setting_get_percent (const DifSetting *setting, gconstpointer object)
{
  return dif_setting_has_percent (setting) ? *DIF_CONST_FIELD (double, object, setting->second) :
                                             0.0;
}

char *
dif_setting_name (const DifSetting *s)
{
  g_auto (GStrv) parts = g_strsplit (_ (s->nick), "_", 2);

  return g_strjoinv ("", parts);
}

/* ---- checks ---- */

static gboolean
refuse_number (const DifSetting *s, double number, const char *unit, double least, double most,
               GError **error)
{
  g_autofree char *name = dif_setting_name (s);

  return dif_error_set_setting (error, s->id, _ ("“%s” cannot be %.10g%s (%.10g to %.10g)."), name,
                                number, unit, least, most);
}

static gboolean
check_number (const DifSetting *s, gconstpointer object, GError **error)
{
  const double number = dif_setting_get_number (s, object);
  double       percent;

  if (s->least_word && number > s->least && number < 0.0)
    return refuse_number (s, number, "", 0.0, s->most, error);
  if (! (number >= s->least && number <= s->most))
    return refuse_number (s, number, "", s->least, s->most, error);
  if (! dif_setting_has_percent (s))
    return TRUE;
  percent = dif_setting_get_percent (s, object);
  if (! (percent >= 0.0 && percent <= DIF_MAX_PERCENT))
    return refuse_number (s, percent, " %", 0.0, DIF_MAX_PERCENT, error);
  return TRUE;
}

static gboolean
check_choice (const DifSetting *s, gconstpointer object, GError **error)
{
  g_autofree char *name = dif_setting_name (s);
  const gint       index = *DIF_CONST_FIELD (gint, object, s->offset);
  DifChoice        choice;

  if (index >= 0 && s->choice ((guint) index, &choice))
    return TRUE;
  return dif_error_set_setting (error, s->id, _ ("“%s” has no choice number %d."), name, index);
}

static gboolean
check_name (const DifSetting *s, gconstpointer object, GError **error)
{
  g_autofree char *name = dif_setting_name (s);
  const char      *text = *DIF_CONST_FIELD (char *, object, s->offset);

  if (! text || ! *text || dif_setting_find_choice (s, text, NULL) ||
      (s->accepts && s->accepts (text)))
    return TRUE;
  return dif_error_set_setting (error, s->id, _ ("“%s” is not one of the choices for “%s”."), text,
                                name);
}

static gboolean
check_palette (const DifSetting *s, gconstpointer object, GError **error)
{
  g_autofree char *name = dif_setting_name (s);
  guint            n;
  const float     *colors = dif_setting_get_palette (s, object, &n);

  if (n > s->most)
    return dif_error_set_setting (error, s->id, _ ("“%s” cannot have %u colors (at most %g)."),
                                  name, n, s->most);
  for (gsize i = 0; i < 3 * (gsize) n; i++)
    if (! (colors[i] >= 0.0f && colors[i] <= 1.0f))
      return dif_error_set_setting (
          error, s->id, _ ("Color number %u of “%s” is out of the range of colors (0 to 1)."),
          (guint) (i / 3) + 1, name);
  return TRUE;
}

gboolean
dif_setting_check (const DifSetting *s, gconstpointer object, GError **error)
{
  switch (s->kind)
    {
    case DIF_SETTING_TEXT:
    case DIF_SETTING_PROMPT:
    case DIF_SETTING_MODEL:
    case DIF_SETTING_SWITCH:
      return TRUE;
    case DIF_SETTING_NAME:
      return check_name (s, object, error);
    case DIF_SETTING_CHOICE:
      return check_choice (s, object, error);
    case DIF_SETTING_WHOLE:
    case DIF_SETTING_REAL:
      return check_number (s, object, error);
    case DIF_SETTING_PALETTE:
      return check_palette (s, object, error);
    }
  g_return_val_if_reached (FALSE);
}
