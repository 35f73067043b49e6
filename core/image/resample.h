/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifPlane:
 * @width: pixels in a row
 * @height: rows
 * @channels: numbers for each pixel
 * @data: row by row
 *
 * Numbers of a picture or mask; borrowed.
 */
typedef struct
{
  guint  width;
  guint  height;
  guint  channels;
  float *data;
} DifPlane;

/**
 * dif_resample:
 * @src: a picture
 * @dst: of the wanted size, filled
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Scales with a Lanczos window of three lobes, along each axis by itself; where it shrinks, the
 * window is as much wider, so that nothing finer than the new pixels is left to alias.  Beyond the
 * borders nothing counts: weights are made to add up to 1, so that one color stays that color. An
 * axis of the same length is copied.  Next to hard edges it overshoots by up to a tenth.
 *
 * Returns: %FALSE without memory
 *
 * Thread: any
 * Source: Duchon 1979 (Lanczos Filtering in One and Two Dimensions); Turkowski 1990
 */
gboolean dif_resample (const DifPlane *src, const DifPlane *dst, GError **error);

/**
 * dif_resample_largest:
 * @src: coverage
 * @dst: of the wanted size, filled
 *
 * Scales so that nothing is lost: each new pixel is the largest of those it covers a part of.
 *
 * Thread: any
 */
void dif_resample_largest (const DifPlane *src, const DifPlane *dst);

G_END_DECLS
