/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/nn/params.h"
#include "core/ops/conv/conv.h"
#include "core/ops/linear.h"
#include "core/ops/norm/group-norm.h"

G_BEGIN_DECLS

/* Layers are plain structs of borrowed parameters: their DifParams owns the numbers.
 * Loading never fails at once; dif_params_finish() tells. */

/**
 * DifConv:
 * @weight: packed
 * @bias: [c_out]
 * @shape: geometry
 *
 * A convolution with its parameters.
 */
typedef struct
{
  const DifWeight *weight;
  const DifTensor *bias;
  DifConvShape     shape;
} DifConv;

/**
 * DifLinear:
 * @weight: packed
 * @bias: [c_out]
 *
 * A linear layer with its parameters.
 */
typedef struct
{
  const DifWeight *weight;
  const DifTensor *bias;
} DifLinear;

/**
 * DifGroupNorm:
 * @gamma: [c]
 * @beta: [c]
 * @n_groups: divides c; 0 for no normalization at all
 * @eps: added to the variance
 *
 * A group norm with its parameters.
 */
typedef struct
{
  const DifTensor *gamma;
  const DifTensor *beta;
  guint            n_groups;
  double           eps;
} DifGroupNorm;

/**
 * dif_conv_load:
 * @conv: (out caller-allocates): filled
 * @params: where tensors come from
 * @name: the layer's name
 * @c_in: inputs
 * @c_out: outputs
 * @shape: geometry
 *
 * Thread: any
 */
void dif_conv_load (DifConv *conv, DifParams *params, const char *name, gsize c_in, gsize c_out,
                    DifConvShape shape);

/**
 * dif_conv_apply:
 * @conv: the layer
 * @context: the context
 * @x: (nullable): pictures
 * @shift: (nullable): see #DifEpilogue
 * @residual: (nullable): see #DifEpilogue
 * @scale: see #DifEpilogue
 *
 * Shapes: those of dif_conv()
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_conv_apply (const DifConv *conv, DifContext *context, const DifTensor *x,
                           const DifTensor *shift, const DifTensor *residual, float scale);

/**
 * dif_linear_load:
 * @linear: (out caller-allocates): filled
 * @params: where tensors come from
 * @name: the layer's name
 * @c_in: inputs
 * @c_out: outputs
 *
 * Thread: any
 */
void dif_linear_load (DifLinear *linear, DifParams *params, const char *name, gsize c_in,
                      gsize c_out);

/**
 * dif_linear_apply:
 * @linear: the layer
 * @context: the context
 * @x: (nullable): rows
 *
 * Shapes: those of dif_linear()
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_linear_apply (const DifLinear *linear, DifContext *context, const DifTensor *x);

/**
 * dif_group_norm_load:
 * @norm: (out caller-allocates): filled
 * @params: where tensors come from
 * @name: the layer's name
 * @c: channels
 * @n_groups: divides @c; 0 takes no tensors and normalizes nothing
 * @eps: added to the variance
 *
 * Thread: any
 */
void dif_group_norm_load (DifGroupNorm *norm, DifParams *params, const char *name, gsize c,
                          guint n_groups, double eps);

/**
 * dif_group_norm_apply:
 * @norm: the layer
 * @context: the context
 * @x: (nullable): pictures
 * @modulation: (nullable): see dif_group_norm()
 * @activation: fused
 *
 * Shapes: those of dif_group_norm()
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_group_norm_apply (const DifGroupNorm *norm, DifContext *context, DifTensor *x,
                                 const DifTensor *modulation, DifActivation activation);

/**
 * DifNormedInput:
 * @norm: the layer before the convolution
 * @x: (nullable): pictures
 * @beside: (nullable): further channels of them
 * @modulation: (nullable): see dif_group_norm()
 * @activation: after the norm
 *
 * A normalized, activated picture that is not made before it is needed.
 */
typedef struct
{
  const DifGroupNorm *norm;
  DifTensor          *x;
  DifTensor          *beside;
  const DifTensor    *modulation;
  DifActivation       activation;
} DifNormedInput;

/**
 * dif_conv_apply_normed:
 * @conv: the layer
 * @context: the context
 * @input: what is convolved
 * @shift: (nullable): see #DifEpilogue
 * @residual: (nullable): see #DifEpilogue
 * @scale: see #DifEpilogue
 *
 * dif_group_norm_apply() and dif_conv_apply(), with one pass over memory less.
 *
 * Shapes: those of dif_conv()
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_conv_apply_normed (const DifConv *conv, DifContext *context,
                                  const DifNormedInput *input, const DifTensor *shift,
                                  const DifTensor *residual, float scale);

G_END_DECLS
