/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimp.h>

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * DifProcedureArgs:
 * @DIF_ARG_PICTURE: it makes a layer, of the core's settings for its task
 * @DIF_ARG_MATERIALS: layers of the active group are regions
 * @DIF_ARG_OUTPUT: where the result goes; without it, to a new layer
 * @DIF_ARG_SAMPLE: whether what is visible is read or the layer alone
 * @DIF_ARG_LEARN: it makes a model and no layer, of the core's settings for learning
 *
 * Which arguments a procedure has.
 */
typedef enum
{
  DIF_ARG_PICTURE = 1 << 0,
  DIF_ARG_MATERIALS = 1 << 1,
  DIF_ARG_OUTPUT = 1 << 2,
  DIF_ARG_SAMPLE = 1 << 3,
  DIF_ARG_LEARN = 1 << 4,
} DifProcedureArgs;

/**
 * DifSession:
 *
 * One call of a procedure; see plugin/session.h.
 */
typedef struct _DifSession DifSession;

/**
 * DifProcedure:
 * @name: in GIMP's procedure database
 * @menu_label: in Filters > Diffusion, not yet translated
 * @run_label: on the dialog's main button, not yet translated
 * @blurb: one sentence, not yet translated
 * @help: a paragraph, not yet translated
 * @layer_name: (nullable): of a result made without a label, not yet translated
 * @make: the whole way from arguments to a result; the main loop turns meanwhile.  If it gives
 *   %FALSE the image is as it was
 * @task: of what makes a picture: what the core is asked for
 * @args: which arguments it has
 * @sensitivity: flags of #GimpProcedureSensitivityMask
 *
 * One row for each procedure; adding one is adding a row.
 */
typedef struct
{
  const char *name;
  const char *menu_label;
  const char *run_label;
  const char *blurb;
  const char *help;
  const char *layer_name;
  gboolean (*make) (DifSession *session, GError **error);
  DifTask          task;
  DifProcedureArgs args;
  gint             sensitivity;
} DifProcedure;

/**
 * dif_procedure_learns:
 * @row: a procedure's row
 *
 * Returns: whether it makes a model, and no layer
 */
gboolean dif_procedure_learns (const DifProcedure *row);

/**
 * dif_procedure_denoises:
 * @row: a procedure's row
 *
 * Returns: whether it makes a layer by running a network
 */
gboolean dif_procedure_denoises (const DifProcedure *row);

/**
 * dif_procedure_reads:
 * @row: a procedure's row
 *
 * Returns: whether it looks at pixels
 */
gboolean dif_procedure_reads (const DifProcedure *row);

/**
 * dif_procedure_fills:
 * @row: a procedure's row
 *
 * Returns: whether it fills what is selected or transparent, so that it is opaque afterwards
 */
gboolean dif_procedure_fills (const DifProcedure *row);

G_END_DECLS
