/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include <libgimp/gimpui.h>

#include <glib/gi18n-lib.h>

#include "plugin/arguments.h"
#include "plugin/drawable.h"
#include "plugin/habits.h"
#include "plugin/outlook.h"
#include "plugin/procedures.h"
#include "plugin/session.h"
#include "plugin/signals.h"
#include "ui/dialog.h"
#include "ui/progress-text.h"

typedef struct
{
  GimpPlugIn parent_instance;
} DifPlugIn;

typedef struct
{
  GimpPlugInClass parent_class;
} DifPlugInClass;

GType dif_plug_in_get_type (void);

G_DEFINE_TYPE (DifPlugIn, dif_plug_in, GIMP_TYPE_PLUG_IN)

static void
use_own_models (void)
{
  g_autofree char *folder = g_path_get_dirname (gimp_get_progname ());
  g_autofree char *models = g_build_filename (folder, "models", NULL);

  dif_set_models_folder (models);
}

/* ---- with GIMP's own progress bar ------------------------------------- */

static void
report_to_gimp (const DifProgressInfo *info, gpointer data)
{
  g_autofree char *text = dif_progress_text (info);

  gimp_progress_set_text (text);
  gimp_progress_update (info->fraction);
}

static gboolean
run_quietly (DifSession *session, GError **error)
{
  session->report = report_to_gimp;
  gimp_progress_init (_ (session->row->blurb));

  return session->row->make (session, error);
}

/* ---- with the dialog -------------------------------------------------- */

/* @tried: whether a run was begun, however it ended */
typedef struct
{
  DifSession   *session;
  DifDialog    *dialog;
  DifSpeedWatch watch;
  gboolean      tried;
} Visit;

static void
report_to_dialog (const DifProgressInfo *info, gpointer data)
{
  Visit *visit = data;

  dif_speed_hear (&visit->watch, info);
  dif_dialog_report (info, visit->dialog);
}

static gboolean
make_for_dialog (gpointer data, GError **error)
{
  Visit      *visit = data;
  DifSession *session = visit->session;
  DifOutlook  outlook;
  gboolean    done = FALSE;

  if (! dif_session_outlook (session, &outlook, error))
    return FALSE;

  visit->tried = TRUE;
  visit->watch = (DifSpeedWatch) { 0 };
  done = session->row->make (session, error);
  dif_outlook_learn (session, &outlook, &visit->watch);
  if (done && dif_procedure_learns (session->row))
    g_object_set (session->config, "name", "", NULL); /* which is taken now */
  return done;
}

static gboolean
is_seed_new (const DifSession *session)
{
  gboolean is_new = FALSE;

  g_object_get (session->config, "random-seed", &is_new, NULL);
  return is_new;
}

static char *
tell_for_dialog (gpointer data, const DifProgressInfo *last)
{
  const DifSession *session = ((Visit *) data)->session;

  if (dif_procedure_learns (session->row))
    return g_strdup_printf (_ ("Learnt “%s”. It can now be chosen as a model."), session->model);
  if (session->stopped_after != 0)
    return g_strdup_printf (_ ("Kept after step %u of %u."), last->step, last->n_steps);
  if (is_seed_new (session))
    return g_strdup (_ ("Done. Run again for another one."));
  return g_strdup (_ ("Done. With the same seed and settings it comes out the same again."));
}

static void
stop_for_dialog (gpointer data)
{
  dif_session_stop (((Visit *) data)->session);
}

static void
keep_for_dialog (gpointer data)
{
  dif_session_keep (((Visit *) data)->session);
}

static char *
outlook_for_dialog (gpointer data, gboolean *ready)
{
  return dif_outlook_tell (((Visit *) data)->session, ready);
}

static DifDialogWords
words_for_dialog (const DifSession *session)
{
  if (dif_procedure_learns (session->row))
    return (DifDialogWords) {
      .run = _ (session->row->run_label),
      .keep = _ ("End here and keep what was learnt so far"),
      .keeping = _ ("Keeping what was learnt after this step…"),
      .stop = _ ("Stop and forget what was learnt"),
      .stopped = _ ("Stopped. Nothing was learnt."),
    };
  return (DifDialogWords) {
    .run = _ (session->row->run_label),
    .keep = _ ("Stop here and keep the picture as it is now"),
    .keeping = _ ("Keeping the picture after this step…"),
    .stop = _ ("Stop and leave the image as it was"),
    .stopped = _ ("Stopped. The image is as it was."),
  };
}

/* Who takes back all results by Undo has none. */
static gboolean
has_result (const DifSession *session)
{
  return dif_procedure_learns (session->row) || gimp_item_is_valid (GIMP_ITEM (session->layer));
}

/* The dialog shows errors itself; closed without a result is cancelled. */
static gboolean
run_dialog (DifSession *session, GimpProcedure *procedure, GError **error)
{
  g_autoptr (GPtrArray) settings = dif_arguments_list (session->row);
  g_autoptr (DifDialog) dialog = NULL;
  const DifDialogWords  words = words_for_dialog (session);
  Visit                 visit = { .session = session };
  const DifDialogHooks  hooks = { make_for_dialog, tell_for_dialog,    stop_for_dialog,
                                  keep_for_dialog, outlook_for_dialog, &visit };
  gboolean              done = FALSE;

  if (! dif_dialog_start (error))
    return FALSE;
  dialog = dif_dialog_new (procedure, session->config, settings, &words, &hooks);
  visit.dialog = dialog;
  session->report = report_to_dialog;
  session->report_data = &visit;

  done = dif_dialog_run (dialog) && has_result (session);
  if (done)
    dif_habits_forget (session->config);
  else if (visit.tried && gimp_image_is_valid (session->image))
    dif_habits_keep (session->config, session->image);
  return done;
}

/* ---- what GIMP calls -------------------------------------------------- */

/* A script that gives a seed means it. */
static void
honor_seed (GimpProcedureConfig *config)
{
  gint seed = 0;

  g_object_get (config, "seed", &seed, NULL);
  if (seed >= 0 &&
      g_object_class_find_property (G_OBJECT_GET_CLASS (config), "random-seed") != NULL)
    g_object_set (config, "random-seed", FALSE, NULL);
}

static void
prepare (DifSession *session, GimpRunMode run_mode)
{
  if (run_mode == GIMP_RUN_NONINTERACTIVE)
    honor_seed (session->config);
  else
    dif_habits_recall (session->row, session->config, session->image,
                       run_mode == GIMP_RUN_INTERACTIVE);
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
     GimpProcedureConfig *config, gpointer run_data)
{
  GError         *error = NULL;
  GimpValueArray *values = NULL;
  gboolean        done = FALSE;
  DifSession      session = { .row = run_data,
                              .image = image,
                              .drawables = drawables,
                              .config = config };

  dif_signals_install ();
  use_own_models ();
  dif_drawable_init ();

  if (dif_session_check (&session, &error))
    {
      prepare (&session, run_mode);
      if (run_mode == GIMP_RUN_INTERACTIVE)
        done = run_dialog (&session, procedure, &error);
      else
        done = run_quietly (&session, &error);
    }
  dif_session_clear (&session);
  if (g_error_matches (error, GIMP_PLUG_IN_ERROR, GIMP_PDB_CALLING_ERROR))
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CALLING_ERROR, error);
  if (error != NULL)
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_EXECUTION_ERROR, error);
  if (! done)
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL, NULL);

  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  if (dif_procedure_learns (session.row))
    GIMP_VALUES_TAKE_STRING (values, 1, session.model);
  else
    GIMP_VALUES_SET_LAYER (values, 1, session.layer);

  return values;
}

static GList *
query_procedures (GimpPlugIn *plug_in)
{
  const DifProcedure *rows = NULL;
  GList              *names = NULL;
  guint               n = 0;

  rows = dif_procedures (&n);
  for (guint i = 0; i < n; i++)
    names = g_list_append (names, g_strdup (rows[i].name));

  return names;
}

static GimpProcedure *
create_procedure (GimpPlugIn *plug_in, const gchar *name)
{
  return dif_procedure_create (plug_in, name, run);
}

static gboolean
set_i18n (GimpPlugIn *plug_in, const gchar *procedure_name, gchar **gettext_domain,
          gchar **catalog_dir)
{
  *gettext_domain = g_strdup (GETTEXT_PACKAGE);

  return TRUE;
}

static void
dif_plug_in_class_init (DifPlugInClass *klass)
{
  GimpPlugInClass *plug_in_class = GIMP_PLUG_IN_CLASS (klass);

  plug_in_class->query_procedures = query_procedures;
  plug_in_class->create_procedure = create_procedure;
  plug_in_class->set_i18n = set_i18n;
}

static void
dif_plug_in_init (DifPlugIn *plug_in)
{
}

/* OpenBLAS, which is loaded next, would not end if it got too little. */
static void
check_start (int argc, char **argv, char **environment)
{
  if (dif_start_needs (environment) == 0)
    return;
  fputs (
      "gimp-diffusion: There is not enough memory to start.  Raise the limit (ulimit -v), or set "
      "OPENBLAS_NUM_THREADS to 1.\n",
      stderr);
  _Exit (EXIT_FAILURE);
}

DIF_BEFORE_LIBRARIES (check_start)

GIMP_MAIN (dif_plug_in_get_type ())
