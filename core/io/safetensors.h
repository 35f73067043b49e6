/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/io/tensor-info.h"

G_BEGIN_DECLS

/**
 * DifSafetensors:
 *
 * An open safetensors file whose header was checked whole: names are unique, sizes
 * do not overflow, and the tensors cover the file's data without overlap or hole.
 * Stricter than the reference reader; what it accepts, the reference accepts with
 * the same result.  Numbers are read when asked for, never mapped.
 *
 * Source: huggingface/safetensors, README "Format"
 */
typedef struct _DifSafetensors DifSafetensors;

/**
 * DifTensorOut:
 * @name: as in #DifTensorInfo
 * @dtype: %DIF_DTYPE_F32, %DIF_DTYPE_F16 or %DIF_DTYPE_I64
 * @n_dims: 0 to %DIF_SAFETENSORS_MAX_DIMS
 * @dim: sizes, outermost first
 * @data: (nullable): contiguous float, guint16 with the bits of half precision, or gint64; %NULL
 *   only if there are no numbers
 *
 * One tensor to write.
 */
typedef struct
{
  const char *name;
  DifDtype    dtype;
  guint       n_dims;
  gsize       dim[DIF_SAFETENSORS_MAX_DIMS];
  const void *data;
} DifTensorOut;

/**
 * dif_safetensors_open:
 * @path: in the file system's encoding; if it ends in .json, of an index of several files in the
 *   same folder, as diffusers saves large models: `{"weight_map": {"conv_in.bias": "FILE", …}}`
 * @error: why not
 *
 * Reads and checks the header.  Several files are like one.
 *
 * Returns: (transfer full): the file, or %NULL
 *
 * Errors: %DIF_ERROR_MISSING, %DIF_ERROR_IO, %DIF_ERROR_TRUNCATED,
 *   %DIF_ERROR_HEADER_SIZE, %DIF_ERROR_NOT_SAFETENSORS, %DIF_ERROR_JSON,
 *   %DIF_ERROR_UTF8, %DIF_ERROR_DUPKEY, %DIF_ERROR_SCHEMA, %DIF_ERROR_NAME,
 *   %DIF_ERROR_DTYPE, %DIF_ERROR_UNSUPPORTED, %DIF_ERROR_OVERFLOW, %DIF_ERROR_LIMIT,
 *   %DIF_ERROR_OFFSETS, %DIF_ERROR_SIZE, %DIF_ERROR_NOMEM; of an index those of dif_json_load(),
 *   %DIF_ERROR_PATH for a file outside of its folder, %DIF_ERROR_MISMATCH where it and its files
 *   do not agree
 * Thread: any
 */
DifSafetensors *dif_safetensors_open (const char *path, GError **error);

/**
 * dif_safetensors_close:
 * @st: (transfer full) (nullable): what to close; its #DifTensorInfo go with it
 *
 * Thread: any
 */
void dif_safetensors_close (DifSafetensors *st);

/**
 * dif_safetensors_path:
 * @st: the file
 *
 * Returns: what was given to dif_safetensors_open()
 *
 * Thread: any
 */
const char *dif_safetensors_path (const DifSafetensors *st);

/**
 * dif_safetensors_name:
 * @st: the file
 *
 * Returns: its path for messages, valid UTF-8
 *
 * Thread: any
 */
const char *dif_safetensors_name (const DifSafetensors *st);

/**
 * dif_safetensors_infos:
 * @st: the file
 * @n: (out): how many there are
 *
 * Returns: (array length=n) (transfer none): all tensors in the header's order
 *
 * Thread: any
 */
const DifTensorInfo *dif_safetensors_infos (const DifSafetensors *st, gsize *n);

/**
 * dif_safetensors_find:
 * @st: the file
 * @name: of a tensor
 *
 * Returns: (transfer none) (nullable): the tensor, %NULL if there is none
 *
 * Thread: any
 */
const DifTensorInfo *dif_safetensors_find (const DifSafetensors *st, const char *name);

/**
 * dif_safetensors_metadata:
 * @st: the file
 * @key: of the header's `__metadata__`
 *
 * Returns: (transfer none) (nullable): the text, %NULL if there is none
 *
 * Thread: any
 */
const char *dif_safetensors_metadata (const DifSafetensors *st, const char *key);

/**
 * dif_safetensors_check_weight:
 * @st: the file
 * @info: one of its tensors
 * @error: set to %DIF_ERROR_UNSUPPORTED
 *
 * Returns: whether dif_safetensors_read_f32() reads its kind of numbers
 *
 * Thread: any
 */
gboolean dif_safetensors_check_weight (DifSafetensors *st, const DifTensorInfo *info,
                                       GError **error);

/**
 * dif_safetensors_read_f32:
 * @st: the file
 * @info: one of its tensors, see dif_dtype_is_weight()
 * @out: (array): room for @info's size; undefined after an error
 * @error: why not
 *
 * Reads all numbers of a tensor; half precision is widened exactly, double rounded.
 *
 * Returns: whether @out is filled and all of it is finite
 *
 * Errors: %DIF_ERROR_NONFINITE, %DIF_ERROR_UNSUPPORTED for another kind of numbers,
 *   %DIF_ERROR_TRUNCATED, %DIF_ERROR_IO
 * Thread: one at a time
 */
gboolean dif_safetensors_read_f32 (DifSafetensors *st, const DifTensorInfo *info, float *out,
                                   GError **error);

/**
 * dif_safetensors_read_f32_any:
 * @st: the file
 * @info: as for dif_safetensors_read_f32()
 * @out: (array): room for @info's size
 * @error: why not
 *
 * dif_safetensors_read_f32() that lets infinities and NaN through.
 *
 * Returns: whether @out is filled
 *
 * Errors: those of dif_safetensors_read_f32() but %DIF_ERROR_NONFINITE
 * Thread: one at a time
 */
gboolean dif_safetensors_read_f32_any (DifSafetensors *st, const DifTensorInfo *info, float *out,
                                       GError **error);

/**
 * dif_safetensors_read_f64:
 * @st: the file
 * @info: one of its tensors: %DIF_DTYPE_F64 or %DIF_DTYPE_F32
 * @out: (array): room for @info's size
 * @error: why not
 *
 * Returns: whether @out is filled and all of it is finite
 *
 * Errors: those of dif_safetensors_read_f32()
 * Thread: one at a time
 */
gboolean dif_safetensors_read_f64 (DifSafetensors *st, const DifTensorInfo *info, double *out,
                                   GError **error);

/**
 * dif_safetensors_read_i64:
 * @st: the file
 * @info: one of its tensors: %DIF_DTYPE_I64, %DIF_DTYPE_I32 or %DIF_DTYPE_U8
 * @out: (array): room for @info's size
 * @error: why not
 *
 * Returns: whether @out is filled
 *
 * Errors: those of dif_safetensors_read_f32() but %DIF_ERROR_NONFINITE
 * Thread: one at a time
 */
gboolean dif_safetensors_read_i64 (DifSafetensors *st, const DifTensorInfo *info, gint64 *out,
                                   GError **error);

/**
 * dif_safetensors_finish:
 * @st: the file
 * @error: set to %DIF_ERROR_CHANGED
 *
 * To be called after the last read: what was read counts only if this agrees.
 *
 * Returns: whether the file is what it was when it was opened
 *
 * Thread: any
 */
gboolean dif_safetensors_finish (DifSafetensors *st, GError **error);

/**
 * dif_safetensors_write:
 * @path: in the file system's encoding; an old file is replaced only by a whole new one
 * @tensors: (array length=n): what to write, in any order
 * @n: how many
 * @error: why not
 *
 * Writes a file sorted by name within each kind of numbers, so that the same tensors
 * give the same bytes, and waits until the disk has it.
 *
 * Returns: whether it was written
 *
 * Errors: %DIF_ERROR_REQUEST for more dims or another kind of numbers than
 *   #DifTensorOut has, %DIF_ERROR_NAME, %DIF_ERROR_DUPKEY, %DIF_ERROR_OVERFLOW,
 *   %DIF_ERROR_NOMEM, %DIF_ERROR_IO
 * Thread: any
 */
gboolean dif_safetensors_write (const char *path, const DifTensorOut *tensors, gsize n,
                                GError **error);

/**
 * dif_safetensors_write_with:
 * @path: see dif_safetensors_write()
 * @tensors: (array length=n): see dif_safetensors_write()
 * @n: see dif_safetensors_write()
 * @metadata: (nullable): keys and their texts in turn, UTF-8, %NULL-terminated
 * @error: why not
 *
 * dif_safetensors_write() with texts for dif_safetensors_metadata().
 *
 * Returns: whether it was written
 *
 * Errors: those of dif_safetensors_write()
 * Thread: any
 */
gboolean dif_safetensors_write_with (const char *path, const DifTensorOut *tensors, gsize n,
                                     const char *const *metadata, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifSafetensors, dif_safetensors_close)

G_END_DECLS
