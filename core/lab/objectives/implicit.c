/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/lab/points.h"

/* tr (ds / dx) + |s|² / 2; the trace is exact: one directional derivative for each coordinate. */
static void
loss (const DifMlp *mlp, const DifPoints *at, double *per_point, double *gradient)
{
  const gsize            n = at->n;
  const gsize            d = mlp->width[0];
  g_autofree double     *axes = g_new0 (double, d *n *d);
  g_autofree double     *s = g_new (double, n *d);
  g_autofree double     *jacobian = g_new (double, d *n *d); /* [axis, point, output] */
  g_autoptr (DifMlpPass) pass = NULL;

  g_return_if_fail (mlp->width[mlp->n_layers] == d);
  for (gsize k = 0; k < d; k++)
    for (gsize p = 0; p < n; p++)
      axes[(k * n + p) * d + k] = 1.0;
  pass = dif_mlp_forward (mlp, n, at->x, (guint) d, axes);
  dif_mlp_pass_output (pass, s, jacobian);
  for (gsize p = 0; p < n; p++)
    {
      per_point[p] = 0.0;
      for (gsize k = 0; k < d; k++)
        per_point[p] += jacobian[(k * n + p) * d + k] + 0.5 * s[p * d + k] * s[p * d + k];
    }
  if (! gradient)
    return;
  for (gsize i = 0; i < n * d; i++)
    s[i] /= (double) n;
  for (gsize i = 0; i < d * n * d; i++)
    axes[i] /= (double) n;
  dif_mlp_backward (pass, s, axes, gradient);
}

const DifPointObjective dif_point_objective_implicit = {
  .id = "implicit",
  .label = N_ ("Implicit score matching, with the exact trace"),
  .citation = "Hyvärinen 2005, theorem 1",
  .loss = loss,
};
