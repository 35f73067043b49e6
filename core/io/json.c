/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/json.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/io/json-scan.h"

/* Ours are three deep; Jansson's own limit of 2048 is for its stack. */
#define MAX_DEPTH 32

json_t *
dif_json_load (const char *path, GError **error)
{
  return dif_json_load_limit (path, DIF_JSON_MAX_BYTES, error);
}

json_t *
dif_json_load_limit (const char *path, gsize limit, GError **error)
{
  g_autofree char *file = g_filename_display_name (path);
  g_autofree char *text = NULL;
  gsize            size;

  text = dif_file_load (path, limit, &size, error);
  return text ? dif_json_parse (text, size, file, error) : NULL;
}

/* Jansson has no text for it but that of the number which stands for it. */
static char *
infinity_text (gsize flags)
{
  json_t *number = json_real (DIF_JSON_INFINITY);
  char   *text = dif_json_dumps (number, flags | JSON_ENCODE_ANY);

  json_decref (number);
  return text;
}

/* After Python's json module, which reads and writes these three words. */
static char *
read_words (const char *text, gsize *size)
{
  static const DifJsonWord words[] = {
    { "Infinity", G_STRINGIFY (1.79e308) },
      { "-Infinity", "-" G_STRINGIFY (1.79e308) }, { "NaN", "null" },
    };

  return dif_json_replace (text, size, words, G_N_ELEMENTS (words));
}

char *
dif_json_dump (const json_t *json, gsize flags)
{
  g_autofree char  *text = dif_json_dumps (json, flags);
  g_autofree char  *plus = infinity_text (flags);
  g_autofree char  *minus = g_strconcat ("-", plus, NULL);
  const DifJsonWord words[] = { { plus, "Infinity" }, { minus, "-Infinity" } };
  gsize             size = text ? strlen (text) : 0;

  return text ? dif_json_replace (text, &size, words, G_N_ELEMENTS (words)) : NULL;
}

json_t *
dif_json_parse (const char *text, gsize size, const char *file, GError **error)
{
  DifJsonScan      s = { text, size, 0, 0, file };
  g_autofree char *plain = NULL;
  gsize            length, n_commas;
  json_error_t     json_error;
  json_t          *root;

  if (! dif_json_check_utf8 (text, size, 0, file, error) ||
      ! dif_json_scan_value (&s, MAX_DEPTH, &length, &n_commas, error))
    return NULL;
  plain = read_words (text, &size);
  root = dif_json_loadb (plain, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &json_error);
  if (! root)
    {
      dif_json_set_error (error, file, 0, DIF_ERROR_VALUE, &json_error);
      return NULL;
    }
  if (json_is_object (root))
    return root;
  json_decref (root);
  g_set_error (error, DIF_ERROR, DIF_ERROR_JSON,
               _ ("“%s” is damaged: expected an object, { … }, found something else."), file);
  return NULL;
}
