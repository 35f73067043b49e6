/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"

/* What GLib keeps with each error of this domain. */
typedef struct
{
  char *setting;
} DifErrorPrivate;

static void
dif_error_private_init (DifErrorPrivate *private)
{
  private->setting = NULL;
}

static void
dif_error_private_copy (const DifErrorPrivate *from, DifErrorPrivate *to)
{
  to->setting = g_strdup (from->setting);
}

static void
dif_error_private_clear (DifErrorPrivate *private)
{
  g_free (private->setting);
}

G_DEFINE_EXTENDED_ERROR (DifError, dif_error)

gboolean
dif_error_set_setting (GError **error, const char *setting, const char *format, ...)
{
  va_list args;

  if (! error)
    return FALSE;
  va_start (args, format);
  *error = g_error_new_valist (DIF_ERROR, DIF_ERROR_REQUEST, format, args);
  va_end (args);
  dif_error_name_setting (error, setting);
  return FALSE;
}

void
dif_error_name_setting (GError **error, const char *setting)
{
  DifErrorPrivate *private;

  if (! error || ! *error || (*error)->domain != DIF_ERROR)
    return;
  private = dif_error_get_private (*error);
  if (! private->setting)
  private->setting = g_strdup (setting);
}

const char *
dif_error_setting (const GError *error)
{
  return error && error->domain == DIF_ERROR ? dif_error_get_private (error)->setting : NULL;
}
