/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/random-mask.h"

#include <math.h>

#define MAX_STROKES   4
#define STROKE_DRAWS  6
#define STROKE_OFFSET 8

static gboolean
in_box (const double *u, double s, double x, double y)
{
  const double w = (0.2 + 0.7 * u[1]) * s;
  const double h = (0.2 + 0.7 * u[2]) * s;
  const double left = u[3] * (s - w);
  const double top = u[4] * (s - h);

  return x >= left && x < left + w && y >= top && y < top + h;
}

static gboolean
in_disc (const double *u, double s, double x, double y)
{
  return hypot (x - u[1] * s, y - u[2] * s) < (0.1 + 0.4 * u[3]) * s;
}

static gboolean
in_half_plane (const double *u, double s, double x, double y)
{
  const double angle = 2.0 * G_PI * u[1];

  return (x - s / 2.0) * cos (angle) + (y - s / 2.0) * sin (angle) > (u[2] - 0.5) * 0.8 * s;
}

/* How far a point is from a line's part between two ends. */
static double
distance (const double *ends, double s, double x, double y)
{
  const double dx = (ends[2] - ends[0]) * s;
  const double dy = (ends[3] - ends[1]) * s;
  const double px = x - ends[0] * s;
  const double py = y - ends[1] * s;
  const double along = CLAMP ((px * dx + py * dy) / fmax (dx * dx + dy * dy, 1e-3), 0.0, 1.0);

  return hypot (px - along * dx, py - along * dy);
}

static gboolean
in_strokes (const double *u, double s, double x, double y)
{
  for (guint j = 0; j < MAX_STROKES; j++)
    {
      const double *stroke = u + STROKE_OFFSET + j * STROKE_DRAWS;

      if (j < 1.0 + floor (4.0 * stroke[5]) &&
          distance (stroke, s, x, y) < (0.04 + 0.1 * stroke[4]) * s)
        return TRUE;
    }
  return FALSE;
}

void
dif_random_mask (const double *u, guint size, float *mask)
{
  gboolean (*inside) (const double *, double, double, double) = NULL;

  if (u[0] >= 0.86)
    inside = in_strokes;
  else if (u[0] >= 0.72)
    inside = in_half_plane;
  else if (u[0] >= 0.6)
    inside = in_disc;
  else if (u[0] >= 0.4)
    inside = in_box;
  for (guint y = 0; y < size; y++)
    for (guint x = 0; x < size; x++)
      mask[y * size + x] = ! inside || inside (u, size, x, y) ? 1.0f : 0.0f;
}
