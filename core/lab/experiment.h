/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/image/image.h"
#include "core/lab/plot.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifFigure:
 * @what: what was measured
 * @value: what came out
 * @least: what the claim says at least
 * @most: what it says at most
 *
 * One number of an experiment.
 */
typedef struct
{
  char  *what;
  double value;
  double least;
  double most;
} DifFigure;

/**
 * DifFindings:
 * @figures: (element-type DifFigure): what was measured
 * @plot: (nullable): what was seen
 * @sheet: (nullable): pictures that were made, side by side
 *
 * What an experiment has found.
 */
typedef struct
{
  GArray   *figures;
  DifPlot  *plot;
  DifImage *sheet;
} DifFindings;

/**
 * DifExperiment:
 * @id: "objectives"
 * @label: the claim, for people
 * @citation: whose it is
 * @needs_picture: whether it is about the texture that a picture shows, and makes a sheet; others
 *   are about points in the plane
 * @run: does it; everything is seeded
 *
 * A small experiment of a paper.  @effort is 1, or less for a shorter form, whose claims are the
 * same or, with pictures, weaker.
 */
typedef struct
{
  const char *id;
  const char *label;
  const char *citation;
  gboolean    needs_picture;
  void (*run) (DifContext *context, double effort, const DifImage *picture, DifFindings *findings);
} DifExperiment;

/**
 * dif_experiments:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifExperiment *const *dif_experiments (guint *n);

/**
 * dif_experiment_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifExperiment *dif_experiment_find (const char *id);

/**
 * dif_experiment_run:
 * @experiment: which
 * @context: the context
 * @effort: 1, or less for a shorter form
 * @picture: (nullable): for experiments that need one
 * @findings: (out caller-allocates): filled
 *
 * Errors: sticky in @context: %DIF_ERROR_REQUEST without a picture that is needed
 * Thread: the context's
 *
 * Returns: whether it came to an end, whatever it found
 */
gboolean dif_experiment_run (const DifExperiment *experiment, DifContext *context, double effort,
                             const DifImage *picture, DifFindings *findings);

/**
 * dif_findings_clear:
 * @findings: emptied
 *
 * Thread: any
 */
void dif_findings_clear (DifFindings *findings);

/**
 * dif_findings_add:
 * @findings: what was found so far
 * @least: what the claim says at least
 * @value: what came out
 * @most: what it says at most
 * @what: (transfer full): what was measured
 *
 * Thread: any
 */
void dif_findings_add (DifFindings *findings, double least, double value, double most, char *what);

/**
 * dif_figure_holds:
 * @figure: one number
 *
 * Returns: whether it is as claimed
 *
 * Thread: any
 */
gboolean dif_figure_holds (const DifFigure *figure);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifFindings, dif_findings_clear)

G_END_DECLS
