/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/lab/points.h"

/* One direction v of a point: vᵀ (ds / dx) v + (vᵀ s)² / 2, or |s|² / 2, which is the mean of that
 * over v and so varies less.  Gradients get a share. */
static double
slice (gboolean reduced, gsize d, const double *v, const double *s, const double *jv, double share,
       double *of_s, double *of_jv)
{
  double along = 0.0;
  double curvature = 0.0;
  double length2 = 0.0;

  for (gsize i = 0; i < d; i++)
    {
      along += v[i] * s[i];
      curvature += v[i] * jv[i];
      length2 += s[i] * s[i];
    }
  for (gsize i = 0; i < d; i++)
    {
      of_s[i] += share * (reduced ? s[i] : along * v[i]);
      of_jv[i] = share * v[i];
    }
  return curvature + 0.5 * (reduced ? length2 : along * along);
}

static void
mean_of_slices (gboolean reduced, const DifMlp *mlp, const DifPoints *at, double *per_point,
                double *gradient)
{
  const gsize            n = at->n;
  const gsize            d = mlp->width[0];
  const guint            n_slices = at->n_directions;
  const double           share = 1.0 / ((double) n * n_slices);
  g_autofree double     *s = g_new (double, n *d);
  g_autofree double     *jv = g_new (double, n_slices *n *d);
  g_autofree double     *of_s = g_new0 (double, n *d);
  g_autofree double     *of_jv = g_new (double, n_slices *n *d);
  g_autoptr (DifMlpPass) pass = NULL;

  g_return_if_fail (mlp->width[mlp->n_layers] == d && n_slices > 0);
  pass = dif_mlp_forward (mlp, n, at->x, n_slices, at->directions);
  dif_mlp_pass_output (pass, s, jv);
  for (gsize p = 0; p < n; p++)
    {
      per_point[p] = 0.0;
      for (guint k = 0; k < n_slices; k++)
        {
          const gsize where = (k * n + p) * d;

          per_point[p] += slice (reduced, d, at->directions + where, s + p * d, jv + where, share,
                                 of_s + p * d, of_jv + where) /
                          n_slices;
        }
    }
  if (gradient)
    dif_mlp_backward (pass, of_s, of_jv, gradient);
}

static void
loss (const DifMlp *mlp, const DifPoints *at, double *per_point, double *gradient)
{
  mean_of_slices (FALSE, mlp, at, per_point, gradient);
}

static void
reduced_loss (const DifMlp *mlp, const DifPoints *at, double *per_point, double *gradient)
{
  mean_of_slices (TRUE, mlp, at, per_point, gradient);
}

const DifPointObjective dif_point_objective_sliced = {
  .id = "sliced",
  .label = N_ ("Sliced score matching, along random directions"),
  .citation = "Song et al. 2019 (sliced score matching), eq. 7",
  .loss = loss,
};

const DifPointObjective dif_point_objective_sliced_reduced = {
  .id = "sliced-reduced",
  .label = N_ ("Sliced score matching with less variance, where the mean over directions is known"),
  .citation = "Song et al. 2019 (sliced score matching), eq. 8",
  .loss = reduced_loss,
};
