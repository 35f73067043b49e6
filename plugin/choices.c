/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/choices.h"

#include <glib/gi18n-lib.h>

#include "core/dif.h"

GimpChoice *
dif_choices_samplers (void)
{
  GimpChoice              *choice = gimp_choice_new ();
  const DifSampler *const *rows = NULL;
  guint                    n = 0;

  rows = dif_samplers (&n);
  for (guint i = 0; i < n; i++)
    gimp_choice_add (choice, rows[i]->id, i, _ (rows[i]->label), rows[i]->citation);
  return choice;
}

GimpChoice *
dif_choices_spacings (void)
{
  GimpChoice              *choice = gimp_choice_new ();
  const DifSpacing *const *rows = NULL;
  guint                    n = 0;

  gimp_choice_add (choice, DIF_CHOICE_DEFAULT, 0, _ ("Default"), NULL);
  rows = dif_spacings (&n);
  for (guint i = 0; i < n; i++)
    gimp_choice_add (choice, rows[i]->id, i + 1, _ (rows[i]->label), rows[i]->citation);
  return choice;
}

GimpChoice *
dif_choices_prefills (void)
{
  static const struct
  {
    const char *label;
    const char *help;
  } texts[DIF_N_PREFILLS] = {
    [DIF_PREFILL_SMOOTH] = { N_ ("Smooth colors"),
                             N_ ("Colors that lead smoothly from edge to edge") },
    [DIF_PREFILL_PATCH] = { N_ ("Texture from beside"),
                            N_ ("A piece of the picture that fits there, to be noised by half "
                                "or less") },
    [DIF_PREFILL_KEEP] = { N_ ("What was there"), N_ ("The pixels as they are") },
    [DIF_PREFILL_MEAN] = { N_ ("Mean color"), N_ ("One color, the mean of the surroundings") },
    [DIF_PREFILL_BORDER] = { N_ ("Nearest color"), N_ ("Of each pixel the nearest one outside") },
    [DIF_PREFILL_AUTO] = { N_ ("Automatic"),
                           N_ ("A piece of the picture where the surroundings are a texture and "
                               "one "
                               "fits, at a noise level of at most 0.2; else smooth colors. Smooth "
                               "colors with a label too") },
    [DIF_PREFILL_NOISE] = { N_ ("Noise"), N_ ("As much noise as the surroundings' colors vary") },
  };
  GimpChoice *choice = gimp_choice_new ();

  for (guint k = 0, i = DIF_PREFILL_AUTO; k < DIF_N_PREFILLS; i = k++)
    gimp_choice_add (choice, dif_prefill_id (i), i, _ (texts[i].label), _ (texts[i].help));
  return choice;
}

GimpChoice *
dif_choices_knowns (void)
{
  return gimp_choice_new_with_values (
      "xt", 0, _ ("As noisy as the rest"), _ ("The network sees them, noised as far as the rest"),
      "x0", 1, _ ("In the prediction only"),
      _ ("They are put into the predicted clean picture, not into what the network sees"), NULL);
}

GimpChoice *
dif_choices_tiles (void)
{
  return gimp_choice_new_with_values ("none", 0, _ ("No"), NULL, "x", 1, _ ("Side by side"), NULL,
                                      "y", 2, _ ("One below the other"), NULL, "xy", 3,
                                      _ ("Both ways"), NULL, NULL);
}

GimpChoice *
dif_choices_samples (void)
{
  return gimp_choice_new_with_values (
      "visible", 0, _ ("What is visible"),
      _ ("What the image shows, from its bottom up to where the result goes"), "layer", 1,
      _ ("The layer alone"), _ ("The active layer's own pixels, with its effects"), NULL);
}

GimpChoice *
dif_choices_outputs (void)
{
  return gimp_choice_new_with_values (
      "new-layer", 0, _ ("New layer"),
      _ ("Put the result on a layer of its own, masked by the selection"), "replace", 1,
      _ ("Replace pixels"), _ ("Write the result into the layer itself"), NULL);
}
