/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/settings/setting.h"

G_BEGIN_DECLS

/**
 * dif_setting_to_json:
 * @setting: a setting
 * @object: its struct
 *
 * Numbers and switches are what JSON calls so, a palette is a list of lists of three numbers, and
 * all else a text.
 *
 * Returns: (transfer full): its value
 *
 * Thread: any
 */
json_t *dif_setting_to_json (const DifSetting *setting, gconstpointer object);

/**
 * dif_setting_from_json:
 * @setting: a setting
 * @object: its struct
 * @value: what a file has for it: as dif_setting_to_json() makes it, or a text as
 *   dif_setting_from_text() reads it
 * @error: says what would be possible
 *
 * Returns: whether it was understood and is one of the values that it can have
 *
 * Errors: %DIF_ERROR_REQUEST with the setting's id
 * Thread: any
 */
gboolean dif_setting_from_json (const DifSetting *setting, gpointer object, const json_t *value,
                                GError **error);

G_END_DECLS
