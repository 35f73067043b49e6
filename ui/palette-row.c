/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/palette-row.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GimpProcedureConfig *config;
  GtkComboBox         *combo;
  char                *property;
  GimpPalette        **palettes; /* libgimp's; the first is the combo's second entry */
} Row;

static void
show_palette (GObject *config, GParamSpec *pspec, gpointer data)
{
  Row                    *row = data;
  g_autoptr (GimpPalette) palette = NULL;
  gint                    active = 0;

  g_object_get (config, row->property, &palette, NULL);
  for (gint i = 0; palette != NULL && row->palettes[i] != NULL; i++)
    {
      if (row->palettes[i] == palette)
        active = i + 1;
    }
  gtk_combo_box_set_active (row->combo, active);
}

static void
on_changed (GtkComboBox *combo, gpointer data)
{
  Row *row = data;
  gint active = gtk_combo_box_get_active (combo);

  g_object_set (row->config, row->property, active > 0 ? row->palettes[active - 1] : NULL, NULL);
}

static void
on_destroy (GtkWidget *widget, gpointer data)
{
  Row *row = data;

  g_signal_handlers_disconnect_by_data (row->config, row);
  g_free (row->palettes);
  g_free (row->property);
  g_free (row);
}

static GtkWidget *
new_combo (GimpProcedureConfig *config, const char *property)
{
  g_autofree char *notify = g_strconcat ("notify::", property, NULL);
  GtkWidget       *combo = gtk_combo_box_text_new ();
  Row             *row = g_new0 (Row, 1);

  row->config = config;
  row->property = g_strdup (property);
  row->combo = GTK_COMBO_BOX (combo);
  row->palettes = gimp_palettes_get_list ("");
  gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), _ ("None"));
  for (gint i = 0; row->palettes[i] != NULL; i++)
    {
      g_autofree char *name = gimp_resource_get_name (GIMP_RESOURCE (row->palettes[i]));

      gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), name);
    }
  show_palette (G_OBJECT (config), NULL, row);

  g_signal_connect (combo, "changed", G_CALLBACK (on_changed), row);
  g_signal_connect (combo, "destroy", G_CALLBACK (on_destroy), row);
  g_signal_connect (config, notify, G_CALLBACK (show_palette), row);

  return combo;
}

GtkWidget *
dif_palette_row_new (GimpProcedureConfig *config, const char *property)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (config);
  GParamSpec   *pspec = g_object_class_find_property (klass, property);
  GtkWidget    *grid = gtk_grid_new ();
  GtkWidget    *label = gtk_label_new_with_mnemonic (g_param_spec_get_nick (pspec));
  GtkWidget    *combo = new_combo (config, property);

  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), combo);
  gtk_grid_attach (GTK_GRID (grid), label, 0, 0, 1, 1);
  gtk_widget_set_hexpand (combo, TRUE);
  gtk_grid_attach (GTK_GRID (grid), combo, 1, 0, 1, 1);

  gtk_widget_show_all (grid);
  return grid;
}
