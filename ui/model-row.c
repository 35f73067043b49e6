/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/model-row.h"

#include <glib/gi18n-lib.h>

static void
browse (GtkButton *button, gpointer data)
{
  GtkWidget       *window = gtk_widget_get_toplevel (GTK_WIDGET (button));
  GtkWidget       *chooser = NULL;
  g_autofree char *folder = NULL;

  chooser = gtk_file_chooser_dialog_new (
      _ ("Folder of a model"), GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
      _ ("_Cancel"), GTK_RESPONSE_CANCEL, _ ("_Select"), GTK_RESPONSE_ACCEPT, NULL);
  if (gtk_dialog_run (GTK_DIALOG (chooser)) == GTK_RESPONSE_ACCEPT)
    folder = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  gtk_widget_destroy (chooser);

  if (folder != NULL)
    g_object_set (data, "model", folder, NULL);
}

GtkWidget *
dif_model_row_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config)
{
  GtkWidget *row = gimp_procedure_dialog_get_widget (dialog, "model", G_TYPE_NONE);
  GtkWidget *entry = gimp_label_entry_get_entry (GIMP_LABEL_ENTRY (row));
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("Bro_wse…"));

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("The plug-in's own"));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_widget_set_hexpand (entry, TRUE);

  gtk_grid_set_column_spacing (GTK_GRID (row), 6);
  gtk_grid_attach (GTK_GRID (row), button, 2, 0, 1, 1);
  gtk_widget_set_tooltip_text (button, _ ("Look for the folder of a model"));
  g_signal_connect_object (button, "clicked", G_CALLBACK (browse), config, 0);
  gtk_widget_show (button);

  return row;
}
