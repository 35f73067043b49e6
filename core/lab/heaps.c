/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/heaps.h"

#include <math.h>

#define FAR 5.0

static const double song_weight[] = { 0.8, 0.2 };
static const double song_center[] = { FAR, FAR, -FAR, -FAR };
static const double song_deviation[] = { 1.0, 1.0 };

const DifMixture dif_heaps_song = { 2, 2, song_weight, song_center, song_deviation };

static const double three_weight[] = { 0.4, 0.35, 0.25 };
static const double three_center[] = { -1.1, -0.7, 1.1, -0.3, 0.0, 1.2 };
static const double three_deviation[] = { 0.5, 0.5, 0.5 };

const DifMixture dif_heaps_three = { 3, 2, three_weight, three_center, three_deviation };

DifHeapsFacts
dif_heaps_facts (const DifTensor *points)
{
  const gsize n = points->size / 2;
  gsize       n_first = 0;
  double      squares = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      const float *p = points->data + 2 * i;
      const double near = p[0] + p[1] > 0.0f ? FAR : -FAR;

      n_first += near > 0.0;
      squares += pow (p[0] - near, 2.0) + pow (p[1] - near, 2.0);
    }
  return (DifHeapsFacts) { (double) n_first / n, sqrt (squares / (2 * n)) };
}
