/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/settings/setting-json.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/settings/fields.h"

/* ---- to JSON ---- */

static json_t *
text_json (char *text)
{
  json_t *value = json_string_nocheck (text);

  g_free (text);
  return value;
}

static json_t *
palette_json (const DifSetting *s, gconstpointer object)
{
  json_t      *list = json_array ();
  guint        n;
  const float *colors = dif_setting_get_palette (s, object, &n);

  for (gsize i = 0; i < n; i++)
    json_array_append_new (list,
                           json_pack ("[f,f,f]", (double) colors[3 * i], (double) colors[3 * i + 1],
                                      (double) colors[3 * i + 2]));
  return list;
}

json_t *
dif_setting_to_json (const DifSetting *s, gconstpointer object)
{
  switch (s->kind)
    {
    case DIF_SETTING_WHOLE:
      if (dif_setting_get_percent (s, object) != 0.0)
        return text_json (dif_setting_to_text (s, object));
      return json_integer ((json_int_t) dif_setting_get_number (s, object));
    case DIF_SETTING_REAL:
      return json_real (dif_setting_get_number (s, object));
    case DIF_SETTING_SWITCH:
      return json_boolean (dif_setting_get_number (s, object) != 0.0);
    case DIF_SETTING_PALETTE:
      return palette_json (s, object);
    default:
      return text_json (dif_setting_to_text (s, object));
    }
}

/* ---- from JSON ---- */

static gboolean
refuse (const DifSetting *s, GError **error)
{
  g_autofree char *name = dif_setting_name (s);

  return dif_error_set_setting (error, s->id, _ ("“%s” has a value of another kind."), name);
}

static gboolean
read_palette (const DifSetting *s, gpointer object, const json_t *list, GError **error)
{
  const gsize       n = json_array_size (list);
  g_autofree float *colors = NULL;

  if (! json_is_array (list) || n > DIF_MAX_COLORS)
    return refuse (s, error);
  colors = g_new0 (float, 3 * MAX (n, 1));
  for (gsize i = 0; i < 3 * n; i++)
    {
      const json_t *color = json_array_get (list, i / 3);
      const json_t *number = json_array_get (color, i % 3);

      if (json_array_size (color) != 3 || ! json_is_number (number))
        return refuse (s, error);
      colors[i] = (float) json_number_value (number);
    }
  dif_setting_take_palette (s, object, n > 0 ? g_steal_pointer (&colors) : NULL, (guint) n);
  return TRUE;
}

/* As if it were typed, which knows what a field can hold. */
static gboolean
read_whole (const DifSetting *s, gpointer object, const json_t *value, GError **error)
{
  g_autofree char *text = NULL;

  if (! json_is_integer (value))
    return refuse (s, error);
  text = g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
  return dif_setting_from_text (s, object, text, error);
}

static gboolean
read_value (const DifSetting *s, gpointer object, const json_t *value, GError **error)
{
  switch (s->kind)
    {
    case DIF_SETTING_WHOLE:
      return read_whole (s, object, value, error);
    case DIF_SETTING_REAL:
      if (! json_is_number (value))
        return refuse (s, error);
      dif_setting_set_number (s, object, json_number_value (value));
      return TRUE;
    case DIF_SETTING_SWITCH:
      if (! json_is_boolean (value))
        return refuse (s, error);
      dif_setting_set_number (s, object, json_is_true (value));
      return TRUE;
    case DIF_SETTING_PALETTE:
      return read_palette (s, object, value, error);
    default:
      return refuse (s, error);
    }
}

gboolean
dif_setting_from_json (const DifSetting *s, gpointer object, const json_t *value, GError **error)
{
  if (json_is_string (value))
    return dif_setting_from_text (s, object, json_string_value (value), error);
  return read_value (s, object, value, error) && dif_setting_check (s, object, error);
}
