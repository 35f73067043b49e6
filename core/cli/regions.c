/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/regions.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/cli/picture-file.h"

/* The size of the first region's mask. */
static gboolean
take_size (const char *path, DifRequest *request, GError **error)
{
  g_autoptr (CliPng) png = cli_png_load (path, error);

  if (! png)
    return FALSE;
  request->width = png->width;
  request->height = png->height;
  return TRUE;
}

/* "grass=meadow.png" */
static gboolean
read_region (CliRegions *regions, const char *text, DifRequest *request, gboolean sizes,
             GError **error)
{
  DifRegion       *region = &regions->regions[regions->n];
  const char      *sign = strchr (text, '=');
  g_autofree char *display = g_filename_display_name (text);

  if (! sign || sign[1] == '\0' || ! g_utf8_validate (text, sign - text, NULL))
    return dif_error_set_setting (
        error, "regions", _ ("--region takes something like grass=meadow.png, not “%s”."), display);
  if (sizes && regions->n == 0 && ! take_size (sign + 1, request, error))
    return FALSE;
  region->mask = cli_mask_read (sign + 1, request->width, request->height, NULL, error);
  if (! region->mask)
    return FALSE;
  region->prompt = g_strndup (text, (gsize) (sign - text));
  regions->n++;
  return TRUE;
}

gboolean
cli_regions_read (CliRegions *regions, DifRequest *request, gboolean sizes, GError **error)
{
  const guint n = regions->given ? g_strv_length (regions->given) : 0;

  regions->regions = g_new0 (DifRegion, n);
  for (guint i = 0; i < n; i++)
    if (! read_region (regions, regions->given[i], request, sizes, error))
      return FALSE;
  request->regions = regions->regions;
  request->n_regions = n;
  return TRUE;
}

void
cli_regions_clear (CliRegions *regions)
{
  for (guint i = 0; i < regions->n; i++)
    {
      g_free ((char *) regions->regions[i].prompt);
      g_free ((float *) regions->regions[i].mask);
    }
  g_free (regions->regions);
  g_strfreev (regions->given);
}
