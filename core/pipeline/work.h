/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/image/image.h"
#include "core/pipeline/input.h"

G_BEGIN_DECLS

/**
 * DifWork:
 * @whole: the input whose part this is
 * @part: of it that is worked on
 * @input: what the network sees: @whole, or @part at another size
 * @pixels: (nullable): of @input, where they are not those of @whole
 * @alpha: (nullable): of @input: 1 where pixels are known, else 0
 * @mask: (nullable): of @input, where it is not that of @whole
 * @regions: (nullable): likewise
 * @beyond: (nullable): @width * @height * 3, what @whole has beyond the range that networks know
 * @kept: share of the source that is left in the result where the mask is 1; set by who made it
 *
 * The part of an input that is worked on, at the size it is worked on.
 */
typedef struct
{
  const DifInput *whole;
  DifPart         part;
  DifInput        input;
  float          *pixels;
  float          *alpha;
  float          *mask;
  DifRegion      *regions;
  float          *beyond;
  double          kept;
} DifWork;

/**
 * dif_work_init:
 * @work: (out caller-allocates): filled
 * @whole: an input that was checked; outlives @work
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Cuts out what is masked with the context around it that is wanted, and scales it by
 * dif_resample() to the size that is wanted.  A mask is scaled so that no masked pixel is lost.
 * Unknown pixels get colors of what is around them: dif_known_fill().
 *
 * Returns: %FALSE without memory; @work is to be cleared all the same
 *
 * Thread: any
 */
gboolean dif_work_init (DifWork *work, const DifInput *whole, GError **error);

/**
 * dif_work_finish:
 * @work: what was worked on
 * @made: (transfer full): the result of its part
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Scales back and puts the part into its place.  Pixels that are not masked have their own bytes.
 * Where coverage is a noise level, so much of the detail that scaling lost is put back as a pixel
 * is known.  What the source has beyond [0, 1], wide gamut and high dynamic range, is added again
 * by the share of the source that is left; where a hole was inpainted, what is around it goes on.
 *
 * Returns: (transfer full): the result of the whole, or %NULL
 *
 * Thread: any
 */
DifImage *dif_work_finish (const DifWork *work, DifImage *made, GError **error);

/**
 * dif_work_clear:
 * @work: emptied
 *
 * Thread: any
 */
void dif_work_clear (DifWork *work);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifWork, dif_work_clear)

G_END_DECLS
