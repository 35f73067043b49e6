/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/guides.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/cli/cli.h"
#include "core/cli/picture-file.h"

gboolean
cli_parse_number (const char *text, double *number)
{
  char *end;

  if (! text)
    return TRUE;
  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

/* "0.8:0.2" */
static gboolean
parse_interval (const char *text, double *from, double *to)
{
  g_auto (GStrv) ends = g_strsplit (text, ":", 2);

  return ends[0] && ends[1] && cli_parse_number (ends[0], from) && cli_parse_number (ends[1], to);
}

/* "#aabbcc" */
static gboolean
parse_color (const char *text, float *color)
{
  guint64 value;

  if (strlen (text) != 7 || text[0] != '#' ||
      ! g_ascii_string_to_unsigned (text + 1, 16, 0, 0xffffff, &value, NULL))
    return FALSE;
  for (guint c = 0; c < 3; c++)
    color[c] = (float) (value >> (16 - 8 * c) & 0xff) / 255.0f;
  return TRUE;
}

static gboolean
parse_colors (Guides *guides, DifRequest *request)
{
  g_auto (GStrv) names = g_strsplit (guides->colors, ",", -1);
  const guint n = g_strv_length (names);

  guides->request_colors = g_new (float, 3 * (gsize) n);
  for (guint i = 0; i < n; i++)
    if (! parse_color (g_strstrip (names[i]), guides->request_colors + 3 * (gsize) i))
      return FALSE;
  request->palette = guides->request_colors;
  request->n_palette = n;
  return n > 0;
}

int
guides_fill (Guides *guides, DifRequest *r)
{
  if (! cli_parse_number (guides->rescale, &r->guidance_rescale))
    return cli_misused (_ ("--guidance-rescale takes a number, not “%s”."), guides->rescale);
  if (guides->interval && ! parse_interval (guides->interval, &r->guidance_from, &r->guidance_to))
    return cli_misused (_ ("--guidance-interval takes something like 0.8:0.2, not “%s”."),
                        guides->interval);
  if (! cli_parse_number (guides->classifier, &r->classifier_guidance))
    return cli_misused (_ ("--classifier-guidance takes a number, not “%s”."), guides->classifier);
  if (! cli_parse_number (guides->color_guidance, &r->color_guidance))
    return cli_misused (_ ("--color-guidance takes a number, not “%s”."), guides->color_guidance);
  if (guides->colors && ! parse_colors (guides, r))
    return cli_misused (_ ("--colors takes something like #aabbcc,#ddeeff, not “%s”."),
                        guides->colors);
  r->negative_prompt = guides->negative;
  r->mean_color = guides->mean_color;
  return CLI_OK;
}

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
read_region (Guides *guides, const char *text, DifRequest *request, gboolean sizes, GError **error)
{
  DifRegion  *region = &guides->request_regions[guides->n_regions];
  const char *sign = strchr (text, '=');

  g_autofree char *display = g_filename_display_name (text);

  if (! sign || sign[1] == '\0' || ! g_utf8_validate (text, sign - text, NULL))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("--region takes something like grass=meadow.png, not “%s”."), display);
      return FALSE;
    }
  if (sizes && guides->n_regions == 0 && ! take_size (sign + 1, request, error))
    return FALSE;
  region->mask = cli_mask_read (sign + 1, request->width, request->height, NULL, error);
  if (! region->mask)
    return FALSE;
  region->prompt = g_strndup (text, (gsize) (sign - text));
  guides->n_regions++;
  return TRUE;
}

gboolean
guides_read (Guides *guides, DifRequest *request, gboolean sizes, GError **error)
{
  const guint n = guides->regions ? g_strv_length (guides->regions) : 0;

  guides->request_regions = g_new0 (DifRegion, n);
  for (guint i = 0; i < n; i++)
    if (! read_region (guides, guides->regions[i], request, sizes, error))
      return FALSE;
  request->regions = guides->request_regions;
  request->n_regions = n;
  return TRUE;
}

void
guides_clear (Guides *guides)
{
  for (guint i = 0; i < guides->n_regions; i++)
    {
      g_free ((char *) guides->request_regions[i].prompt);
      g_free ((float *) guides->request_regions[i].mask);
    }
  g_free (guides->request_regions);
  g_free (guides->request_colors);
  g_free (guides->rescale);
  g_free (guides->interval);
  g_free (guides->classifier);
  g_free (guides->negative);
  g_strfreev (guides->regions);
  g_free (guides->colors);
  g_free (guides->color_guidance);
}
