/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/models/condition.h"

struct _DifCondition
{
  gint        ref_count; /* atomic */
  DifLabelMix labels;
};

DifCondition *
dif_condition_new_labels (const DifLabelMix *labels)
{
  DifCondition *condition = g_new0 (DifCondition, 1);

  condition->ref_count = 1;
  condition->labels = *labels;
  return condition;
}

DifCondition *
dif_condition_new_label (guint id)
{
  return dif_condition_new_labels (&(const DifLabelMix) DIF_ONE_LABEL (id));
}

DifCondition *
dif_condition_ref (DifCondition *condition)
{
  g_atomic_int_inc (&condition->ref_count);
  return condition;
}

void
dif_condition_unref (DifCondition *condition)
{
  if (condition && g_atomic_int_dec_and_test (&condition->ref_count))
    g_free (condition);
}

gboolean
dif_condition_equal (const DifCondition *a, const DifCondition *b)
{
  const DifLabelMix *one = &a->labels;
  const DifLabelMix *two = &b->labels;

  for (guint i = 0; i < MIN (one->n, two->n); i++)
    if (one->ids[i] != two->ids[i] || one->weights[i] != two->weights[i])
      return FALSE;
  return one->n == two->n;
}

const DifLabelMix *
dif_condition_labels (const DifCondition *condition)
{
  return &condition->labels;
}
