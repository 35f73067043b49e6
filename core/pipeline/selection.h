/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/settings/request.h"

G_BEGIN_DECLS

/**
 * dif_selection_reach:
 * @request: grow and feather
 *
 * Returns: by how many pixels what is worked on may go beyond the selection
 *
 * Thread: any
 */
guint dif_selection_reach (const DifRequest *request);

/**
 * dif_selection_shape:
 * @request: mask, grow and feather
 * @coverage: (out) (transfer full) (nullable): width * height numbers in [0, 1] that the run takes
 *   for the mask; %NULL where there is no mask or it is taken as it is
 * @error: says what went wrong
 *
 * The mask that is worked on.
 *
 * Returns: whether there is one
 *
 * Errors: %DIF_ERROR_NOMEM; %DIF_ERROR_REQUEST where shrinking leaves nothing
 * Thread: any
 */
gboolean dif_selection_shape (const DifRequest *request, float **coverage, GError **error);

/**
 * dif_selection_blend:
 * @request: a request
 * @alpha: (out) (transfer full) (nullable): width * height weights in [0, 1], or %NULL for 1
 *   everywhere
 * @error: says what went wrong
 *
 * How dif_run()'s result, which is at full strength, is to be laid over the picture: 0 where
 * nothing was to change.  Inside it rises over the request's blend pixels from the edge of what was
 * worked on.  A coverage that was no noise level is a factor too; one that was has had its effect.
 *
 * Returns: whether it could be told
 *
 * Errors: of dif_selection_shape()
 * Thread: any
 */
gboolean dif_selection_blend (const DifRequest *request, float **alpha, GError **error);

G_END_DECLS
