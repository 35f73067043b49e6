/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/**
 * DIF_JSON_MAX_BYTES:
 *
 * Configurations are a few kilobytes; dif_json_load() refuses larger files.
 */
#define DIF_JSON_MAX_BYTES 1000000

/**
 * DIF_JSON_INFINITY:
 *
 * What stands for infinity, which Jansson does not hold.  No number that means something is as
 * large: to all getters but dif_json_bound() it is out of any range.
 */
#define DIF_JSON_INFINITY 1.79e308

/**
 * dif_json_load:
 * @path: in the file system's encoding
 * @error: why not
 *
 * Reads a file of at most %DIF_JSON_MAX_BYTES that holds one JSON object.
 *
 * Returns: (transfer full): the object, freed with json_decref(), or %NULL
 *
 * Errors: %DIF_ERROR_MISSING, %DIF_ERROR_IO, %DIF_ERROR_LIMIT, %DIF_ERROR_JSON,
 *   %DIF_ERROR_UTF8, %DIF_ERROR_DUPKEY, %DIF_ERROR_NAME for a NUL in a text,
 *   %DIF_ERROR_VALUE for a number that no double or 64-bit integer holds
 * Thread: any
 */
json_t *dif_json_load (const char *path, GError **error);

/**
 * dif_json_load_limit:
 * @path: in the file system's encoding
 * @limit: refuse larger files; for vocabularies and indexes
 * @error: why not
 *
 * dif_json_load() with another limit.
 *
 * Returns: (transfer full): the object, freed with json_decref(), or %NULL
 *
 * Errors: those of dif_json_load()
 * Thread: any
 */
json_t *dif_json_load_limit (const char *path, gsize limit, GError **error);

/**
 * dif_json_parse:
 * @text: (array length=size): JSON
 * @size: bytes
 * @file: where it comes from, for messages
 * @error: why not
 *
 * The part of dif_json_load() after reading the file.  Besides JSON it takes what Python writes:
 * Infinity and -Infinity become %DIF_JSON_INFINITY and its negative, and NaN, which stands for
 * nothing, null.
 *
 * Returns: (transfer full): the object, freed with json_decref(), or %NULL
 *
 * Errors: those of dif_json_load()
 * Thread: any
 */
json_t *dif_json_parse (const char *text, gsize size, const char *file, GError **error);

/**
 * dif_json_dump:
 * @json: what to write
 * @flags: Jansson's
 *
 * The opposite of dif_json_parse(), the same in every locale: infinite numbers are written as
 * Python does.
 *
 * Returns: (transfer full): the text, freed with g_free()
 *
 * Thread: any
 */
char *dif_json_dump (const json_t *json, gsize flags);

/**
 * DifJsonReader:
 * @root: (transfer full) (nullable): the object that getters look into
 * @file: (transfer full): its file for messages, valid UTF-8
 * @error: (nullable): the first error
 *
 * Gets typed values out of an object.  The first error sticks: after it getters
 * return their @missing value without looking, so that a configuration is read
 * straight down and dif_json_reader_finish() is asked once, before anything is used.
 *
 * - A key that is absent gives @missing, which may lie outside of the range.
 * - To insist on keys, name them to dif_json_require() first.
 * - A null is refused like any other wrong type, but the getters that end in
 *   `_or_null` give @null for it.
 *
 * |[<!-- language="C" -->
 * g_auto (DifJsonReader) r = DIF_JSON_READER_INIT;
 *
 * dif_json_reader_open (&r, path);
 * dif_json_require (&r, "in_channels", "block_out_channels", NULL);
 * config->in_channels = dif_json_uint (&r, "in_channels", 0, 1, 64);
 * config->n_classes = dif_json_uint_or_null (&r, "num_class_embeds", 0, 0, 1, 100000);
 * config->n_blocks = dif_json_uint_array (&r, "block_out_channels", config->channels,
 *                                         G_N_ELEMENTS (config->channels), 1, 65536);
 * return dif_json_reader_finish (&r, error);
 * ]|
 */
typedef struct
{
  json_t *root;
  char   *file;
  GError *error;
} DifJsonReader;

#define DIF_JSON_READER_INIT { NULL, NULL, NULL }

/**
 * DifJsonKind:
 * @DIF_JSON_MISSING: no such key (or an earlier error)
 * @DIF_JSON_NULL: null
 * @DIF_JSON_BOOL: true or false
 * @DIF_JSON_NUMBER: a number
 * @DIF_JSON_STRING: a text
 * @DIF_JSON_ARRAY: a list
 * @DIF_JSON_OBJECT: an object
 *
 * What a key holds, where a format admits more than one thing.
 */
typedef enum
{
  DIF_JSON_MISSING,
  DIF_JSON_NULL,
  DIF_JSON_BOOL,
  DIF_JSON_NUMBER,
  DIF_JSON_STRING,
  DIF_JSON_ARRAY,
  DIF_JSON_OBJECT,
} DifJsonKind;

/**
 * dif_json_reader_open:
 * @r: (out caller-allocates): the reader
 * @path: in the file system's encoding
 *
 * dif_json_load() whose error sticks.
 *
 * Returns: whether it was read; need not be looked at
 *
 * Thread: any; the reader then belongs to one thread at a time
 */
gboolean dif_json_reader_open (DifJsonReader *r, const char *path);

/**
 * dif_json_reader_init:
 * @r: (out caller-allocates): the reader
 * @root: (transfer none): an object
 * @file: its file for messages
 *
 * Reads an object that is there already.
 *
 * Thread: any; the reader then belongs to one thread at a time
 */
void dif_json_reader_init (DifJsonReader *r, json_t *root, const char *file);

/**
 * dif_json_reader_enter:
 * @r: the reader
 * @key: of an object within
 * @child: (out caller-allocates): a reader of that object, to be finished with
 *   `dif_json_reader_finish (&child, &r.error)` or cleared
 *
 * Returns: whether there is such an object: %FALSE, without an error, if the key is absent
 *
 * Errors: %DIF_ERROR_SCHEMA in @r if it is something else
 * Thread: the reader's
 */
gboolean dif_json_reader_enter (DifJsonReader *r, const char *key, DifJsonReader *child);

/**
 * dif_json_reader_fail:
 * @r: the reader
 * @code: a #DifError
 * @key: that was found wanting
 * @format: (printf): what is wrong with it, without the file and the key
 * @...: for @format
 *
 * Adds a caller's own check; only the first error is kept.  What a file says may stand in it as it
 * is: the sentence is cut where it grows too long, and loses control characters.
 *
 * Thread: the reader's
 */
void dif_json_reader_fail (DifJsonReader *r, gint code, const char *key, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/**
 * dif_json_reader_finish:
 * @r: the reader, empty afterwards
 * @error: gets the first error, unless it has one already
 *
 * Returns: whether all went well; only then count the values got
 *
 * Thread: the reader's
 */
gboolean dif_json_reader_finish (DifJsonReader *r, GError **error);

/**
 * dif_json_reader_clear:
 * @r: the reader, empty afterwards
 *
 * Frees what it holds and forgets its error.
 *
 * Thread: the reader's
 */
void dif_json_reader_clear (DifJsonReader *r);

/**
 * dif_json_require:
 * @r: the reader
 * @key: must be there and not null
 * @...: more keys, then %NULL
 *
 * Errors: %DIF_ERROR_SCHEMA
 * Thread: the reader's
 */
void dif_json_require (DifJsonReader *r, const char *key, ...) G_GNUC_NULL_TERMINATED;

/**
 * dif_json_kind:
 * @r: the reader
 * @key: of a value
 *
 * Returns: what is there
 *
 * Thread: the reader's
 */
DifJsonKind dif_json_kind (DifJsonReader *r, const char *key);

/**
 * dif_json_uint:
 * @r: the reader
 * @key: of a whole number; 4.0 is not one
 * @missing: returned if the key is absent or after an error
 * @min: smallest that makes sense
 * @max: largest that makes sense
 *
 * Returns: the number
 *
 * Errors: %DIF_ERROR_SCHEMA for another type, %DIF_ERROR_VALUE below @min,
 *   %DIF_ERROR_LIMIT above @max
 * Thread: the reader's
 */
guint dif_json_uint (DifJsonReader *r, const char *key, guint missing, guint min, guint max);

/**
 * dif_json_uint_or_null:
 * @r: the reader
 * @key: of a whole number or null
 * @missing: returned if the key is absent or after an error
 * @null: returned for null
 * @min: smallest that makes sense
 * @max: largest that makes sense
 *
 * Returns: the number
 *
 * Errors: those of dif_json_uint()
 * Thread: the reader's
 */
guint dif_json_uint_or_null (DifJsonReader *r, const char *key, guint missing, guint null,
                             guint min, guint max);

/**
 * dif_json_double:
 * @r: the reader
 * @key: of a number, whole or not
 * @missing: returned if the key is absent or after an error
 * @min: smallest that makes sense
 * @max: largest that makes sense
 *
 * Returns: the number, finite
 *
 * Errors: %DIF_ERROR_SCHEMA for another type, %DIF_ERROR_VALUE out of the range
 * Thread: the reader's
 */
double dif_json_double (DifJsonReader *r, const char *key, double missing, double min, double max);

/**
 * dif_json_double_or_null:
 * @r: the reader
 * @key: of a number or null
 * @missing: returned if the key is absent or after an error
 * @null: returned for null
 * @min: smallest that makes sense
 * @max: largest that makes sense
 *
 * Returns: the number
 *
 * Errors: those of dif_json_double()
 * Thread: the reader's
 */
double dif_json_double_or_null (DifJsonReader *r, const char *key, double missing, double null,
                                double min, double max);

/**
 * dif_json_bound:
 * @r: the reader
 * @key: of a number, null or an infinite number
 * @missing: returned if the key is absent or after an error
 * @null: returned for null
 * @min: smallest that makes sense, returned for minus infinity
 * @max: largest that makes sense, returned for infinity
 *
 * A number that limits others: infinite, it does not.
 *
 * Returns: the number
 *
 * Errors: those of dif_json_double()
 * Thread: the reader's
 */
double dif_json_bound (DifJsonReader *r, const char *key, double missing, double null, double min,
                       double max);

/**
 * dif_json_bool:
 * @r: the reader
 * @key: of true or false
 * @missing: returned if the key is absent or after an error
 *
 * Returns: the value
 *
 * Errors: %DIF_ERROR_SCHEMA
 * Thread: the reader's
 */
gboolean dif_json_bool (DifJsonReader *r, const char *key, gboolean missing);

/**
 * dif_json_bool_or_null:
 * @r: the reader
 * @key: of true, false or null
 * @missing: returned if the key is absent or after an error
 * @null: returned for null
 *
 * Returns: the value
 *
 * Errors: %DIF_ERROR_SCHEMA
 * Thread: the reader's
 */
gboolean dif_json_bool_or_null (DifJsonReader *r, const char *key, gboolean missing, gboolean null);

/**
 * dif_json_string:
 * @r: the reader
 * @key: of a text
 * @missing: (nullable): returned if the key is absent or after an error
 *
 * Returns: (transfer none) (nullable): UTF-8, valid as long as the reader's root
 *
 * Errors: %DIF_ERROR_SCHEMA
 * Thread: the reader's
 */
const char *dif_json_string (DifJsonReader *r, const char *key, const char *missing);

/**
 * dif_json_string_or_null:
 * @r: the reader
 * @key: of a text or null
 * @missing: (nullable): returned if the key is absent or after an error
 * @null: (nullable): returned for null
 *
 * Returns: (transfer none) (nullable): UTF-8, valid as long as the reader's root
 *
 * Errors: %DIF_ERROR_SCHEMA
 * Thread: the reader's
 */
const char *dif_json_string_or_null (DifJsonReader *r, const char *key, const char *missing,
                                     const char *null);

/**
 * dif_json_choice:
 * @r: the reader
 * @key: of a text
 * @missing: returned if the key is absent or after an error
 * @choices: (array zero-terminated=1): what is supported
 *
 * Returns: index into @choices
 *
 * Errors: %DIF_ERROR_SCHEMA, %DIF_ERROR_UNSUPPORTED for another text
 * Thread: the reader's
 */
guint dif_json_choice (DifJsonReader *r, const char *key, guint missing,
                       const char *const *choices);

/**
 * dif_json_choice_or_null:
 * @r: the reader
 * @key: of a text or null
 * @missing: returned if the key is absent or after an error
 * @null: returned for null
 * @choices: (array zero-terminated=1): what is supported
 *
 * Returns: index into @choices
 *
 * Errors: those of dif_json_choice()
 * Thread: the reader's
 */
guint dif_json_choice_or_null (DifJsonReader *r, const char *key, guint missing, guint null,
                               const char *const *choices);

/**
 * dif_json_uint_array:
 * @r: the reader
 * @key: of a list of whole numbers
 * @out: (array length=max_n): the numbers
 * @max_n: room in @out
 * @min: smallest that makes sense
 * @max: largest that makes sense
 *
 * Returns: how many there are, 1 to @max_n; 0 if the key is absent or after an error
 *
 * Errors: those of dif_json_uint(), %DIF_ERROR_VALUE for an empty or too long list
 * Thread: the reader's
 */
guint dif_json_uint_array (DifJsonReader *r, const char *key, guint *out, guint max_n, guint min,
                           guint max);

/**
 * dif_json_double_array:
 * @r: the reader
 * @key: of a list of numbers
 * @out: (array length=max_n): the numbers
 * @max_n: room in @out
 * @min: smallest that makes sense
 * @max: largest that makes sense
 *
 * Returns: how many there are, 1 to @max_n; 0 if the key is absent or after an error
 *
 * Errors: those of dif_json_double(), %DIF_ERROR_VALUE for an empty or too long list
 * Thread: the reader's
 */
guint dif_json_double_array (DifJsonReader *r, const char *key, double *out, guint max_n,
                             double min, double max);

/**
 * dif_json_string_array:
 * @r: the reader
 * @key: of a list of texts
 * @out: (array length=max_n): UTF-8, valid as long as the reader's root
 * @max_n: room in @out
 *
 * Returns: how many there are, 1 to @max_n; 0 if the key is absent or after an error
 *
 * Errors: %DIF_ERROR_SCHEMA, %DIF_ERROR_VALUE for an empty or too long list
 * Thread: the reader's
 */
guint dif_json_string_array (DifJsonReader *r, const char *key, const char **out, guint max_n);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifJsonReader, dif_json_reader_clear)

G_END_DECLS
