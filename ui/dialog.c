/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/fields.h"
#include "ui/more.h"
#include "ui/preview.h"
#include "ui/progress-text.h"

/* GIMP does not tell plug-ins when a selection changes: they have to ask.  Where an answer takes
 * long, it is not asked for more than a quarter of the time. */
#define POLL_MS      500
#define MOST_POLL_MS 5000
#define POLL_SHARE   4

struct _DifDialog
{
  GtkWidget      *window;
  GtkWidget      *fields;
  GtkWidget      *more; /* NULL where there are no more */
  GtkWidget      *preview;
  GtkWidget      *bar;
  GtkWidget      *keep;
  GtkWidget      *stop;
  GtkWidget      *status;
  GtkWidget      *outlook;
  DifDialogWords  words;
  DifDialogHooks  hooks;
  DifProgressInfo last; /* report, without its preview */
  guint           poll; /* source, 0 while it runs */
  gboolean        ready;
  gboolean        running;
  gboolean        ending; /* Stop or Keep was pressed */
  gboolean        closing;
  gboolean        made;
};

/* One may copy from it; empty, nobody sees that it has the focus. */
static void
show_status (DifDialog *dialog, const char *text)
{
  gtk_label_set_text (GTK_LABEL (dialog->status), text);
  gtk_label_set_selectable (GTK_LABEL (dialog->status), text[0] != '\0');
  atk_object_set_description (gtk_widget_get_accessible (dialog->status), text);
}

static void
stop (DifDialog *dialog)
{
  if (! dialog->running)
    return;

  show_status (dialog, _ ("Stopping…"));
  dialog->ending = TRUE;
  gtk_widget_set_sensitive (dialog->stop, FALSE);
  gtk_widget_set_sensitive (dialog->keep, FALSE);
  dialog->hooks.stop (dialog->hooks.data);
}

static void
on_stop (GtkButton *button, gpointer data)
{
  stop (data);
}

/* Whoever finds that a step takes too long can still stop. */
static void
on_keep (GtkButton *button, gpointer data)
{
  DifDialog *dialog = data;

  if (! dialog->running || dialog->ending)
    return;

  show_status (dialog, dialog->words.keeping);
  dialog->ending = TRUE;
  gtk_widget_set_sensitive (dialog->keep, FALSE);
  dialog->hooks.keep (dialog->hooks.data);
}

/* Meanwhile nobody waits for responses but us. */
static void
on_response (GtkDialog *window, gint response, gpointer data)
{
  DifDialog *dialog = data;

  if (! dialog->running ||
      (response != GTK_RESPONSE_CANCEL && response != GTK_RESPONSE_DELETE_EVENT))
    return;

  dialog->closing = TRUE;
  stop (dialog);
}

/* Closing the window must not destroy it under the computation. */
static gboolean
on_delete (GtkWidget *window, GdkEvent *event, gpointer data)
{
  DifDialog *dialog = data;

  if (! dialog->running)
    return GDK_EVENT_PROPAGATE;

  on_response (GTK_DIALOG (window), GTK_RESPONSE_DELETE_EVENT, dialog);
  return GDK_EVENT_STOP;
}

static GtkWidget *
button_for (DifDialog *dialog, gint response)
{
  return gtk_dialog_get_widget_for_response (GTK_DIALOG (dialog->window), response);
}

/* The main button can be pressed when there is something to do, and where it stands it is said
 * what, or why not. */
static void
look_ahead (DifDialog *dialog)
{
  GtkWidget       *run = button_for (dialog, GTK_RESPONSE_OK);
  g_autofree char *text = dialog->hooks.outlook (dialog->hooks.data, &dialog->ready);

  gtk_dialog_set_response_sensitive (GTK_DIALOG (dialog->window), GTK_RESPONSE_OK, dialog->ready);
  if (strcmp (gtk_label_get_text (GTK_LABEL (dialog->outlook)), text) == 0)
    return;
  gtk_label_set_text (GTK_LABEL (dialog->outlook), text);
  atk_object_set_description (gtk_widget_get_accessible (run), text);
}

static gboolean
on_poll (gpointer data)
{
  DifDialog   *dialog = data;
  const gint64 begin = g_get_monotonic_time ();
  guint        took = 0;

  look_ahead (dialog);
  took = (guint) ((g_get_monotonic_time () - begin) / 1000);
  dialog->poll = g_timeout_add (CLAMP (POLL_SHARE * took, POLL_MS, MOST_POLL_MS), on_poll, dialog);
  return G_SOURCE_REMOVE;
}

static void
stop_polling (DifDialog *dialog)
{
  if (dialog->poll != 0)
    g_source_remove (dialog->poll);
  dialog->poll = 0;
}

static void
set_running (DifDialog *dialog, gboolean running)
{
  dialog->running = running;
  dialog->ending = FALSE;
  gtk_widget_set_sensitive (dialog->fields, ! running);
  if (dialog->more != NULL)
    gtk_widget_set_sensitive (gtk_bin_get_child (GTK_BIN (dialog->more)), ! running);
  gtk_widget_set_sensitive (dialog->stop, running);
  gtk_widget_set_sensitive (dialog->keep, FALSE); /* until there is something to keep */
  stop_polling (dialog);
  if (running)
    {
      gtk_dialog_set_response_sensitive (GTK_DIALOG (dialog->window), GTK_RESPONSE_OK, FALSE);
      gtk_widget_grab_focus (dialog->stop);
    }
  else
    {
      on_poll (dialog);
      gtk_widget_grab_focus (
          button_for (dialog, dialog->ready ? GTK_RESPONSE_OK : GTK_RESPONSE_CANCEL));
    }
}

static void
tell_done (DifDialog *dialog)
{
  g_autofree char *text = dialog->hooks.tell (dialog->hooks.data, &dialog->last);

  show_status (dialog, text);
}

static void
make (DifDialog *dialog)
{
  g_autoptr (GError) error = NULL;
  gboolean           done = FALSE;

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->bar), 0.0);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (dialog->bar), _ ("Getting ready…"));
  show_status (dialog, "");

  set_running (dialog, TRUE);
  done = dialog->hooks.make (dialog->hooks.data, &error);
  set_running (dialog, FALSE);

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->bar), done ? 1.0 : 0.0);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (dialog->bar), "");
  if (done)
    tell_done (dialog);
  else if (g_error_matches (error, DIF_ERROR, DIF_ERROR_CANCELLED))
    show_status (dialog, dialog->words.stopped);
  else
    show_status (dialog, error != NULL ? error->message : _ ("It did not work."));

  dialog->made = dialog->made || done;
}

static GtkWidget *
new_button (DifDialog *dialog, const char *label, const char *tooltip, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_sensitive (button, FALSE);
  dif_fields_name (button, label);
  g_signal_connect (button, "clicked", clicked, dialog);

  return button;
}

static GtkWidget *
new_progress_row (DifDialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  dialog->bar = gtk_progress_bar_new ();
  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (dialog->bar), TRUE);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (dialog->bar), "");
  gtk_widget_set_valign (dialog->bar, GTK_ALIGN_CENTER);
  dif_fields_name (dialog->bar, _ ("Progress"));
  gtk_box_pack_start (GTK_BOX (box), dialog->bar, TRUE, TRUE, 0);

  dialog->keep = new_button (dialog, _ ("Keep"), dialog->words.keep, G_CALLBACK (on_keep));
  gtk_box_pack_start (GTK_BOX (box), dialog->keep, FALSE, FALSE, 0);
  dialog->stop = new_button (dialog, _ ("Stop"), dialog->words.stop, G_CALLBACK (on_stop));
  gtk_box_pack_start (GTK_BOX (box), dialog->stop, FALSE, FALSE, 0);

  return box;
}

static GtkWidget *
new_status (void)
{
  GtkWidget *status = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (status), 0.0f);
  gtk_label_set_line_wrap (GTK_LABEL (status), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (status), 50);

  return status;
}

/* In the row of the buttons; long sentences wrap. */
static GtkWidget *
new_outlook (DifDialog *dialog)
{
  GtkWidget *row = gtk_widget_get_parent (button_for (dialog, GTK_RESPONSE_OK));
  GtkWidget *outlook = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (outlook), 1.0f);
  gtk_widget_set_margin_end (outlook, 6);
  gtk_label_set_line_wrap (GTK_LABEL (outlook), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (outlook), 40); /* a button box gives no more than it must */
  gtk_label_set_max_width_chars (GTK_LABEL (outlook), 40);
  gtk_box_pack_start (GTK_BOX (row), outlook, FALSE, FALSE, 0);
  gtk_button_box_set_child_non_homogeneous (GTK_BUTTON_BOX (row), outlook, TRUE);
  gtk_box_reorder_child (GTK_BOX (row), outlook, 0);
  gtk_widget_show (outlook);

  return outlook;
}

/* In two columns, so that with all its settings the dialog is no higher than small screens: below
 * the preview there is room. */
static void
fill (DifDialog *dialog, GimpProcedureConfig *config, GPtrArray *settings)
{
  GimpProcedureDialog *window = GIMP_PROCEDURE_DIALOG (dialog->window);
  GtkWidget           *content = gtk_dialog_get_content_area (GTK_DIALOG (dialog->window));
  GtkWidget           *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget           *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget           *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget           *row = new_progress_row (dialog);

  dialog->fields = dif_fields_new (window, config, settings);
  dialog->status = new_status ();
  gtk_box_pack_start (GTK_BOX (left), dialog->fields, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (left), row, FALSE, FALSE, 6);
  gtk_box_pack_start (GTK_BOX (left), dialog->status, FALSE, FALSE, 0);

  dialog->preview = dif_preview_new ();
  dialog->more = dif_more_new (window, config, settings);
  gtk_box_pack_start (GTK_BOX (right), dialog->preview, FALSE, FALSE, 0);
  if (dialog->more != NULL)
    gtk_box_pack_start (GTK_BOX (right), dialog->more, FALSE, FALSE, 0);

  gtk_box_pack_start (GTK_BOX (columns), left, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (columns), right, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (content), columns, TRUE, TRUE, 0);

  gtk_widget_show_all (row);
  gtk_widget_show (dialog->status);
  gtk_widget_show (left);
  gtk_widget_show (right);
  gtk_widget_show (columns);
}

gboolean
dif_dialog_start (GError **error)
{
  const char *display = gimp_display_name ();

  /* A GIMP with windows tells where they are.  One without may still run where
   * there is a display, but gimp_ui_init() ends the process where there is none. */
  if ((display == NULL || display[0] == '\0') && ! gtk_init_check (NULL, NULL))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _ ("There is no display to show a dialog on."));
      return FALSE;
    }
  gimp_ui_init ("gimp-diffusion");
  return TRUE;
}

DifDialog *
dif_dialog_new (GimpProcedure *procedure, GimpProcedureConfig *config, GPtrArray *settings,
                const DifDialogWords *words, const DifDialogHooks *hooks)
{
  DifDialog       *dialog = g_new0 (DifDialog, 1);
  g_autofree char *title = dif_fields_plain (words->run);

  dialog->words = *words;
  dialog->hooks = *hooks;
  dialog->window = gimp_procedure_dialog_new (procedure, config, title);
  gimp_procedure_dialog_set_ok_label (GIMP_PROCEDURE_DIALOG (dialog->window), words->run);
  gtk_button_set_label (GTK_BUTTON (button_for (dialog, GTK_RESPONSE_CANCEL)), _ ("_Close"));
  fill (dialog, config, settings);
  dialog->outlook = new_outlook (dialog);
  on_poll (dialog);

  g_signal_connect (dialog->window, "response", G_CALLBACK (on_response), dialog);
  g_signal_connect (dialog->window, "delete-event", G_CALLBACK (on_delete), dialog);

  return dialog;
}

void
dif_dialog_free (DifDialog *dialog)
{
  if (dialog == NULL)
    return;

  stop_polling (dialog);
  gtk_widget_destroy (dialog->window);
  g_free (dialog);
}

void
dif_dialog_report (const DifProgressInfo *info, gpointer data)
{
  DifDialog       *dialog = data;
  g_autofree char *text = dif_progress_text (info);

  dialog->last = *info;
  dialog->last.preview = NULL;
  if (dialog->running && ! dialog->ending && info->step >= 1)
    gtk_widget_set_sensitive (dialog->keep, TRUE);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->bar), CLAMP (info->fraction, 0.0, 1.0));
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (dialog->bar), text);
  dif_preview_show (dialog->preview, info);
}

gboolean
dif_dialog_run (DifDialog *dialog)
{
  while (! dialog->closing && gimp_procedure_dialog_run (GIMP_PROCEDURE_DIALOG (dialog->window)))
    make (dialog);

  return dialog->made;
}
