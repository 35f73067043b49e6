/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_mix_pixel:
 * @color: (array fixed-size=3): R'G'B' of what is laid over it
 * @alpha: of that
 * @weight: to what share, 0 to 1
 * @under: (inout) (array fixed-size=4): R'G'B' and alpha of what is there
 *
 * Lays a pixel over another.  As layers do, what is not opaque lends less of its color; where
 * nothing is seen of the result the color that was there stays.
 *
 * Thread: any
 */
void dif_mix_pixel (const float *color, float alpha, float weight, float *under);

G_END_DECLS
