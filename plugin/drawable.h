/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/source.h"

G_BEGIN_DECLS

/**
 * dif_drawable_init:
 *
 * Starts GEGL; once, before any other function of this file.
 */
void dif_drawable_init (void);

/**
 * dif_drawable_write:
 * @target: where
 * @source: (nullable): what was there, of tasks that look at it
 * @result: as large as the target's region
 * @mask: (nullable): the region's coverage when the target was taken
 * @alpha: (nullable): how the result is laid over the region: the mask of a new layer, or the
 *   weights by which it is mixed with the pixels that are replaced
 * @clipped: whether the result is to be seen only as much as what is below it, or was there
 * @name: for a new layer
 * @settings: JSON that is kept with the layer
 * @error: says what changed in the meantime, or that GIMP refused
 *
 * Hands the result to the image, in one undo step.
 *
 * Returns: (transfer none): the new or changed layer, or %NULL with nothing
 *   changed
 */
GimpLayer *dif_drawable_write (const DifTarget *target, const DifSource *source,
                               const DifResult *result, const float *mask, const float *alpha,
                               gboolean clipped, const char *name, const char *settings,
                               GError **error);

G_END_DECLS
