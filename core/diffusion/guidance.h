/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifGuidanceRow:
 * @id: for lists
 * @label: for people, to be translated
 * @citation: where it is defined
 * @evals: evaluations of the network that it takes at each noise level where it acts
 *
 * One way to lead a run towards what is wanted.
 */
typedef struct
{
  const char *id;
  const char *label;
  const char *citation;
  guint       evals;
} DifGuidanceRow;

/**
 * dif_guidances:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifGuidanceRow *const *dif_guidances (guint *n);

/**
 * dif_guidance_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifGuidanceRow *dif_guidance_find (const char *id);

G_END_DECLS
