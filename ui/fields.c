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
static GtkWidget *
new_scale (GimpProcedureDialog *dialog, const DifSetting *s)
{
  GtkWidget *widget = gimp_procedure_dialog_get_spin_scale (dialog, s->id, 1.0);

  gimp_spin_scale_set_scale_limits (GIMP_SPIN_SCALE (widget), s->usual_least, s->usual_most);
  return widget;
}

/* What numbers below those that count stand for is a word. */
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

static GtkWidget *
new_text_row (GimpProcedureDialog *dialog, const DifSetting *s)
{
  GtkWidget *row = gimp_procedure_dialog_get_widget (dialog, s->id, G_TYPE_NONE);
  GtkWidget *entry = gimp_label_entry_get_entry (GIMP_LABEL_ENTRY (row));

  gtk_grid_set_column_spacing (GTK_GRID (row), 6);
  if (s->empty != NULL)
    gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ (s->empty));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_widget_set_hexpand (entry, TRUE);

  return row;
}

static GtkWidget *
new_number (GimpProcedureDialog *dialog, const DifSetting *s)
{
  GtkWidget *control = s->usual_least < s->usual_most ?
                           new_scale (dialog, s) :
                           gimp_procedure_dialog_get_widget (dialog, s->id, G_TYPE_NONE);

  if (s->least_word != NULL)
    speak (control, (gpointer) _ (s->least_word));
  return control;
}

/* Prompts offer what the model knows that is chosen beside them. */
static const char *
find_model (GPtrArray *settings)
{
  for (guint i = 0; i < settings->len; i++)
    if (((const DifSetting *) g_ptr_array_index (settings, i))->kind == DIF_SETTING_MODEL)
      return ((const DifSetting *) g_ptr_array_index (settings, i))->id;
  return NULL;
}

/* What a choice does not offer for a model is shown, and cannot be chosen. */
static void
offer_samplers (GObject *config, GParamSpec *model_spec, gpointer combo)
{
  GParamSpec              *pspec = g_object_get_data (G_OBJECT (combo), "choice");
  GimpChoice              *choice = gimp_param_spec_choice_get_choice (pspec);
  g_autofree char         *model = NULL;
  g_autofree char         *path = NULL;
  g_autoptr (DifModelInfo) info = NULL;
  guint                    n = 0;
  const DifSampler *const *rows = dif_samplers (&n);

  g_object_get (config, g_param_spec_get_name (model_spec), &model, NULL);
  path = dif_resolve_model (model, NULL);
  if (path != NULL)
    info = dif_model_info_load (path, NULL);
  for (guint i = 0; i < n; i++)
    gimp_choice_set_sensitive (
        choice, rows[i]->id,
        info == NULL || info->samplers == NULL ||
            g_strv_contains ((const char *const *) info->samplers, rows[i]->id));
}

static GtkWidget *
new_choice (GimpProcedureDialog *dialog, GimpProcedureConfig *config, GPtrArray *settings,
            const DifSetting *s)
{
  GtkWidget       *combo = gimp_procedure_dialog_get_widget (dialog, s->id, GTK_TYPE_COMBO_BOX);
  GObjectClass    *klass = G_OBJECT_GET_CLASS (config);
  const char      *model = find_model (settings);
  g_autofree char *notify = g_strconcat ("notify::", model, NULL);

  if (! g_str_equal (s->id, "sampler") || model == NULL)
    return combo;
  g_object_set_data (G_OBJECT (combo), "choice", g_object_class_find_property (klass, s->id));
  g_signal_connect_object (config, notify, G_CALLBACK (offer_samplers), combo, 0);
  offer_samplers (G_OBJECT (config), g_object_class_find_property (klass, model), combo);
  return combo;
}

static GtkWidget *
new_control (GimpProcedureDialog *dialog, GimpProcedureConfig *config, GPtrArray *settings,
             const DifSetting *s)
{
  switch (s->kind)
    {
    case DIF_SETTING_TEXT:
      return new_text_row (dialog, s);
    case DIF_SETTING_PROMPT:
      return dif_label_row_new (config, s->id, find_model (settings), _ (s->empty));
    case DIF_SETTING_MODEL:
      return dif_model_row_new (config, s->id);
    case DIF_SETTING_PALETTE:
      return dif_palette_row_new (config, s->id);
    /* Newer GIMP would make two radio buttons of a choice of two. */
    case DIF_SETTING_NAME:
    case DIF_SETTING_CHOICE:
      return new_choice (dialog, config, settings, s);
    case DIF_SETTING_WHOLE:
    case DIF_SETTING_REAL:
      return new_number (dialog, s);
    case DIF_SETTING_SWITCH:
      return gimp_procedure_dialog_get_widget (dialog, s->id, G_TYPE_NONE);
    }
  g_return_val_if_reached (NULL);
}

GtkWidget *
dif_fields_column (GimpProcedureDialog *dialog, GimpProcedureConfig *config, GPtrArray *settings,
                   gpointer *shown, guint n)
{
  GtkWidget               *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autoptr (GtkSizeGroup) group = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);

  for (guint i = 0; i < n; i++)
    {
      const DifSetting *s = shown[i];
      GtkWidget        *control = new_control (dialog, config, settings, s);

      gtk_box_pack_start (GTK_BOX (box), control, FALSE, FALSE, 0);
      gtk_widget_set_tooltip_text (control, _ (s->help));
      dif_fields_name (control, _ (s->nick));
      if (GIMP_IS_LABELED (control))
        gtk_size_group_add_widget (group, gimp_labeled_get_label (GIMP_LABELED (control)));
      else if (GTK_IS_GRID (control))
        gtk_size_group_add_widget (group, gtk_grid_get_child_at (GTK_GRID (control), 0, 0));
      if (s->unless != NULL)
        gimp_procedure_dialog_set_sensitive (dialog, s->id, TRUE, G_OBJECT (config), s->unless,
                                             TRUE);
      gtk_widget_show (control);
    }
  gtk_widget_show (box);

  return box;
}

GPtrArray *
dif_fields_at (GPtrArray *settings, DifSettingLevel level)
{
  GPtrArray *some = g_ptr_array_new ();

  for (guint i = 0; i < settings->len; i++)
    if (((const DifSetting *) g_ptr_array_index (settings, i))->level == level)
      g_ptr_array_add (some, g_ptr_array_index (settings, i));
  return some;
}

GtkWidget *
dif_fields_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config, GPtrArray *settings)
{
  g_autoptr (GPtrArray) basic = dif_fields_at (settings, DIF_LEVEL_BASIC);

  return dif_fields_column (dialog, config, settings, basic->pdata, basic->len);
}
