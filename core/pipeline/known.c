/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/known.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/image/fill.h"

/* Pixels to be filled for each known one, beyond which a fill is a guess. */
#define MOST_FILLED 20

static gboolean
is_finite (const DifInput *in, gsize i)
{
  const float *p = in->pixels + 3 * i;

  return isfinite (p[0]) && isfinite (p[1]) && isfinite (p[2]);
}

static gboolean
is_masked (const DifInput *in, gsize i)
{
  return ! in->mask || in->mask[i] > 0.0f;
}

gboolean
dif_known_is_seen (const DifInput *in, gsize i)
{
  return ! in->alpha || in->alpha[i] >= DIF_LEAST_ALPHA;
}

/* A hole may hold what is no number: that is what it is made anew for. */
static gboolean
may_be_anything (const DifInput *in, gsize i)
{
  return ! dif_known_is_seen (in, i) || (in->task->fills && is_masked (in, i));
}

gboolean
dif_known_at (const DifInput *in, gsize i)
{
  return dif_known_is_seen (in, i) && is_finite (in, i);
}

gboolean
dif_known_is_plain (const DifInput *in)
{
  for (gsize i = 0; i < (gsize) in->width * in->height; i++)
    {
      const float *p = in->pixels + 3 * i;

      if (! dif_known_is_seen (in, i))
        return FALSE;
      for (guint k = 0; k < 3; k++)
        if (! (p[k] >= 0.0f && p[k] <= 1.0f))
          return FALSE;
    }
  return TRUE;
}

gboolean
dif_known_all_finite (const DifInput *in, gsize *at)
{
  for (*at = 0; *at < (gsize) in->width * in->height; (*at)++)
    if (! is_finite (in, *at) && ! may_be_anything (in, *at))
      return FALSE;
  return TRUE;
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_REQUEST, message);
  return FALSE;
}

static gboolean
check_surroundings (const DifInput *in, GError **error)
{
  DifPart part;
  gsize   filled = 0;
  gsize   known = 0;

  if (! in->mask)
    return refuse (error, _ ("Select what is to be filled first. To make the whole picture anew, "
                             "use Generate or Reimagine."));
  dif_input_measure (in, &part);
  for (guint y = part.y; y < part.y + part.height; y++)
    for (guint x = part.x; x < part.x + part.width; x++)
      {
        const gsize i = (gsize) y * in->width + x;

        filled += is_masked (in, i);
        known += ! is_masked (in, i) && dif_known_is_seen (in, i);
      }
  if (known >= 1 && known * MOST_FILLED >= filled)
    return TRUE;
  return refuse (error, _ ("There is too little around the selection to fill it from. Select less, "
                           "or look at more of what surrounds it."));
}

gboolean
dif_known_check (const DifInput *in, GError **error)
{
  const gsize n = (gsize) in->width * in->height;
  gboolean    any_masked = FALSE;
  gboolean    any_seen = FALSE;

  for (gsize i = 0; i < n && ! any_seen; i++)
    if (is_masked (in, i))
      {
        any_masked = TRUE;
        any_seen = dif_known_is_seen (in, i);
      }
  if (! any_masked)
    return refuse (error, _ ("Nothing of the picture is selected."));
  if (in->task->fills)
    return check_surroundings (in, error);
  if (! any_seen)
    return refuse (error, _ ("There is nothing visible in the selection: it is transparent."));
  return TRUE;
}

/* ---- what stands in for unknown pixels ---- */

static float *
new_plane (const DifPart *part, guint channels, GError **error)
{
  float *plane = g_try_malloc0_n ((gsize) part->width * part->height, channels * sizeof (float));

  if (! plane)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                 _ ("There is not enough memory for %u × %u pixels."), part->width, part->height);
  return plane;
}

/* Fills pixels where @mask is not 0 from the others. */
static gboolean
fill_from_around (const DifInput *in, const DifPart *part, float *pixels, const float *mask,
                  GError **error)
{
  return dif_fill_pixels (pixels, mask, part->width, part->height,
                          dif_request_tiles (in->request, DIF_TILE_Y),
                          dif_request_tiles (in->request, DIF_TILE_X), error);
}

static gsize
in_whole (const DifInput *in, const DifPart *part, gsize i)
{
  return (part->y + i / part->width) * in->width + part->x + i % part->width;
}

/* Takes what is beyond [0, 1] out of the known pixels, and all that there is out of the unknown. */
static gboolean
split (const DifPart *part, float *pixels, const float *unknown, float **rest, GError **error)
{
  g_autofree float *beyond = new_plane (part, 3, error);
  gboolean          any = FALSE;

  for (gsize i = 0; beyond && i < 3 * (gsize) part->width * part->height; i++)
    {
      const gboolean known = unknown[i / 3] == 0.0f;
      const float    own = known ? pixels[i] : 0.0f;

      pixels[i] = CLAMP (own, 0.0f, 1.0f);
      beyond[i] = own - pixels[i];
      any = any || beyond[i] != 0.0f;
    }
  if (! beyond)
    return FALSE;
  if (any)
    *rest = g_steal_pointer (&beyond);
  return TRUE;
}

/* What is beyond [0, 1] goes on in a hole, as much as the hole is one. */
static gboolean
go_on (const DifInput *in, const DifPart *part, const float *unknown, float *beyond, GError **error)
{
  const gsize       n = (gsize) part->width * part->height;
  g_autofree float *mask = new_plane (part, 1, error);
  g_autofree float *own = new_plane (part, 3, error);

  if (! mask || ! own)
    return FALSE;
  memcpy (own, beyond, 3 * n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    mask[i] = unknown[i] != 0.0f || (in->task->fills && is_masked (in, in_whole (in, part, i)));
  if (! fill_from_around (in, part, beyond, mask, error))
    return FALSE;
  for (gsize i = 0; i < n && dif_input_is_soft (in); i++)
    {
      const float share = unknown[i] != 0.0f ? 1.0f : MAX (in->mask[in_whole (in, part, i)], 0.0f);

      for (guint k = 0; k < 3 && share < 1.0f; k++)
        beyond[3 * i + k] = own[3 * i + k] + share * (beyond[3 * i + k] - own[3 * i + k]);
    }
  return TRUE;
}

gboolean
dif_known_fill (const DifInput *in, const DifPart *part, float *pixels, float **unknown,
                float **beyond, GError **error)
{
  const gsize       n = (gsize) part->width * part->height;
  g_autofree float *map = NULL;
  g_autofree float *rest = NULL;
  gboolean          any = FALSE;

  *unknown = *beyond = NULL;
  if (dif_known_is_plain (in))
    return TRUE;
  map = new_plane (part, 1, error);
  for (gsize i = 0; map && i < n; i++)
    {
      map[i] = dif_known_at (in, in_whole (in, part, i)) ? 0.0f : 1.0f;
      any = any || map[i] != 0.0f;
    }
  if (! map || ! split (part, pixels, map, &rest, error))
    return FALSE;
  if (any && ! fill_from_around (in, part, pixels, map, error))
    return FALSE;
  if (rest && ! go_on (in, part, map, rest, error))
    return FALSE;
  if (any)
    *unknown = g_steal_pointer (&map);
  *beyond = g_steal_pointer (&rest);
  return TRUE;
}
