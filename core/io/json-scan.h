/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/**
 * DifJsonScan:
 * @text: UTF-8 without NUL
 * @size: bytes in @text
 * @pos: where the scan is
 * @base: offset of @text in its file, for messages
 * @file: for messages
 *
 * Cuts JSON text into parts, of which Jansson then gets one at a time: a header of
 * 100 MB must not become a tree of several gigabytes before anything is refused.
 * Only where parts end is decided here; what is in them is Jansson's to judge.
 * Private to core/io.
 */
typedef struct
{
  const char *text;
  gsize       size;
  gsize       pos;
  gsize       base;
  const char *file;
} DifJsonScan;

/**
 * dif_json_scan_accept:
 * @s: the scan
 * @c: an ASCII character
 *
 * Skips white space, and @c if it comes next.
 *
 * Returns: whether it did
 *
 * Thread: any
 */
gboolean dif_json_scan_accept (DifJsonScan *s, char c);

/**
 * dif_json_scan_expect:
 * @s: the scan
 * @c: an ASCII character
 * @error: set to %DIF_ERROR_JSON
 *
 * Skips white space and @c.
 *
 * Returns: whether @c was there
 *
 * Thread: any
 */
gboolean dif_json_scan_expect (DifJsonScan *s, char c, GError **error);

/**
 * dif_json_scan_at_end:
 * @s: the scan
 *
 * Skips white space.
 *
 * Returns: whether nothing else comes
 *
 * Thread: any
 */
gboolean dif_json_scan_at_end (DifJsonScan *s);

/**
 * dif_json_scan_string:
 * @s: the scan
 * @length: (out): bytes of the part, quotes included
 * @error: why not
 *
 * Skips white space and a string.
 *
 * Returns: (transfer none) (nullable): the part
 *
 * Errors: %DIF_ERROR_JSON, %DIF_ERROR_UTF8 for half a surrogate pair
 * Thread: any
 */
const char *dif_json_scan_string (DifJsonScan *s, gsize *length, GError **error);

/**
 * dif_json_scan_value:
 * @s: the scan
 * @max_depth: how many lists and objects may lie within each other
 * @length: (out): bytes of the part
 * @n_commas: (out): commas outside of strings in the part, a bound of its values
 * @error: why not
 *
 * Skips white space and a value.
 *
 * Returns: (transfer none) (nullable): the part
 *
 * Errors: %DIF_ERROR_JSON, %DIF_ERROR_UTF8 for half a surrogate pair
 * Thread: any
 */
const char *dif_json_scan_value (DifJsonScan *s, guint max_depth, gsize *length, gsize *n_commas,
                                 GError **error);

/**
 * dif_json_check_utf8:
 * @text: (array length=size): bytes
 * @size: how many
 * @base: offset of @text in its file
 * @file: for the message
 * @error: why not
 *
 * Returns: whether @text is UTF-8 without NUL
 *
 * Errors: %DIF_ERROR_UTF8, %DIF_ERROR_JSON for a NUL
 * Thread: any
 */
gboolean dif_json_check_utf8 (const char *text, gsize size, gsize base, const char *file,
                              GError **error);

/**
 * dif_json_loadb:
 * @text: (array length=size): JSON
 * @size: bytes
 * @flags: Jansson's
 * @error: (out): what Jansson says
 *
 * json_loadb() that works in every locale.
 *
 * Returns: (transfer full) (nullable): the value
 *
 * Thread: any
 */
json_t *dif_json_loadb (const char *text, gsize size, gsize flags, json_error_t *error);

/**
 * dif_json_dumps:
 * @json: what to write
 * @flags: Jansson's
 *
 * json_dumps() that works in every locale.
 *
 * Returns: (transfer full) (nullable): the text, freed with g_free(); %NULL if Jansson cannot write
 *   it
 *
 * Thread: any
 */
char *dif_json_dumps (const json_t *json, gsize flags);

/**
 * DifJsonWord:
 * @from: a word outside of strings
 * @to: what is put in its place
 *
 * See dif_json_replace().
 */
typedef struct
{
  const char *from;
  const char *to;
} DifJsonWord;

/**
 * dif_json_replace:
 * @text: (array length=size): what may be JSON
 * @size: (inout): bytes in @text, then in what is returned
 * @words: (array length=n): words to look for, whole ones only
 * @n: how many
 *
 * Returns: (transfer full): the text with these words replaced, and a 0 byte after it
 *
 * Thread: any
 */
char *dif_json_replace (const char *text, gsize *size, const DifJsonWord *words, gsize n);

/**
 * dif_json_set_error:
 * @error: (out): a new error
 * @file: for the message
 * @base: offset in the file of what Jansson parsed
 * @overflow: the #DifError for a number that is too large
 * @from: what Jansson says
 *
 * Translates Jansson's errors into %DIF_ERROR.
 *
 * Thread: any
 */
void dif_json_set_error (GError **error, const char *file, gsize base, gint overflow,
                         const json_error_t *from);

/**
 * dif_json_shorten:
 * @text: UTF-8 out of a file
 *
 * Returns: (transfer full): its beginning without control characters, for messages
 *
 * Thread: any
 */
char *dif_json_shorten (const char *text);

/**
 * dif_json_shorten_to:
 * @text: UTF-8
 * @bytes: about how many are enough
 *
 * dif_json_shorten() for whole sentences.
 *
 * Returns: (transfer full): its beginning without control characters
 *
 * Thread: any
 */
char *dif_json_shorten_to (const char *text, gsize bytes);

G_END_DECLS
