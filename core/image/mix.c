/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/mix.h"

void
dif_mix_pixel (const float *color, float alpha, float weight, float *under)
{
  const float mixed = weight < 1.0f ? under[3] + weight * (alpha - under[3]) : alpha;
  const float share = weight > 0.0f && mixed > 0.0f ? weight * alpha / mixed : 0.0f;

  for (guint c = 0; c < 3 && share > 0.0f; c++)
    under[c] = share < 1.0f ? under[c] + share * (color[c] - under[c]) : color[c];
  under[3] = mixed;
}
