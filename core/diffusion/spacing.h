/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifSpacingArgs:
 * @span: timesteps 0 … span - 1 are to be covered; T for a whole run, fewer when it starts
 *   from a lower noise level
 * @n: how many steps
 * @offset: added by "leading" (steps_offset of the scheduler's configuration)
 * @whole: whether timesteps are rounded to whole numbers
 * @drop_last: spread over n + 1 points and leave the last out (DPM-Solver++'s rule for
 *   linspace and leading)
 * @stride: distance of the timesteps that a distilled network was taught
 *
 * What a spacing needs.
 */
typedef struct
{
  guint    span;
  guint    n;
  guint    offset;
  gboolean whole;
  gboolean drop_last;
  guint    stride;
} DifSpacingArgs;

/**
 * DifSpacing:
 * @id: "leading", "linspace", "trailing", "karras", …
 * @label: for people
 * @citation: where it is defined
 * @fill: (nullable): writes args->n falling timesteps
 * @fill_ratios: (nullable): writes n falling noise levels sigma / alpha, from @high to @low, both
 *   above 0; one of the two functions is there
 * @truncates: whether timesteps of noise levels are cut off, not rounded, to whole ones
 *
 * One way to pick n timesteps (Lin et al. 2024, table 2) or n noise levels.
 */
typedef struct
{
  const char *id;
  const char *label;
  const char *citation;
  void (*fill) (const DifSpacingArgs *args, double *t);
  void (*fill_ratios) (guint n, double high, double low, double *ratios);
  gboolean truncates;
} DifSpacing;

/**
 * dif_spacings:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifSpacing *const *dif_spacings (guint *n);

/**
 * dif_spacing_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifSpacing *dif_spacing_find (const char *id);

G_END_DECLS
