/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/io/safetensors.h"

G_BEGIN_DECLS

/* What the format allows, and what is still honest: 160 bytes for each tensor. */
#define DIF_SAFETENSORS_MAX_HEADER    100000000
#define DIF_SAFETENSORS_HONEST_HEADER 32000000
#define DIF_SAFETENSORS_MAX_TENSORS   200000
#define DIF_SAFETENSORS_MAX_NAME      512
#define DIF_SAFETENSORS_METADATA      "__metadata__"

/**
 * DifSafetensorsHeader:
 * @infos: (array length=n): tensors in the header's order
 * @n: how many
 * @names: owns their names
 * @by_name: (element-type DifTensorInfo): them, sorted by name
 * @metadata: (nullable): an object whose values are strings
 *
 * A checked header.  Private to core/io.
 */
typedef struct
{
  DifTensorInfo *infos;
  gsize          n;
  GStringChunk  *names;
  GPtrArray     *by_name;
  json_t        *metadata;
} DifSafetensorsHeader;

/**
 * dif_safetensors_header_parse:
 * @header: (out caller-allocates): to be cleared, also after an error
 * @text: (array length=size): the header
 * @size: its bytes, at least 2
 * @data_size: bytes in the file after the header
 * @file: for messages
 * @error: why not
 *
 * Returns: whether @text follows all rules
 *
 * Errors: those of dif_safetensors_open() from %DIF_ERROR_JSON on
 * Thread: any
 */
gboolean dif_safetensors_header_parse (DifSafetensorsHeader *header, const char *text, gsize size,
                                       guint64 data_size, const char *file, GError **error);

/**
 * dif_safetensors_header_clear:
 * @header: frees what is in it
 *
 * Thread: any
 */
void dif_safetensors_header_clear (DifSafetensorsHeader *header);

/**
 * dif_safetensors_check_name:
 * @name: (array length=length): UTF-8
 * @length: bytes
 * @at: its offset in the file, for the message
 * @file: for the message
 * @error: why not
 *
 * Returns: whether a tensor may be called so
 *
 * Errors: %DIF_ERROR_NAME
 * Thread: any
 */
gboolean dif_safetensors_check_name (const char *name, gsize length, gsize at, const char *file,
                                     GError **error);

/**
 * dif_safetensors_layout_check:
 * @header: with its tensors
 * @data_size: bytes in the file after the header
 * @file: for messages
 * @error: why not
 *
 * Returns: whether the tensors cover the data once, without holes
 *
 * Errors: %DIF_ERROR_OFFSETS, %DIF_ERROR_SIZE
 * Thread: any
 */
gboolean dif_safetensors_layout_check (const DifSafetensorsHeader *header, guint64 data_size,
                                       const char *file, GError **error);

/**
 * dif_safetensors_count:
 * @info: with dtype, n_dims and dim; its size is set
 * @bytes: (out): of the tensor
 *
 * Returns: whether it fits: no dim above 2^31 - 1, and no product that overflows even
 *   when dims of 0 are left out
 *
 * Thread: any
 */
gboolean dif_safetensors_count (DifTensorInfo *info, guint64 *bytes);

/**
 * dif_safetensors_sniff:
 * @start: (array length=size): the first bytes of a file
 * @size: how many
 *
 * Returns: (nullable): what else the file is, translated, %NULL if that is not known
 *
 * Thread: any
 */
const char *dif_safetensors_sniff (const guint8 *start, gsize size);

G_END_DECLS
