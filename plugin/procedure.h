/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimp.h>

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * DifProcedureArgs:
 * @DIF_ARG_NETWORK: labels, steps, sampler, all kinds of guidance and threads: whatever runs
 *   the network
 * @DIF_ARG_NOISE_LEVEL: how far the pixels are noised
 * @DIF_ARG_CONTEXT: pixels around the selection
 * @DIF_ARG_SELECTION: what the selection means and how its edge is treated, at what size it is
 *   worked on, and whether colors are matched
 * @DIF_ARG_TILE: whether the picture continues beyond its edges
 * @DIF_ARG_MATERIALS: layers of the active group are regions
 * @DIF_ARG_PREFILL: what the selection begins as
 * @DIF_ARG_OUTPUT: where the result goes; without it, to a new layer
 * @DIF_ARG_SAMPLE: whether what is visible is read or the layer alone
 * @DIF_ARG_LEARN: what is learnt, from whose pixels, how long and as what: it makes a model and no
 *   layer
 *
 * Which arguments a procedure has.
 */
typedef enum
{
  DIF_ARG_NETWORK = 1 << 0,
  DIF_ARG_NOISE_LEVEL = 1 << 1,
  DIF_ARG_CONTEXT = 1 << 2,
  DIF_ARG_MATERIALS = 1 << 3,
  DIF_ARG_SELECTION = 1 << 4,
  DIF_ARG_TILE = 1 << 5,
  DIF_ARG_PREFILL = 1 << 6,
  DIF_ARG_OUTPUT = 1 << 7,
  DIF_ARG_LEARN = 1 << 8,
  DIF_ARG_SAMPLE = 1 << 9,
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
