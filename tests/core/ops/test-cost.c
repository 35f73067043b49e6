/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/cost.h"

#include <math.h>

static const DifConvWork large = { 1, 64, 64, 128, 128 };
static const DifConvWork small = { 1, 8, 8, 128, 128 };
static const DifConvWork tiny = { 1, 1, 1, 256, 256 };
static const DifConvWork thin = { 1, 64, 64, 3, 128 };

static void
test_picks (void)
{
  /* 5 times fewer products for a large picture; of a smaller one, blocks of 6 would cover more
   * than there is; for a single pixel, 9 products would do and 36 are made */
  g_assert_cmpint (dif_cost_pick (dif_costs (), &large), ==, DIF_CONV_WINOGRAD_6);
  g_assert_cmpint (dif_cost_pick (dif_costs (), &small), ==, DIF_CONV_WINOGRAD_4);
  g_assert_cmpint (dif_cost_pick (dif_costs (), &tiny), ==, DIF_CONV_IM2ROW);
  /* nor is a digit given for a few inputs */
  g_assert_cmpint (dif_cost_pick (dif_costs (), &thin), ==, DIF_CONV_IM2ROW);
}

/* The pick is the least, and estimates grow with the work. */
static void
test_least (void)
{
  for (gsize side = 1; side <= 64; side *= 2)
    for (gsize c = 32; c <= 512; c *= 2)
      {
        DifConvWork      work = { 1, side, side, c, c };
        DifConvWork      more = { 2, side, side, c, 2 * c };
        DifConvAlgorithm pick = dif_cost_pick (dif_costs (), &work);

        g_assert_cmpint (pick, !=, DIF_CONV_AUTO);
        for (guint a = DIF_CONV_IM2ROW; a < DIF_N_CONV_ALGORITHMS; a++)
          {
            g_assert_cmpfloat (dif_cost_conv (dif_costs (), &work, pick), <=,
                               dif_cost_conv (dif_costs (), &work, a));
            g_assert_cmpfloat (dif_cost_conv (dif_costs (), &work, a), <,
                               dif_cost_conv (dif_costs (), &more, a));
          }
      }
}

static void
check_form (const DifWinogradCosts *costs)
{
  g_assert_true (isfinite (costs->inputs) && costs->inputs > 0.0);
  g_assert_true (isfinite (costs->outputs) && costs->outputs > 0.0);
  g_assert_true (isfinite (costs->weights) && costs->weights > 0.0);
}

static void
test_measure (void)
{
  DifCosts costs;

  dif_costs_measure (&costs);
  g_assert_true (isfinite (costs.product) && costs.product > 0.0);
  g_assert_true (isfinite (costs.gather) && costs.gather > 0.0);
  g_assert_true (isfinite (costs.stream) && costs.stream > 0.0);
  for (guint kind = 0; kind < DIF_N_WINOGRAD_FORMS; kind++)
    check_form (&costs.forms[kind]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cost/picks", test_picks);
  g_test_add_func ("/cost/least", test_least);
  g_test_add_func ("/cost/measure", test_measure);
  return g_test_run ();
}
