/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/more.h"

#include <glib/gi18n-lib.h>

#include "ui/fields.h"

/* In the order in which they are read, down the first column and then the second. */
static const char *const order[] = {
  "negative",
  "guidance-rescale",
  "guidance-from",
  "guidance-to",
  "classifier-guidance",
  "palette",
  "color-guidance",
  "mean-color",
  "spacing",
  "grow",
  "feather",
  "blend",
  "detail",
  "prefill",
  "known",
  "work-size",
  "stop-after",
};

static gboolean
is_default (GimpProcedureConfig *config, GParamSpec *pspec)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (pspec));
  g_object_get_property (G_OBJECT (config), g_param_spec_get_name (pspec), &value);

  return g_param_value_defaults (pspec, &value);
}

/* Closed, it still tells that there is something in it. */
static void
show_count (GtkWidget *expander, GimpProcedureConfig *config)
{
  GObjectClass    *klass = G_OBJECT_GET_CLASS (config);
  g_autofree char *text = NULL;
  guint            n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      GParamSpec *pspec = g_object_class_find_property (klass, order[i]);

      n += pspec != NULL && ! is_default (config, pspec);
    }
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

GtkWidget *
dif_more_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (config);
  GtkWidget    *expander = NULL;
  GtkWidget    *columns = NULL;
  const char   *there[G_N_ELEMENTS (order)];
  guint         n = 0;
  guint         left = 0;
  gboolean      open = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      GParamSpec *pspec = g_object_class_find_property (klass, order[i]);

      if (pspec == NULL)
        continue;
      there[n++] = order[i];
      open = open || ! is_default (config, pspec);
    }
  if (n == 0)
    return NULL;

  left = (n + 1) / 2;
  columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_box_pack_start (GTK_BOX (columns), dif_fields_column (dialog, config, there, left), TRUE,
                      TRUE, 0);
  gtk_box_pack_start (GTK_BOX (columns), dif_fields_column (dialog, config, there + left, n - left),
                      TRUE, TRUE, 0);
  gtk_widget_set_margin_top (columns, 6);

  expander = gtk_expander_new_with_mnemonic (_ ("M_ore"));
  gtk_widget_set_tooltip_text (expander, _ ("Settings that are needed less often"));
  gtk_container_add (GTK_CONTAINER (expander), columns);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), open);
  show_inside (expander);
  show_count (expander, config);
  g_signal_connect_object (expander, "notify::expanded", G_CALLBACK (on_expanded), dialog, 0);
  g_signal_connect_object (config, "notify", G_CALLBACK (on_setting), expander, 0);
  gtk_widget_show (expander);

  return expander;
}
