/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DIF_MAX_MIX 16u

/**
 * DifLabelMix:
 * @n: how many labels, 1 to %DIF_MAX_MIX
 * @ids: (array length=n): rows of the network's table
 * @weights: (array length=n): what each counts, adding up to 1
 *
 * One label, or several at once.
 */
typedef struct
{
  guint  n;
  guint  ids[DIF_MAX_MIX];
  double weights[DIF_MAX_MIX];
} DifLabelMix;

/**
 * DIF_ONE_LABEL:
 * @id: a row of the network's table
 *
 * Initializer of a #DifLabelMix that is one label.
 */
#define DIF_ONE_LABEL(id) { 1, { id }, { 1.0 } }

/**
 * DifCondition:
 *
 * What an image is asked to be, in the form that a network reads: counted, and never changed once
 * it is made.  Only what makes conditions and the networks that read them look inside; guidance,
 * windows, regions and samplers pass them on.
 */
typedef struct _DifCondition DifCondition;

/**
 * dif_condition_new_labels:
 * @labels: rows of the table of the network that will read it
 *
 * Returns: (transfer full): a mixture of labels as a condition
 *
 * Thread: any
 */
DifCondition *dif_condition_new_labels (const DifLabelMix *labels);

/**
 * dif_condition_new_label:
 * @id: a row of the network's table
 *
 * Returns: (transfer full): one label as a condition
 *
 * Thread: any
 */
DifCondition *dif_condition_new_label (guint id);

/**
 * dif_condition_ref:
 * @condition: a condition
 *
 * Returns: (transfer full): @condition
 *
 * Thread: any
 */
DifCondition *dif_condition_ref (DifCondition *condition);

/**
 * dif_condition_unref:
 * @condition: (transfer full) (nullable): let go of
 *
 * Thread: any
 */
void dif_condition_unref (DifCondition *condition);

/**
 * dif_condition_equal:
 * @a: a condition
 * @b: a condition
 *
 * Returns: whether every network gives the same for both: for mixtures, whether they are the same
 *   labels with the same weights in the same order
 *
 * Thread: any
 */
gboolean dif_condition_equal (const DifCondition *a, const DifCondition *b);

/**
 * dif_condition_labels:
 * @condition: a condition
 *
 * For networks that read labels.
 *
 * Returns: (transfer none): its mixture
 *
 * Thread: any
 */
const DifLabelMix *dif_condition_labels (const DifCondition *condition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifCondition, dif_condition_unref)

G_END_DECLS
