/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/canvas.h"

#include <glib/gi18n-lib.h>

#include "core/cli/cli.h"
#include "core/settings/settings.h"

static gboolean
parse_switch (const char *text, gboolean *on)
{
  if (text)
    *on = g_ascii_strcasecmp (text, "yes") == 0;
  return ! text || *on || g_ascii_strcasecmp (text, "no") == 0;
}

/* How large it may be is the request's to say. */
static gboolean
parse_pixels (const char *text, guint *pixels)
{
  guint64 n;

  if (! text)
    return TRUE;
  if (! g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &n, NULL))
    return FALSE;
  *pixels = (guint) n;
  return TRUE;
}

static gboolean
parse_signed (const char *text, gint *pixels)
{
  gint64 n;

  if (! text)
    return TRUE;
  if (! g_ascii_string_to_signed (text, 10, -G_MAXINT, G_MAXINT, &n, NULL))
    return FALSE;
  *pixels = (gint) n;
  return TRUE;
}

/* Pixels, a number with a per cent sign, or a word. */
static gboolean
parse_context (const char *text, DifRequest *r)
{
  guint  pixels = 0;
  double percent;
  char  *end;

  if (! text)
    return TRUE;
  if (g_ascii_strcasecmp (text, "auto") == 0 || g_ascii_strcasecmp (text, "whole") == 0)
    {
      r->context = g_ascii_tolower (*text) == 'a' ? DIF_CONTEXT_FOLLOWS : (gint) DIF_MAX_SIZE;
      return TRUE;
    }
  if (g_str_has_suffix (text, "%"))
    {
      percent = g_ascii_strtod (text, &end);
      r->context = 0;
      r->context_percent = percent;
      return end != text && g_str_equal (end, "%");
    }
  if (! parse_pixels (text, &pixels) || pixels > G_MAXINT)
    return FALSE;
  r->context = (gint) pixels;
  return TRUE;
}

/* One of a setting's choices. */
static gboolean
parse_choice (const char *id, const char *text, DifRequest *r)
{
  const DifSetting *setting = dif_settings_find (id);
  guint             index;

  if (! text)
    return TRUE;
  if (! dif_setting_find_choice (setting, text, &index))
    return FALSE;
  dif_setting_set_number (setting, r, index);
  return TRUE;
}

int
cli_canvas_fill (const CliCanvas *c, DifRequest *r)
{
  if (! parse_switch (c->soft, &r->soft_selection))
    return cli_misused (_ ("--soft takes yes or no, not “%s”."), c->soft);
  if (! parse_signed (c->grow, &r->grow))
    return cli_misused (_ ("--grow takes a whole number of pixels, not “%s”."), c->grow);
  if (! parse_pixels (c->feather, &r->feather))
    return cli_misused (_ ("--feather takes a whole number of pixels, not “%s”."), c->feather);
  if (! parse_pixels (c->blend, &r->blend))
    return cli_misused (_ ("--blend takes a whole number of pixels, not “%s”."), c->blend);
  if (! parse_pixels (c->detail, &r->detail))
    return cli_misused (_ ("--detail takes a whole number of pixels, not “%s”."), c->detail);
  if (! parse_choice ("prefill", c->prefill, r))
    return cli_misused (
        _ ("--prefill takes auto, smooth, patch, keep, mean, border or noise, not “%s”."),
        c->prefill);
  if (! parse_switch (c->color_match, &r->match_colors))
    return cli_misused (_ ("--color-match takes yes or no, not “%s”."), c->color_match);
  if (! parse_context (c->context, r))
    return cli_misused (_ ("--context takes auto, whole, pixels or per cent, like 64 or 100%%, not "
                           "“%s”."),
                        c->context);
  if (! parse_pixels (c->work_size, &r->work_size))
    return cli_misused (_ ("--work-size takes a whole number of pixels, not “%s”."), c->work_size);
  if (! parse_choice ("known", c->known, r))
    return cli_misused (_ ("--known takes xt or x0, not “%s”."), c->known);
  if (! parse_choice ("tile", c->tile, r))
    return cli_misused (_ ("--tile takes x, y or xy, not “%s”."), c->tile);
  return CLI_OK;
}

void
cli_canvas_clear (CliCanvas *c)
{
  g_free (c->soft);
  g_free (c->grow);
  g_free (c->feather);
  g_free (c->blend);
  g_free (c->detail);
  g_free (c->prefill);
  g_free (c->color_match);
  g_free (c->context);
  g_free (c->work_size);
  g_free (c->known);
  g_free (c->tile);
}
