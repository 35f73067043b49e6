/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Small UNet2DModel folders with random weights, written from an own list of what diffusers
 * calls its tensors. */

#include "core/io/safetensors.h"

typedef struct
{
  guint       n_levels;
  guint       channels[4];
  guint       layers;
  guint       in_channels;
  guint       out_channels;
  guint       groups;
  const char *kind; /* of blocks: "", "Attn" or "Resnet" */
  gboolean    mid_attention;
  gboolean    scale_shift;
  gboolean    old_names; /* query, key, value, proj_attn */
  guint       n_classes;
  guint       sample_size;
  guint64     seed;
  double      spread; /* factor of the weights; 0 makes every output 0 */
} TinyUNet;

/* Two levels, no attention, 3 to 3 channels. */
extern const TinyUNet tiny_unet;

/* The tensors, as DifTensorOut, with their data. */
GArray *tiny_unet_tensors (const TinyUNet *net);

/* Position of a tensor in the list. */
guint tiny_unet_find (const GArray *tensors, const char *name);

/* Writes the tensors as folder/name. */
void tiny_unet_write_tensors (const GArray *tensors, const char *folder, const char *name);

/* Writes config.json, with one key set to this JSON (NULL: taken out) unless key is NULL. */
void tiny_unet_write_config (const TinyUNet *net, const char *folder, const char *key,
                             const char *json);

/* config.json and diffusion_pytorch_model.safetensors; makes the folder. */
void tiny_unet_write (const TinyUNet *net, const char *folder);
