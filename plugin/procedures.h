/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimp.h>

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * DifProcedureArgs:
 * @DIF_ARG_NETWORK: label, steps, sampler, guidance and threads: whatever runs
 *   the network
 * @DIF_ARG_NOISE_LEVEL: how far the pixels are noised
 * @DIF_ARG_CONTEXT: pixels around the selection
 * @DIF_ARG_SELECTION: what softness of the selection means, and whether colors are matched
 * @DIF_ARG_TILE: whether the picture continues beyond its edges
 * @DIF_ARG_MATERIALS: layers of the active group are regions; the result is always a new layer
 *
 * Which arguments a procedure has besides those that all have.
 */
typedef enum
{
  DIF_ARG_NETWORK = 1 << 0,
  DIF_ARG_NOISE_LEVEL = 1 << 1,
  DIF_ARG_CONTEXT = 1 << 2,
  DIF_ARG_MATERIALS = 1 << 3,
  DIF_ARG_SELECTION = 1 << 4,
  DIF_ARG_TILE = 1 << 5,
} DifProcedureArgs;

/**
 * DifProcedure:
 * @name: in GIMP's procedure database
 * @menu_label: in Filters > Diffusion, not yet translated
 * @run_label: on the dialog's main button, not yet translated
 * @blurb: one sentence, not yet translated
 * @help: a paragraph, not yet translated
 * @layer_name: of a result made without a label, not yet translated
 * @task: what the core is asked for
 * @args: which arguments it has
 * @noise_level: the default of that argument
 * @sensitivity: flags of #GimpProcedureSensitivityMask
 *
 * One row for each procedure; adding one is adding a row.
 */
typedef struct
{
  const char      *name;
  const char      *menu_label;
  const char      *run_label;
  const char      *blurb;
  const char      *help;
  const char      *layer_name;
  DifTask          task;
  DifProcedureArgs args;
  gdouble          noise_level;
  gint             sensitivity;
} DifProcedure;

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
