/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifSchedule:
 * @id: beta_schedule of a scheduler's configuration
 * @label: for people
 * @citation: where it is defined
 * @has_ends: whether beta_start and beta_end shape it
 * @fill: writes n betas; @start and @end are not looked at by schedules without ends
 *
 * How much noise each training step adds: beta_t, of which alpha_bar_t is the product of
 * 1 - beta up to t.
 */
typedef struct
{
  const char *id;
  const char *label;
  const char *citation;
  gboolean    has_ends;
  void (*fill) (guint n, double start, double end, double *betas);
} DifSchedule;

/**
 * dif_schedules:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifSchedule *const *dif_schedules (guint *n);

/**
 * dif_schedule_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifSchedule *dif_schedule_find (const char *id);

G_END_DECLS
