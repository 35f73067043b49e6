/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/check.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/evaluator.h"
#include "core/pipeline/known.h"
#include "core/pipeline/selection.h"

static gboolean
all_finite (const float *x, gsize n, gsize *at)
{
  for (*at = 0; *at < n; (*at)++)
    if (! isfinite (x[*at]))
      return FALSE;
  return TRUE;
}

/* Column and row of a pixel in the picture that this one was cut out of. */
static gint
column_of (const DifRequest *r, gsize at)
{
  return r->origin_x + (gint) (at % r->width);
}

static gint
row_of (const DifRequest *r, gsize at)
{
  return r->origin_y + (gint) (at / r->width);
}

static gboolean
check_mask (const DifRequest *r, GError **error)
{
  gsize at;

  if (! r->mask || all_finite (r->mask, (gsize) r->width * r->height, &at))
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
               _ ("The mask at column %d, row %d is not a number."), column_of (r, at),
               row_of (r, at));
  return FALSE;
}

static gboolean
check_pixels (const DifRequest *r, GError **error)
{
  g_autofree float *shape = NULL;
  DifRequest        shaped = *r;
  gsize             at;

  if (! dif_task_row (r->task)->reads_pixels)
    return TRUE;
  if (! r->pixels)
    return dif_error_set_setting (error, NULL, _ ("There are no pixels to work on."));
  if (! check_mask (r, error) || ! dif_selection_shape (r, &shape, error))
    return FALSE;
  if (shape)
    shaped.mask = shape;
  if (! dif_known_all_finite (&shaped, &at))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                   _ ("The pixel at column %d, row %d is not a number. Paint over it first."),
                   column_of (r, at), row_of (r, at));
      return FALSE;
    }
  return dif_known_check (&shaped, error);
}

static gboolean
check_regions (const DifRequest *r, GError **error)
{
  const gsize n = (gsize) r->width * r->height;
  gsize       at;

  if (r->n_regions > DIF_MAX_REGIONS)
    return dif_error_set_setting (
        error, "regions",
        _ ("%u regions, or layers named after materials, are too many (at most %u)."), r->n_regions,
        DIF_MAX_REGIONS);
  for (guint i = 0; i < r->n_regions; i++)
    {
      if (! r->regions[i].mask)
        return dif_error_set_setting (error, "regions", _ ("The region number %u has no mask."),
                                      i + 1);
      if (all_finite (r->regions[i].mask, n, &at))
        continue;
      g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                   _ ("The mask of region number %u at column %u, row %u is not a number."), i + 1,
                   (guint) (at % r->width), (guint) (at / r->width));
      return FALSE;
    }
  return TRUE;
}

gboolean
dif_request_check (const DifRequest *r, GError **error)
{
  if (r->width < 1 || r->height < 1 || r->width > DIF_MAX_SIZE || r->height > DIF_MAX_SIZE)
    return dif_error_set_setting (
        error, "size", _ ("A size of %u × %u pixels is not possible (1 to %u on a side)."),
        r->width, r->height, DIF_MAX_SIZE);
  return dif_request_check_settings (r, error) && check_regions (r, error) &&
         check_pixels (r, error);
}
