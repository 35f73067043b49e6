/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/prepare.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/evaluator.h"
#include "core/image/coverage.h"
#include "core/pipeline/known.h"

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

static gboolean
any (const float *coverage, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (coverage[i] > 0.0f)
      return TRUE;
  return FALSE;
}

/* Without a mask, what is transparent is filled. */
static gboolean
take_holes (DifPrepared *p, GError **error)
{
  const DifRequest *r = p->input.request;

  if (p->input.mask || ! p->input.task->fills || ! r->alpha)
    return TRUE;
  p->mask = dif_coverage_from_alpha (r->alpha, (gsize) r->width * r->height, error);
  p->input.mask = p->mask;
  return p->mask != NULL;
}

/* Grows and feathers the mask. */
static gboolean
shape_mask (DifPrepared *p, GError **error)
{
  const DifRequest *r = p->input.request;
  const gsize       n = (gsize) r->width * r->height;
  g_autofree float *shape = NULL;

  if (! p->input.mask || (r->grow == 0 && r->feather == 0))
    return TRUE;
  shape = dif_coverage_copy (p->input.mask, r->width, r->height, error);
  if (! shape || ! dif_coverage_grow (shape, r->width, r->height, r->grow, error) ||
      ! dif_coverage_feather (shape, r->width, r->height, r->feather, error))
    return FALSE;
  if (any (p->input.mask, n) && ! any (shape, n))
    return dif_error_set_setting (
        error, "grow", _ ("Shrinking by %d pixels leaves nothing of the selection."), -r->grow);
  g_free (p->mask);
  p->input.mask = p->mask = g_steal_pointer (&shape);
  return TRUE;
}

static gboolean
check_pixels (const DifInput *in, GError **error)
{
  gsize at;

  if (! dif_known_all_finite (in, &at))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                   _ ("The pixel at column %d, row %d is not a number. Paint over it first."),
                   column_of (in->request, at), row_of (in->request, at));
      return FALSE;
    }
  return dif_known_check (in, error);
}

static gboolean
prepare_pixels (DifPrepared *p, GError **error)
{
  if (! p->input.task->reads_pixels)
    return TRUE;
  if (! p->input.pixels)
    return dif_error_set_setting (error, NULL, _ ("There are no pixels to work on."));
  return check_mask (p->input.request, error) && take_holes (p, error) && shape_mask (p, error) &&
         check_pixels (&p->input, error);
}

gboolean
dif_prepare (DifPrepared *p, const DifRequest *r, GError **error)
{
  *p = (DifPrepared) { .input = dif_input_of (r) };
  if (r->width < 1 || r->height < 1 || r->width > DIF_MAX_SIZE || r->height > DIF_MAX_SIZE)
    return dif_error_set_setting (
        error, "size", _ ("A size of %u × %u pixels is not possible (1 to %u on a side)."),
        r->width, r->height, DIF_MAX_SIZE);
  return dif_request_check_settings (r, error) && check_regions (r, error) &&
         prepare_pixels (p, error);
}

void
dif_prepared_clear (DifPrepared *p)
{
  g_clear_pointer (&p->mask, g_free);
}

gboolean
dif_prepared_weigh (const DifPrepared *p, float **weights, GError **error)
{
  const DifInput   *in = &p->input;
  g_autofree float *shape = NULL;

  *weights = NULL;
  if (! in->mask)
    return TRUE;
  shape = dif_coverage_copy (in->mask, in->width, in->height, error);
  if (! shape)
    return FALSE;
  if (in->task->reads_pixels &&
      ! dif_coverage_to_weights (shape, in->width, in->height, in->request->blend,
                                 dif_input_is_soft (in), error))
    return FALSE;
  *weights = g_steal_pointer (&shape);
  return TRUE;
}
