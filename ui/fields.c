/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fields.h"

#include <glib/gi18n-lib.h>

#include "ui/label-row.h"
#include "ui/model-row.h"

char *
dif_fields_plain (const char *nick)
{
  g_auto (GStrv) parts = g_strsplit (nick, "_", 2);

  return g_strjoinv ("", parts);
}

/* libgimp's compound widgets name their label, but not the numbers beside it. */
static void
name_controls (GtkWidget *widget, gpointer data)
{
  const char *name = data;
  gboolean is_control = GTK_IS_ENTRY (widget) || GTK_IS_RANGE (widget) || GTK_IS_COMBO_BOX (widget);

  if (is_control)
    atk_object_set_name (gtk_widget_get_accessible (widget), name);
  if (GTK_IS_CONTAINER (widget) && ! GTK_IS_BUTTON (widget))
    gtk_container_forall (GTK_CONTAINER (widget), name_controls, data);
}

void
dif_fields_name (GtkWidget *widget, const char *nick)
{
  g_autofree char *name = dif_fields_plain (nick);

  if (GTK_IS_BUTTON (widget) || GTK_IS_IMAGE (widget) || GTK_IS_PROGRESS_BAR (widget) ||
      GTK_IS_LABEL (widget))
    atk_object_set_name (gtk_widget_get_accessible (widget), name);
  else
    name_controls (widget, name);
}

static GtkWidget *
new_scale (GimpProcedureDialog *dialog, const char *property, gdouble lower, gdouble upper)
{
  GtkWidget *widget = gimp_procedure_dialog_get_spin_scale (dialog, property, 1.0);

  gimp_spin_scale_set_scale_limits (GIMP_SPIN_SCALE (widget), lower, upper);
  return widget;
}

static GtkWidget *
new_control (GimpProcedureDialog *dialog, GimpProcedureConfig *config, const char *property)
{
  if (g_str_equal (property, "label"))
    return dif_label_row_new (config);
  if (g_str_equal (property, "model"))
    return dif_model_row_new (dialog, config);
  /* The bars end where values stop being usual; beyond, numbers can be typed. */
  if (g_str_equal (property, "noise-level"))
    return new_scale (dialog, property, 0.01, 1.0);
  if (g_str_equal (property, "steps"))
    return new_scale (dialog, property, 1.0, 100.0);
  if (g_str_equal (property, "guidance"))
    return new_scale (dialog, property, 0.0, 10.0);
  if (g_str_equal (property, "context"))
    return new_scale (dialog, property, 0.0, 256.0);
  /* Newer GIMP would make two radio buttons of a choice of two. */
  if (g_str_equal (property, "sampler") || g_str_equal (property, "output") ||
      g_str_equal (property, "tile"))
    return gimp_procedure_dialog_get_widget (dialog, property, GTK_TYPE_COMBO_BOX);

  return gimp_procedure_dialog_get_widget (dialog, property, G_TYPE_NONE);
}

GtkWidget *
dif_fields_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config)
{
  static const char *const order[] = { "label",    "noise-level", "steps",          "sampler",
                                       "guidance", "context",     "soft-selection", "match-colors",
                                       "tile",     "seed",        "random-seed",    "output",
                                       "model",    "threads" };

  GObjectClass            *klass = G_OBJECT_GET_CLASS (config);
  GtkWidget               *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autoptr (GtkSizeGroup) group = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      GParamSpec *pspec = g_object_class_find_property (klass, order[i]);
      GtkWidget  *control = NULL;

      if (pspec == NULL)
        continue;
      control = new_control (dialog, config, order[i]);
      gtk_box_pack_start (GTK_BOX (box), control, FALSE, FALSE, 0);
      gtk_widget_set_tooltip_text (control, g_param_spec_get_blurb (pspec));
      dif_fields_name (control, g_param_spec_get_nick (pspec));
      if (GIMP_IS_LABELED (control))
        gtk_size_group_add_widget (group, gimp_labeled_get_label (GIMP_LABELED (control)));
      else if (GTK_IS_GRID (control))
        gtk_size_group_add_widget (group, gtk_grid_get_child_at (GTK_GRID (control), 0, 0));
      gtk_widget_show (control);
    }
  gimp_procedure_dialog_set_sensitive (dialog, "seed", TRUE, G_OBJECT (config), "random-seed",
                                       TRUE);
  gtk_widget_show (box);

  return box;
}
