/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/session.h"

G_BEGIN_DECLS

/**
 * dif_making_make:
 * @session: the session of a procedure that makes a picture; its layer is set
 * @error: of dif_session_check(), dif_run() or GIMP
 *
 * From arguments to a layer.  The main loop turns meanwhile.
 *
 * Returns: whether there is one; if not, the image is as it was
 */
gboolean dif_making_make (DifSession *session, GError **error);

/**
 * dif_making_name_selection:
 * @target: the target
 * @selection: (nullable): of its region
 *
 * Tries with one selection are of what was there before the first.
 *
 * Returns: (transfer full): what tells that selection from others, as #DifSession has it
 */
char *dif_making_name_selection (const DifTarget *target, const float *selection);

G_END_DECLS
