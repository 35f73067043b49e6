/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/procedure.h"

G_BEGIN_DECLS

/**
 * DifSettings:
 * @row: of the procedure
 * @model: name or path as the user gave it, "" for the embedded model
 * @path: what @model was found to be, "" for the embedded model
 * @label: one of the model's labels, a mixture or ""
 * @negative: likewise
 * @sampler: id of a sampler, %NULL for procedures without one
 * @spacing: id of a spacing, %NULL for the default
 * @colors: (nullable): of the palette, as #DifRequest wants them
 * @reach: pixels by which what is worked on may go beyond the selection
 * @replace: whether the layer's own pixels are written
 * @visible: whether what is visible is read, not the layer by itself
 * @request: everything but the pixels; its strings and colors are those above
 *
 * A procedure's arguments in the core's words.
 */
typedef struct
{
  const DifProcedure *row;
  char               *model;
  char               *path;
  char               *label;
  char               *negative;
  char               *sampler;
  char               *spacing;
  float              *colors;
  gint                reach;
  gboolean            replace;
  gboolean            visible;
  DifRequest          request;
} DifSettings;

/**
 * dif_settings_new:
 * @row: of the procedure
 * @config: its arguments
 * @error: set if there is no such model, or the palette is too large
 *
 * Returns: (transfer full): the settings, without a seed, or %NULL
 */
DifSettings *dif_settings_new (const DifProcedure *row, GimpProcedureConfig *config,
                               GError **error);

/**
 * dif_settings_is_visible:
 * @row: of the procedure
 * @config: its arguments
 *
 * Pixels that are replaced are read from their own layer, whatever the setting says.
 *
 * Returns: whether what is visible is read, not the layer by itself
 */
gboolean dif_settings_is_visible (const DifProcedure *row, GimpProcedureConfig *config);

/**
 * dif_settings_choose_seed:
 * @settings: their seed is set
 * @config: the arguments; if "random-seed" is on, or "seed" below 0, "seed" is set to a fresh one
 *
 * For one run.
 */
void dif_settings_choose_seed (DifSettings *settings, GimpProcedureConfig *config);

/**
 * dif_settings_free:
 * @settings: (transfer full) (nullable): what to free
 */
void dif_settings_free (DifSettings *settings);

/**
 * dif_settings_layer_name:
 * @settings: the settings
 *
 * Returns: (transfer full): label, sampler and seed, for the layers' list, and where it was stopped
 */
char *dif_settings_layer_name (const DifSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifSettings, dif_settings_free)

G_END_DECLS
