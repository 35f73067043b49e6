/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifTrainPicture:
 * @width: pixels in a row
 * @height: rows
 * @pixels: (array): R'G'B' bytes, three for each pixel, row by row
 * @coverage: (nullable) (array): a byte for each pixel: 0 where it is not to be learnt from
 * @label: (nullable): what it shows
 *
 * A picture as the outside world hands it over; copied.
 */
typedef struct
{
  guint         width;
  guint         height;
  const guint8 *pixels;
  const guint8 *coverage;
  const char   *label;
} DifTrainPicture;

/**
 * DifCropping:
 * @size: pixels on a side of what the network sees
 * @zoom: crops are up to so many times larger and scaled down; 1 for pixels as they are
 * @flip_x: left and right are alike
 * @flip_y: above and below are alike
 * @turn: and so are rows and columns
 * @jitter: how far brightness, contrast and saturation stray, 0 for not at all
 * @dropout: share of pictures whose label is not told
 * @masks: whether the network is conditioned on masked pictures
 *
 * How pictures become batches.
 */
typedef struct
{
  guint    size;
  double   zoom;
  gboolean flip_x;
  gboolean flip_y;
  gboolean turn;
  double   jitter;
  double   dropout;
  gboolean masks;
} DifCropping;

/**
 * DIF_CROP_DRAWS:
 *
 * Numbers that dif_crop() takes.
 */
#define DIF_CROP_DRAWS 44

/**
 * dif_crop:
 * @picture: at least as large as crops
 * @cropping: how it is cut
 * @draws: (array fixed-size=44): numbers from 0 to 1
 * @out: (out caller-allocates) (array): [size, size, 3] in [-1, 1]
 * @coverage: (out caller-allocates) (array) (nullable): [size, size] from 0 to 1; 1 where the
 *   picture has no coverage of its own
 *
 * A piece from anywhere in a picture, turned, and its colors a little changed.  Where there is
 * coverage, the piece is the one of a few that has the most.
 *
 * Thread: any
 */
void dif_crop (const DifTrainPicture *picture, const DifCropping *cropping, const double *draws,
               float *out, float *coverage);

G_END_DECLS
