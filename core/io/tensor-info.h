/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/io/dtype.h"

G_BEGIN_DECLS

#define DIF_SAFETENSORS_MAX_DIMS 8

/**
 * DifTensorInfo:
 * @name: 1 to 512 bytes of UTF-8 without control characters
 * @dtype: what kind of numbers
 * @n_dims: 0 to %DIF_SAFETENSORS_MAX_DIMS; 0 is a single number
 * @dim: sizes, outermost first, as the file gives them; unused ones are 1
 * @begin: first byte, from the beginning of the data
 * @end: the byte after the last
 * @size: numbers in all; 0 if any of @dim is
 * @part: which of several files it lies in
 *
 * What the header says about one tensor.  Owned by the #DifSafetensors.
 */
typedef struct
{
  const char *name;
  DifDtype    dtype;
  guint       n_dims;
  gsize       dim[DIF_SAFETENSORS_MAX_DIMS];
  guint64     begin;
  guint64     end;
  gsize       size;
  guint       part;
} DifTensorInfo;

G_END_DECLS
