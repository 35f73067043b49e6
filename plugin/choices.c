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

static GimpChoice *
choices_of (const char *setting)
{
  GimpChoice       *all = gimp_choice_new ();
  const DifSetting *row = dif_settings_find (setting);
  DifChoice         choice;

  for (guint i = 0; row->choice (i, &choice); i++)
    gimp_choice_add (all, choice.id, (gint) i, _ (choice.label),
                     choice.help != NULL ? _ (choice.help) : NULL);
  return all;
}

GimpChoice *
dif_choices_prefills (void)
{
  return choices_of ("prefill");
}

GimpChoice *
dif_choices_knowns (void)
{
  return choices_of ("known");
}

GimpChoice *
dif_choices_tiles (void)
{
  return choices_of ("tile");
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
