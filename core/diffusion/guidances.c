/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/guidances.h"

#include <glib/gi18n-lib.h>

static const DifGuidanceRow rows[] = {
  { "classifier-free", N_ ("label against no label"), "Ho & Salimans 2022, eq. 6", 2 },
  { "negative", N_ ("label against another label"),
    "Ho & Salimans 2022, eq. 6; Rombach et al. 2022, code", 2 },
  { "rescaled", N_ ("contrast taken back"), "Lin et al. 2024, section 3.4", 2 },
  { "interval", N_ ("between two noise levels only"), "Kynkäänniemi et al. 2024, eq. 5", 2 },
  { "classifier", N_ ("gradient of a classifier of noisy pictures"),
    "Dhariwal & Nichol 2021, algorithms 1 and 2", 1 },
  { "colours", N_ ("gradient of a distance from colours"),
    "Dhariwal & Nichol 2021, algorithm 2, with another energy", 1 },
};

const DifGuidanceRow *
dif_guidances (guint *n)
{
  *n = G_N_ELEMENTS (rows);
  return rows;
}
