/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/settings/setting.h"

G_BEGIN_DECLS

/**
 * CliSettings:
 *
 * Rows of settings as options of a command, and what was given for them.
 */
typedef struct _CliSettings CliSettings;

/**
 * cli_settings_new:
 * @rows: (array length=n): settings; kept
 * @n: how many
 * @task: whose defaults are told
 *
 * Returns: (transfer full): options, none of which is given yet
 *
 * Thread: main
 */
CliSettings *cli_settings_new (const DifSetting *rows, guint n, DifTask task);

/**
 * cli_settings_free:
 * @settings: (transfer full) (nullable): options
 *
 * Thread: main
 */
void cli_settings_free (CliSettings *settings);

/**
 * cli_settings_add:
 * @settings: options; outlive @entries
 * @entries: (element-type GOptionEntry): gets an option for each row, but for those that it has
 *   already
 *
 * Thread: main
 */
void cli_settings_add (CliSettings *settings, GArray *entries);

/**
 * cli_settings_apply:
 * @settings: options
 * @object: the struct that the rows are of; gets what was given
 * @error: says which value is wrong
 *
 * A palette that does not begin with "#" is the name of a palette's file, as GIMP writes it.
 *
 * Returns: whether all of it is possible
 *
 * Errors: those of dif_setting_from_text() and of reading files
 * Thread: main
 */
gboolean cli_settings_apply (const CliSettings *settings, gpointer object, GError **error);

/**
 * cli_settings_name:
 * @settings: options
 * @error: (nullable): what went wrong with the struct later; if it is a setting's fault, its
 * message gets the option's name
 *
 * Thread: main
 */
void cli_settings_name (const CliSettings *settings, GError *error);

/**
 * cli_settings_values:
 * @setting: a setting
 *
 * Returns: (transfer full): its range or its choices, in words; "" where anything will do
 *
 * Thread: any
 */
char *cli_settings_values (const DifSetting *setting);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliSettings, cli_settings_free)

G_END_DECLS
