/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/model-row.h"

#include <glib/gi18n-lib.h>

#include "core/dif.h"

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

static gboolean
offers (GtkComboBox *combo, char **names)
{
  GtkTreeModel *offered = gtk_combo_box_get_model (combo);
  GtkTreeIter   iter;
  gboolean      there = gtk_tree_model_get_iter_first (offered, &iter);
  gboolean      same = TRUE;

  for (; same && there && *names != NULL; names++)
    {
      g_autofree char *name = NULL;

      gtk_tree_model_get (offered, &iter, 0, &name, -1);
      same = g_strcmp0 (name, *names) == 0;
      there = gtk_tree_model_iter_next (offered, &iter);
    }
  return same && ! there && *names == NULL;
}

/* What was learnt or copied there meanwhile is offered as well. */
static void
offer_models (GtkWidget *combo)
{
  GtkEntry        *entry = GTK_ENTRY (gtk_bin_get_child (GTK_BIN (combo)));
  g_autofree char *text = g_strdup (gtk_entry_get_text (entry));
  g_auto (GStrv) names = dif_models_list ();

  if (offers (GTK_COMBO_BOX (combo), names))
    return;

  gtk_combo_box_text_remove_all (GTK_COMBO_BOX_TEXT (combo));
  for (guint i = 0; names[i] != NULL; i++)
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), names[i]);
  gtk_entry_set_text (entry, text);
}

static void
on_popup (GObject *combo, GParamSpec *pspec, gpointer data)
{
  gboolean shown = FALSE;

  g_object_get (combo, "popup-shown", &shown, NULL);
  if (shown)
    offer_models (GTK_WIDGET (combo));
}

static GtkWidget *
new_combo (GimpProcedureConfig *config)
{
  GtkWidget *combo = gtk_combo_box_text_new_with_entry ();
  GtkWidget *entry = gtk_bin_get_child (GTK_BIN (combo));

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("The plug-in's own"));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  g_object_bind_property (config, "model", entry, "text",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);

  offer_models (combo);
  g_signal_connect (combo, "notify::popup-shown", G_CALLBACK (on_popup), NULL);
  gtk_widget_set_hexpand (combo, TRUE);

  return combo;
}

GtkWidget *
dif_model_row_new (GimpProcedureConfig *config)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (config);
  GParamSpec   *pspec = g_object_class_find_property (klass, "model");
  GtkWidget    *grid = gtk_grid_new ();
  GtkWidget    *label = gtk_label_new_with_mnemonic (g_param_spec_get_nick (pspec));
  GtkWidget    *combo = new_combo (config);
  GtkWidget    *button = gtk_button_new_with_mnemonic (_ ("Bro_wse…"));

  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), gtk_bin_get_child (GTK_BIN (combo)));
  gtk_grid_attach (GTK_GRID (grid), label, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), combo, 1, 0, 1, 1);

  gtk_widget_set_tooltip_text (button, _ ("Look for the folder of a model"));
  g_signal_connect_object (button, "clicked", G_CALLBACK (browse), config, 0);
  gtk_grid_attach (GTK_GRID (grid), button, 2, 0, 1, 1);

  gtk_widget_show_all (grid);
  return grid;
}
