/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/ladder.h"

#include <math.h>

#define LOWEST      0.01 /* of pictures in [-1, 1]: a byte is 0.0078 */
#define MOST_RATIO  10.0 /* of a few numbers there is no other limit */
#define OVERLAP     0.5
#define DEVIATIONS  3.0
#define MOST_LEVELS 100000u
#define ONE_LEVEL   0.5 /* of the data's spread */

static double
normal_below (double z)
{
  return 0.5 * erfc (-z / G_SQRT2);
}

/* How much of what has the norm of one level lies where the next one's norms are. */
static double
overlap (double dimension, double ratio)
{
  const double apart = sqrt (2.0 * dimension) * (ratio - 1.0);

  return normal_below (apart + DEVIATIONS * ratio) - normal_below (apart - DEVIATIONS * ratio);
}

double
dif_ladder_ratio (gsize dimension)
{
  double low = 1.0;
  double high = MOST_RATIO;

  while (high - low > 1e-12 * high)
    {
      const double middle = 0.5 * (low + high);

      if (overlap ((double) dimension, middle) > OVERLAP)
        low = middle;
      else
        high = middle;
    }
  return low;
}

double
dif_ladder_reach (const DifTensor *pictures)
{
  const gsize n = pictures->size / pictures->dim[0];
  double      most = 0.0;

  for (gsize a = 0; a < pictures->dim[0]; a++)
    for (gsize b = 0; b < a; b++)
      {
        double sum = 0.0;

        for (gsize i = 0; i < n; i++)
          {
            const double off = (double) pictures->data[a * n + i] - pictures->data[b * n + i];

            sum += off * off;
          }
        most = fmax (most, sum);
      }
  return fmax (sqrt (most), 1.0);
}

double
dif_ladder_spread (const DifTensor *pictures)
{
  const gsize c = pictures->dim[pictures->n_dims - 1];
  const gsize n = pictures->size / c;
  double      variance = 0.0;

  for (gsize k = 0; k < c; k++)
    {
      double sum = 0.0, squares = 0.0;

      for (gsize i = 0; i < n; i++)
        sum += pictures->data[i * c + k] / (double) n;
      for (gsize i = 0; i < n; i++)
        squares += pow (pictures->data[i * c + k] - sum, 2.0) / (double) n;
      variance += squares / (double) c;
    }
  return fmax (sqrt (variance), LOWEST);
}

void
dif_ladder_complete (DifLadder *ladder, const DifTensor *pictures, gboolean one_level)
{
  const double ratio = dif_ladder_ratio (pictures->size / pictures->dim[0]);
  double       levels;

  if (one_level)
    {
      if (ladder->sigma_max == 0.0)
        ladder->sigma_max =
            ladder->sigma_min > 0.0 ? ladder->sigma_min : ONE_LEVEL * dif_ladder_spread (pictures);
      if (ladder->sigma_min == 0.0)
        ladder->sigma_min = ladder->sigma_max;
      ladder->n_levels = 1;
      return;
    }
  if (ladder->sigma_max == 0.0)
    ladder->sigma_max = fmax (dif_ladder_reach (pictures), 2.0 * ladder->sigma_min);
  if (ladder->sigma_min == 0.0)
    ladder->sigma_min = fmin (LOWEST, 0.5 * ladder->sigma_max);
  levels = ceil (log (ladder->sigma_max / ladder->sigma_min) / log (ratio)) + 1.0;
  if (ladder->n_levels == 0)
    ladder->n_levels = (guint) CLAMP (levels, 2.0, MOST_LEVELS);
}
