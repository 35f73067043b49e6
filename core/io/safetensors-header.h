/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/io/tensor-info.h"

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
 * dif_safetensors_header_sort:
 * @header: with its tensors; gets them sorted by name
 * @file: for messages
 * @error: set to %DIF_ERROR_DUPKEY
 *
 * Returns: whether no name comes twice
 *
 * Thread: any
 */
gboolean dif_safetensors_header_sort (DifSafetensorsHeader *header, const char *file,
                                      GError **error);

/**
 * DifSafetensorsIndex:
 * @files: (element-type filename): names of files in the index's folder
 * @map: names of tensors to their file's number, plus 1
 *
 * Which file of several a tensor lies in.  Private to core/io.
 */
typedef struct
{
  GPtrArray  *files;
  GHashTable *map;
} DifSafetensorsIndex;

/**
 * dif_safetensors_index_load:
 * @index: (out caller-allocates): to be cleared, also after an error
 * @path: of the index
 * @error: why not
 *
 * Returns: whether it was read and names nothing but files beside it
 *
 * Errors: those of dif_json_load(), %DIF_ERROR_SCHEMA, %DIF_ERROR_PATH, %DIF_ERROR_LIMIT
 * Thread: any
 */
gboolean dif_safetensors_index_load (DifSafetensorsIndex *index, const char *path, GError **error);

/**
 * dif_safetensors_index_check:
 * @index: an index
 * @header: of its files together
 * @name: of the index, for messages
 * @error: set to %DIF_ERROR_MISMATCH
 *
 * Returns: whether each tensor lies where the index says
 *
 * Thread: any
 */
gboolean dif_safetensors_index_check (const DifSafetensorsIndex  *index,
                                      const DifSafetensorsHeader *header, const char *name,
                                      GError **error);

/**
 * dif_safetensors_index_clear:
 * @index: frees what is in it
 *
 * Thread: any
 */
void dif_safetensors_index_clear (DifSafetensorsIndex *index);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifSafetensorsIndex, dif_safetensors_index_clear)

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
