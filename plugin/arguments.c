/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/arguments.h"

#include <glib/gi18n-lib.h>

#include "plugin/choices.h"

/* The underscores in the arguments' names are the dialog's mnemonics.  They
 * keep clear of each other and of those the dialog brings itself: Reset,
 * Close, Load, Save and Help. */

typedef enum
{
  KIND_TEXT,
  KIND_WHOLE,
  KIND_NUMBER,
  KIND_SWITCH,
  KIND_CHOICE,
  KIND_PALETTE,
} Kind;

/* Those of whatever makes a picture. */
#define ARGS_PICTURE (DIF_ARG_NETWORK | DIF_ARG_OUTPUT)

/* One argument, for procedures that have one of @args; @value is its default unless @choice is,
 * and some defaults depend on the task. */
typedef struct
{
  const char      *name;
  Kind             kind;
  DifProcedureArgs args;
  const char      *nick;
  const char      *blurb;
  gdouble          lower;
  gdouble          upper;
  gdouble          value;
  GimpChoice *(*choices) (void);
  const char *choice;
} Argument;

/* ---- the table ---------------------------------------------------------- */

static const Argument arguments[] = {
  { .name = "name",
    .args = DIF_ARG_LEARN,
    .nick = N_ ("_Name"),
    .blurb = N_ ("What the new model is called. Empty for the layer's name, and a number if there "
                 "is one of that name already.") },
  { .name = "minutes",
    .kind = KIND_NUMBER,
    .args = DIF_ARG_LEARN,
    .nick = N_ ("M_inutes"),
    .blurb = N_ ("How long to learn. About 2 show whether it will do, 5 are usual, and 15 learn "
                 "finer details."),
    .lower = 0.1,
    .upper = 120.0,
    .value = 5.0 },
  { .name = "turned",
    .kind = KIND_SWITCH,
    .args = DIF_ARG_LEARN,
    .nick = N_ ("Looks the same _turned"),
    .blurb = N_ ("The material looks the same from all sides, as gravel does and bricks do not. "
                 "Then there is more to learn from.") },
  { .name = "model",
    .args = DIF_ARG_LEARN,
    .nick = N_ ("_Model"),
    .blurb = N_ ("Name or folder of the model to begin with. Empty for the one that comes with the "
                 "plug-in, which is a good one to begin with.") },
  { .name = "model",
    .args = ARGS_PICTURE,
    .nick = N_ ("_Model"),
    .blurb = N_ ("Name or folder of a model. Empty for the one that comes with the plug-in.") },
  { .name = "label",
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("La_bel"),
    .blurb = N_ ("What the picture shows: one of the words the model was trained with, or a "
                 "mixture such as stone:0.7,grass:0.3. Empty for anything.") },
  { .name = "negative",
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Negati_ve label"),
    .blurb = N_ ("What guidance leads away from: a word the model was trained with, or a mixture. "
                 "Empty for nothing in particular.") },
  { .name = "steps",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("S_teps"),
    .blurb = N_ ("How many steps are taken from noise to picture. More steps take longer and give "
                 "finer pictures."),
    .lower = 1.0,
    .upper = DIF_MAX_STEPS,
    .value = 20.0 },
  { .name = "sampler",
    .kind = KIND_CHOICE,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Sam_pler"),
    .blurb = N_ ("The method by which the steps are taken"),
    .choices = dif_choices_samplers },
  { .name = "spacing",
    .kind = KIND_CHOICE,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Spacing of steps"),
    .blurb = N_ ("At which noise levels the steps are taken"),
    .choices = dif_choices_spacings,
    .choice = DIF_CHOICE_DEFAULT },
  { .name = "stop-after",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Stop after step"),
    .blurb = N_ ("After how many steps the picture is taken as it is. 0 goes to the end."),
    .upper = DIF_MAX_STEPS },
  { .name = "guidance",
    .kind = KIND_NUMBER,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("_Guidance"),
    .blurb = N_ ("How closely the picture follows the label. 1 is no guidance; large values "
                 "exaggerate."),
    .upper = 30.0 },
  { .name = "guidance-rescale",
    .kind = KIND_NUMBER,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Guidance rescale"),
    .blurb = N_ ("How much of the contrast that guidance adds is taken back"),
    .upper = 1.0 },
  { .name = "guidance-from",
    .kind = KIND_NUMBER,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Guidance from level"),
    .blurb = N_ ("The noise level at which guidance begins: 1 for the beginning"),
    .upper = 1.0,
    .value = 1.0 },
  { .name = "guidance-to",
    .kind = KIND_NUMBER,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Guidance to level"),
    .blurb = N_ ("The noise level at which guidance ends: 0 for the end"),
    .upper = 1.0 },
  { .name = "classifier-guidance",
    .kind = KIND_NUMBER,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Classifier guidance"),
    .blurb = N_ ("How strongly the model's classifier, if it has one, leads towards the label. "
                 "0 is not at all."),
    .upper = 100.0 },
  { .name = "palette",
    .kind = KIND_PALETTE,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Palette"),
    .blurb = N_ ("Colors that the picture is led towards") },
  { .name = "color-guidance",
    .kind = KIND_NUMBER,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Color guidance"),
    .blurb = N_ ("How strongly the palette's colors are followed: 1 lets no others be. Without a "
                 "palette it means nothing."),
    .upper = 1.0,
    .value = 0.1 },
  { .name = "mean-color",
    .kind = KIND_SWITCH,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Only the mean color"),
    .blurb = N_ ("The mean color follows the palette, not each pixel's") },
  { .name = "noise-level",
    .kind = KIND_NUMBER,
    .args = DIF_ARG_NOISE_LEVEL,
    .nick = N_ ("_Noise level"),
    .blurb = N_ ("How much noise is added: little keeps most of the picture, 1 leaves nothing of "
                 "it"),
    .lower = 0.01,
    .upper = 1.0 },
  { .name = "seed",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_LEARN,
    .nick = N_ ("See_d"),
    .blurb = N_ ("Another seed learns from other parts of the layer in another order"),
    .upper = G_MAXINT32 },
  { .name = "seed",
    .kind = KIND_WHOLE,
    .args = ARGS_PICTURE,
    .nick = N_ ("See_d"),
    .blurb = N_ ("The same seed and settings give the same picture again. -1 for a new one."),
    .lower = -1.0,
    .upper = G_MAXINT32,
    .value = -1.0 },
  { .name = "random-seed",
    .kind = KIND_SWITCH,
    .args = ARGS_PICTURE,
    .nick = N_ ("N_ew seed each time"),
    .blurb = N_ ("Pick another seed for each run. The one that was used stands above and in the "
                 "layer's name: turn this off to keep it."),
    .value = 1.0 },
  { .name = "context",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_CONTEXT,
    .nick = N_ ("Conte_xt"),
    .blurb = N_ ("How many pixels around the selection the model sees, so that the result suits "
                 "them. -1 follows the selection: as many as its longer side, at least 96."),
    .lower = DIF_CONTEXT_FOLLOWS,
    .upper = DIF_MAX_SIZE,
    .value = DIF_CONTEXT_FOLLOWS },
  { .name = "work-size",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_SELECTION,
    .nick = N_ ("Working size"),
    .blurb = N_ ("The longer side, in pixels, to which what the model sees is scaled, and the "
                 "result back. 0 to work on it as it is."),
    .upper = DIF_MAX_SIZE },
  { .name = "soft-selection",
    .kind = KIND_SWITCH,
    .args = DIF_ARG_SELECTION,
    .nick = N_ ("Less change where selected less"),
    .blurb = N_ ("Where the selection is soft, pixels are noised only as far as they are selected, "
                 "so that the result grows out of what was there. Otherwise it is blended in.") },
  { .name = "grow",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_SELECTION,
    .nick = N_ ("Grow by"),
    .blurb = N_ ("By how many pixels what is worked on is larger than the selection, or smaller "
                 "if below 0"),
    .lower = -(gdouble) DIF_MAX_REACH,
    .upper = DIF_MAX_REACH },
  { .name = "feather",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_SELECTION,
    .nick = N_ ("_Feather by"),
    .blurb = N_ ("Pixels inside and outside the selection's edge over which it is made soft"),
    .upper = DIF_MAX_REACH },
  { .name = "detail",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_SELECTION,
    .nick = N_ ("Largest detail"),
    .blurb =
        N_ ("Pixels at the working size; what is coarser stays as it is, or as the selection was "
            "filled first. 0 for no limit"),
    .upper = DIF_MAX_REACH },
  { .name = "blend",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_SELECTION,
    .nick = N_ ("Blend over"),
    .blurb = N_ ("Pixels inside the edge over which the result is blended in"),
    .upper = DIF_MAX_REACH },
  { .name = "known",
    .kind = KIND_CHOICE,
    .args = DIF_ARG_SELECTION,
    .nick = N_ ("_Known pixels"),
    .blurb = N_ ("How pixels outside the selection take part in each step"),
    .choices = dif_choices_knowns,
    .choice = "xt" },
  { .name = "prefill",
    .kind = KIND_CHOICE,
    .args = DIF_ARG_PREFILL,
    .nick = N_ ("Fill first with"),
    .blurb = N_ ("What the selection is filled with before it is noised"),
    .choices = dif_choices_prefills,
    .choice = "auto" },
  { .name = "match-colors",
    .kind = KIND_SWITCH,
    .args = DIF_ARG_SELECTION,
    .nick = N_ ("Match colors"),
    .blurb = N_ ("Take out a drift of color against what surrounds the selection"),
    .value = TRUE },
  { .name = "tile",
    .kind = KIND_CHOICE,
    .args = DIF_ARG_TILE,
    .nick = N_ ("Tile seamlessly"),
    .blurb = N_ ("Which edges continue each other, so that copies of the picture can be laid out "
                 "without seams"),
    .choices = dif_choices_tiles,
    .choice = "none" },
  { .name = "sample",
    .kind = KIND_CHOICE,
    .args = DIF_ARG_SAMPLE,
    .nick = N_ ("Sample from"),
    .blurb = N_ ("Whose pixels are looked at where a new layer is made. Pixels that are replaced "
                 "are always those of the layer itself."),
    .choices = dif_choices_samples,
    .choice = "visible" },
  { .name = "sample",
    .kind = KIND_CHOICE,
    .args = DIF_ARG_LEARN,
    .nick = N_ ("Sample from"),
    .blurb = N_ ("Whose pixels are learnt from"),
    .choices = dif_choices_samples,
    .choice = "layer" },
  { .name = "output",
    .kind = KIND_CHOICE,
    .args = DIF_ARG_OUTPUT,
    .nick = N_ ("O_utput"),
    .blurb = N_ ("Where the result goes"),
    .choices = dif_choices_outputs,
    .choice = "new-layer" },
  { .name = "threads",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_NETWORK,
    .nick = N_ ("Thre_ads"),
    .blurb = N_ ("How many processors compute at once. 0 for as many as GIMP itself may use. The "
                 "result is the same."),
    .upper = 256.0 },
  { .name = "threads",
    .kind = KIND_WHOLE,
    .args = DIF_ARG_LEARN,
    .nick = N_ ("Thre_ads"),
    .blurb = N_ ("How many processors compute at once. 0 for as many as GIMP itself may use. More "
                 "of them learn more in the same time."),
    .upper = 256.0 },
};

static gdouble
default_of (const Argument *a, const DifProcedure *row)
{
  DifRequest request;

  dif_request_init (&request, row->task);
  if (g_str_equal (a->name, "noise-level"))
    return request.noise_level;
  if (g_str_equal (a->name, "guidance"))
    return request.guidance;
  if (g_str_equal (a->name, "soft-selection"))
    return request.soft_selection;
  if (g_str_equal (a->name, "detail"))
    return request.detail;
  return a->value;
}

static void
add (GimpProcedure *procedure, const Argument *a, gdouble value)
{
  const char       *nick = _ (a->nick);
  const char       *blurb = _ (a->blurb);
  const GParamFlags flags = GIMP_PARAM_READWRITE;

  switch (a->kind)
    {
    case KIND_TEXT:
      gimp_procedure_add_string_argument (procedure, a->name, nick, blurb, "", flags);
      break;
    case KIND_WHOLE:
      gimp_procedure_add_int_argument (procedure, a->name, nick, blurb, (gint) a->lower,
                                       (gint) a->upper, (gint) value, flags);
      break;
    case KIND_NUMBER:
      gimp_procedure_add_double_argument (procedure, a->name, nick, blurb, a->lower, a->upper,
                                          value, flags);
      break;
    case KIND_SWITCH:
      gimp_procedure_add_boolean_argument (procedure, a->name, nick, blurb, value != 0.0, flags);
      break;
    case KIND_CHOICE:
      gimp_procedure_add_choice_argument (procedure, a->name, nick, blurb, a->choices (),
                                          a->choice != NULL ? a->choice : dif_default_sampler (),
                                          flags);
      break;
    case KIND_PALETTE:
      gimp_procedure_add_palette_argument (procedure, a->name, nick, blurb, TRUE, NULL, FALSE,
                                           flags);
      break;
    }
}

void
dif_arguments_add (GimpProcedure *procedure, const DifProcedure *row)
{
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    {
      const Argument *a = &arguments[i];

      if ((row->args & a->args) != 0)
        add (procedure, a, default_of (a, row));
    }
}
