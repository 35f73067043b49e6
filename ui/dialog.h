/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * DifDialog:
 *
 * The settings of a procedure, a preview and a progress bar.  It stays open
 * while a picture is made and after it, for another try.
 */
typedef struct _DifDialog DifDialog;

/**
 * DifDialogHooks:
 * @make: makes one picture with the settings as they stand; calls
 *   dif_dialog_report() meanwhile and turns the main loop; tells after how many
 *   steps it was kept, 0 for all
 * @stop: makes @make return soon, with %DIF_ERROR_CANCELLED
 * @keep: makes @make return soon, with the picture as it is then
 * @data: for all of them
 *
 * What the dialog's buttons do.
 */
typedef struct
{
  gboolean (*make) (gpointer data, guint *stopped_after, GError **error);
  void (*stop) (gpointer data);
  void (*keep) (gpointer data);
  gpointer data;
} DifDialogHooks;

/**
 * dif_dialog_start:
 * @error: set if there is no display
 *
 * Starts GTK; once, before any other function of this file.
 *
 * Returns: whether dialogs can be shown
 */
gboolean dif_dialog_start (GError **error);

/**
 * dif_dialog_new:
 * @procedure: whose dialog it is
 * @config: the settings it edits
 * @run_label: on the main button and in the title, translated, with a mnemonic
 * @hooks: what the buttons do
 *
 * Returns: (transfer full): a dialog that is not yet shown
 */
DifDialog *dif_dialog_new (GimpProcedure *procedure, GimpProcedureConfig *config,
                           const char *run_label, const DifDialogHooks *hooks);

/**
 * dif_dialog_free:
 * @dialog: (transfer full) (nullable): what to close and free
 */
void dif_dialog_free (DifDialog *dialog);

/**
 * dif_dialog_report:
 * @info: a report
 * @dialog: a #DifDialog
 *
 * Shows it.
 */
void dif_dialog_report (const DifProgressInfo *info, gpointer dialog);

/**
 * dif_dialog_run:
 * @dialog: the dialog
 *
 * Shows the dialog until the user closes it.
 *
 * Returns: whether at least one picture was made
 */
gboolean dif_dialog_run (DifDialog *dialog);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifDialog, dif_dialog_free)

G_END_DECLS
