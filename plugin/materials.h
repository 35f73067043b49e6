/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/target.h"

G_BEGIN_DECLS

/**
 * DifMaterials:
 * @image: the image
 * @group: (nullable): the group whose layers they are, %NULL for those at the top
 * @layers: (element-type GimpLayer): from the top down
 * @labels: (element-type utf8): each layer's label
 * @regions: (nullable) (array): what #DifRequest wants, once dif_materials_read() was called
 *
 * Layers whose names say of what material they are.
 */
typedef struct
{
  GimpImage *image;
  GimpLayer *group;
  GPtrArray *layers;
  GPtrArray *labels;
  DifRegion *regions;
} DifMaterials;

/**
 * dif_materials_find:
 * @drawables: (array zero-terminated=1): what is selected in the layers' list: a group, or a layer
 *   in one
 * @image: the image
 * @labels: (nullable) (array zero-terminated=1): what the model knows
 * @error: says what to name layers
 *
 * Of the active group, or of the image itself where the layer is in none, those visible layers
 * whose names begin with a label: "stone", "Stone path", "grass #2".
 *
 * Returns: (transfer full): at least one, or %NULL
 */
DifMaterials *dif_materials_find (GimpDrawable **drawables, GimpImage *image,
                                  const char *const *labels, GError **error);

/**
 * dif_materials_read:
 * @materials: the materials; regions are set
 * @region: what the model sees, in the image's coordinates
 * @error: set to %DIF_ERROR_NOMEM if there is no memory
 *
 * A layer's alpha, times its mask and opacity, is where its material is, as far as no layer above
 * covers it.
 *
 * Returns: whether there was memory for it
 */
gboolean dif_materials_read (DifMaterials *materials, const DifRect *region, GError **error);

/**
 * dif_materials_free:
 * @materials: (transfer full) (nullable): what to free
 */
void dif_materials_free (DifMaterials *materials);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifMaterials, dif_materials_free)

G_END_DECLS
