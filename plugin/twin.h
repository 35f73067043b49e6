/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

G_BEGIN_DECLS

/**
 * DifTwin:
 *
 * A copy of an image in which layers can be hidden and rendered without the image knowing of it.
 * It has the image's precision, and shares its pixels until they are written.
 */
typedef struct _DifTwin DifTwin;

/**
 * dif_twin_new:
 * @image: what to copy
 * @error: set if GIMP refused
 *
 * Returns: (transfer full): the copy, or %NULL
 */
DifTwin *dif_twin_new (GimpImage *image, GError **error);

/**
 * dif_twin_free:
 * @twin: (transfer full) (nullable): what to delete
 */
void dif_twin_free (DifTwin *twin);

/**
 * dif_twin_layer:
 * @twin: a copy
 * @layer: a layer of the image
 *
 * Returns: (transfer none): the same layer of the copy
 */
GimpLayer *dif_twin_layer (DifTwin *twin, GimpLayer *layer);

/**
 * dif_twin_hide_above:
 * @twin: a copy
 * @layer: (nullable): a layer of the image; %NULL hides nothing
 *
 * Hides all that lies above a layer, in its group and above that.
 */
void dif_twin_hide_above (DifTwin *twin, GimpLayer *layer);

/**
 * dif_twin_hide_all_but:
 * @twin: a copy
 * @layer: a layer of the image, which may be a group
 *
 * Leaves that layer to be seen, and nothing of what it lies in or beside.
 */
void dif_twin_hide_all_but (DifTwin *twin, GimpLayer *layer);

/**
 * dif_twin_render:
 * @twin: a copy
 * @layer: a layer of the image, which is no group
 *
 * Makes the layer's effects part of its pixels, which may make it larger.
 *
 * Returns: (transfer none): the layer of the copy, which can be written
 */
GimpLayer *dif_twin_render (DifTwin *twin, GimpLayer *layer);

/**
 * dif_twin_visible:
 * @twin: a copy
 * @error: set if GIMP refused
 *
 * Returns: (transfer full): what the copy shows now, as large as it, for as long as there is the
 *   copy; or %NULL
 */
GeglBuffer *dif_twin_visible (DifTwin *twin, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifTwin, dif_twin_free)

G_END_DECLS
