/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifDtype:
 * @DIF_DTYPE_F32: IEEE 754 single
 * @DIF_DTYPE_F16: IEEE 754 half
 * @DIF_DTYPE_BF16: the upper half of a single
 * @DIF_DTYPE_F64: IEEE 754 double
 * @DIF_DTYPE_I64: signed 64-bit
 * @DIF_DTYPE_I32: signed 32-bit
 * @DIF_DTYPE_U8: unsigned byte
 * @DIF_DTYPE_N_READ: as many are read from files; of those that follow only the sizes are known
 * @DIF_N_DTYPES: as many there are
 *
 * The kinds of numbers in files.
 */
typedef enum
{
  DIF_DTYPE_F32,
  DIF_DTYPE_F16,
  DIF_DTYPE_BF16,
  DIF_DTYPE_F64,
  DIF_DTYPE_I64,
  DIF_DTYPE_I32,
  DIF_DTYPE_U8,
  DIF_DTYPE_N_READ,
  DIF_DTYPE_BOOL = DIF_DTYPE_N_READ,
  DIF_DTYPE_I8,
  DIF_DTYPE_I16,
  DIF_DTYPE_U16,
  DIF_DTYPE_U32,
  DIF_DTYPE_U64,
  DIF_DTYPE_C64,
  DIF_DTYPE_F8_E4M3,
  DIF_DTYPE_F8_E5M2,
  DIF_DTYPE_F8_E8M0,
  DIF_DTYPE_F8_E4M3FNUZ,
  DIF_DTYPE_F8_E5M2FNUZ,
  DIF_DTYPE_F6_E2M3,
  DIF_DTYPE_F6_E3M2,
  DIF_DTYPE_F4,
  DIF_N_DTYPES,
} DifDtype;

/**
 * dif_dtype_name:
 * @dtype: a kind of numbers
 *
 * Returns: its name in safetensors files, such as "F32"
 *
 * Thread: any
 */
const char *dif_dtype_name (DifDtype dtype);

/**
 * dif_dtype_bits:
 * @dtype: a kind of numbers
 *
 * Returns: bits of one number, 4 to 64
 *
 * Thread: any
 */
gsize dif_dtype_bits (DifDtype dtype);

/**
 * dif_dtype_bytes:
 * @dtype: a kind of numbers that are read
 *
 * Returns: bytes of one number, 1 to 8
 *
 * Thread: any
 */
gsize dif_dtype_bytes (DifDtype dtype);

/**
 * dif_dtype_is_weight:
 * @dtype: a kind of numbers
 *
 * Returns: whether a network can have weights of them: F32, F16, BF16 or F64
 *
 * Thread: any
 */
gboolean dif_dtype_is_weight (DifDtype dtype);

/**
 * dif_dtype_parse:
 * @name: (nullable): a name out of a file, %NULL if it is no string
 * @tensor: for the message
 * @file: for the message
 * @dtype: (out): the kind of numbers
 * @error: why not
 *
 * Returns: whether it is one of #DifDtype
 *
 * Errors: %DIF_ERROR_DTYPE
 * Thread: any
 */
gboolean dif_dtype_parse (const char *name, const char *tensor, const char *file, DifDtype *dtype,
                          GError **error);

/**
 * dif_dtype_swap:
 * @dtype: a kind of numbers
 * @data: @n numbers, changed in place
 * @n: how many
 *
 * Turns the files' little-endian numbers into the host's and back.
 *
 * Thread: any
 */
void dif_dtype_swap (DifDtype dtype, void *data, gsize n);

G_END_DECLS
