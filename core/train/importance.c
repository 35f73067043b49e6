/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/importance.h"

#include <math.h>

#define ALIKE 0.1    /* share of the draws that falls on all terms alike */
#define LEAST 1e-300 /* of a mean of squares, so that it has a logarithm */

struct _DifImportance
{
  guint   n;
  double *chance; /* of term 1 and so on */
  double *up_to;  /* these added up; 1 at the end */
};

/* The logarithm of a term's root mean square, as far as it is known. */
static double
size_of (guint term, guint n_known, const guint *at, const double *squares)
{
  guint  k = 0;
  double share, low, high;

  while (k < n_known && at[k] < term)
    k++;
  if (k == 0 || k == n_known || at[k] == term)
    return 0.5 * log (fmax (squares[MIN (k, n_known - 1)], LEAST));
  low = 0.5 * log (fmax (squares[k - 1], LEAST));
  high = 0.5 * log (fmax (squares[k], LEAST));
  share = log ((double) term / at[k - 1]) / log ((double) at[k] / at[k - 1]);
  return low + share * (high - low);
}

DifImportance *
dif_importance_new (guint n, guint n_known, const guint *at, const double *squares)
{
  DifImportance *importance = g_new (DifImportance, 1);
  double         largest = -INFINITY, sum = 0.0, so_far = 0.0;

  *importance = (DifImportance) { n, g_new (double, n), g_new (double, n) };
  for (guint i = 0; i < n; i++)
    {
      importance->chance[i] = size_of (i + 1, n_known, at, squares);
      largest = fmax (largest, importance->chance[i]);
    }
  for (guint i = 0; i < n; i++)
    sum += importance->chance[i] = exp (importance->chance[i] - largest);
  for (guint i = 0; i < n; i++)
    {
      importance->chance[i] = (1.0 - ALIKE) * importance->chance[i] / sum + ALIKE / n;
      importance->up_to[i] = so_far += importance->chance[i];
    }
  return importance;
}

void
dif_importance_free (DifImportance *importance)
{
  if (! importance)
    return;
  g_free (importance->chance);
  g_free (importance->up_to);
  g_free (importance);
}

guint
dif_importance_draw (const DifImportance *importance, double u, double *chance)
{
  guint low = 0, high = importance->n - 1;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (importance->up_to[middle] > u)
        high = middle;
      else
        low = middle + 1;
    }
  *chance = importance->chance[low];
  return low + 1;
}
