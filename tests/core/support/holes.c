/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/holes.h"

const TestHole test_holes[TEST_N_HOLES] = {
  { 16, 16, 4, 4, 12, 12 }, { 17, 13, 0, 0, 17, 6 }, { 9, 31, 1, 1, 8, 30 },   { 1, 5, 0, 1, 1, 4 },
  { 5, 1, 0, 0, 4, 1 },     { 2, 2, 0, 0, 1, 1 },    { 33, 40, 0, 0, 33, 39 },
};

DifTensor *
test_hole_mask (DifContext *context, const TestHole *hole)
{
  DifTensor *mask = dif_context_nhwc (context, 1, hole->h, hole->w, 1);

  for (gsize i = 0; i < mask->size; i++)
    {
      const gsize y = i / hole->w;
      const gsize x = i % hole->w;

      mask->data[i] =
          y >= hole->top && y < hole->bottom && x >= hole->left && x < hole->right ? 1.0f : 0.0f;
    }
  return mask;
}
