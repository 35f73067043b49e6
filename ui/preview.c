/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/preview.h"

#include <glib/gi18n-lib.h>

#include "ui/fields.h"

#define SIDE 256

GtkWidget *
dif_preview_new (void)
{
  GtkWidget *frame = gtk_frame_new (NULL);
  GtkWidget *image = gtk_image_new_from_icon_name (GIMP_ICON_IMAGE, GTK_ICON_SIZE_DIALOG);

  gtk_frame_set_shadow_type (GTK_FRAME (frame), GTK_SHADOW_IN);
  gtk_widget_set_halign (frame, GTK_ALIGN_START);
  gtk_widget_set_valign (frame, GTK_ALIGN_START);
  gtk_widget_set_size_request (image, SIDE, SIDE);
  gtk_widget_set_tooltip_text (image, _ ("What the model has in mind so far"));
  gtk_container_add (GTK_CONTAINER (frame), image);
  dif_fields_name (image, _ ("Preview"));
  gtk_widget_show_all (frame);

  return frame;
}

static GdkPixbuf *
to_pixbuf (const DifProgressInfo *info)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, info->width, info->height);
  guchar    *bytes = NULL;
  gsize      stride = 0;

  if (pixbuf == NULL)
    return NULL;
  bytes = gdk_pixbuf_get_pixels (pixbuf);
  stride = gdk_pixbuf_get_rowstride (pixbuf);

  for (gsize y = 0; y < info->height; y++)
    {
      const float *from = info->preview + y * info->width * 3;

      for (gsize i = 0; i < (gsize) info->width * 3; i++)
        bytes[y * stride + i] = (guchar) (CLAMP (from[i], 0.0f, 1.0f) * 255.0f + 0.5f);
    }
  return pixbuf;
}

void
dif_preview_show (GtkWidget *preview, const DifProgressInfo *info)
{
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GdkPixbuf) scaled = NULL;
  GtkWidget            *image = gtk_bin_get_child (GTK_BIN (preview));
  gdouble               factor = 0.0;

  if (info->preview == NULL || info->width == 0 || info->height == 0)
    return;
  pixbuf = to_pixbuf (info);
  if (pixbuf == NULL)
    return;

  factor = (gdouble) SIDE / MAX (info->width, info->height);
  scaled = gdk_pixbuf_scale_simple (pixbuf, MAX (1, (int) (info->width * factor)),
                                    MAX (1, (int) (info->height * factor)), GDK_INTERP_BILINEAR);
  gtk_image_set_from_pixbuf (GTK_IMAGE (image), scaled);
}
