/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/winograd/winograd-form.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/**
 * DifWeightType:
 * @DIF_WEIGHT_F32: floats
 * @DIF_WEIGHT_F16: half precision, widened where it is used
 * @DIF_WEIGHT_BF16: the upper halves of floats, likewise
 *
 * How numbers are held.
 */
typedef enum
{
  DIF_WEIGHT_F32,
  DIF_WEIGHT_F16,
  DIF_WEIGHT_BF16,
} DifWeightType;

/**
 * DifWeightStore:
 * @ref_count: of its users
 * @mutex: held while @budget or a weight's forms are changed
 * @allocator: where the memory comes from
 * @budget: bytes that are left
 *
 * Room to keep weights in forms that are faster to use than what they are packed as; shared by
 * those of a network.
 */
typedef struct
{
  gint          ref_count;
  GMutex        mutex;
  DifAllocator *allocator;
  gsize         budget;
} DifWeightStore;

/**
 * DifWeightForms:
 * @store: whose room they take
 * @winograd: of a 3 x 3 convolution, transformed for each #DifWinogradForm; %NULL where there was
 *   no room for it or it was not needed so far
 *
 * Other forms of a weight, made when they are first needed.
 */
typedef struct
{
  DifWeightStore *store;
  DifTensor      *winograd[DIF_N_WINOGRAD_FORMS];
} DifWeightForms;

typedef struct _DifWeight DifWeight;

/**
 * DifWeight:
 * @k: rows: inputs, times the kernel's area for a convolution, whose rows and columns are
 *   outermost
 * @n: columns: outputs
 * @type: how @panels holds its numbers
 * @panels: [k, n] packed for dif_product(); of halves, two in a float's place
 * @forms: (nullable): what else may be kept of it
 * @kernel: rows and columns of a convolution's kernel, else 1
 * @backward: (nullable): with inputs and outputs exchanged, for gradients with respect to inputs
 *
 * The right factor of a product, packed once when it is loaded.
 */
struct _DifWeight
{
  gsize           k;
  gsize           n;
  DifWeightType   type;
  DifTensor      *panels;
  DifWeightForms *forms;
  guint           kernel;
  DifWeight      *backward;
};

/**
 * dif_weight_new_linear:
 * @allocator: where the memory comes from
 * @src: [c_out, c_in] as files hold it
 * @c_out: outputs
 * @c_in: inputs
 * @type: how to hold it; numbers that the type does not have are rounded
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): the packed weight, or %NULL
 *
 * Thread: any
 */
DifWeight *dif_weight_new_linear (DifAllocator *allocator, const float *src, gsize c_out,
                                  gsize c_in, DifWeightType type, GError **error);

/**
 * dif_weight_new_conv:
 * @allocator: where the memory comes from
 * @src: [c_out, c_in, kernel, kernel] as files hold it
 * @c_out: outputs
 * @c_in: inputs
 * @kernel: rows and columns
 * @type: how to hold it; numbers that the type does not have are rounded
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): the packed weight, or %NULL
 *
 * Thread: any
 */
DifWeight *dif_weight_new_conv (DifAllocator *allocator, const float *src, gsize c_out, gsize c_in,
                                guint kernel, DifWeightType type, GError **error);

/**
 * dif_weight_new_conv_backward:
 * @allocator: where the memory comes from
 * @src: [c_out, c_in, kernel, kernel] as files hold it
 * @c_out: outputs of the convolution
 * @c_in: inputs of the convolution
 * @kernel: rows and columns
 * @type: how to hold it; numbers that the type does not have are rounded
 * @error: set to %DIF_ERROR_NOMEM
 *
 * The weight of a convolution with inputs and outputs exchanged and its kernel turned by half a
 * turn, packed for dif_conv_input_backward().
 *
 * Returns: (transfer full): the packed weight, [kernel² c_out, c_in], or %NULL
 *
 * Thread: any
 */
DifWeight *dif_weight_new_conv_backward (DifAllocator *allocator, const float *src, gsize c_out,
                                         gsize c_in, guint kernel, DifWeightType type,
                                         GError **error);

/**
 * dif_weight_set:
 * @allocator: where the memory comes from
 * @weight: of floats
 * @src: [c_out, c_in, kernel, kernel] as files hold it
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Gives it other numbers, its other forms and its backward one too.
 *
 * Returns: whether it has them
 *
 * Thread: any, while nobody uses @weight
 */
gboolean dif_weight_set (DifAllocator *allocator, DifWeight *weight, const float *src,
                         GError **error);

/**
 * dif_weight_free:
 * @weight: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_weight_free (DifWeight *weight);

/**
 * dif_weight_rows:
 * @weight: the weight
 * @panel: which panel
 * @first: first row
 * @n: how many rows
 * @room: (out caller-allocates): @n rows of %DIF_PANEL floats, written to if they are not held so
 *
 * Returns: (transfer none): the rows as dif_product() takes them, in @weight or in @room
 *
 * Thread: any
 */
const float *dif_weight_rows (const DifWeight *weight, gsize panel, gsize first, gsize n,
                              float *room);

/**
 * dif_weight_store_new:
 * @allocator: where the memory comes from
 * @budget: bytes that may be taken
 *
 * Returns: (transfer full): a store
 *
 * Thread: any
 */
DifWeightStore *dif_weight_store_new (DifAllocator *allocator, gsize budget);

/**
 * dif_weight_store_unref:
 * @store: (transfer full) (nullable): freed when no weight uses it
 *
 * Thread: any
 */
void dif_weight_store_unref (DifWeightStore *store);

/**
 * dif_weight_use_store:
 * @weight: a weight without a store
 * @store: where its forms may be kept
 *
 * Thread: any, before others see @weight
 */
void dif_weight_use_store (DifWeight *weight, DifWeightStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifWeightStore, dif_weight_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifWeight, dif_weight_free)

G_END_DECLS
