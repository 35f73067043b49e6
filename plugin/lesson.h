/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/session.h"
#include "plugin/target.h"

G_BEGIN_DECLS

/**
 * dif_lesson_give:
 * @session: the session; its model is set
 * @target: what to learn from
 * @error: of dif_new_model_folder() or dif_learn(), or that there is nothing to learn from
 *
 * Learns a new model from a layer, which stays as it is.  The main loop turns meanwhile.
 *
 * Returns: whether there is a new model
 */
gboolean dif_lesson_give (DifSession *session, const DifTarget *target, GError **error);

G_END_DECLS
