/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/procedures.h"

#include <glib/gi18n-lib.h>

/* The underscores in the arguments' names are the dialog's mnemonics.  They
 * keep clear of each other and of those the dialog brings itself: Reset,
 * Close, Load, Save and Help. */

static const DifProcedure rows[] = {
  { .name = "plug-in-diffusion-generate",
    .menu_label = N_ ("_Generate..."),
    .run_label = N_ ("Ge_nerate"),
    .blurb = N_ ("Make a new picture from noise"),
    .help = N_ ("Makes a picture from noise alone, on a new layer as large as "
                "the selection, or as the image if nothing is selected."),
    .layer_name = N_ ("Generated"),
    .task = DIF_TASK_GENERATE,
    .args = DIF_ARG_NETWORK | DIF_ARG_TILE,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE | GIMP_PROCEDURE_SENSITIVE_DRAWABLES |
                   GIMP_PROCEDURE_SENSITIVE_NO_DRAWABLES },
  { .name = "plug-in-diffusion-reimagine",
    .menu_label = N_ ("_Reimagine..."),
    .run_label = N_ ("Re_imagine"),
    .blurb = N_ ("Noise the selection and denoise it into something similar"),
    .help = N_ ("Adds noise to the selected part of the layer and lets the model "
                "take it away again. The more noise, the further the result is "
                "from the original. If nothing is selected, the whole layer is "
                "taken."),
    .layer_name = N_ ("Reimagined"),
    .task = DIF_TASK_REIMAGINE,
    .args = DIF_ARG_NETWORK | DIF_ARG_NOISE_LEVEL | DIF_ARG_CONTEXT | DIF_ARG_SELECTION,
    .noise_level = 0.5,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE },
  { .name = "plug-in-diffusion-inpaint",
    .menu_label = N_ ("_Inpaint..."),
    .run_label = N_ ("_Inpaint"),
    .blurb = N_ ("Fill the selection with something that suits its surroundings"),
    .help = N_ ("Makes the selected part of the layer anew so that it suits what "
                "surrounds it. If nothing is selected, the whole layer is made "
                "anew."),
    .layer_name = N_ ("Inpainted"),
    .task = DIF_TASK_INPAINT,
    .args = DIF_ARG_NETWORK | DIF_ARG_NOISE_LEVEL | DIF_ARG_CONTEXT | DIF_ARG_SELECTION,
    .noise_level = 0.6,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE },
  { .name = "plug-in-diffusion-paint-with-materials",
    .menu_label = N_ ("_Paint with Materials..."),
    .run_label = N_ ("_Paint"),
    .blurb = N_ ("Make one picture of materials painted on layers"),
    .help = N_ ("Takes the layers of the active group whose names begin with a label "
                "of the model, for example \"stone path\" and \"grass\". Where a layer "
                "is painted, in whatever color, its material will be. The materials "
                "meet without seams on a new layer above the group. Where nothing "
                "is painted, the label in the dialog is followed."),
    .layer_name = N_ ("Painted"),
    .task = DIF_TASK_GENERATE,
    .args = DIF_ARG_NETWORK | DIF_ARG_MATERIALS | DIF_ARG_TILE,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE | GIMP_PROCEDURE_SENSITIVE_DRAWABLES },
  { .name = "plug-in-diffusion-noise",
    .menu_label = N_ ("Add _Noise..."),
    .run_label = N_ ("_Add Noise"),
    .blurb = N_ ("Add the noise that Reimagine would take away"),
    .help = N_ ("Adds noise to the selected part of the layer, as much as the "
                "model knows at the noise level asked for, and stops there. If "
                "nothing is selected, the whole layer is taken."),
    .layer_name = N_ ("Noised"),
    .task = DIF_TASK_NOISE,
    .args = DIF_ARG_NOISE_LEVEL,
    .noise_level = 0.5,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE },
};

const DifProcedure *
dif_procedures (guint *n)
{
  *n = G_N_ELEMENTS (rows);
  return rows;
}

static void
add_network_arguments (GimpProcedure *procedure)
{
  GimpChoice              *choice = gimp_choice_new ();
  const DifSampler *const *samplers = NULL;
  guint                    n = 0;

  gimp_procedure_add_string_argument (procedure, "label", _ ("La_bel"),
                                      _ ("What the picture shows: one of the words the model "
                                         "was trained with. Empty for anything."),
                                      "", GIMP_PARAM_READWRITE);
  gimp_procedure_add_int_argument (procedure, "steps", _ ("S_teps"),
                                   _ ("How many steps are taken from noise to picture. More "
                                      "steps take longer and give finer pictures."),
                                   1, DIF_MAX_STEPS, 20, GIMP_PARAM_READWRITE);

  samplers = dif_samplers (&n);
  for (guint i = 0; i < n; i++)
    gimp_choice_add (choice, samplers[i]->id, i, _ (samplers[i]->label), samplers[i]->citation);
  gimp_procedure_add_choice_argument (procedure, "sampler", _ ("Sam_pler"),
                                      _ ("The method by which the steps are taken"), choice,
                                      dif_default_sampler (), GIMP_PARAM_READWRITE);
  gimp_procedure_add_double_argument (procedure, "guidance", _ ("_Guidance"),
                                      _ ("How closely the picture follows the label. 1 is no "
                                         "guidance; large values exaggerate."),
                                      0.0, 30.0, 2.0, GIMP_PARAM_READWRITE);
}

static void
add_selection_arguments (GimpProcedure *procedure, DifTask task)
{
  DifRequest defaults;

  dif_request_init (&defaults, task);
  gimp_procedure_add_boolean_argument (procedure, "soft-selection",
                                       _ ("Less change where selected less"),
                                       _ ("Where the selection is soft, pixels are noised only as "
                                          "far as they are selected, so that the result grows out "
                                          "of what was there. Otherwise it is blended in. Pixels "
                                          "that are replaced are always blended."),
                                       defaults.soft, GIMP_PARAM_READWRITE);
  gimp_procedure_add_boolean_argument (procedure, "match-colors", _ ("Match colors"),
                                       _ ("Take out a drift of color against what surrounds the "
                                          "selection"),
                                       defaults.colour_match, GIMP_PARAM_READWRITE);
}

static void
add_tile_argument (GimpProcedure *procedure)
{
  GimpChoice *choice = gimp_choice_new_with_values (
      "none", 0, _ ("No"), NULL, "x", 1, _ ("Side by side"), NULL, "y", 2,
      _ ("One below the other"), NULL, "xy", 3, _ ("Both ways"), NULL, NULL);
  gimp_procedure_add_choice_argument (procedure, "tile", _ ("Tile seamlessly"),
                                      _ ("Which edges continue each other, so that copies of the "
                                         "picture can be laid out without seams"),
                                      choice, "none", GIMP_PARAM_READWRITE);
}

static void
add_output_argument (GimpProcedure *procedure)
{
  GimpChoice *choice = gimp_choice_new_with_values (
      "new-layer", 0, _ ("New layer"),
      _ ("Put the result on a layer of its own, masked by the selection"), "replace", 1,
      _ ("Replace pixels"), _ ("Write the result into the layer itself"), NULL);
  gimp_procedure_add_choice_argument (procedure, "output", _ ("O_utput"),
                                      _ ("Where the result goes"), choice, "new-layer",
                                      GIMP_PARAM_READWRITE);
}

static void
add_arguments (GimpProcedure *procedure, const DifProcedure *row)
{
  DifProcedureArgs args = row->args;

  gimp_procedure_add_string_argument (procedure, "model", _ ("_Model"),
                                      _ ("Name or folder of a model. Empty for the one that "
                                         "comes with the plug-in."),
                                      "", GIMP_PARAM_READWRITE);
  if (args & DIF_ARG_NETWORK)
    add_network_arguments (procedure);
  if (args & DIF_ARG_NOISE_LEVEL)
    gimp_procedure_add_double_argument (procedure, "noise-level", _ ("_Noise level"),
                                        _ ("How much noise is added: little keeps most of the "
                                           "picture, 1 leaves nothing of it"),
                                        0.01, 1.0, row->noise_level, GIMP_PARAM_READWRITE);
  gimp_procedure_add_int_argument (procedure, "seed", _ ("See_d"),
                                   _ ("The same seed and settings give the same picture again"), 0,
                                   G_MAXINT32, 0, GIMP_PARAM_READWRITE);
  gimp_procedure_add_boolean_argument (procedure, "random-seed", _ ("N_ew seed each time"),
                                       _ ("Pick another seed for each run. The one that was "
                                          "used stands in the layer's name."),
                                       FALSE, GIMP_PARAM_READWRITE);
  if (args & DIF_ARG_CONTEXT)
    gimp_procedure_add_int_argument (procedure, "context", _ ("Conte_xt"),
                                     _ ("How many pixels around the selection the model sees, "
                                        "so that the result suits them"),
                                     0, 2048, 32, GIMP_PARAM_READWRITE);
  if (args & DIF_ARG_SELECTION)
    add_selection_arguments (procedure, row->task);
  if (args & DIF_ARG_TILE)
    add_tile_argument (procedure);
  if (! (args & DIF_ARG_MATERIALS))
    add_output_argument (procedure);
  if (args & DIF_ARG_NETWORK)
    gimp_procedure_add_int_argument (procedure, "threads", _ ("Thre_ads"),
                                     _ ("How many processors compute at once. 0 for as many "
                                        "as GIMP itself may use. The result is the same."),
                                     0, 256, 0, GIMP_PARAM_READWRITE);

  gimp_procedure_add_layer_return_value (procedure, "layer", _ ("Layer"),
                                         _ ("The new layer, or the one whose pixels were "
                                            "replaced"),
                                         FALSE, GIMP_PARAM_READWRITE);
}

static const DifProcedure *
find_row (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (g_str_equal (rows[i].name, name))
        return &rows[i];
    }
  return NULL;
}

GimpProcedure *
dif_procedure_create (GimpPlugIn *plug_in, const char *name, GimpRunImageFunc run)
{
  const DifProcedure *row = find_row (name);
  GimpProcedure      *procedure = NULL;

  if (row == NULL)
    return NULL;

  procedure = gimp_image_procedure_new (plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, run,
                                        (gpointer) row, NULL);
  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure, row->sensitivity);
  gimp_procedure_set_menu_label (procedure, _ (row->menu_label));
  gimp_procedure_add_menu_path (procedure, "<Image>/Filters/Diffusion");
  gimp_procedure_set_documentation (procedure, _ (row->blurb), _ (row->help), NULL);
  gimp_procedure_set_attribution (procedure, "gimp-diffusion", "gimp-diffusion", "2026");
  add_arguments (procedure, row);

  return procedure;
}
