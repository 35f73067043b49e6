/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Pictures with a part that is unknown. */

#include "core/tensor/context.h"

typedef struct
{
  gsize h, w;
  gsize top, left, bottom, right; /* the unknown part */
} TestHole;

#define TEST_N_HOLES 7

/* Odd sizes, at borders and corners, of one row or column, with hardly anything known. */
extern const TestHole test_holes[TEST_N_HOLES];

/* 1 in the unknown part, else 0. */
DifTensor *test_hole_mask (DifContext *context, const TestHole *hole);
