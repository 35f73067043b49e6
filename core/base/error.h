/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DIF_ERROR:
 *
 * Error domain of the diffusion core.  Messages are translated whole sentences
 * that name the file, the tensor and both shapes where there are any.
 */
#define DIF_ERROR (dif_error_quark ())

/**
 * DifError:
 * @DIF_ERROR_CANCELLED: the caller asked to stop
 * @DIF_ERROR_NOMEM: an allocation failed or would not fit into memory
 * @DIF_ERROR_REQUEST: a request that makes no sense (steps 0, a size of 0, …)
 * @DIF_ERROR_NONFINITE: a number is not finite (a weight, a pixel, a result)
 * @DIF_ERROR_IO: the operating system refused
 * @DIF_ERROR_EXISTS: something is there already that must not be written over
 * @DIF_ERROR_CHANGED: a file changed while it was read
 * @DIF_ERROR_MISSING: a file or a tensor is missing
 * @DIF_ERROR_MISMATCH: two parts disagree (a shape and a configuration)
 * @DIF_ERROR_UNSUPPORTED: well formed, known to the field, not supported here
 * @DIF_ERROR_VALUE: a value out of its range
 * @DIF_ERROR_SCHEMA: a key is missing or of another type
 * @DIF_ERROR_JSON: not JSON
 * @DIF_ERROR_UTF8: text that is not UTF-8
 * @DIF_ERROR_DUPKEY: the same key twice
 * @DIF_ERROR_LIMIT: larger than any honest file is
 * @DIF_ERROR_NAME: a name that is empty, too long or holds control characters
 * @DIF_ERROR_PATH: a path that leaves its folder
 * @DIF_ERROR_TRUNCATED: the file ends too early
 * @DIF_ERROR_HEADER_SIZE: safetensors: the header length is impossible
 * @DIF_ERROR_NOT_SAFETENSORS: another kind of file; the message says which
 * @DIF_ERROR_DTYPE: safetensors: unknown data type
 * @DIF_ERROR_OVERFLOW: safetensors: sizes that overflow
 * @DIF_ERROR_OFFSETS: safetensors: overlaps, holes, reversed offsets
 * @DIF_ERROR_SIZE: safetensors: shape and byte count disagree
 *
 * What can go wrong in the core.
 */
typedef enum
{
  DIF_ERROR_CANCELLED,
  DIF_ERROR_NOMEM,
  DIF_ERROR_REQUEST,
  DIF_ERROR_NONFINITE,
  DIF_ERROR_IO,
  DIF_ERROR_EXISTS,
  DIF_ERROR_CHANGED,
  DIF_ERROR_MISSING,
  DIF_ERROR_MISMATCH,
  DIF_ERROR_UNSUPPORTED,
  DIF_ERROR_VALUE,
  DIF_ERROR_SCHEMA,
  DIF_ERROR_JSON,
  DIF_ERROR_UTF8,
  DIF_ERROR_DUPKEY,
  DIF_ERROR_LIMIT,
  DIF_ERROR_NAME,
  DIF_ERROR_PATH,
  DIF_ERROR_TRUNCATED,
  DIF_ERROR_HEADER_SIZE,
  DIF_ERROR_NOT_SAFETENSORS,
  DIF_ERROR_DTYPE,
  DIF_ERROR_OVERFLOW,
  DIF_ERROR_OFFSETS,
  DIF_ERROR_SIZE,
} DifError;

/**
 * dif_error_quark:
 *
 * Returns: the quark of %DIF_ERROR
 *
 * Thread: any
 */
GQuark dif_error_quark (void);

/**
 * dif_error_set_setting:
 * @error: (out) (optional): set to %DIF_ERROR_REQUEST
 * @setting: (nullable): id of the setting that is wrong
 * @format: (printf): what is wrong, a whole sentence
 * @...: for @format
 *
 * Refuses a setting.  Programs tell by the id which one it was; the sentence is for people, and
 * free to change.
 *
 * Returns: %FALSE
 *
 * Thread: any
 */
gboolean dif_error_set_setting (GError **error, const char *setting, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/**
 * dif_error_name_setting:
 * @error: (inout) (optional): an error of %DIF_ERROR
 * @setting: id of the setting that was to blame for it
 *
 * For errors from below, where settings are not known.  One that names a setting already keeps it.
 *
 * Thread: any
 */
void dif_error_name_setting (GError **error, const char *setting);

/**
 * dif_error_setting:
 * @error: (nullable): an error of any domain
 *
 * Returns: (nullable): id of the setting that was wrong, %NULL where it was something else
 *
 * Thread: any
 */
const char *dif_error_setting (const GError *error);

G_END_DECLS
