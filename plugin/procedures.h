/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/procedure.h"

G_BEGIN_DECLS

/**
 * dif_procedures:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 */
const DifProcedure *dif_procedures (guint *n);

/**
 * dif_procedure_create:
 * @plug_in: the plug-in
 * @name: a procedure's name
 * @run: what GIMP calls; its run data is the row
 *
 * Returns: (transfer full) (nullable): the procedure with its arguments, or
 *   %NULL if there is no such row
 */
GimpProcedure *dif_procedure_create (GimpPlugIn *plug_in, const char *name, GimpRunImageFunc run);

G_END_DECLS
