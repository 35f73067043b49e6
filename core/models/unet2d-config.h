/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/io/json.h"
#include "core/ops/activation.h"

G_BEGIN_DECLS

#define DIF_UNET_MAX_LEVELS 8

/**
 * DifUNetLevel:
 * @channels: of its feature maps
 * @down_attention: attention after each residual block on the way down
 * @down_resnet: the size is halved by a residual block instead of a strided convolution
 * @up_attention: attention on the way up, at the same level
 * @up_resnet: the size is doubled by a residual block
 *
 * One level of a U-Net, 0 being the finest.
 */
typedef struct
{
  guint    channels;
  gboolean down_attention;
  gboolean down_resnet;
  gboolean up_attention;
  gboolean up_resnet;
} DifUNetLevel;

/**
 * DifUNetConfig:
 *
 * config.json of diffusers' UNet2DModel, checked; same names.
 */
typedef struct
{
  guint         sample_height; /* 0: the file does not say */
  guint         sample_width;
  guint         in_channels;
  guint         out_channels;
  gboolean      center_input_sample;
  gboolean      fourier; /* time_embedding_type: told sigma, and what it writes divided by that */
  double        freq_shift;
  gboolean      flip_sin_to_cos;
  guint         n_levels;
  DifUNetLevel  level[DIF_UNET_MAX_LEVELS];
  guint         layers_per_block;
  double        mid_block_scale_factor;
  guint         downsample_padding;
  DifActivation activation;
  guint         attention_head_dim; /* 0: one head of all channels */
  guint         norm_num_groups;
  guint         mid_attention_groups; /* 0: no norm there */
  double        norm_eps;
  gboolean      scale_shift;
  gboolean      add_attention;
  guint         num_class_embeds;
  guint         time_embedding_dim;
} DifUNetConfig;

/**
 * dif_unet_config_read:
 * @reader: config.json; errors stay in it
 * @config: (out caller-allocates): filled; sizes are sane and divide as they must
 *
 * Returns: whether @config is filled
 *
 * Errors: in @reader: %DIF_ERROR_SCHEMA, %DIF_ERROR_VALUE, %DIF_ERROR_UNSUPPORTED
 * Thread: any
 * Source: diffusers UNet2DModel
 */
gboolean dif_unet_config_read (DifJsonReader *reader, DifUNetConfig *config);

G_END_DECLS
