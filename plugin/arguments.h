/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/procedure.h"

G_BEGIN_DECLS

/**
 * dif_arguments_add:
 * @procedure: to add them to
 * @row: of the procedure
 *
 * Adds all the arguments that the row asks for.
 */
void dif_arguments_add (GimpProcedure *procedure, const DifProcedure *row);

G_END_DECLS
