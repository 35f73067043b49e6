/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/json-scan.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

static void
set_json_error (DifJsonScan *s, const char *what, GError **error)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_JSON,
               _ ("“%s” is damaged: its text is not JSON at byte %zu (%s)."), s->file,
               s->base + s->pos, what);
}

/* JSON's white space, not the C library's. */
static gboolean
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
skip_space (DifJsonScan *s)
{
  while (s->pos < s->size && is_space (s->text[s->pos]))
    s->pos++;
}

gboolean
dif_json_scan_accept (DifJsonScan *s, char c)
{
  skip_space (s);
  if (s->pos == s->size || s->text[s->pos] != c)
    return FALSE;
  s->pos++;
  return TRUE;
}

gboolean
dif_json_scan_expect (DifJsonScan *s, char c, GError **error)
{
  g_autofree char *what = NULL;

  if (dif_json_scan_accept (s, c))
    return TRUE;
  what = g_strdup_printf (_ ("expected “%c”"), c);
  set_json_error (s, what, error);
  return FALSE;
}

gboolean
dif_json_scan_at_end (DifJsonScan *s)
{
  skip_space (s);
  return s->pos == s->size;
}

/* The code unit of the \uXXXX at pos, or -1 if there is none. */
static gint
unicode_escape (const DifJsonScan *s, gsize pos)
{
  gint value = 0;

  if (s->size - pos < 6 || s->text[pos] != '\\' || s->text[pos + 1] != 'u')
    return -1;
  for (gsize i = pos + 2; i < pos + 6; i++)
    {
      gint digit = g_ascii_xdigit_value (s->text[i]);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }
  return value;
}

/* Skips the backslash at pos with what belongs to it.  Jansson checks the rest, but
 * does not tell half a surrogate pair from other errors. */
static gboolean
skip_escape (DifJsonScan *s, GError **error)
{
  gint first = unicode_escape (s, s->pos);
  gint second;

  if (first < 0xd800 || first > 0xdfff)
    {
      s->pos += 2;
      return TRUE;
    }
  second = unicode_escape (s, s->pos + 6);
  if (first < 0xdc00 && second >= 0xdc00 && second <= 0xdfff)
    {
      s->pos += 12;
      return TRUE;
    }
  g_set_error (error, DIF_ERROR, DIF_ERROR_UTF8,
               _ ("“%s” is damaged: half a character (\\u%04x) at byte %zu."), s->file,
               (guint) first, s->base + s->pos);
  return FALSE;
}

const char *
dif_json_scan_string (DifJsonScan *s, gsize *length, GError **error)
{
  gsize begin;

  if (! dif_json_scan_expect (s, '"', error))
    return NULL;
  begin = s->pos - 1;
  while (s->pos < s->size && s->text[s->pos] != '"')
    {
      if ((guchar) s->text[s->pos] < 0x20)
        {
          set_json_error (s, _ ("control character"), error);
          return NULL;
        }
      if (s->text[s->pos] != '\\')
        s->pos++;
      else if (! skip_escape (s, error))
        return NULL;
    }
  if (s->pos >= s->size) /* an escape may have led past it */
    {
      s->pos = s->size;
      set_json_error (s, _ ("the text ends too early"), error);
      return NULL;
    }
  s->pos++;
  *length = s->pos - begin;
  return s->text + begin;
}

static gboolean
skip_nested (DifJsonScan *s, guint max_depth, gsize *n_commas, GError **error)
{
  guint depth = 0;
  gsize length;

  do
    {
      char c = s->pos < s->size ? s->text[s->pos] : '\0';

      if (c == '\0')
        {
          set_json_error (s, _ ("the text ends too early"), error);
          return FALSE;
        }
      if (c == '"')
        {
          if (! dif_json_scan_string (s, &length, error))
            return FALSE;
          continue;
        }
      if ((c == '{' || c == '[') && ++depth > max_depth)
        {
          set_json_error (s, _ ("too many lists within lists"), error);
          return FALSE;
        }
      depth -= c == '}' || c == ']';
      *n_commas += c == ',';
      s->pos++;
    }
  while (depth > 0);
  return TRUE;
}

const char *
dif_json_scan_value (DifJsonScan *s, guint max_depth, gsize *length, gsize *n_commas,
                     GError **error)
{
  gsize begin;
  char  c;

  *n_commas = 0;
  skip_space (s);
  begin = s->pos;
  c = begin < s->size ? s->text[begin] : '\0';
  if (c == '"')
    return dif_json_scan_string (s, length, error);
  if (c == '{' || c == '[')
    {
      if (! skip_nested (s, max_depth, n_commas, error))
        return NULL;
    }
  else
    {
      while (s->pos < s->size && ! strchr (",:{}[]\" \t\n\r", s->text[s->pos]))
        s->pos++;
    }
  if (s->pos == begin)
    {
      set_json_error (s, _ ("expected a value"), error);
      return NULL;
    }
  *length = s->pos - begin;
  return s->text + begin;
}

gboolean
dif_json_check_utf8 (const char *text, gsize size, gsize base, const char *file, GError **error)
{
  const char *bad = NULL;
  gsize       at;

  if (g_utf8_validate_len (text, size, &bad))
    return TRUE;
  at = base + (gsize) (bad - text);
  if (bad < text + size && *bad == '\0')
    g_set_error (error, DIF_ERROR, DIF_ERROR_JSON,
                 _ ("“%s” is damaged: its text has a zero byte at byte %zu."), file, at);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_UTF8,
                 _ ("“%s” is damaged: its text is not UTF-8 at byte %zu."), file, at);
  return FALSE;
}

#ifndef G_OS_WIN32
/* Jansson 2.14 parses and writes fractions with the locale's strtod() and printf(): it aborts, or
 * leaves half a character, where the decimal point is more than one byte (Pashto: “٫”). */
static locale_t
plain_locale (void)
{
  static locale_t plain;

  if (g_once_init_enter (&plain))
    {
      locale_t c_locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);

      g_once_init_leave (&plain, c_locale ? c_locale : LC_GLOBAL_LOCALE);
    }
  return plain;
}
#else
typedef int locale_t;

static locale_t
plain_locale (void)
{
  return 0;
}

static locale_t
uselocale (locale_t locale)
{
  return locale;
}
#endif

json_t *
dif_json_loadb (const char *text, gsize size, gsize flags, json_error_t *error)
{
  const locale_t before = uselocale (plain_locale ());
  json_t        *json = json_loadb (text, size, flags, error);

  uselocale (before);
  return json;
}

char *
dif_json_dumps (const json_t *json, gsize flags)
{
  const locale_t before = uselocale (plain_locale ());
  char          *text = json_dumps (json, flags);
  char          *own = g_strdup (text);

  uselocale (before);
  free (text);
  return own;
}

static gsize
word_length (const char *text, gsize size)
{
  gsize length = 0;

  while (length < size && ! strchr (",:{}[]\" \t\n\r", text[length]))
    length++;
  return length;
}

static gsize
string_length (const char *text, gsize size)
{
  gsize length = 1;

  while (length < size && text[length] != '"')
    length += text[length] == '\\' ? 2 : 1;
  return MIN (length + 1, size);
}

static void
append_word (GString *out, const char *text, gsize length, const DifJsonWord *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (strlen (words[i].from) == length && strncmp (words[i].from, text, length) == 0)
      {
        g_string_append (out, words[i].to);
        return;
      }
  g_string_append_len (out, text, (gssize) length);
}

char *
dif_json_replace (const char *text, gsize *size, const DifJsonWord *words, gsize n)
{
  GString *out = g_string_sized_new (*size);
  gsize    length;

  for (gsize at = 0; at < *size; at += length)
    {
      length = text[at] == '"' ? string_length (text + at, *size - at) :
                                 word_length (text + at, *size - at);
      if (text[at] == '"')
        g_string_append_len (out, text + at, (gssize) length);
      else if (length > 0)
        append_word (out, text + at, length, words, n);
      else
        g_string_append_c (out, text[at]);
      length = MAX (length, 1);
    }
  *size = out->len;
  return g_string_free (out, FALSE);
}

void
dif_json_set_error (GError **error, const char *file, gsize base, gint overflow,
                    const json_error_t *from)
{
  gsize            at = base + (gsize) MAX (from->position, 0);
  g_autofree char *valid = g_utf8_make_valid (from->text, -1);
  g_autofree char *what = dif_json_shorten (valid); /* may quote the file */

  switch (json_error_code (from))
    {
    case json_error_duplicate_key:
      g_set_error (error, DIF_ERROR, DIF_ERROR_DUPKEY,
                   _ ("“%s” is damaged: the same key comes twice, the second time at byte "
                      "%zu."),
                   file, at);
      break;
    case json_error_numeric_overflow:
      g_set_error (error, DIF_ERROR, overflow,
                   _ ("“%s” holds a number that is too large, at byte %zu."), file, at);
      break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
      g_set_error (error, DIF_ERROR, DIF_ERROR_NAME,
                   _ ("“%s” holds a text with a zero character (\\u0000), at byte "
                      "%zu."),
                   file, at);
      break;
    case json_error_invalid_utf8:
      g_set_error (error, DIF_ERROR, DIF_ERROR_UTF8,
                   _ ("“%s” is damaged: its text is not UTF-8 at byte %zu."), file, at);
      break;
    case json_error_unknown: /* Jansson says nothing at most of its allocations */
    case json_error_out_of_memory:
      g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM, _ ("Not enough memory to read “%s”."), file);
      break;
    default:
      g_set_error (error, DIF_ERROR, DIF_ERROR_JSON,
                   _ ("“%s” is damaged: its text is not JSON at byte %zu (%s)."), file, at, what);
      break;
    }
}

char *
dif_json_shorten (const char *text)
{
  return dif_json_shorten_to (text, 60);
}

char *
dif_json_shorten_to (const char *text, gsize bytes)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar     c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      if (out->len > bytes)
        {
          g_string_append (out, "…");
          break;
        }
      /* Format characters can turn the direction of the whole message round. */
      if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT)
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}
