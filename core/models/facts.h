/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifModelFacts:
 * @class_name: "UNet2DModel"
 * @in_channels: read for each pixel
 * @out_channels: written for each pixel
 * @sample_size: pixels on the longer side of what it was trained on, 0 if unknown
 * @sample_height: its height
 * @sample_width: its width
 * @n_classes: rows of the label embedding, 0 for an unconditional network
 * @multiple: height and width must be multiples of it
 * @has_attention: whether each pixel sees the whole picture
 * @told_sigma: whether it is told a noise level above 0, of which it takes the logarithm, instead
 * of a timestep
 * @unit_range: whether it reads x of pictures in [0, 1] instead of [-1, 1]
 * @n_parameters: numbers in its file
 *
 * What a caller has to know of a network.
 */
typedef struct
{
  const char *class_name;
  guint       in_channels;
  guint       out_channels;
  guint       sample_size;
  guint       sample_height;
  guint       sample_width;
  guint       n_classes;
  guint       multiple;
  gboolean    has_attention;
  gboolean    told_sigma;
  gboolean    unit_range;
  guint64     n_parameters;
} DifModelFacts;

G_END_DECLS
