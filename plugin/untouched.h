/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gegl.h>

#include "plugin/target.h"

G_BEGIN_DECLS

/**
 * dif_untouched_save:
 * @target: a target with a layer
 *
 * Returns: (transfer full): the bytes of the target's area, as the layer has them now
 */
GeglBuffer *dif_untouched_save (const DifTarget *target);

/**
 * dif_untouched_restore:
 * @target: the target
 * @saved: from dif_untouched_save()
 * @alpha: the region's weights
 *
 * Puts back the bytes of pixels whose weight is 0.  GIMP leaves those that are not selected alone,
 * but on the way through its own arithmetic it rounds some: of 32 bit numbers, and of colors with
 * a profile.  What is written here is not noted for Undo, as all of it was just before.
 */
void dif_untouched_restore (const DifTarget *target, GeglBuffer *saved, const float *alpha);

G_END_DECLS
