/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/procedure.h"

G_BEGIN_DECLS

/* GIMP itself remembers the settings of runs that had a result: in the image, and for images that
 * have none of their own. */

/**
 * dif_habits_recall:
 * @row: of the procedure
 * @config: settings as GIMP remembers them
 * @image: the image they will be used on
 * @fresh: whether somebody will look at them before they are used
 *
 * Recalls those of dif_habits_keep() if they are newer.  If @fresh, what was set for another
 * picture, such as its label, becomes what it was made as.
 */
void dif_habits_recall (const DifProcedure *row, GimpProcedureConfig *config, GimpImage *image,
                        gboolean fresh);

/**
 * dif_habits_keep:
 * @config: settings
 * @image: the image they were tried on
 *
 * Remembers them until GIMP ends, for a run that GIMP takes for none because it had no result.
 */
void dif_habits_keep (GimpProcedureConfig *config, GimpImage *image);

/**
 * dif_habits_forget:
 * @config: settings
 *
 * Forgets what was kept: GIMP's own memory is newer.
 */
void dif_habits_forget (GimpProcedureConfig *config);

G_END_DECLS
