/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/palette-file.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/file.h"

#define MAX_BYTES 1000000
#define MAGIC     "GIMP Palette"

/* A line of three numbers from 0 to 255 and, perhaps, a name. */
static gboolean
read_line (const char *line, guint *rgb)
{
  char *end;

  for (guint c = 0; c < 3; c++, line = end)
    {
      const gint64 value = g_ascii_strtoll (line, &end, 10);

      if (end == line || value < 0 || value > 255 || (*end != '\0' && ! g_ascii_isspace (*end)))
        return FALSE;
      rgb[c] = (guint) value;
    }
  return TRUE;
}

/* Comments and lines like "Name: Pastels" are passed over. */
static gboolean
is_color (const char *line)
{
  while (g_ascii_isspace (*line))
    line++;
  return g_ascii_isdigit (*line) || *line == '-';
}

static char *
refuse (const char *path, GError **error)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
               _ ("“%s” is not a palette as GIMP writes it (.gpl), nor a list like "
                  "#aabbcc,#ddeeff."),
               display);
  return NULL;
}

char *
cli_palette_read (const char *path, GError **error)
{
  g_autofree char *text = dif_file_load (path, MAX_BYTES, NULL, error);
  g_auto (GStrv) lines = text ? g_strsplit (text, "\n", -1) : NULL;
  g_autoptr (GString) colors = g_string_new (NULL);

  if (! text)
    return NULL;
  if (! g_str_has_prefix (text, MAGIC))
    return refuse (path, error);
  for (guint i = 1; lines[i]; i++)
    {
      guint rgb[3];

      if (! is_color (lines[i]))
        continue;
      if (! read_line (lines[i], rgb))
        return refuse (path, error);
      g_string_append_printf (colors, "%s#%02x%02x%02x", colors->len > 0 ? "," : "", rgb[0], rgb[1],
                              rgb[2]);
    }
  if (colors->len == 0)
    return refuse (path, error);
  return g_string_free (g_steal_pointer (&colors), FALSE);
}
