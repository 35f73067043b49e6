/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/arguments.h"

#include <glib/gi18n-lib.h>

/* ---- the plug-in's own settings ----------------------------------------- */

static gboolean
choice_of_samples (guint i, DifChoice *choice)
{
  static const DifChoice samples[] = {
    [DIF_SAMPLE_VISIBLE] = { "visible", N_ ("What is visible"),
                             N_ ("What the image shows, from its bottom up to where the result "
                                 "goes") },
    [DIF_SAMPLE_LAYER] = { "layer", N_ ("The layer alone"),
                           N_ ("The active layer's own pixels, with its effects") },
  };

  return dif_choice_in (samples, G_N_ELEMENTS (samples), i, choice);
}

static gboolean
choice_of_outputs (guint i, DifChoice *choice)
{
  static const DifChoice outputs[] = {
    [DIF_OUTPUT_NEW_LAYER] = { "new-layer", N_ ("New layer"),
                               N_ ("Put the result on a layer of its own, masked by the "
                                   "selection") },
    [DIF_OUTPUT_REPLACE] = { "replace", N_ ("Replace pixels"),
                             N_ ("Write the result into the layer itself") },
  };

  return dif_choice_in (outputs, G_N_ELEMENTS (outputs), i, choice);
}

#define FIELD(name) G_STRUCT_OFFSET (DifOwnSettings, name)

static const DifSetting own[] = {
  { .id = "seed",
    .kind = DIF_SETTING_WHOLE,
    .offset = FIELD (seed),
    .least = -1.0,
    .most = G_MAXINT32,
    .initial = DIF_ALWAYS (-1.0),
    .group = DIF_GROUP_RUN,
    .per_image = TRUE,
    .nick = N_ ("See_d"),
    .help = N_ ("The same seed and settings give the same picture again. -1 for a new one."),
    .least_word = N_ ("new"),
    .unless = "random-seed" },
  { .id = "random-seed",
    .kind = DIF_SETTING_SWITCH,
    .offset = FIELD (random_seed),
    .initial = DIF_ALWAYS (TRUE),
    .group = DIF_GROUP_RUN,
    .per_image = TRUE,
    .nick = N_ ("N_ew seed each time"),
    .help = N_ ("Pick another seed for each run. The one that was used stands above and in the "
                "layer's name: turn this off to keep it.") },
  { .id = "sample",
    .kind = DIF_SETTING_CHOICE,
    .offset = FIELD (sample),
    .initial = DIF_ALWAYS (DIF_SAMPLE_VISIBLE),
    .group = DIF_GROUP_RUN,
    .nick = N_ ("Sample from"),
    .help = N_ ("Whose pixels are looked at where a new layer is made. Pixels that are replaced "
                "are always those of the layer itself."),
    .choice = choice_of_samples },
  { .id = "sample",
    .kind = DIF_SETTING_CHOICE,
    .offset = FIELD (sample),
    .initial = DIF_ALWAYS (DIF_SAMPLE_LAYER),
    .group = DIF_GROUP_RUN,
    .nick = N_ ("Sample from"),
    .help = N_ ("Whose pixels are learned from"),
    .choice = choice_of_samples },
  { .id = "output",
    .kind = DIF_SETTING_CHOICE,
    .offset = FIELD (output),
    .group = DIF_GROUP_RUN,
    .nick = N_ ("O_utput"),
    .help = N_ ("Where the result goes"),
    .choice = choice_of_outputs },
  { .id = "settings",
    .kind = DIF_SETTING_TEXT,
    .offset = FIELD (settings),
    .group = DIF_GROUP_RUN,
    .level = DIF_LEVEL_SCRIPT,
    .nick = N_ ("Settings"),
    .help = N_ ("Settings as they are kept with a layer (JSON). What they say overrides the other "
                "arguments.") },
};

/* Which procedures have which of these, row by row. */
static const DifProcedureArgs whose[G_N_ELEMENTS (own)] = {
  DIF_ARG_PICTURE, DIF_ARG_PICTURE, DIF_ARG_SAMPLE, DIF_ARG_LEARN, DIF_ARG_OUTPUT, DIF_ARG_PICTURE,
};

const DifSetting *
dif_arguments_own (guint *n)
{
  *n = G_N_ELEMENTS (own);
  return own;
}

/* ---- all settings of a procedure ---------------------------------------- */

static gboolean
is_there (GPtrArray *list, const char *id)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((const DifSetting *) g_ptr_array_index (list, i))->id, id))
      return TRUE;
  return FALSE;
}

static void
add_own (GPtrArray *list, const DifProcedure *row)
{
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if ((row->args & whose[i]) != 0)
      g_ptr_array_add (list, (gpointer) &own[i]);
}

GPtrArray *
dif_arguments_list (const DifProcedure *row)
{
  GPtrArray        *list = g_ptr_array_new ();
  const gboolean    learns = dif_procedure_learns (row);
  guint             n = 0;
  const DifSetting *rows = learns ? dif_learning_settings (&n) : dif_settings (&n);

  for (guint i = 0; i < n; i++)
    {
      if (! learns && (rows[i].tasks & 1u << row->task) == 0)
        continue;
      if (g_str_equal (rows[i].id, "seed") && ! learns)
        add_own (list, row);
      if (! is_there (list, rows[i].id))
        g_ptr_array_add (list, (gpointer) &rows[i]);
      if (g_str_equal (rows[i].id, "seed") && learns)
        add_own (list, row);
    }
  return list;
}

/* ---- in GIMP ------------------------------------------------------------ */

static GimpChoice *
choices_of (const DifSetting *s)
{
  GimpChoice *all = gimp_choice_new ();
  DifChoice   choice;

  for (guint i = 0; s->choice (i, &choice); i++)
    gimp_choice_add (all, choice.id, (gint) i, _ (choice.label),
                     choice.help != NULL ? _ (choice.help) : NULL);
  return all;
}

static const char *
default_choice (const DifSetting *s, gdouble initial)
{
  DifChoice choice = { NULL, NULL, NULL };

  if (s->unset != NULL)
    return s->unset ();
  s->choice ((guint) initial, &choice);
  return choice.id;
}

static void
add (GimpProcedure *procedure, const DifSetting *s, DifTask task)
{
  const char       *nick = _ (s->nick);
  const char       *blurb = _ (s->help);
  const gdouble     initial = s->initial[task];
  const GParamFlags flags =
      GIMP_PARAM_READWRITE | (s->level == DIF_LEVEL_SCRIPT ? GIMP_PARAM_DONT_SERIALIZE : 0);

  switch (s->kind)
    {
    case DIF_SETTING_TEXT:
    case DIF_SETTING_PROMPT:
    case DIF_SETTING_MODEL:
      gimp_procedure_add_string_argument (procedure, s->id, nick, blurb, "", flags);
      break;
    case DIF_SETTING_WHOLE:
      gimp_procedure_add_int_argument (procedure, s->id, nick, blurb, (gint) s->least,
                                       (gint) s->most, (gint) initial, flags);
      break;
    case DIF_SETTING_REAL:
      gimp_procedure_add_double_argument (procedure, s->id, nick, blurb, s->least, s->most, initial,
                                          flags);
      break;
    case DIF_SETTING_SWITCH:
      gimp_procedure_add_boolean_argument (procedure, s->id, nick, blurb, initial != 0.0, flags);
      break;
    case DIF_SETTING_CHOICE:
    case DIF_SETTING_NAME:
      gimp_procedure_add_choice_argument (procedure, s->id, nick, blurb, choices_of (s),
                                          default_choice (s, initial), flags);
      break;
    case DIF_SETTING_PALETTE:
      gimp_procedure_add_palette_argument (procedure, s->id, nick, blurb, TRUE, NULL, FALSE, flags);
      break;
    }
}

void
dif_arguments_add (GimpProcedure *procedure, const DifProcedure *row)
{
  g_autoptr (GPtrArray) list = dif_arguments_list (row);

  for (guint i = 0; i < list->len; i++)
    add (procedure, g_ptr_array_index (list, i), row->task);
}
