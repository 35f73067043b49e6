/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gegl.h>

#include "plugin/target.h"

G_BEGIN_DECLS

/**
 * dif_drawable_new_floats:
 * @rect: for how many pixels
 * @channels: of each
 * @error: set to %DIF_ERROR_NOMEM if there is no memory
 *
 * Returns: (transfer full): zeros, or %NULL
 */
float *dif_drawable_new_floats (const DifRect *rect, gsize channels, GError **error);

/**
 * dif_drawable_read_region:
 * @drawable: what to read
 * @target: a target
 * @rect: as large as its region, in the drawable's own coordinates
 * @format: of one number a pixel
 * @error: set to %DIF_ERROR_NOMEM if there is no memory
 *
 * Returns: (transfer full): the numbers; 0 beside the drawable
 */
float *dif_drawable_read_region (GimpDrawable *drawable, const DifTarget *target,
                                 GeglRectangle rect, const char *format, GError **error);

/**
 * dif_drawable_read_mask:
 * @target: a target with a selection
 * @error: set to %DIF_ERROR_NOMEM if there is no memory
 *
 * Returns: (transfer full): the region's coverage as #DifRequest wants it
 */
float *dif_drawable_read_mask (const DifTarget *target, GError **error);

/**
 * dif_drawable_on_layer:
 * @target: a target with a layer
 * @rect: in the image's coordinates
 *
 * Returns: the same in the layer's own
 */
GeglRectangle dif_drawable_on_layer (const DifTarget *target, const DifRect *rect);

G_END_DECLS
