/* SPDX-License-Identifier: GPL-3.0-or-later */

/* experiment: the papers' small experiments, with a plot. */

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/save.h"
#include "core/cli/cli.h"
#include "core/io/json.h"
#include "core/lab/experiment.h"

#define SHORT 0.25 /* of the effort */

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
write_all (const DifExperiment *experiment, const DifFindings *findings, const char *svg_path,
           const char *json_path, GError **error)
{
  json_t          *root = to_json (experiment, findings);
  g_autofree char *json =
      root ? dif_json_dump (root, JSON_INDENT (1) | JSON_REAL_PRECISION (6)) : NULL;
  g_autofree char *lines = g_strconcat (json ? json : "", "\n", NULL);
  g_autofree char *svg = findings->plot ? dif_plot_to_svg (findings->plot) : g_strdup ("");
  const gboolean   written = (! svg_path || dif_save (svg_path, svg, strlen (svg), error)) &&
                           (! json_path || dif_save (json_path, lines, strlen (lines), error));

  json_decref (root);
  return written;
}

static int
conclude (const DifExperiment *experiment, const DifFindings *findings, const char *svg,
          const char *json)
{
  GError  *error = NULL;
  gboolean holds = TRUE;

  if (! write_all (experiment, findings, svg, json, &error))
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
run (const char *id, gboolean shortened, gint threads, const char *svg, const char *json)
{
  const DifExperiment   *experiment = dif_experiment_find (id);
  g_autoptr (DifContext) context = NULL;
  g_auto (DifFindings) findings = { NULL, NULL };
  GError *error = NULL;

  if (! experiment)
    return cli_misused (_ ("There is no experiment “%s”.  Try --list."), id);
  if (threads < 0 || threads > 1024)
    return cli_misused (_ ("--threads takes a whole number from 0 to 1024."));
  if ((svg && ! dif_save_check (svg, &error)) || (json && ! dif_save_check (json, &error)))
    return cli_failed (error);
  context = dif_context_new ((guint) threads, NULL);
  if (! dif_experiment_run (experiment, context, shortened ? SHORT : 1.0, &findings))
    {
      dif_context_take_error (context, &error);
      return cli_failed (error);
    }
  return conclude (experiment, &findings, svg, json);
}

int
cli_experiment (int argc, char **argv)
{
  gboolean         listed = FALSE, shortened = FALSE;
  gint             threads = 0;
  g_autofree char *svg = NULL, *json = NULL;
  g_auto (GStrv) names = NULL;
  const GOptionEntry entries[] = {
    { "list", 0, 0, G_OPTION_ARG_NONE, &listed, N_ ("say what there is"), NULL },
    { "svg", 0, 0, G_OPTION_ARG_FILENAME, &svg, N_ ("write a plot"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, N_ ("write the figures"), N_ ("FILE") },
    { "short", 0, 0, G_OPTION_ARG_NONE, &shortened, N_ ("a quarter of the effort"), NULL },
    { "threads", 'j', 0, G_OPTION_ARG_INT, &threads, N_ ("threads (one per processor)"), "N" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (! cli_parse (entries, _ ("NAME"), _ ("Does one of the papers' small experiments."), 0, &argc,
                   &argv))
    return CLI_MISUSED;
  if (listed && ! names)
    return list ();
  if (! names || g_strv_length (names) != 1)
    return cli_misused (_ ("%s needs: %s.  Try --help."), argv[0], _ ("NAME"));
  return run (names[0], shortened, threads, svg, json);
}
