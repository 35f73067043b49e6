/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/selection.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/image/coverage.h"

guint
dif_selection_reach (const DifRequest *r)
{
  return r->mask ? (guint) MAX (r->grow, 0) + r->feather : 0;
}

static gboolean
any (const float *coverage, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (coverage[i] > 0.0f)
      return TRUE;
  return FALSE;
}

gboolean
dif_selection_shape (const DifRequest *r, float **coverage, GError **error)
{
  const gsize       n = (gsize) r->width * r->height;
  g_autofree float *shape = NULL;

  *coverage = NULL;
  if (! r->mask || r->task == DIF_TASK_GENERATE || (r->grow == 0 && r->feather == 0))
    return TRUE;
  shape = dif_coverage_copy (r->mask, r->width, r->height, error);
  if (! shape || ! dif_coverage_grow (shape, r->width, r->height, r->grow, error) ||
      ! dif_coverage_feather (shape, r->width, r->height, r->feather, error))
    return FALSE;
  if (any (r->mask, n) && ! any (shape, n))
    return dif_error_set_setting (
        error, "grow", _ ("Shrinking by %d pixels leaves nothing of the selection."), -r->grow);
  *coverage = g_steal_pointer (&shape);
  return TRUE;
}

gboolean
dif_selection_blend (const DifRequest *r, float **alpha, GError **error)
{
  g_autofree float *shape = NULL;

  *alpha = NULL;
  if (! r->mask || r->task == DIF_TASK_GENERATE)
    return TRUE;
  if (! dif_selection_shape (r, &shape, error))
    return FALSE;
  if (! shape)
    shape = dif_coverage_copy (r->mask, r->width, r->height, error);
  if (! shape || ! dif_coverage_to_weights (shape, r->width, r->height, r->blend,
                                            dif_request_is_soft (r), error))
    return FALSE;
  *alpha = g_steal_pointer (&shape);
  return TRUE;
}
