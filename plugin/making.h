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

G_END_DECLS
