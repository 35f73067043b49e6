/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifColorMatch:
 * @width: columns that count; what lies right of them is padding
 * @height: rows that count
 * @known: what the run was given, in [-1, 1]
 * @mask: 1 where pixels were made, else 0
 * @coverage: (nullable): their noise levels, in [0, 1], if they had different ones
 * @nearest: set while it works
 *
 * What a result is compared with.
 */
typedef struct
{
  gsize            width;
  gsize            height;
  const DifTensor *known;
  const DifTensor *mask;
  const DifTensor *coverage;
  guint32         *nearest;
} DifColorMatch;

/**
 * dif_color_match:
 * @context: the context
 * @match: what to compare with
 * @x: (nullable): a result in [-1, 1], changed in place
 *
 * Takes a drift of color out of pixels that were made: one offset for each channel.
 *
 * It is measured where made pixels meet known ones.  With a hard mask, a ring of 8 pixels inside
 * the edge is compared with what 9 known pixels, outwards from the one nearest to each, would go on
 * as: a straight line, so that a gradient across the edge is no drift.  With noise levels it is the
 * pixels that were partly known, whose drift grows with their coverage.  Samples more than three
 * deviations from the median, where an object meets the edge, are left out, and the mean of the
 * others is the drift.  It is believed in part only with less than about 24 of them, and where they
 * are spread so far that their mean, of patches of texture rather than of pixels, is no surer than
 * a drift is large.  At most a tenth of the range is corrected: more is no drift, but another
 * picture.
 *
 * Shapes: known, x [1, H, W, 3]; mask, coverage [1, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 */
void dif_color_match (DifContext *context, const DifColorMatch *match, DifTensor *x);

G_END_DECLS
