/* SPDX-License-Identifier: GPL-3.0-or-later */

/* mixture-points: prints the points of tests/bench/mixture.py: "NAME X Y" a line. */

#include "tests/core/support/mixture.h"

#define SIDE 64

static void
print_points (const char *name, const DifTensor *points)
{
  for (gsize i = 0; points && i < points->size; i += 2)
    g_print ("%s %.3f %.3f\n", name, points->data[i], points->data[i + 1]);
}

int
main (void)
{
  static const char *const samplers[] = { "langevin", "annealed-langevin" };
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)    exact = mixture_draw (context, &mixture_song, SIDE);

  print_points ("exact", exact);
  for (guint i = 0; i < G_N_ELEMENTS (samplers); i++)
    {
      g_autoptr (DifTensor) points =
          mixture_experiment (context, dif_sampler_find (samplers[i]), SIDE);

      print_points (samplers[i], points);
    }
  return 0;
}
