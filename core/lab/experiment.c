/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/experiment.h"

static void
figure_clear (gpointer figure)
{
  g_free (((DifFigure *) figure)->what);
}

gboolean
dif_experiment_run (const DifExperiment *experiment, DifContext *context, double effort,
                    DifFindings *findings)
{
  findings->figures = g_array_new (FALSE, FALSE, sizeof (DifFigure));
  g_array_set_clear_func (findings->figures, figure_clear);
  findings->plot = NULL;
  experiment->run (context, effort, findings);
  return dif_context_ok (context);
}

void
dif_findings_clear (DifFindings *findings)
{
  g_clear_pointer (&findings->figures, g_array_unref);
  g_clear_pointer (&findings->plot, dif_plot_free);
}

void
dif_findings_add (DifFindings *findings, double least, double value, double most, char *what)
{
  const DifFigure figure = { what, value, least, most };

  g_array_append_val (findings->figures, figure);
}

gboolean
dif_figure_holds (const DifFigure *figure)
{
  return figure->value >= figure->least && figure->value <= figure->most;
}
