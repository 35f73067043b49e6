/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/session.h"

G_BEGIN_DECLS

/**
 * dif_lesson_make:
 * @session: the session of a procedure that learns; its model is set
 * @error: of dif_session_check(), dif_new_model_folder() or dif_learn()
 *
 * From a layer, which stays as it is, to a model.  The main loop turns meanwhile.
 *
 * Returns: whether there is a new model
 */
gboolean dif_lesson_make (DifSession *session, GError **error);

G_END_DECLS
