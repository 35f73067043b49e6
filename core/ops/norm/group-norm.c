/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/norm/group-norm.h"

#include <math.h>

#include "core/ops/conv/prologue-apply.h"
#include "core/ops/norm/group-norm-backward.h"
#include "core/ops/norm/moments.h"
#include "core/ops/profile.h"

/* The channels of one group of one picture. */
static void
fold_group (const DifMoments *channels, gsize first, gsize n, double n_pixels, const float *gamma,
            const float *beta, double eps, float *scale, float *shift)
{
  const DifMoments group = dif_moments_merge (channels + first, n, n_pixels);
  const double     rstd = 1.0 / sqrt (group.m2 / (n_pixels * n) + eps);

  for (gsize i = first; i < first + n; i++)
    {
      double factor = gamma[i] * rstd;

      scale[i] = (float) factor;
      shift[i] = (float) (beta[i] - group.mean * factor);
    }
}

gboolean
dif_group_norm_fold (DifContext *context, DifTensor *x, DifTensor *beside, guint n_groups,
                     const DifTensor *gamma, const DifTensor *beta, double eps,
                     const DifTensor *modulation, DifActivation activation, DifPrologue *prologue)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  g_autofree DifMoments *channels = NULL;
  gsize                  own_c, c, n;

  if (! x || ! dif_moments_fill (context, x) || (beside && ! dif_moments_fill (context, beside)))
    return FALSE;
  own_c = x->dim[x->n_dims - 1];
  c = own_c + (beside ? beside->dim[beside->n_dims - 1] : 0);
  n = c / n_groups;
  g_return_val_if_fail (n * n_groups == c && gamma->size == c, FALSE);
  *prologue =
      (DifPrologue) { dif_context_tensor (context, 2, (gsize[]) { x->dim[0], c }),
                      dif_context_tensor (context, 2, (gsize[]) { x->dim[0], c }), activation };
  if (! prologue->scale || ! prologue->shift)
    {
      dif_prologue_clear (prologue);
      return FALSE;
    }
  channels = g_new (DifMoments, c);
  for (gsize picture = 0; picture < x->dim[0]; picture++)
    {
      float       *scale = prologue->scale->data + picture * c;
      float       *shift = prologue->shift->data + picture * c;
      const float *own = modulation ? modulation->data + picture * 2 * c : NULL;

      dif_moments_join (x, beside, picture, channels);
      for (gsize first = 0; first < c; first += n)
        fold_group (channels, first, n, (double) (x->size / (x->dim[0] * own_c)), gamma->data,
                    beta->data, eps, scale, shift);
      for (gsize i = 0; own && i < c; i++)
        {
          shift[i] = shift[i] * (1.0f + own[i]) + own[c + i];
          scale[i] *= 1.0f + own[i];
        }
    }
  dif_group_norm_record (
      context, &(DifNormInputs) { x, beside, gamma, beta, modulation, n_groups, eps }, prologue);
  return TRUE;
}

DifTensor *
dif_group_norm (DifContext *context, DifTensor *x, guint n_groups, const DifTensor *gamma,
                const DifTensor *beta, double eps, const DifTensor *modulation,
                DifActivation activation)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  g_auto (DifPrologue) prologue = { NULL };

  if (! dif_group_norm_fold (context, x, NULL, n_groups, gamma, beta, eps, modulation, activation,
                             &prologue))
    return NULL;
  return dif_prologue_apply (context, x, &prologue);
}
