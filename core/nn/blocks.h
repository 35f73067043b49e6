/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/nn/layers.h"

G_BEGIN_DECLS

/**
 * DifResample:
 * @DIF_RESAMPLE_NONE: same size
 * @DIF_RESAMPLE_DOWN: half, by means of 2 x 2 pixels
 * @DIF_RESAMPLE_UP: twice, by nearest neighbor
 *
 * What a residual block does to the size on both of its paths.
 */
typedef enum
{
  DIF_RESAMPLE_NONE,
  DIF_RESAMPLE_DOWN,
  DIF_RESAMPLE_UP,
} DifResample;

/**
 * DifResnetSpec:
 * @c_in: inputs
 * @c_out: outputs
 * @c_emb: numbers in the time embedding, 0 for none
 * @n_groups: of both norms
 * @eps: of both norms
 * @activation: after the norms and before the embedding's projection
 * @scale_shift: the embedding scales and shifts the second norm instead of being added
 * @resample: change of size
 * @out_scale: the sum of both paths is divided by it
 *
 * What kind of residual block.
 */
typedef struct
{
  gsize         c_in;
  gsize         c_out;
  gsize         c_emb;
  guint         n_groups;
  double        eps;
  DifActivation activation;
  gboolean      scale_shift;
  DifResample   resample;
  float         out_scale;
} DifResnetSpec;

/**
 * DifResnet:
 *
 * norm, activation, convolution, twice, beside a shortcut (diffusers ResnetBlock2D).
 */
typedef struct
{
  DifResnetSpec spec;
  DifGroupNorm  norm1;
  DifConv       conv1;
  DifLinear     time_emb_proj;
  DifGroupNorm  norm2;
  DifConv       conv2;
  DifConv       shortcut; /* when the channels differ */
} DifResnet;

/**
 * DifAttentionSpec:
 * @c: channels
 * @head_dim: channels of one head, divides @c
 * @n_groups: of the norm, 0 for none
 * @eps: of the norm
 * @out_scale: the sum with the input is divided by it
 *
 * What kind of attention block.
 */
typedef struct
{
  gsize  c;
  gsize  head_dim;
  guint  n_groups;
  double eps;
  float  out_scale;
} DifAttentionSpec;

/**
 * DifAttention:
 *
 * Self-attention over the pixels beside a shortcut (diffusers Attention as UNet2DModel
 * uses it, and its older names query, key, value, proj_attn).
 */
typedef struct
{
  DifAttentionSpec spec;
  DifGroupNorm     norm;
  DifLinear        to_q;
  DifLinear        to_k;
  DifLinear        to_v;
  DifLinear        to_out;
} DifAttention;

/**
 * dif_resnet_load:
 * @resnet: (out caller-allocates): filled
 * @params: where tensors come from
 * @name: the block's name
 * @spec: what kind
 *
 * Thread: any
 */
void dif_resnet_load (DifResnet *resnet, DifParams *params, const char *name,
                      const DifResnetSpec *spec);

/**
 * dif_resnet_apply:
 * @resnet: the block
 * @context: the context
 * @x: (nullable): pictures
 * @beside: (nullable): further channels of them
 * @emb: (nullable): time embedding
 *
 * Shapes: x and beside [N, H, W, C] with c_in channels together; emb [N, c_emb]; out
 *   [N, H', W', c_out]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: He et al. 2016; diffusers ResnetBlock2D
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_resnet_apply (const DifResnet *resnet, DifContext *context, DifTensor *x,
                             DifTensor *beside, const DifTensor *emb);

/**
 * dif_attention_load:
 * @attention: (out caller-allocates): filled
 * @params: where tensors come from
 * @name: the block's name
 * @spec: what kind
 *
 * Thread: any
 */
void dif_attention_load (DifAttention *attention, DifParams *params, const char *name,
                         const DifAttentionSpec *spec);

/**
 * dif_attention_apply:
 * @attention: the block
 * @context: the context
 * @x: (nullable): pictures
 *
 * Shapes: x, out [N, H, W, c]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Vaswani et al. 2017; diffusers Attention, AttnProcessor
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_attention_apply (const DifAttention *attention, DifContext *context, DifTensor *x);

G_END_DECLS
