/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fields.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/label-row.h"
#include "ui/model-row.h"
#include "ui/palette-row.h"

char *
dif_fields_plain (const char *nick)
{
  g_auto (GStrv) parts = g_strsplit (nick, "_", 2);

  return g_strjoinv ("", parts);
}

/* libgimp's compound widgets name their label, but not the numbers beside it.  Of a combo box it is
 * the button inside that has the focus. */
static void
name_controls (GtkWidget *widget, gpointer data)
{
  const char *name = data;
  gboolean    is_control = GTK_IS_ENTRY (widget) || GTK_IS_RANGE (widget) ||
                        GTK_IS_COMBO_BOX (widget) || GTK_IS_TOGGLE_BUTTON (widget);

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
      GTK_IS_LABEL (widget) || GTK_IS_EXPANDER (widget))
    atk_object_set_name (gtk_widget_get_accessible (widget), name);
  else
    name_controls (widget, name);
}

/* The bars end where values stop being usual; beyond, numbers can be typed. */
static const struct
{
  const char *property;
  gdouble     lower;
  gdouble     upper;
} scales[] = {
  { "minutes", 1.0, 15.0 },
  { "noise-level", 0.01, 1.0 },
  { "steps", 1.0, 100.0 },
  { "guidance", 0.0, 10.0 },
  { "context", -1.0, 512.0 },
  { "work-size", 0.0, 1024.0 },
  { "guidance-rescale", 0.0, 1.0 },
  { "guidance-from", 0.0, 1.0 },
  { "guidance-to", 0.0, 1.0 },
  { "color-guidance", 0.0, 1.0 },
  { "classifier-guidance", 0.0, 10.0 },
  { "grow", -64.0, 64.0 },
  { "feather", 0.0, 64.0 },
  { "blend", 0.0, 64.0 },
  { "detail", 0.0, 128.0 },
  { "stop-after", 0.0, 100.0 },
};

static GtkWidget *
new_scale (GimpProcedureDialog *dialog, const char *property)
{
  GtkWidget *widget = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (scales) && widget == NULL; i++)
    {
      if (! g_str_equal (scales[i].property, property))
        continue;
      widget = gimp_procedure_dialog_get_spin_scale (dialog, property, 1.0);
      gimp_spin_scale_set_scale_limits (GIMP_SPIN_SCALE (widget), scales[i].lower, scales[i].upper);
    }
  return widget;
}

/* What numbers below those that count stand for. */
static const struct
{
  const char *property;
  const char *word;
} words[] = {
  { "context", N_ ("auto") },
  { "seed", N_ ("new") },
};

static gboolean
on_output (GtkSpinButton *spin, gpointer word)
{
  if (gtk_spin_button_get_value (spin) >= 0.0)
    return FALSE;
  if (strcmp (gtk_entry_get_text (GTK_ENTRY (spin)), word) != 0)
    gtk_entry_set_text (GTK_ENTRY (spin), word);
  return TRUE;
}

/* What GIMP's own spin buttons make of the text would replace the answer. */
static gint
on_input (GtkSpinButton *spin, gdouble *value, gpointer word)
{
  g_autofree char *text = g_utf8_casefold (gtk_entry_get_text (GTK_ENTRY (spin)), -1);
  g_autofree char *wanted = g_utf8_casefold (word, -1);

  if (strcmp (g_strstrip (text), wanted) != 0)
    return FALSE;
  g_signal_stop_emission_by_name (spin, "input");
  *value = -1.0;
  return TRUE;
}

static void
speak (GtkWidget *widget, gpointer word)
{
  if (GTK_IS_SPIN_BUTTON (widget))
    {
      gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (widget), FALSE);
      g_signal_connect (widget, "output", G_CALLBACK (on_output), word);
      g_signal_connect (widget, "input", G_CALLBACK (on_input), word);
      gtk_spin_button_update (GTK_SPIN_BUTTON (widget));
    }
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), speak, word);
}

static void
show_words (GtkWidget *control, GParamSpec *pspec)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_str_equal (words[i].property, g_param_spec_get_name (pspec)) &&
          G_IS_PARAM_SPEC_INT (pspec) && G_PARAM_SPEC_INT (pspec)->minimum < 0)
        speak (control, (gpointer) _ (words[i].word));
    }
}

static GtkWidget *
new_name_row (GimpProcedureDialog *dialog, const char *property)
{
  GtkWidget *row = gimp_procedure_dialog_get_widget (dialog, property, G_TYPE_NONE);
  GtkWidget *entry = gimp_label_entry_get_entry (GIMP_LABEL_ENTRY (row));

  gtk_grid_set_column_spacing (GTK_GRID (row), 6);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("The layer's"));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_widget_set_hexpand (entry, TRUE);

  return row;
}

static GtkWidget *
new_control (GimpProcedureDialog *dialog, GimpProcedureConfig *config, GParamSpec *pspec)
{
  const char *property = g_param_spec_get_name (pspec);
  GtkWidget  *scale = NULL;

  if (g_str_equal (property, "label"))
    return dif_label_row_new (config, property, _ ("Anything"));
  if (g_str_equal (property, "negative"))
    return dif_label_row_new (config, property, _ ("Nothing in particular"));
  if (g_str_equal (property, "palette"))
    return dif_palette_row_new (config);
  if (g_str_equal (property, "model"))
    return dif_model_row_new (config);
  /* Newer GIMP would make two radio buttons of a choice of two. */
  if (GIMP_IS_PARAM_SPEC_CHOICE (pspec))
    return gimp_procedure_dialog_get_widget (dialog, property, GTK_TYPE_COMBO_BOX);
  if (g_str_equal (property, "name"))
    return new_name_row (dialog, property);
  scale = new_scale (dialog, property);

  return scale != NULL ? scale : gimp_procedure_dialog_get_widget (dialog, property, G_TYPE_NONE);
}

GtkWidget *
dif_fields_column (GimpProcedureDialog *dialog, GimpProcedureConfig *config,
                   const char *const *properties, guint n)
{
  GObjectClass            *klass = G_OBJECT_GET_CLASS (config);
  GtkWidget               *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autoptr (GtkSizeGroup) group = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);

  for (guint i = 0; i < n; i++)
    {
      GParamSpec *pspec = g_object_class_find_property (klass, properties[i]);
      GtkWidget  *control = NULL;

      if (pspec == NULL)
        continue;
      control = new_control (dialog, config, pspec);
      gtk_box_pack_start (GTK_BOX (box), control, FALSE, FALSE, 0);
      gtk_widget_set_tooltip_text (control, g_param_spec_get_blurb (pspec));
      dif_fields_name (control, g_param_spec_get_nick (pspec));
      show_words (control, pspec);
      if (GIMP_IS_LABELED (control))
        gtk_size_group_add_widget (group, gimp_labeled_get_label (GIMP_LABELED (control)));
      else if (GTK_IS_GRID (control))
        gtk_size_group_add_widget (group, gtk_grid_get_child_at (GTK_GRID (control), 0, 0));
      gtk_widget_show (control);
    }
  gtk_widget_show (box);

  return box;
}

GtkWidget *
dif_fields_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config)
{
  static const char *const order[] = { "name",        "minutes",        "turned",       "label",
                                       "noise-level", "steps",          "sampler",      "guidance",
                                       "context",     "soft-selection", "match-colors", "tile",
                                       "seed",        "random-seed",    "sample",       "output",
                                       "model",       "threads" };

  GtkWidget *column = dif_fields_column (dialog, config, order, G_N_ELEMENTS (order));

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (config), "random-seed") != NULL)
    gimp_procedure_dialog_set_sensitive (dialog, "seed", TRUE, G_OBJECT (config), "random-seed",
                                         TRUE);
  return column;
}
