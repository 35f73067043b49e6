/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/more.h"

#include <glib/gi18n-lib.h>

#include "ui/fields.h"

#define SETTINGS "dif-settings" /* what is inside */

static gboolean
is_default (GimpProcedureConfig *config, GParamSpec *pspec)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (pspec));
  g_object_get_property (G_OBJECT (config), g_param_spec_get_name (pspec), &value);

  return g_param_value_defaults (pspec, &value);
}

static guint
count_changed (GimpProcedureConfig *config, GPtrArray *settings)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (config);
  guint         n = 0;

  for (guint i = 0; i < settings->len; i++)
    {
      const DifSetting *s = g_ptr_array_index (settings, i);

      n += ! is_default (config, g_object_class_find_property (klass, s->id));
    }
  return n;
}

/* Closed, it still tells that there is something in it. */
static void
show_count (GtkWidget *expander, GimpProcedureConfig *config)
{
  const guint      n = count_changed (config, g_object_get_data (G_OBJECT (expander), SETTINGS));
  g_autofree char *text = NULL;

  if (n == 0)
    text = g_strdup (_ ("M_ore"));
  else
    text = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "M_ore (%u changed)", "M_ore (%u changed)", n), n);
  gtk_expander_set_label (GTK_EXPANDER (expander), text);
  dif_fields_name (expander, text);
}

static void
on_setting (GObject *config, GParamSpec *pspec, gpointer expander)
{
  show_count (expander, GIMP_PROCEDURE_CONFIG (config));
}

/* The child of a closed expander is not drawn, but would take the focus all the same and not give
 * it away again. */
static void
show_inside (GtkWidget *expander)
{
  gtk_widget_set_visible (gtk_bin_get_child (GTK_BIN (expander)),
                          gtk_expander_get_expanded (GTK_EXPANDER (expander)));
}

/* A window grows by itself, but does not shrink. */
static void
on_expanded (GObject *expander, GParamSpec *pspec, gpointer data)
{
  show_inside (GTK_WIDGET (expander));
  if (! gtk_expander_get_expanded (GTK_EXPANDER (expander)))
    gtk_window_resize (GTK_WINDOW (data), 1, 1);
}

/* Down the first column and then the second. */
static GtkWidget *
new_columns (GimpProcedureDialog *dialog, GimpProcedureConfig *config, GPtrArray *settings,
             GPtrArray *shown)
{
  const guint left = (shown->len + 1) / 2;
  GtkWidget  *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_box_pack_start (GTK_BOX (columns),
                      dif_fields_column (dialog, config, settings, shown->pdata, left), TRUE, TRUE,
                      0);
  gtk_box_pack_start (
      GTK_BOX (columns),
      dif_fields_column (dialog, config, settings, shown->pdata + left, shown->len - left), TRUE,
      TRUE, 0);
  gtk_widget_set_margin_top (columns, 6);

  return columns;
}

GtkWidget *
dif_more_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config, GPtrArray *settings)
{
  g_autoptr (GPtrArray) shown = dif_fields_at (settings, DIF_LEVEL_ADVANCED);
  GtkWidget            *expander = NULL;

  if (shown->len == 0)
    return NULL;

  expander = gtk_expander_new_with_mnemonic (_ ("M_ore"));
  gtk_widget_set_tooltip_text (expander, _ ("Settings that are needed less often"));
  gtk_container_add (GTK_CONTAINER (expander), new_columns (dialog, config, settings, shown));
  gtk_expander_set_expanded (GTK_EXPANDER (expander), count_changed (config, shown) > 0);
  show_inside (expander);
  g_object_set_data_full (G_OBJECT (expander), SETTINGS, g_steal_pointer (&shown),
                          (GDestroyNotify) g_ptr_array_unref);
  show_count (expander, config);
  g_signal_connect_object (expander, "notify::expanded", G_CALLBACK (on_expanded), dialog, 0);
  g_signal_connect_object (config, "notify", G_CALLBACK (on_setting), expander, 0);
  gtk_widget_show (expander);

  return expander;
}
