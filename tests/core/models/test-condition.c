/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/models/condition.h"

/* Another label, weight or order is another condition. */
static void
test_equal (void)
{
  const DifLabelMix mixes[] = { DIF_ONE_LABEL (1),
                                DIF_ONE_LABEL (2),
                                { 2, { 1, 2 }, { 0.5, 0.5 } },
                                { 2, { 1, 2 }, { 0.4, 0.6 } },
                                { 2, { 1, 0 }, { 0.5, 0.5 } } };

  for (guint i = 0; i < G_N_ELEMENTS (mixes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (mixes); k++)
      {
        g_autoptr (DifCondition) a = dif_condition_new_labels (&mixes[i]);
        g_autoptr (DifCondition) b = dif_condition_new_labels (&mixes[k]);

        g_assert_cmpint (dif_condition_equal (a, b), ==, i == k);
      }
}

/* It has its own copy, which lives until the last one lets go. */
static void
test_counted (void)
{
  DifLabelMix              mix = { 2, { 3, 5 }, { 0.25, 0.75 } };
  DifCondition            *first = dif_condition_new_labels (&mix);
  g_autoptr (DifCondition) second = dif_condition_ref (first);
  g_autoptr (DifCondition) one = dif_condition_new_label (7);

  mix.ids[0] = 4;
  dif_condition_unref (first);
  dif_condition_unref (NULL);
  g_assert_cmpuint (dif_condition_labels (second)->n, ==, 2);
  g_assert_cmpuint (dif_condition_labels (second)->ids[0], ==, 3);
  g_assert_cmpfloat (dif_condition_labels (second)->weights[1], ==, 0.75);
  g_assert_cmpuint (dif_condition_labels (one)->n, ==, 1);
  g_assert_cmpuint (dif_condition_labels (one)->ids[0], ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/condition/equal", test_equal);
  g_test_add_func ("/condition/counted", test_counted);
  return g_test_run ();
}
