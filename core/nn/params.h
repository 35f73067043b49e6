/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/pool.h"
#include "core/nn/tensor-source.h"
#include "core/ops/weight.h"

G_BEGIN_DECLS

/**
 * DifParams:
 *
 * The tensors of a source, taken by name while a network is built, and their owner as long as
 * the network lives.  Errors are sticky: after the first, every take returns %NULL, and
 * dif_params_finish() says what was missing, left over or of another shape.
 */
typedef struct _DifParams DifParams;

/**
 * DifParam:
 * @name: of the tensor in the file
 * @value: its numbers, in the file's order; what ops read, where @weight is %NULL
 * @weight: (nullable): what ops read instead, packed from @value
 *
 * One tensor that can be trained.
 */
typedef struct
{
  const char *name;
  DifTensor  *value;
  DifWeight  *weight;
} DifParam;

/**
 * dif_params_new:
 * @source: (transfer full): where they come from
 * @shapes_only: check shapes and read no numbers; what is taken is then %NULL
 *
 * Returns: (transfer full): the tensors
 *
 * Thread: any
 */
DifParams *dif_params_new (DifTensorSource *source, gboolean shapes_only);

/**
 * dif_params_open:
 * @path: a safetensors file, or an index of several
 * @shapes_only: see dif_params_new()
 * @error: why it cannot be read
 *
 * Returns: (transfer full): the tensors, or %NULL
 *
 * Errors: those of dif_tensor_source_open()
 * Thread: any
 */
DifParams *dif_params_open (const char *path, gboolean shapes_only, GError **error);

/**
 * dif_params_new_random:
 * @seed: of the random numbers
 *
 * For a network that was never trained: whatever is taken is made, in the shape asked for, as
 * dif_random_fill() says.
 *
 * Returns: (transfer full): the tensors, trainable
 *
 * Thread: any
 */
DifParams *dif_params_new_random (guint64 seed);

/**
 * dif_params_set_budget:
 * @params: of which nothing has been taken yet
 * @bytes: memory that weights may use; a quarter of the machine's if this is never called
 *
 * Weights that files hold as halves are widened when they are read only if all fit in as floats,
 * else tile by tile at every use.  What is left may keep convolutions' weights transformed.  Only
 * speed depends on it, not results.
 *
 * Thread: any
 */
void dif_params_set_budget (DifParams *params, gsize bytes);

/**
 * dif_params_set_differentiable:
 * @params: of which no convolution has been taken yet
 *
 * Makes what the way back through convolutions needs, for gradients with respect to what a network
 * reads; the numbers stay what they are.
 *
 * Thread: any
 */
void dif_params_set_differentiable (DifParams *params);

/**
 * dif_params_set_trainable:
 * @params: of which nothing has been taken yet
 *
 * Keeps all numbers as floats in the file's order beside what ops read, and makes what the way back
 * through ops needs.
 *
 * Thread: any
 */
void dif_params_set_trainable (DifParams *params);

/**
 * dif_params_list:
 * @params: the tensors
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): all that was taken from trainable ones, in the order
 * it was taken.  A tape knows each by its weight, or by its value where it has none.
 *
 * Thread: any
 */
const DifParam *dif_params_list (DifParams *params, guint *n);

/**
 * dif_params_update:
 * @params: whose values were changed
 * @pool: packs them
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Lets ops read the new values.
 *
 * Returns: whether they do
 *
 * Thread: any, while nobody uses the network
 */
gboolean dif_params_update (DifParams *params, DifPool *pool, GError **error);

/**
 * dif_params_free:
 * @params: (transfer full) (nullable): what to free, all tensors taken from it included
 *
 * Thread: any
 */
void dif_params_free (DifParams *params);

/**
 * dif_params_finish:
 * @params: all has been taken
 * @error: the first thing that was wrong
 *
 * Returns: whether everything was there, nothing was left over, and the file did not
 *   change meanwhile
 *
 * Errors: %DIF_ERROR_MISSING, %DIF_ERROR_MISMATCH, %DIF_ERROR_CHANGED and those of reading
 * Thread: any
 */
gboolean dif_params_finish (DifParams *params, GError **error);

/**
 * dif_params_has:
 * @params: the tensors
 * @name: a layer, "down_blocks.0.attentions.0"
 * @leaf: a tensor of it, "query.weight"
 *
 * Returns: whether there is such a tensor
 *
 * Thread: any
 */
gboolean dif_params_has (DifParams *params, const char *name, const char *leaf);

/**
 * dif_params_count:
 * @params: the tensors
 *
 * Returns: how many numbers they hold
 *
 * Thread: any
 */
guint64 dif_params_count (DifParams *params);

/**
 * dif_params_vector:
 * @params: the tensors
 * @name: the layer
 * @leaf: "weight" or "bias"
 * @n: expected size
 *
 * Shapes: [n]
 * Thread: any
 *
 * Returns: (transfer none) (nullable): the numbers
 */
const DifTensor *dif_params_vector (DifParams *params, const char *name, const char *leaf, gsize n);

/**
 * dif_params_frequencies:
 * @params: the tensors
 * @name: the layer, whose "weight" is taken
 * @n: expected size
 *
 * Frequencies of waves, which no training changes.  Those of a network that was never trained are
 * drawn such that noise levels a tenth apart can be told, and a thousand times as far too.
 *
 * Shapes: [n]
 * Units: turns for each factor e of the noise level, see dif_fourier_embedding()
 * Thread: any
 *
 * Returns: (transfer none) (nullable): the numbers
 */
const DifTensor *dif_params_frequencies (DifParams *params, const char *name, gsize n);

/**
 * dif_params_table:
 * @params: the tensors
 * @name: the layer, whose "weight" is taken
 * @n: expected rows
 * @c: expected columns
 *
 * Shapes: [n, c]
 * Thread: any
 *
 * Returns: (transfer none) (nullable): the numbers as they are
 */
const DifTensor *dif_params_table (DifParams *params, const char *name, gsize n, gsize c);

/**
 * dif_params_linear:
 * @params: the tensors
 * @name: the layer, whose "weight" is taken
 * @c_out: outputs
 * @c_in: inputs
 *
 * Shapes: file [c_out, c_in]; out packed for dif_linear()
 * Thread: any
 *
 * Returns: (transfer none) (nullable): the packed weight
 */
const DifWeight *dif_params_linear (DifParams *params, const char *name, gsize c_out, gsize c_in);

/**
 * dif_params_conv:
 * @params: the tensors
 * @name: the layer, whose "weight" is taken
 * @c_out: outputs
 * @c_in: inputs
 * @kernel: rows and columns
 * @stride: between outputs
 *
 * Shapes: file [c_out, c_in, kernel, kernel]; out packed for dif_conv()
 * Thread: any
 *
 * Returns: (transfer none) (nullable): the packed weight
 */
const DifWeight *dif_params_conv (DifParams *params, const char *name, gsize c_out, gsize c_in,
                                  guint kernel, guint stride);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifParams, dif_params_free)

G_END_DECLS
