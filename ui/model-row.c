/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/model-row.h"

#include <glib/gi18n-lib.h>

#include "core/dif.h"

static void
browse (GtkButton *button, gpointer data)
{
  GtkEntry        *entry = data;
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
    gtk_entry_set_text (entry, folder); /* which is bound to the setting */
}

static gboolean
same_names (GtkTreeModel *one, GtkTreeModel *other)
{
  GtkTreeIter i;
  GtkTreeIter k;
  gboolean    more = gtk_tree_model_get_iter_first (one, &i);
  gboolean    same = more == gtk_tree_model_get_iter_first (other, &k);

  while (same && more)
    {
      g_autofree char *name = NULL;
      g_autofree char *other_name = NULL;

      gtk_tree_model_get (one, &i, 0, &name, -1);
      gtk_tree_model_get (other, &k, 0, &other_name, -1);
      more = gtk_tree_model_iter_next (one, &i);
      same = more == gtk_tree_model_iter_next (other, &k) && g_strcmp0 (name, other_name) == 0;
    }
  return same;
}

/* What was learnt or copied there meanwhile is offered as well.  All at once: while a list grows
 * from nothing, its button begins to hear of the pointer above it. */
static void
offer_models (GtkWidget *combo)
{
  GtkEntry                *entry = GTK_ENTRY (gtk_bin_get_child (GTK_BIN (combo)));
  g_autofree char         *text = g_strdup (gtk_entry_get_text (entry));
  g_autoptr (GtkListStore) store = gtk_list_store_new (1, G_TYPE_STRING);
  g_auto (GStrv) names = dif_models_list ();

  for (guint i = 0; names[i] != NULL; i++)
    gtk_list_store_insert_with_values (store, NULL, -1, 0, names[i], -1);
  if (same_names (GTK_TREE_MODEL (store), gtk_combo_box_get_model (GTK_COMBO_BOX (combo))))
    return;

  gtk_combo_box_set_model (GTK_COMBO_BOX (combo), GTK_TREE_MODEL (store));
  gtk_entry_set_text (entry, text);
}

/* A list must not change once it drops down: that the pointer comes to its button is early enough.
 */
static gboolean
on_enter (GtkWidget *button, GdkEvent *event, gpointer combo)
{
  offer_models (combo);
  return GDK_EVENT_PROPAGATE;
}

static void
watch_button (GtkWidget *child, gpointer combo)
{
  if (GTK_IS_BUTTON (child))
    g_signal_connect (child, "enter-notify-event", G_CALLBACK (on_enter), combo);
  else if (GTK_IS_CONTAINER (child))
    gtk_container_forall (GTK_CONTAINER (child), watch_button, combo);
}

/* After a run there may be another one, and an empty list cannot drop down. */
static void
on_state (GtkWidget *combo, GtkStateFlags before, gpointer data)
{
  if ((before & GTK_STATE_FLAG_INSENSITIVE) && gtk_widget_is_sensitive (combo))
    offer_models (combo);
}

static GtkWidget *
new_combo (GimpProcedureConfig *config, const char *property)
{
  g_autoptr (GtkListStore) none = gtk_list_store_new (1, G_TYPE_STRING);
  GtkWidget               *combo = gtk_combo_box_new_with_model_and_entry (GTK_TREE_MODEL (none));
  GtkWidget               *entry = gtk_bin_get_child (GTK_BIN (combo));

  gtk_combo_box_set_entry_text_column (GTK_COMBO_BOX (combo), 0);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("The plug-in's own"));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  g_object_bind_property (config, property, entry, "text",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);

  offer_models (combo);
  g_signal_connect (combo, "state-flags-changed", G_CALLBACK (on_state), NULL);
  g_signal_connect (combo, "popup", G_CALLBACK (offer_models), NULL); /* by keys */
  watch_button (combo, combo);
  gtk_widget_set_hexpand (combo, TRUE);

  return combo;
}

GtkWidget *
dif_model_row_new (GimpProcedureConfig *config, const char *property)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (config);
  GParamSpec   *pspec = g_object_class_find_property (klass, property);
  GtkWidget    *grid = gtk_grid_new ();
  GtkWidget    *label = gtk_label_new_with_mnemonic (g_param_spec_get_nick (pspec));
  GtkWidget    *combo = new_combo (config, property);
  GtkWidget    *button = gtk_button_new_with_mnemonic (_ ("Bro_wse…"));

  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), gtk_bin_get_child (GTK_BIN (combo)));
  gtk_grid_attach (GTK_GRID (grid), label, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), combo, 1, 0, 1, 1);

  gtk_widget_set_tooltip_text (button, _ ("Look for the folder of a model"));
  g_signal_connect_object (button, "clicked", G_CALLBACK (browse),
                           gtk_bin_get_child (GTK_BIN (combo)), 0);
  gtk_grid_attach (GTK_GRID (grid), button, 2, 0, 1, 1);

  gtk_widget_show_all (grid);
  return grid;
}
