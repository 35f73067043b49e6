/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/target.h"

G_BEGIN_DECLS

/**
 * DifHardSelection:
 *
 * A selection of whole pixels in place of the user's, for as long as GIMP takes pixels by it.
 */
typedef struct _DifHardSelection DifHardSelection;

/**
 * dif_hard_selection_new:
 * @target: a target with a selection
 * @alpha: the region's weights
 * @error: set if there is no memory or GIMP refused
 *
 * Selects those pixels of the target's area whose weight is above 0, which must not be none: GIMP
 * would take all.  Called inside an undo group, in which GIMP notes the user's selection.
 *
 * Returns: (transfer full): what knows the user's selection, or %NULL with that one in place
 */
DifHardSelection *dif_hard_selection_new (const DifTarget *target, const float *alpha,
                                          GError **error);

/**
 * dif_hard_selection_free:
 * @hard: (transfer full) (nullable): what to free
 *
 * Puts the user's selection back, to the last bit.
 */
void dif_hard_selection_free (DifHardSelection *hard);

/**
 * dif_hard_selection_any:
 * @target: a target
 * @alpha: the region's weights
 *
 * Returns: whether any pixel of the target's area has a weight above 0
 */
gboolean dif_hard_selection_any (const DifTarget *target, const float *alpha);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifHardSelection, dif_hard_selection_free)

G_END_DECLS
