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
is_finite (const DifRequest *r, gsize i)
{
  const float *p = r->pixels + 3 * i;

  return isfinite (p[0]) && isfinite (p[1]) && isfinite (p[2]);
}

static gboolean
is_masked (const DifRequest *r, gsize i)
{
  return ! r->mask || r->mask[i] > 0.0f;
}

gboolean
dif_known_is_seen (const DifRequest *r, gsize i)
{
  return ! r->alpha || r->alpha[i] >= DIF_LEAST_ALPHA;
}

/* A hole may hold what is no number: that is what it is made anew for. */
static gboolean
may_be_anything (const DifRequest *r, gsize i)
{
  return ! dif_known_is_seen (r, i) || (r->task == DIF_TASK_INPAINT && is_masked (r, i));
}

gboolean
dif_known_at (const DifRequest *r, gsize i)
{
  return dif_known_is_seen (r, i) && is_finite (r, i);
}

gboolean
dif_known_is_plain (const DifRequest *r)
{
  for (gsize i = 0; i < (gsize) r->width * r->height; i++)
    {
      const float *p = r->pixels + 3 * i;

      if (! dif_known_is_seen (r, i))
        return FALSE;
      for (guint k = 0; k < 3; k++)
        if (! (p[k] >= 0.0f && p[k] <= 1.0f))
          return FALSE;
    }
  return TRUE;
}

gboolean
dif_known_all_finite (const DifRequest *r, gsize *at)
{
  for (*at = 0; *at < (gsize) r->width * r->height; (*at)++)
    if (! is_finite (r, *at) && ! may_be_anything (r, *at))
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
check_surroundings (const DifRequest *r, GError **error)
{
  DifWork part = { 0 };
  gsize   filled = 0;
  gsize   known = 0;

  if (! r->mask)
    return refuse (error, _ ("Select what is to be filled first. To make the whole picture anew, "
                             "use Generate or Reimagine."));
  dif_work_measure (&part, r);
  for (guint y = part.y; y < part.y + part.height; y++)
    for (guint x = part.x; x < part.x + part.width; x++)
      {
        const gsize i = (gsize) y * r->width + x;

        filled += is_masked (r, i);
        known += ! is_masked (r, i) && dif_known_is_seen (r, i);
      }
  if (known >= 1 && known * MOST_FILLED >= filled)
    return TRUE;
  return refuse (error, _ ("There is too little around the selection to fill it from. Select less, "
                           "or look at more of what surrounds it."));
}

gboolean
dif_known_check (const DifRequest *r, GError **error)
{
  const gsize n = (gsize) r->width * r->height;
  gboolean    any_masked = FALSE;
  gboolean    any_seen = FALSE;

  for (gsize i = 0; i < n && ! any_seen; i++)
    if (is_masked (r, i))
      {
        any_masked = TRUE;
        any_seen = dif_known_is_seen (r, i);
      }
  if (! any_masked)
    return refuse (error, _ ("Nothing of the picture is selected."));
  if (r->task == DIF_TASK_INPAINT)
    return check_surroundings (r, error);
  if (! any_seen)
    return refuse (error, _ ("There is nothing visible in the selection: it is transparent."));
  return TRUE;
}

/* ---- what stands in for unknown pixels ---- */

static float *
new_plane (const DifWork *work, guint channels, GError **error)
{
  float *plane = g_try_malloc0_n ((gsize) work->width * work->height, channels * sizeof (float));

  if (! plane)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                 _ ("There is not enough memory for %u × %u pixels."), work->width, work->height);
  return plane;
}

/* Fills pixels where @mask is not 0 from the others. */
static gboolean
fill_from_around (const DifWork *work, float *pixels, const float *mask, GError **error)
{
  const DifRequest *r = work->whole;

  return dif_fill_pixels (pixels, mask, work->width, work->height,
                          dif_request_tiles (r, DIF_TILE_Y), dif_request_tiles (r, DIF_TILE_X),
                          error);
}

static gsize
in_whole (const DifWork *work, gsize i)
{
  return (work->y + i / work->width) * work->whole->width + work->x + i % work->width;
}

/* Takes what is beyond [0, 1] out of the known pixels, and all that there is out of the unknown. */
static gboolean
split (DifWork *work, const float *unknown, GError **error)
{
  g_autofree float *beyond = new_plane (work, 3, error);
  gboolean          any = FALSE;

  for (gsize i = 0; beyond && i < 3 * (gsize) work->width * work->height; i++)
    {
      const gboolean known = unknown[i / 3] == 0.0f;
      const float    own = known ? work->pixels[i] : 0.0f;

      work->pixels[i] = CLAMP (own, 0.0f, 1.0f);
      beyond[i] = own - work->pixels[i];
      any = any || beyond[i] != 0.0f;
    }
  if (! beyond)
    return FALSE;
  if (any)
    work->beyond = g_steal_pointer (&beyond);
  return TRUE;
}

/* What is beyond [0, 1] goes on in a hole, as much as the hole is one. */
static gboolean
go_on (DifWork *work, const float *unknown, GError **error)
{
  const DifRequest *r = work->whole;
  const gsize       n = (gsize) work->width * work->height;
  g_autofree float *mask = new_plane (work, 1, error);
  g_autofree float *own = new_plane (work, 3, error);

  if (! mask || ! own)
    return FALSE;
  memcpy (own, work->beyond, 3 * n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    mask[i] =
        unknown[i] != 0.0f || (r->task == DIF_TASK_INPAINT && is_masked (r, in_whole (work, i)));
  if (! fill_from_around (work, work->beyond, mask, error))
    return FALSE;
  for (gsize i = 0; i < n && dif_request_is_soft (r); i++)
    {
      const float share = unknown[i] != 0.0f ? 1.0f : MAX (r->mask[in_whole (work, i)], 0.0f);

      for (guint k = 0; k < 3 && share < 1.0f; k++)
        work->beyond[3 * i + k] =
            own[3 * i + k] + share * (work->beyond[3 * i + k] - own[3 * i + k]);
    }
  return TRUE;
}

gboolean
dif_known_fill (DifWork *work, float **unknown, GError **error)
{
  const gsize       n = (gsize) work->width * work->height;
  g_autofree float *map = NULL;
  gboolean          any = FALSE;

  *unknown = NULL;
  if (dif_known_is_plain (work->whole))
    return TRUE;
  map = new_plane (work, 1, error);
  for (gsize i = 0; map && i < n; i++)
    {
      map[i] = dif_known_at (work->whole, in_whole (work, i)) ? 0.0f : 1.0f;
      any = any || map[i] != 0.0f;
    }
  if (! map || ! split (work, map, error))
    return FALSE;
  if (any && ! fill_from_around (work, work->pixels, map, error))
    return FALSE;
  if (work->beyond && ! go_on (work, map, error))
    return FALSE;
  if (any)
    *unknown = g_steal_pointer (&map);
  return TRUE;
}
