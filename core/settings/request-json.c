/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"
#include "core/settings/request.h"
#include "core/settings/setting-json.h"
#include "core/settings/settings.h"

/* ---- to JSON ---- */

/* Of regions the prompts, not the masks. */
static json_t *
regions_json (const DifRequest *r)
{
  json_t *regions = json_array ();

  for (guint i = 0; i < r->n_regions; i++)
    json_array_append_new (regions,
                           json_string_nocheck (r->regions[i].prompt ? r->regions[i].prompt : ""));
  return regions;
}

char *
dif_request_to_json (const DifRequest *r)
{
  json_t           *object = json_object ();
  guint             n;
  const DifSetting *rows = dif_settings (&n);
  char             *text;

  json_object_set_new (object, "task", json_string_nocheck (dif_task_row (r->task)->id));
  for (guint i = 0; i < n; i++)
    if (! rows[i].of_machine)
      json_object_set_new (object, rows[i].id, dif_setting_to_json (&rows[i], r));
  json_object_set_new (object, "regions", regions_json (r));
  text = dif_json_dump (object, JSON_COMPACT | JSON_PRESERVE_ORDER);
  json_decref (object);
  return text;
}

/* ---- from JSON ---- */

/* What settings were called in earlier versions, which layers still have with them. */
static const struct
{
  const char *earlier;
  const char *id;
} names[] = {
  { "label", "prompt" },
  { "negative-label", "negative-prompt" },
  { "colors", "palette" },
  { "colours", "palette" },
  { "colour-guidance", "color-guidance" },
  { "mean-colour", "mean-color" },
  { "soft", "soft-selection" },
  { "color-match", "match-colors" },
  { "colour-match", "match-colors" },
};

static const DifSetting *
find_setting (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (key, names[i].earlier))
      return dif_settings_find (names[i].id);
  return dif_settings_find (key);
}

static gboolean
wrong_kind (const char *key, GError **error)
{
  return dif_error_set_setting (error, key, _ ("“%s” has a value of another kind."), key);
}

static gboolean
check_task (const DifRequest *r, const json_t *value, GError **error)
{
  const char *id = json_string_value (value);

  if (g_strcmp0 (id, dif_task_row (r->task)->id) == 0)
    return TRUE;
  return dif_error_set_setting (error, "task", _ ("These are settings for “%s”, not for “%s”."),
                                id ? id : "?", dif_task_row (r->task)->id);
}

static gboolean
check_regions (const json_t *list, GError **error)
{
  if (! json_is_array (list))
    return wrong_kind ("regions", error);
  for (gsize i = 0; i < json_array_size (list); i++)
    if (! json_is_string (json_array_get (list, i)))
      return wrong_kind ("regions", error);
  return TRUE;
}

/* Two settings of before that are one now, each with half of it. */
static gboolean
take_half (DifRequest *r, const char *key, const json_t *value, GError **error)
{
  const DifTile axis = g_str_equal (key, "tile-x") ? DIF_TILE_X : DIF_TILE_Y;

  if (! g_str_equal (key, "context-percent"))
    {
      r->tile = json_is_true (value) ? r->tile | axis : r->tile & ~axis;
      return json_is_boolean (value) || wrong_kind (key, error);
    }
  r->context_percent = json_number_value (value);
  return (json_is_number (value) || wrong_kind (key, error)) &&
         dif_setting_check (dif_settings_find ("context"), r, error);
}

static gboolean
is_half (const char *key)
{
  return g_str_equal (key, "tile-x") || g_str_equal (key, "tile-y") ||
         g_str_equal (key, "context-percent");
}

static gboolean
take (DifRequest *r, const char *key, const json_t *value, GError **error)
{
  const DifSetting *setting = find_setting (key);

  if (setting)
    return dif_setting_from_json (setting, r, value, error);
  if (g_str_equal (key, "task"))
    return check_task (r, value, error);
  if (g_str_equal (key, "regions"))
    return check_regions (value, error);
  if (is_half (key))
    return TRUE; /* until all others are there */
  return dif_error_set_setting (error, key, _ ("There is no setting “%s”."), key);
}

gboolean
dif_request_from_json (DifRequest *r, const char *text, GError **error)
{
  json_t     *object = dif_json_parse (text, strlen (text), _ ("settings"), error);
  const char *key;
  json_t     *value;
  gboolean    ok = object != NULL;

  json_object_foreach (object, key, value) ok = ok && take (r, key, value, error);
  json_object_foreach (object, key, value) ok =
      ok && (! is_half (key) || take_half (r, key, value, error));
  json_decref (object);
  return ok;
}
