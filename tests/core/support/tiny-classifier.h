/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Small classifier folders with random weights, and what such a network says, as plain loops in
 * double. */

#include "core/io/safetensors.h"

typedef struct
{
  guint   n_levels;
  guint   channels[4];
  guint   in_channels;
  guint   n_classes;
  guint   time_dim;
  guint   sample_size;
  guint64 seed;
} TinyClassifier;

/* Three levels, 3 channels, 5 classes, trained at 16 pixels. */
extern const TinyClassifier tiny_classifier;

/* The tensors, as DifTensorOut, with their data; tiny_unet_find() finds one. */
GArray *tiny_classifier_tensors (const TinyClassifier *net);

/* Writes config.json, with one key set to this JSON (NULL: taken out) unless key is NULL. */
void tiny_classifier_write_config (const TinyClassifier *net, const char *folder, const char *key,
                                   const char *json);

/* config.json and diffusion_pytorch_model.safetensors; makes the folder. */
void tiny_classifier_write (const TinyClassifier *net, const char *folder);

/* log p (c | x_t) of one picture [h, w, in_channels]; out has n_classes numbers. */
void tiny_classifier_reference (const TinyClassifier *net, const GArray *tensors, const double *x,
                                gsize h, gsize w, double t, double *out);
