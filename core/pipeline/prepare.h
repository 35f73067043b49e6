/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/pipeline/input.h"

G_BEGIN_DECLS

/**
 * DifPrepared:
 * @input: what is worked on
 * @mask: (nullable): that of @input, where it is not the caller's
 *
 * A request that was checked, with its mask as it is to be.
 */
typedef struct
{
  DifInput input;
  float   *mask;
} DifPrepared;

/**
 * dif_prepare:
 * @prepared: (out caller-allocates): filled; to be cleared even after an error
 * @request: the request; outlives @prepared
 * @error: says which value is wrong and what was expected
 *
 * Checks everything that can be checked without opening the model, and shapes the mask.
 *
 * Returns: whether the request can be run
 *
 * Errors: %DIF_ERROR_REQUEST, with the setting's id if it is one; %DIF_ERROR_NONFINITE for a pixel
 *   or coverage that is not finite; %DIF_ERROR_NOMEM
 * Thread: any
 */
gboolean dif_prepare (DifPrepared *prepared, const DifRequest *request, GError **error);

/**
 * dif_prepared_clear:
 * @prepared: emptied
 *
 * Thread: any
 */
void dif_prepared_clear (DifPrepared *prepared);

/**
 * dif_prepared_weigh:
 * @prepared: a request
 * @weights: (out) (transfer full) (nullable): width * height weights in [0, 1], or %NULL for 1
 *   everywhere
 * @error: set to %DIF_ERROR_NOMEM
 *
 * How the result, which is at full strength, is to be laid over the picture: 0 where nothing was to
 * change.  Inside it rises over the request's blend pixels from the edge of what was worked on.  A
 * coverage that was no noise level is a factor too; one that was has had its effect.  What was made
 * from nothing has the mask's own weights.
 *
 * Returns: %FALSE without memory
 *
 * Thread: any
 */
gboolean dif_prepared_weigh (const DifPrepared *prepared, float **weights, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifPrepared, dif_prepared_clear)

G_END_DECLS
