/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DIF_NEAREST_NONE G_MAXUINT32

/**
 * dif_nearest:
 * @set: (array): width * height bytes
 * @width: pixels in a row
 * @height: rows
 * @nearest: (out caller-allocates) (array): width * height numbers of pixels
 *
 * For each pixel, which pixel that is not 0 in @set lies nearest, center to center;
 * %DIF_NEAREST_NONE if there is none.  Exact, in time that grows with the number of pixels alone.
 *
 * Thread: any
 * Source: Felzenszwalb & Huttenlocher 2012 (Distance Transforms of Sampled Functions), algorithm 1
 */
void dif_nearest (const guint8 *set, guint width, guint height, guint32 *nearest);

/**
 * dif_nearest_distance:
 * @nearest: what dif_nearest() found
 * @width: pixels in a row
 * @at: number of a pixel
 *
 * Returns: its distance from the pixel nearest to it; infinity if there is none
 *
 * Thread: any
 */
double dif_nearest_distance (const guint32 *nearest, guint width, gsize at);

G_END_DECLS
