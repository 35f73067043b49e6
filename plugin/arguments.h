/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/procedure.h"

G_BEGIN_DECLS

/**
 * DifSampleFrom:
 * @DIF_SAMPLE_VISIBLE: what the image shows
 * @DIF_SAMPLE_LAYER: the layer by itself
 *
 * Whose pixels are read.
 */
typedef enum
{
  DIF_SAMPLE_VISIBLE,
  DIF_SAMPLE_LAYER,
} DifSampleFrom;

/**
 * DifOutput:
 * @DIF_OUTPUT_NEW_LAYER: onto a layer of its own
 * @DIF_OUTPUT_REPLACE: into the layer itself
 *
 * Where a result goes.
 */
typedef enum
{
  DIF_OUTPUT_NEW_LAYER,
  DIF_OUTPUT_REPLACE,
} DifOutput;

/**
 * DifOwnSettings:
 * @settings: (nullable): JSON of dif_request_to_json(), which overrides the other arguments
 * @seed: below 0 for a new one
 * @random_seed: whether there is a new one each time
 * @sample: whose pixels are read
 * @output: where the result goes
 *
 * What procedures have of settings beside those of the core.
 */
typedef struct
{
  char         *settings;
  gint          seed;
  gboolean      random_seed;
  DifSampleFrom sample;
  DifOutput     output;
} DifOwnSettings;

/**
 * dif_arguments_own:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the settings of #DifOwnSettings, for all procedures
 */
const DifSetting *dif_arguments_own (guint *n);

/**
 * dif_arguments_list:
 * @row: of a procedure
 *
 * The settings that the procedure has, in the order in which one thinks of them: the core's, and
 * where those have the seed the plug-in's own.
 *
 * Returns: (transfer container) (element-type DifSetting): the settings
 */
GPtrArray *dif_arguments_list (const DifProcedure *row);

/**
 * dif_arguments_add:
 * @procedure: to add them to
 * @row: of the procedure
 *
 * Adds an argument for each setting that the procedure has.
 */
void dif_arguments_add (GimpProcedure *procedure, const DifProcedure *row);

G_END_DECLS
