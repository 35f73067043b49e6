/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"
#include "core/train/crop.h"

G_BEGIN_DECLS

/**
 * DifDataset:
 *
 * Pictures in memory to learn from: one large one (a layer), or many, with labels if there are any.
 */
typedef struct _DifDataset DifDataset;

/**
 * dif_dataset_new:
 *
 * Returns: (transfer full): no pictures yet
 *
 * Thread: any
 */
DifDataset *dif_dataset_new (void);

/**
 * dif_dataset_free:
 * @dataset: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_dataset_free (DifDataset *dataset);

/**
 * dif_dataset_add:
 * @dataset: the pictures
 * @picture: one more
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: whether it was added
 *
 * Thread: any
 */
gboolean dif_dataset_add (DifDataset *dataset, const DifTrainPicture *picture, GError **error);

/**
 * dif_dataset_n_pictures:
 * @dataset: the pictures
 *
 * Returns: how many
 *
 * Thread: any
 */
guint dif_dataset_n_pictures (const DifDataset *dataset);

/**
 * dif_dataset_labels:
 * @dataset: the pictures
 *
 * Returns: (transfer full): their different labels in alphabetical order, %NULL-terminated
 *
 * Thread: any
 */
char **dif_dataset_labels (const DifDataset *dataset);

/**
 * dif_dataset_digest:
 * @dataset: the pictures
 *
 * Returns: (transfer full): a text that other pictures do not have
 *
 * Thread: any
 */
char *dif_dataset_digest (const DifDataset *dataset);

/**
 * dif_dataset_prepare:
 * @dataset: all pictures have been added
 * @cropping: how they will be cut
 * @rows: (nullable): each label's row in the network's table, in the order of dif_dataset_labels()
 * @null_row: the row of pictures without a label
 * @error: says why there is nothing to learn from
 *
 * Pictures that are smaller than crops are left out.
 *
 * Returns: whether there are any
 *
 * Errors: %DIF_ERROR_REQUEST
 * Thread: any
 */
gboolean dif_dataset_prepare (DifDataset *dataset, const DifCropping *cropping, const guint *rows,
                              guint null_row, GError **error);

/**
 * dif_dataset_n_usable:
 * @dataset: after dif_dataset_prepare()
 *
 * Returns: how many pictures are large enough
 *
 * Thread: any
 */
guint dif_dataset_n_usable (const DifDataset *dataset);

/**
 * dif_dataset_size:
 * @dataset: after dif_dataset_prepare()
 *
 * Returns: pixels on a side of its crops
 *
 * Thread: any
 */
guint dif_dataset_size (const DifDataset *dataset);

/**
 * DifBatch:
 * @x0: pictures in [-1, 1]
 * @mask: (nullable): 1 where pixels are to be made, 0 where they are known
 * @coverage: (nullable): how much is learnt from each pixel, 0 to 1; %NULL for 1 everywhere
 * @labels: (array): rows of the network's table
 *
 * What is learnt from in one step.
 *
 * Shapes: x0 [N, S, S, 3]; mask, coverage [N, S, S, 1]
 */
typedef struct
{
  DifTensor *x0;
  DifTensor *mask;
  DifTensor *coverage;
  guint     *labels;
} DifBatch;

/**
 * dif_batch_clear:
 * @batch: emptied
 *
 * Thread: any
 */
void dif_batch_clear (DifBatch *batch);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifBatch, dif_batch_clear)

/**
 * dif_dataset_batch:
 * @dataset: after dif_dataset_prepare()
 * @context: the context
 * @seed: of the run
 * @step: of the run
 * @n: how many pictures
 * @batch: (out caller-allocates): an empty batch, filled
 *
 * Picture number k of a step depends on the seed, the step and k alone.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: whether @batch is filled
 */
gboolean dif_dataset_batch (const DifDataset *dataset, DifContext *context, guint64 seed,
                            guint64 step, gsize n, DifBatch *batch);

/**
 * dif_dataset_cut:
 * @dataset: after dif_dataset_prepare()
 * @seed: of the run
 * @picture: of those that are large enough, in the order they were added in
 * @crop: number of a crop of it
 * @x0: (out caller-allocates) (array): it, in [-1, 1]
 * @row: (out): of its label
 *
 * For those who look at every picture, and not at random ones.
 *
 * Shapes: x0 [S, S, 3]
 * Thread: any
 *
 * Returns: whether all of the crop is to be learnt from
 */
gboolean dif_dataset_cut (const DifDataset *dataset, guint64 seed, guint picture, guint crop,
                          float *x0, guint *row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifDataset, dif_dataset_free)

G_END_DECLS
