/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"

G_BEGIN_DECLS

/**
 * DifWinogradInput:
 * @x: [n, h, w, c]
 * @beside: (nullable): [n, h, w, c_beside], further channels, only with a prologue
 * @n: pictures
 * @h: rows
 * @w: columns
 * @c: channels of @x
 * @c_beside: of @beside
 * @seen_h: rows after resizing by nearest neighbor, @h for none
 * @seen_w: columns, likewise
 * @prologue: (nullable): done to the inputs; not together with resizing
 *
 * What is convolved: with zeros around, to an output of the seen size.
 */
typedef struct
{
  const float *x;
  const float *beside;
  gsize        n, h, w, c, c_beside;
  gsize        seen_h, seen_w;

  const DifPrologue *prologue;
} DifWinogradInput;

G_END_DECLS
