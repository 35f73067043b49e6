/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/case.h"

#include <math.h>

#define MAX_COUNT 100000

void
case_clear (Case *c)
{
  g_clear_pointer (&c->used, g_hash_table_unref);
  g_free (c->tensor);
  g_free (c->unknown);
  g_free (c->variant);
  g_free (c->problem);
}

gboolean
case_ok (Case *c)
{
  return ! c->unknown && ! c->problem;
}

void
case_fail (Case *c, const char *format, ...)
{
  va_list args;

  if (! case_ok (c))
    return;
  va_start (args, format);
  c->problem = g_strdup_vprintf (format, args);
  va_end (args);
}

void
case_fail_error (Case *c, GError *error)
{
  case_fail (c, "%s", error ? error->message : "no result and no error");
  g_clear_error (&error);
}

void
case_unknown (Case *c, const char *format, ...)
{
  va_list args;

  if (! case_ok (c))
    return;
  va_start (args, format);
  c->unknown = g_strdup_vprintf (format, args);
  va_end (args);
}

void
case_variant (Case *c, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_free (c->variant);
  c->variant = g_strdup_vprintf (format, args);
  va_end (args);
}

void
case_finish (Case *c)
{
  const char *tensor;
  json_t     *spec;

  if (case_ok (c) && c->ratio < 0.0)
    case_fail (c, "nothing was compared");
  json_object_foreach (json_object_get (c->json, "tensors"), tensor, spec)
  {
    if (! g_hash_table_contains (c->used, tensor))
      case_fail (c, "nothing looked at its tensor \"%s\"", tensor);
  }
}

void
case_keys (Case *c, const char *const *known)
{
  static const char *const always[] = { "id", "tensors", "note", "tier", NULL };
  const char              *key;
  json_t                  *value;

  json_object_foreach (c->json, key, value)
  {
    if (! g_strv_contains (always, key) && ! g_strv_contains (known, key))
      case_unknown (c, "%s with %s", c->group, key);
  }
}

double
case_number (Case *c, json_t *object, const char *key)
{
  json_t *value = json_object_get (object, key);

  if (! json_is_number (value))
    case_fail (c, "the entry has no number \"%s\"", key);
  return json_number_value (value);
}

double
case_number_or (json_t *object, const char *key, double missing)
{
  json_t *value = json_object_get (object, key);

  return json_is_number (value) ? json_number_value (value) : missing;
}

static guint
to_count (Case *c, const char *key, double count, guint least)
{
  if (count >= least && count <= MAX_COUNT && count == floor (count))
    return (guint) count;
  case_fail (c, "the entry's \"%s\" is no count: %g", key, count);
  return least;
}

guint
case_count (Case *c, json_t *object, const char *key)
{
  return to_count (c, key, case_number (c, object, key), 1);
}

guint
case_count_or_0 (Case *c, json_t *object, const char *key)
{
  return to_count (c, key, case_number_or (object, key, 0.0), 0);
}

const char *
case_string (Case *c, json_t *object, const char *key)
{
  json_t *value = json_object_get (object, key);

  if (! json_is_string (value))
    case_fail (c, "the entry has no text \"%s\"", key);
  return json_is_string (value) ? json_string_value (value) : "";
}

gboolean
case_is_about (const Case *c, const char *word)
{
  g_auto (GStrv) words = g_strsplit (c->id, "_", -1);

  return g_strv_contains ((const char *const *) words, word);
}

gboolean
case_indices (const char *tensor, const char *prefix, guint n, guint *out)
{
  g_auto (GStrv) parts = g_strsplit_set (tensor, "./", -1);

  if (g_strv_length (parts) < n + 1 || ! g_str_equal (parts[0], prefix))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint64 number;

      if (! g_ascii_string_to_unsigned (parts[i + 1], 10, 0, G_MAXUINT, &number, NULL))
        return FALSE;
      out[i] = (guint) number;
    }
  return TRUE;
}

json_t *
case_spec (Case *c, const char *tensor)
{
  return json_object_get (json_object_get (c->json, "tensors"), tensor);
}

gboolean
case_lists (Case *c, const char *tensor)
{
  return case_spec (c, tensor) != NULL;
}

void
case_use (Case *c, const char *tensor)
{
  g_hash_table_add (c->used, g_strdup (tensor));
}
