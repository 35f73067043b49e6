/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/arguments.h"

G_BEGIN_DECLS

/**
 * DifConfig:
 * @row: of the procedure
 * @reach: pixels by which what is worked on may go beyond the selection
 * @visible: whether what is visible is read, not the layer by itself
 * @own: settings that are none of the core's
 * @request: everything but the pixels
 *
 * The arguments of a procedure that makes a layer, in the core's words.
 */
typedef struct
{
  const DifProcedure *row;
  gint                reach;
  gboolean            visible;
  DifOwnSettings      own;
  DifRequest          request;
} DifConfig;

/**
 * dif_config_read:
 * @config: arguments
 * @setting: one of those
 * @object: the struct that @setting is of
 * @error: set if a palette has no colors
 *
 * From GIMP's value to the core's; a setting that @config lacks stays what it is.
 *
 * Returns: whether there is a value
 */
gboolean dif_config_read (GimpProcedureConfig *config, const DifSetting *setting, gpointer object,
                          GError **error);

/**
 * dif_config_new:
 * @row: of the procedure
 * @config: its arguments
 * @error: set if there is no such model, or the palette or the settings cannot be followed
 *
 * Returns: (transfer full): the settings, or %NULL
 */
DifConfig *dif_config_new (const DifProcedure *row, GimpProcedureConfig *config, GError **error);

/**
 * dif_config_free:
 * @c: (transfer full) (nullable): what to free
 */
void dif_config_free (DifConfig *c);

/**
 * dif_config_is_visible:
 * @row: of the procedure
 * @config: its arguments
 *
 * Pixels that are replaced are read from their own layer, whatever the setting says.
 *
 * Returns: whether what is visible is read, not the layer by itself
 */
gboolean dif_config_is_visible (const DifProcedure *row, GimpProcedureConfig *config);

/**
 * dif_config_replaces:
 * @row: of the procedure
 * @config: its arguments
 *
 * Returns: whether the layer's own pixels are written
 */
gboolean dif_config_replaces (const DifProcedure *row, GimpProcedureConfig *config);

/**
 * dif_config_choose_seed:
 * @c: its request's seed is set, to a fresh one where that is wanted
 * @config: the arguments, which then say so too
 *
 * For one run.
 */
void dif_config_choose_seed (DifConfig *c, GimpProcedureConfig *config);

/**
 * dif_config_sampler:
 * @request: the settings
 *
 * Returns: the row of the sampler that they say, or of the one that suits the model
 */
const DifSampler *dif_config_sampler (const DifRequest *request);

/**
 * dif_config_layer_name:
 * @c: the settings
 *
 * Returns: (transfer full): prompt, sampler and seed, for the layers' list, and where it was
 * stopped
 */
char *dif_config_layer_name (const DifConfig *c);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifConfig, dif_config_free)

G_END_DECLS
