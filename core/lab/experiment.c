/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/experiment.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

static void
figure_clear (gpointer figure)
{
  g_free (((DifFigure *) figure)->what);
}

gboolean
dif_experiment_run (const DifExperiment *experiment, DifContext *context, double effort,
                    const DifImage *picture, DifFindings *findings)
{
  findings->figures = g_array_new (FALSE, FALSE, sizeof (DifFigure));
  g_array_set_clear_func (findings->figures, figure_clear);
  findings->plot = NULL;
  findings->sheet = NULL;
  if (experiment->needs_picture && ! picture)
    dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_REQUEST,
                                                    _ ("This experiment needs a picture.")));
  else
    experiment->run (context, effort, picture, findings);
  return dif_context_ok (context);
}

void
dif_findings_clear (DifFindings *findings)
{
  g_clear_pointer (&findings->figures, g_array_unref);
  g_clear_pointer (&findings->plot, dif_plot_free);
  g_clear_pointer (&findings->sheet, dif_image_free);
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
