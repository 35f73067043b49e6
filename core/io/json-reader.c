/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/json.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json-scan.h"

#define MAX_SENTENCE 300

gboolean
dif_json_reader_open (DifJsonReader *r, const char *path)
{
  r->error = NULL;
  r->file = g_filename_display_name (path);
  r->root = dif_json_load (path, &r->error);
  return r->root != NULL;
}

void
dif_json_reader_init (DifJsonReader *r, json_t *root, const char *file)
{
  r->error = NULL;
  r->file = g_strdup (file);
  r->root = json_incref (root);
}

gboolean
dif_json_reader_finish (DifJsonReader *r, GError **error)
{
  GError  *first = g_steal_pointer (&r->error);
  gboolean ok = first == NULL;

  if (first && error && *error)
    g_error_free (first);
  else if (first)
    g_propagate_error (error, first);
  dif_json_reader_clear (r);
  return ok;
}

void
dif_json_reader_clear (DifJsonReader *r)
{
  g_clear_pointer (&r->root, json_decref);
  g_clear_pointer (&r->file, g_free);
  g_clear_error (&r->error);
}

void
dif_json_reader_fail (DifJsonReader *r, gint code, const char *key, const char *format, ...)
{
  g_autofree char *whole = NULL;
  g_autofree char *what = NULL;
  va_list          args;

  if (r->error)
    return;
  va_start (args, format);
  whole = g_strdup_vprintf (format, args);
  va_end (args);
  what = dif_json_shorten_to (whole, MAX_SENTENCE);
  /* Translators: file, key, what is wrong with its value. */
  g_set_error (&r->error, DIF_ERROR, code, _ ("“%s”: “%s”: %s."), r->file, key, what);
}

static gboolean
is_infinite (double number)
{
  return ! (fabs (number) < DIF_JSON_INFINITY);
}

/* The value as one would say it, short. */
static char *
show (const json_t *value)
{
  g_autofree char *text = NULL;

  switch (json_typeof (value))
    {
    case JSON_OBJECT:
      return g_strdup (_ ("an object"));
    case JSON_ARRAY:
      return g_strdup_printf (_ ("a list of %zu"), json_array_size (value));
    case JSON_STRING:
      text = dif_json_shorten (json_string_value (value));
      return g_strdup_printf (_ ("the text “%s”"), text);
    case JSON_INTEGER:
      return g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
    case JSON_REAL:
      if (is_infinite (json_real_value (value)))
        return g_strdup (json_real_value (value) > 0.0 ? "Infinity" : "-Infinity");
      return g_strdup_printf ("%g", json_real_value (value));
    case JSON_TRUE:
      return g_strdup ("true");
    case JSON_FALSE:
      return g_strdup ("false");
    default:
      return g_strdup ("null");
    }
}

static void
fail_type (DifJsonReader *r, const char *key, const char *expected, const json_t *value)
{
  g_autofree char *found = show (value);

  dif_json_reader_fail (r, DIF_ERROR_SCHEMA, key, _ ("expected %s, found %s"), expected, found);
}

/* What is at key; %NULL if it is absent or something went wrong before. */
static json_t *
lookup (DifJsonReader *r, const char *key)
{
  return r->error ? NULL : json_object_get (r->root, key);
}

gboolean
dif_json_reader_enter (DifJsonReader *r, const char *key, DifJsonReader *child)
{
  json_t *value = lookup (r, key);

  *child = (DifJsonReader) DIF_JSON_READER_INIT;
  if (! value)
    return FALSE;
  if (! json_is_object (value))
    {
      fail_type (r, key, _ ("an object"), value);
      return FALSE;
    }
  dif_json_reader_init (child, value, r->file);
  return TRUE;
}

void
dif_json_require (DifJsonReader *r, const char *key, ...)
{
  va_list keys;

  va_start (keys, key);
  for (; key && ! r->error; key = va_arg (keys, const char *))
    {
      const json_t *value = lookup (r, key);

      if (! value || json_is_null (value))
        dif_json_reader_fail (r, DIF_ERROR_SCHEMA, key, _ ("is missing"));
    }
  va_end (keys);
}

DifJsonKind
dif_json_kind (DifJsonReader *r, const char *key)
{
  const json_t *value = lookup (r, key);

  if (! value)
    return DIF_JSON_MISSING;
  switch (json_typeof (value))
    {
    case JSON_OBJECT:
      return DIF_JSON_OBJECT;
    case JSON_ARRAY:
      return DIF_JSON_ARRAY;
    case JSON_STRING:
      return DIF_JSON_STRING;
    case JSON_INTEGER:
    case JSON_REAL:
      return DIF_JSON_NUMBER;
    case JSON_NULL:
      return DIF_JSON_NULL;
    default:
      return DIF_JSON_BOOL;
    }
}

static gboolean
get_uint (DifJsonReader *r, const char *key, const json_t *value, guint min, guint max, guint *out)
{
  json_int_t number = json_integer_value (value);

  if (! json_is_integer (value))
    fail_type (r, key, _ ("a whole number"), value);
  else if (number < (json_int_t) min || number > (json_int_t) max)
    dif_json_reader_fail (r, number < (json_int_t) min ? DIF_ERROR_VALUE : DIF_ERROR_LIMIT, key,
                          _ ("expected a number from %u to %u, found %lld"), min, max, number);
  else
    *out = (guint) number;
  return r->error == NULL;
}

static gboolean
get_double (DifJsonReader *r, const char *key, const json_t *value, double min, double max,
            double *out)
{
  double           number = json_number_value (value);
  g_autofree char *found = NULL;

  if (! json_is_number (value))
    fail_type (r, key, _ ("a number"), value);
  else if (is_infinite (number) || number < min || number > max)
    {
      found = show (value);
      dif_json_reader_fail (r, DIF_ERROR_VALUE, key,
                            _ ("expected a number from %g to %g, found %s"), min, max, found);
    }
  else
    *out = number;
  return r->error == NULL;
}

guint
dif_json_uint (DifJsonReader *r, const char *key, guint missing, guint min, guint max)
{
  const json_t *value = lookup (r, key);
  guint         out = missing;

  if (value)
    get_uint (r, key, value, min, max, &out);
  return out;
}

guint
dif_json_uint_or_null (DifJsonReader *r, const char *key, guint missing, guint null, guint min,
                       guint max)
{
  if (dif_json_kind (r, key) == DIF_JSON_NULL)
    return null;
  return dif_json_uint (r, key, missing, min, max);
}

double
dif_json_double (DifJsonReader *r, const char *key, double missing, double min, double max)
{
  const json_t *value = lookup (r, key);
  double        out = missing;

  if (value)
    get_double (r, key, value, min, max, &out);
  return out;
}

double
dif_json_double_or_null (DifJsonReader *r, const char *key, double missing, double null, double min,
                         double max)
{
  if (dif_json_kind (r, key) == DIF_JSON_NULL)
    return null;
  return dif_json_double (r, key, missing, min, max);
}

double
dif_json_bound (DifJsonReader *r, const char *key, double missing, double null, double min,
                double max)
{
  const double number = json_number_value (lookup (r, key));

  if (is_infinite (number))
    return number > 0.0 ? max : min;
  return dif_json_double_or_null (r, key, missing, null, min, max);
}

gboolean
dif_json_bool (DifJsonReader *r, const char *key, gboolean missing)
{
  const json_t *value = lookup (r, key);

  if (! value)
    return missing;
  if (json_is_boolean (value))
    return json_is_true (value);
  fail_type (r, key, _ ("true or false"), value);
  return missing;
}

gboolean
dif_json_bool_or_null (DifJsonReader *r, const char *key, gboolean missing, gboolean null)
{
  if (dif_json_kind (r, key) == DIF_JSON_NULL)
    return null;
  return dif_json_bool (r, key, missing);
}

const char *
dif_json_string (DifJsonReader *r, const char *key, const char *missing)
{
  const json_t *value = lookup (r, key);

  if (! value)
    return missing;
  if (json_is_string (value))
    return json_string_value (value);
  fail_type (r, key, _ ("a text"), value);
  return missing;
}

const char *
dif_json_string_or_null (DifJsonReader *r, const char *key, const char *missing, const char *null)
{
  if (dif_json_kind (r, key) == DIF_JSON_NULL)
    return null;
  return dif_json_string (r, key, missing);
}

guint
dif_json_choice (DifJsonReader *r, const char *key, guint missing, const char *const *choices)
{
  const char      *name = dif_json_string (r, key, NULL);
  g_autofree char *found = NULL;
  g_autofree char *known = NULL;

  if (! name)
    return missing;
  for (guint i = 0; choices[i]; i++)
    {
      if (strcmp (name, choices[i]) == 0)
        return i;
    }
  found = dif_json_shorten (name);
  known = g_strjoinv (", ", (char **) choices);
  dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, key, _ ("“%s” is not supported; these are: %s"),
                        found, known);
  return missing;
}

guint
dif_json_choice_or_null (DifJsonReader *r, const char *key, guint missing, guint null,
                         const char *const *choices)
{
  if (dif_json_kind (r, key) == DIF_JSON_NULL)
    return null;
  return dif_json_choice (r, key, missing, choices);
}

/* The list at key; %NULL unless it has 1 to max_n items. */
static const json_t *
lookup_array (DifJsonReader *r, const char *key, guint max_n)
{
  const json_t *value = lookup (r, key);

  if (! value)
    return NULL;
  if (! json_is_array (value))
    fail_type (r, key, _ ("a list"), value);
  else if (json_array_size (value) < 1 || json_array_size (value) > max_n)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, key,
                          _ ("expected a list of 1 to %u, found one of %zu"), max_n,
                          json_array_size (value));
  return r->error ? NULL : value;
}

guint
dif_json_uint_array (DifJsonReader *r, const char *key, guint *out, guint max_n, guint min,
                     guint max)
{
  const json_t *list = lookup_array (r, key, max_n);
  guint         n = (guint) json_array_size (list);

  for (guint i = 0; i < n; i++)
    {
      if (! get_uint (r, key, json_array_get (list, i), min, max, &out[i]))
        return 0;
    }
  return n;
}

guint
dif_json_double_array (DifJsonReader *r, const char *key, double *out, guint max_n, double min,
                       double max)
{
  const json_t *list = lookup_array (r, key, max_n);
  guint         n = (guint) json_array_size (list);

  for (guint i = 0; i < n; i++)
    {
      if (! get_double (r, key, json_array_get (list, i), min, max, &out[i]))
        return 0;
    }
  return n;
}

guint
dif_json_string_array (DifJsonReader *r, const char *key, const char **out, guint max_n)
{
  const json_t *list = lookup_array (r, key, max_n);
  guint         n = (guint) json_array_size (list);

  for (guint i = 0; i < n; i++)
    {
      const json_t *item = json_array_get (list, i);

      if (! json_is_string (item))
        {
          fail_type (r, key, _ ("a list of texts"), item);
          return 0;
        }
      out[i] = json_string_value (item);
    }
  return n;
}
