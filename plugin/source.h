/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/target.h"

G_BEGIN_DECLS

/**
 * DifSource:
 * @pixels: the region's colors as #DifRequest wants them
 * @alpha: (nullable): its alpha; %NULL if all of it is opaque
 * @shown: (nullable): how much of that a layer's mask lets through
 *
 * What a target's region shows before anything is made of it.
 */
typedef struct
{
  float *pixels;
  float *alpha;
  float *shown;
} DifSource;

/**
 * dif_source_has_effects:
 * @layer: a layer
 *
 * Returns: whether it is seen with effects that its pixels do not have
 */
gboolean dif_source_has_effects (GimpLayer *layer);

/**
 * dif_source_read:
 * @target: a target whose pixels are looked at
 * @source: (out caller-allocates): filled
 * @error: set if there is no memory or GIMP refused
 *
 * Of a target that is read as it is visible: what the image shows from its bottom up to where the
 * new layer goes.  Else the layer's own pixels, with its effects unless they are to be replaced,
 * for then the effects will go on top of what is written.
 *
 * Returns: whether it could be read; @source is to be cleared all the same
 */
gboolean dif_source_read (const DifTarget *target, DifSource *source, GError **error);

/**
 * dif_source_clear:
 * @source: emptied
 */
void dif_source_clear (DifSource *source);

/**
 * dif_source_seen:
 * @source: what was read
 * @n: its pixels
 * @error: set to %DIF_ERROR_NOMEM
 * @seen: (out) (transfer full) (nullable): alpha as the mask lets it through; %NULL if all is
 * opaque
 *
 * Returns: whether it could be told
 */
gboolean dif_source_seen (const DifSource *source, gsize n, float **seen, GError **error);

/**
 * dif_source_has_holes:
 * @target: the target
 * @source: what it shows
 *
 * Returns: whether any of the region is not opaque
 */
gboolean dif_source_has_holes (const DifTarget *target, const DifSource *source);

/**
 * dif_source_is_glazed:
 * @target: the target
 * @source: what it shows
 * @mask: (nullable): the region's selection
 *
 * A layer above what shines through would let less of it shine through.  It must be clipped to what
 * is below it then.
 *
 * Returns: whether a good part of what is selected is neither opaque nor transparent, and none is
 * to be made opaque
 */
gboolean dif_source_is_glazed (const DifTarget *target, const DifSource *source, const float *mask);

/**
 * dif_source_compose:
 * @target: a target whose layer was read by itself
 * @source: what was read; becomes what is visible
 * @result: what was made of it; its colors become those that are seen with it in the layer's place
 * @weights: (nullable): where it was made
 * @error: set if there is no memory or GIMP refused
 *
 * A layer that multiplies, or shines through, is seen as what it makes of those below.  A layer
 * above it must be of those colors to look as if it were in its place.
 *
 * Returns: whether it was done; the target is one that is read as it is visible then
 */
gboolean dif_source_compose (DifTarget *target, DifSource *source, DifResult *result,
                             const float *weights, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifSource, dif_source_clear)

G_END_DECLS
