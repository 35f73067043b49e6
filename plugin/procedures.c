/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/procedures.h"

#include <glib/gi18n-lib.h>

#include "plugin/arguments.h"
#include "plugin/lesson.h"
#include "plugin/making.h"

static const DifProcedure rows[] = {
  { .name = "plug-in-diffusion-generate",
    .menu_label = N_ ("_Generate..."),
    .run_label = N_ ("Ge_nerate"),
    .blurb = N_ ("Make a new picture from noise"),
    .help = N_ ("Makes a picture from noise alone, on a new layer as large as "
                "the selection, or as the image if nothing is selected."),
    .layer_name = N_ ("Generated"),
    .make = dif_making_make,
    .task = DIF_TASK_GENERATE,
    .args = DIF_ARG_PICTURE | DIF_ARG_OUTPUT,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE | GIMP_PROCEDURE_SENSITIVE_DRAWABLES |
                   GIMP_PROCEDURE_SENSITIVE_NO_DRAWABLES },
  { .name = "plug-in-diffusion-reimagine",
    .menu_label = N_ ("_Reimagine..."),
    .run_label = N_ ("Re_imagine"),
    .blurb = N_ ("Noise the selection and denoise it into something similar"),
    .help = N_ ("Adds noise to what is selected and lets the model take it away again. The more "
                "noise, the further the result is from the original. If nothing is selected, "
                "all that the layer covers is taken."),
    .layer_name = N_ ("Reimagined"),
    .make = dif_making_make,
    .task = DIF_TASK_REIMAGINE,
    .args = DIF_ARG_PICTURE | DIF_ARG_SAMPLE | DIF_ARG_OUTPUT,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE },
  { .name = "plug-in-diffusion-inpaint",
    .menu_label = N_ ("_Inpaint..."),
    .run_label = N_ ("_Inpaint"),
    .blurb = N_ ("Fill the selection with something that suits its surroundings"),
    .help = N_ ("Makes what is selected anew so that it suits what surrounds it. If nothing is "
                "selected, what is transparent is filled."),
    .layer_name = N_ ("Inpainted"),
    .make = dif_making_make,
    .task = DIF_TASK_INPAINT,
    .args = DIF_ARG_PICTURE | DIF_ARG_SAMPLE | DIF_ARG_OUTPUT,
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
    .make = dif_making_make,
    .task = DIF_TASK_GENERATE,
    .args = DIF_ARG_PICTURE | DIF_ARG_MATERIALS,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE | GIMP_PROCEDURE_SENSITIVE_DRAWABLES },
  { .name = "plug-in-diffusion-noise",
    .menu_label = N_ ("Add _Noise..."),
    .run_label = N_ ("_Add Noise"),
    .blurb = N_ ("Add the noise that Reimagine would take away"),
    .help = N_ ("Adds noise to what is selected, as much as the model knows at the noise level "
                "asked for, and stops there. If nothing is selected, all that the layer "
                "covers is taken."),
    .layer_name = N_ ("Noised"),
    .make = dif_making_make,
    .task = DIF_TASK_NOISE,
    .args = DIF_ARG_PICTURE | DIF_ARG_SAMPLE | DIF_ARG_OUTPUT,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE },
  { .name = "plug-in-diffusion-learn",
    .menu_label = N_ ("_Learn from Layer..."),
    .run_label = N_ ("L_earn"),
    .blurb = N_ ("Learn a material from the layer, to make more of it"),
    .help = N_ ("Learns, for as many minutes as it is given, the material that the selected part "
                "of the layer shows, or the whole layer if nothing is selected. What it has learnt "
                "is a new model on this computer. The other procedures can choose it by its name; "
                "without a label they then make more of that material. The image stays as it is."),
    .make = dif_lesson_make,
    .args = DIF_ARG_LEARN,
    .sensitivity = GIMP_PROCEDURE_SENSITIVE_DRAWABLE },
};

const DifProcedure *
dif_procedures (guint *n)
{
  *n = G_N_ELEMENTS (rows);
  return rows;
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

static void
add_return_value (GimpProcedure *procedure, const DifProcedure *row)
{
  if (dif_procedure_learns (row))
    gimp_procedure_add_string_return_value (
        procedure, "model", _ ("Model"), _ ("The name of the new model"), "", GIMP_PARAM_READWRITE);
  else
    gimp_procedure_add_layer_return_value (procedure, "layer", _ ("Layer"),
                                           _ ("The new layer, or the one whose pixels were "
                                              "replaced"),
                                           FALSE, GIMP_PARAM_READWRITE);
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
  dif_arguments_add (procedure, row);
  add_return_value (procedure, row);

  return procedure;
}
