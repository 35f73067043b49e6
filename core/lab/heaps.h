/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/lab/mixture.h"

G_BEGIN_DECLS

/**
 * dif_heaps_song:
 *
 * 0.8 N ((5, 5), I) + 0.2 N ((-5, -5), I).
 *
 * Source: Song & Ermon 2019, section 3.2.2
 */
extern const DifMixture dif_heaps_song;

/**
 * dif_heaps_three:
 *
 * Three heaps that touch each other, with the deviation of their points at about 1.
 */
extern const DifMixture dif_heaps_three;

/**
 * DifHeapsFacts:
 * @share: of points nearer to the first heap of dif_heaps_song
 * @deviation: of coordinates from the nearer heap
 *
 * What there is to see in a cloud of points.
 */
typedef struct
{
  double share;
  double deviation;
} DifHeapsFacts;

/**
 * dif_heaps_facts:
 * @points: a cloud
 *
 * Shapes: points [N, H, W, 2]
 * Thread: any
 *
 * Returns: what there is to see
 */
DifHeapsFacts dif_heaps_facts (const DifTensor *points);

G_END_DECLS
