/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * DifDialog:
 *
 * The settings of a procedure, a preview and a progress bar.  It stays open
 * while a picture or a model is made and after it, for another try.
 */
typedef struct _DifDialog DifDialog;

/**
 * DifDialogHooks:
 * @make: makes one picture, or model, with the settings as they stand; calls
 *   dif_dialog_report() meanwhile and turns the main loop
 * @tell: says what @make has made; hears the last report, without its preview
 * @stop: makes @make return soon, with %DIF_ERROR_CANCELLED
 * @keep: makes @make return soon, with what there is then
 * @outlook: says what @make would be about, or why it would refuse: then @ready is to be set to
 *   %FALSE.  It is asked a few times a second at most, but never while @make runs.
 * @data: for all of them
 *
 * What the dialog's buttons do, and what stands beside the main one.
 */
typedef struct
{
  gboolean (*make) (gpointer data, GError **error);
  char *(*tell) (gpointer data, const DifProgressInfo *last);
  void (*stop) (gpointer data);
  void (*keep) (gpointer data);
  char *(*outlook) (gpointer data, gboolean *ready);
  gpointer data;
} DifDialogHooks;

/**
 * DifDialogWords:
 * @run: on the main button and in the title, with a mnemonic
 * @keep: what Keep does
 * @keeping: shown once Keep was pressed
 * @stop: what Stop does
 * @stopped: shown when it was stopped
 *
 * What the dialog says, translated.
 */
typedef struct
{
  const char *run;
  const char *keep;
  const char *keeping;
  const char *stop;
  const char *stopped;
} DifDialogWords;

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
 * @settings: (element-type DifSetting): what they are, in the order in which they are shown
 * @words: what it says
 * @hooks: what the buttons do
 *
 * Returns: (transfer full): a dialog that is not yet shown
 */
DifDialog *dif_dialog_new (GimpProcedure *procedure, GimpProcedureConfig *config,
                           GPtrArray *settings, const DifDialogWords *words,
                           const DifDialogHooks *hooks);

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
 * Returns: whether anything was made
 */
gboolean dif_dialog_run (DifDialog *dialog);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifDialog, dif_dialog_free)

G_END_DECLS
