/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/io/safetensors.h"

G_BEGIN_DECLS

/**
 * DifTensorSource:
 *
 * Where a network's tensors come from: a file, several of which an index names, or the part of one
 * that is that network's among others, by the names that the network uses.  Counted.
 */
typedef struct _DifTensorSource DifTensorSource;

/**
 * DifNamedTensor:
 * @name: what the network calls it
 * @info: what its file says of it, under the file's name
 *
 * A tensor of a #DifTensorSource, which owns it.
 */
typedef struct
{
  const char          *name;
  const DifTensorInfo *info;
} DifNamedTensor;

/**
 * DifRename:
 * @name: what a file calls a tensor
 * @data: what was given with the function
 *
 * Returns: (transfer full) (nullable): what the network calls it; %NULL for one that is not the
 *   network's
 */
typedef char *(*DifRename) (const char *name, gpointer data);

/**
 * DifDelta:
 * @add: adds to the numbers of a tensor, in the file's order
 * @finish: whether what was added counts; see dif_safetensors_finish()
 * @free: frees the object
 *
 * What changes a tensor as it is read.
 */
typedef struct _DifDelta DifDelta;
struct _DifDelta
{
  gboolean (*add) (DifDelta *self, const DifTensorInfo *info, float *out, GError **error);
  gboolean (*finish) (DifDelta *self, GError **error);
  void (*free) (DifDelta *self);
};

/**
 * dif_tensor_source_open:
 * @path: of a safetensors file, or of an index of several, whose names are never taken for paths
 * @error: why it cannot be read
 *
 * Returns: (transfer full): all tensors there, or %NULL
 *
 * Errors: those of dif_safetensors_open()
 * Thread: any
 */
DifTensorSource *dif_tensor_source_open (const char *path, GError **error);

/**
 * dif_tensor_source_part:
 * @whole: of dif_tensor_source_open(); kept
 * @prefix: how the names of the part begin, "model.diffusion_model."
 * @rename: (nullable): called with what follows the prefix
 * @data: for @rename
 * @error: why not
 *
 * One network out of a file that holds several.  What is outside the part does not matter to it.
 *
 * Returns: (transfer full): the tensors of the part, or %NULL
 *
 * Errors: %DIF_ERROR_MISSING if there is no such part, %DIF_ERROR_DUPKEY for two tensors that get
 *   the same name
 * Thread: any
 */
DifTensorSource *dif_tensor_source_part (DifTensorSource *whole, const char *prefix,
                                         DifRename rename, gpointer data, GError **error);

/**
 * dif_tensor_source_ref:
 * @source: a source
 *
 * Returns: (transfer full): @source
 *
 * Thread: any
 */
DifTensorSource *dif_tensor_source_ref (DifTensorSource *source);

/**
 * dif_tensor_source_unref:
 * @source: (transfer full) (nullable): let go of
 *
 * Thread: any
 */
void dif_tensor_source_unref (DifTensorSource *source);

/**
 * dif_tensor_source_name:
 * @source: a source
 *
 * Returns: its file's name for messages
 *
 * Thread: any
 */
const char *dif_tensor_source_name (const DifTensorSource *source);

/**
 * dif_tensor_source_tensors:
 * @source: a source
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): its tensors, in the file's order
 *
 * Thread: any
 */
const DifNamedTensor *dif_tensor_source_tensors (const DifTensorSource *source, guint *n);

/**
 * dif_tensor_source_find:
 * @source: a source
 * @name: what the network calls a tensor
 *
 * Returns: (transfer none) (nullable): the tensor, %NULL if there is none
 *
 * Thread: any
 */
const DifNamedTensor *dif_tensor_source_find (const DifTensorSource *source, const char *name);

/**
 * dif_tensor_source_add_delta:
 * @source: a source
 * @tensor: one of its tensors; several deltas of one are added in turn
 * @delta: (transfer full): what changes it
 *
 * Thread: any, while nobody reads
 */
void dif_tensor_source_add_delta (DifTensorSource *source, const DifNamedTensor *tensor,
                                  DifDelta *delta);

/**
 * dif_tensor_source_read:
 * @source: a source
 * @tensor: one of its tensors
 * @out: (array): room for it; undefined after an error
 * @error: why not
 *
 * Reads all numbers of a tensor, with what deltas add to it.
 *
 * Returns: whether @out is filled and all of it is finite
 *
 * Errors: those of dif_safetensors_read_f32() and of the deltas
 * Thread: one at a time, parts of the same file included
 */
gboolean dif_tensor_source_read (DifTensorSource *source, const DifNamedTensor *tensor, float *out,
                                 GError **error);

/**
 * dif_tensor_source_check_weight:
 * @source: a source
 * @tensor: one of its tensors
 * @error: set to %DIF_ERROR_UNSUPPORTED
 *
 * Returns: whether dif_tensor_source_read() reads its kind of numbers
 *
 * Thread: any
 */
gboolean dif_tensor_source_check_weight (DifTensorSource *source, const DifNamedTensor *tensor,
                                         GError **error);

/**
 * dif_tensor_source_finish:
 * @source: a source
 * @error: set to %DIF_ERROR_CHANGED
 *
 * To be called after the last read: what was read counts only if this agrees.
 *
 * Returns: whether the files are what they were when they were opened
 *
 * Thread: any
 */
gboolean dif_tensor_source_finish (DifTensorSource *source, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifTensorSource, dif_tensor_source_unref)

G_END_DECLS
