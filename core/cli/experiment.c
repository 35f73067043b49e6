/* SPDX-License-Identifier: GPL-3.0-or-later */

/* experiment: the papers' small experiments, with a plot and, where pictures are made, a sheet. */

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/interrupt.h"
#include "core/base/save.h"
#include "core/cli/cli.h"
#include "core/cli/picture-file.h"
#include "core/io/json.h"
#include "core/lab/experiment.h"

#define SHORT 0.25 /* of the effort */

typedef struct
{
  gboolean listed, shortened;
  int      threads;
  char    *svg, *json, *sheet, *picture;
} Options;

static void
options_clear (Options *o)
{
  char **texts[] = { &o->svg, &o->json, &o->sheet, &o->picture };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static int
list (void)
{
  guint                       n;
  const DifExperiment *const *rows = dif_experiments (&n);

  for (guint i = 0; i < n; i++)
    g_print ("%-12s %s\n%-12s (%s)\n", rows[i]->id, _ (rows[i]->label), "", rows[i]->citation);
  return CLI_OK;
}

static void
print (const DifFindings *findings)
{
  for (guint i = 0; i < findings->figures->len; i++)
    {
      const DifFigure *figure = &g_array_index (findings->figures, DifFigure, i);
      g_autofree char *most =
          figure->most < G_MAXDOUBLE ?
              g_strdup_printf (_ ("%.2f to %.2f"), figure->least, figure->most) :
              g_strdup_printf (_ ("%.2f or more"), figure->least);

      g_print ("%9.3f  %s (%s)%s\n", figure->value, figure->what, most,
               dif_figure_holds (figure) ? "" : _ (": not as claimed"));
    }
}

static json_t *
to_json (const DifExperiment *experiment, const DifFindings *findings)
{
  json_t *figures = json_array ();

  for (guint i = 0; i < findings->figures->len; i++)
    {
      const DifFigure *figure = &g_array_index (findings->figures, DifFigure, i);

      json_t *most = figure->most < G_MAXDOUBLE ? json_real (figure->most) : json_null ();

      json_array_append_new (figures,
                             json_pack ("{s:s, s:f, s:f, s:o, s:b}", "what", figure->what, "value",
                                        figure->value, "least", figure->least, "most", most,
                                        "holds", (int) dif_figure_holds (figure)));
    }
  return json_pack ("{s:s, s:s, s:s, s:o}", "id", experiment->id, "claim", experiment->label,
                    "source", experiment->citation, "figures", figures);
}

static gboolean
write_all (const DifExperiment *experiment, const DifFindings *findings, const Options *o,
           GError **error)
{
  json_t          *root = to_json (experiment, findings);
  g_autofree char *json =
      root ? dif_json_dump (root, JSON_INDENT (1) | JSON_REAL_PRECISION (6)) : NULL;
  g_autofree char *lines = g_strconcat (json ? json : "", "\n", NULL);
  g_autofree char *svg = findings->plot ? dif_plot_to_svg (findings->plot) : g_strdup ("");
  const gboolean   written = (! o->svg || dif_save (o->svg, svg, strlen (svg), error)) &&
                           (! o->json || dif_save (o->json, lines, strlen (lines), error)) &&
                           (! o->sheet || cli_image_write (findings->sheet, o->sheet, error));

  json_decref (root);
  return written;
}

static int
conclude (const DifExperiment *experiment, const DifFindings *findings, const Options *o)
{
  GError  *error = NULL;
  gboolean holds = TRUE;

  if (! write_all (experiment, findings, o, &error))
    return cli_failed (error);
  g_print ("%s (%s)\n", _ (experiment->label), experiment->citation);
  print (findings);
  for (guint i = 0; i < findings->figures->len; i++)
    holds = holds && dif_figure_holds (&g_array_index (findings->figures, DifFigure, i));
  if (! holds)
    g_printerr ("gimp-diffusion: %s\n", _ ("Not all figures are as claimed."));
  return holds ? CLI_OK : CLI_FAILED;
}

static int
check (const DifExperiment *experiment, const Options *o)
{
  GError *error = NULL;

  if (o->threads < 0 || o->threads > 1024)
    return cli_misused (_ ("--threads takes a whole number from 0 to 1024."));
  if (experiment->needs_picture && ! o->picture)
    return cli_misused (_ ("The experiment “%s” needs a texture: --picture FILE."), experiment->id);
  if (! experiment->needs_picture && (o->picture || o->sheet))
    return cli_misused (_ ("The experiment “%s” is about points: there is no %s."), experiment->id,
                        o->picture ? "--picture" : "--sheet");
  if ((o->svg && ! dif_save_check (o->svg, &error)) ||
      (o->json && ! dif_save_check (o->json, &error)) ||
      (o->sheet && ! cli_target_check (o->sheet, "--sheet", &error)))
    return cli_failed (error);
  return CLI_OK;
}

static int
run (const DifExperiment *experiment, const Options *o)
{
  g_autoptr (DifProgress) progress = dif_progress_new (cli_print_progress, NULL);
  g_autoptr (DifContext)  context = dif_context_new ((guint) o->threads, progress);
  g_autoptr (DifImage)    picture = NULL;
  g_auto (DifFindings) findings = { NULL };
  GError  *error = NULL;
  gboolean done;

  if (o->picture && ! (picture = cli_image_read (o->picture, &error)))
    return cli_failed (error);
  if (experiment->needs_picture) /* nothing is to be left of networks on the way */
    dif_interrupt_watch (progress);
  done = dif_experiment_run (experiment, context, o->shortened ? SHORT : 1.0, picture, &findings);
  dif_interrupt_watch (NULL);
  if (experiment->needs_picture)
    g_printerr ("\n");
  if (done)
    return conclude (experiment, &findings, o);
  dif_context_take_error (context, &error);
  return cli_failed (error);
}

int
cli_experiment (int argc, char **argv)
{
  g_auto (Options) o = { 0 };
  g_auto (GStrv) names = NULL;
  const DifExperiment *experiment;
  const GOptionEntry   entries[] = {
    { "list", 0, 0, G_OPTION_ARG_NONE, &o.listed, N_ ("say what there is"), NULL },
    { "picture", 0, 0, G_OPTION_ARG_FILENAME, &o.picture,
        N_ ("the texture that networks for pictures learn"), N_ ("PNG") },
    { "svg", 0, 0, G_OPTION_ARG_FILENAME, &o.svg, N_ ("write a plot"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o.json, N_ ("write the figures"), N_ ("FILE") },
    { "sheet", 0, 0, G_OPTION_ARG_FILENAME, &o.sheet, N_ ("write the pictures, side by side"),
        N_ ("PNG") },
    { "short", 0, 0, G_OPTION_ARG_NONE, &o.shortened, N_ ("a quarter of the effort"), NULL },
    { "threads", 'j', 0, G_OPTION_ARG_INT, &o.threads, N_ ("threads (one per processor)"), "N" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code;

  if (! cli_parse (entries, _ ("NAME"), _ ("Does one of the papers' small experiments."), 0, &argc,
                   &argv))
    return CLI_MISUSED;
  if (o.listed && ! names)
    return list ();
  if (! names || g_strv_length (names) != 1)
    return cli_misused (_ ("%s needs: %s.  Try --help."), argv[0], _ ("NAME"));
  experiment = dif_experiment_find (names[0]);
  if (! experiment)
    return cli_misused (_ ("There is no experiment “%s”.  Try --list."), names[0]);
  code = check (experiment, &o);
  return code == CLI_OK ? run (experiment, &o) : code;
}
