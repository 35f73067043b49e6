/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/settings/choices.h"

#include <glib/gi18n-lib.h>

#include "core/diffusion/plan.h"
#include "core/diffusion/spacing.h"
#include "core/settings/request.h"

static const DifChoice prefills[DIF_N_PREFILLS] = {
  [DIF_PREFILL_AUTO] = { "auto", N_ ("Automatic"),
                         N_ ("A piece of the picture where the surroundings are a texture and one "
                             "fits, at a noise level of at most 0.2; else smooth colors. Smooth "
                             "colors with a label too") },
  [DIF_PREFILL_SMOOTH] = { "smooth", N_ ("Smooth colors"),
                           N_ ("Colors that lead smoothly from edge to edge") },
  [DIF_PREFILL_PATCH] = { "patch", N_ ("Texture from beside"),
                          N_ ("A piece of the picture that fits there, to be noised by half or "
                              "less") },
  [DIF_PREFILL_KEEP] = { "keep", N_ ("What was there"), N_ ("The pixels as they are") },
  [DIF_PREFILL_MEAN] = { "mean", N_ ("Mean color"),
                         N_ ("One color, the mean of the surroundings") },
  [DIF_PREFILL_BORDER] = { "border", N_ ("Nearest color"),
                           N_ ("Of each pixel the nearest one outside") },
  [DIF_PREFILL_NOISE] = { "noise", N_ ("Noise"),
                          N_ ("As much noise as the surroundings' colors vary") },
};

static const DifChoice knowns[] = {
  [DIF_KNOWN_XT] = { "xt", N_ ("As noisy as the rest"),
                     N_ ("The network sees them, noised as far as the rest") },
  [DIF_KNOWN_X0] = { "x0", N_ ("In the prediction only"),
                     N_ ("They are put into the predicted clean picture, not into what the "
                         "network sees") },
};

static const DifChoice tiles[] = {
  [DIF_TILE_NONE] = { "none", N_ ("No"), NULL },
  [DIF_TILE_X] = { "x", N_ ("Side by side"), NULL },
  [DIF_TILE_Y] = { "y", N_ ("One below the other"), NULL },
  [DIF_TILE_XY] = { "xy", N_ ("Both ways"), NULL },
};

gboolean
dif_choice_of_prefills (guint i, DifChoice *choice)
{
  return dif_choice_in (prefills, G_N_ELEMENTS (prefills), i, choice);
}

gboolean
dif_choice_of_knowns (guint i, DifChoice *choice)
{
  return dif_choice_in (knowns, G_N_ELEMENTS (knowns), i, choice);
}

gboolean
dif_choice_of_tiles (guint i, DifChoice *choice)
{
  return dif_choice_in (tiles, G_N_ELEMENTS (tiles), i, choice);
}

const char *
dif_choice_automatic (void)
{
  return "auto";
}

gboolean
dif_choice_of_samplers (guint i, DifChoice *choice)
{
  guint                    n;
  const DifSampler *const *samplers = dif_samplers (&n);

  if (i == 0)
    *choice =
        (DifChoice) { dif_choice_automatic (), N_ ("Automatic"),
                      N_ ("DPM-Solver++ 2M, for models of scores its SDE, and plain Langevin for "
                          "those that know one noise level only") };
  else if (i <= n)
    *choice =
        (DifChoice) { samplers[i - 1]->id, samplers[i - 1]->label, samplers[i - 1]->citation };
  return i <= n;
}

const char *
dif_choice_default (void)
{
  return "default";
}

gboolean
dif_choice_of_spacings (guint i, DifChoice *choice)
{
  guint                    n;
  const DifSpacing *const *spacings = dif_spacings (&n);

  if (i == 0)
    *choice = (DifChoice) { dif_choice_default (), N_ ("Default"), NULL };
  else if (i <= n)
    *choice =
        (DifChoice) { spacings[i - 1]->id, spacings[i - 1]->label, spacings[i - 1]->citation };
  return i <= n;
}

gboolean
dif_choice_is_timesteps (const char *name)
{
  guint              n = 0;
  g_autofree double *t = dif_timesteps_parse (name, &n);

  return t && n <= DIF_MAX_STEPS;
}
