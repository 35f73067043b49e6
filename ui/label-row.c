/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/label-row.h"

#include "core/dif.h"

static void
offer_labels (GimpProcedureConfig *config, const char *model_id, GtkComboBoxText *combo)
{
  GtkWidget               *entry = gtk_bin_get_child (GTK_BIN (combo));
  g_autofree char         *model = NULL;
  g_autofree char         *path = NULL;
  g_autofree char         *text = NULL;
  g_autoptr (DifModelInfo) info = NULL;

  g_object_get (config, model_id, &model, NULL);
  text = g_strdup (gtk_entry_get_text (GTK_ENTRY (entry)));
  gtk_combo_box_text_remove_all (combo);

  /* While a folder's name is being typed there is no such model: no labels. */
  path = dif_resolve_model (model, NULL);
  if (path != NULL)
    info = dif_model_info_load (path, NULL);
  for (guint i = 0; info != NULL && info->labels != NULL && info->labels[i] != NULL; i++)
    gtk_combo_box_text_append_text (combo, info->labels[i]);

  gtk_entry_set_text (GTK_ENTRY (entry), text);
}

static void
on_model (GObject *config, GParamSpec *pspec, gpointer combo)
{
  offer_labels (GIMP_PROCEDURE_CONFIG (config), g_param_spec_get_name (pspec), combo);
}

GtkWidget *
dif_label_row_new (GimpProcedureConfig *config, const char *property, const char *model,
                   const char *placeholder)
{
  g_autofree char *notify = g_strconcat ("notify::", model, NULL);
  GObjectClass    *klass = G_OBJECT_GET_CLASS (config);
  GParamSpec      *pspec = g_object_class_find_property (klass, property);
  GtkWidget       *grid = gtk_grid_new ();
  GtkWidget       *label = gtk_label_new_with_mnemonic (g_param_spec_get_nick (pspec));
  GtkWidget       *combo = gtk_combo_box_text_new_with_entry ();
  GtkWidget       *entry = gtk_bin_get_child (GTK_BIN (combo));

  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_grid_attach (GTK_GRID (grid), label, 0, 0, 1, 1);

  gtk_widget_set_hexpand (combo, TRUE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), entry);
  gtk_grid_attach (GTK_GRID (grid), combo, 1, 0, 1, 1);

  g_object_bind_property (config, property, entry, "text",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_connect_object (config, notify, G_CALLBACK (on_model), combo, 0);
  offer_labels (config, model, GTK_COMBO_BOX_TEXT (combo));

  gtk_widget_show_all (grid);
  return grid;
}
