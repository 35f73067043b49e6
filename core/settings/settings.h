/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/settings/setting.h"

G_BEGIN_DECLS

/**
 * dif_settings:
 * @n: (out): how many rows
 *
 * The settings of a #DifRequest, in the order in which one thinks of them.
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifSetting *dif_settings (guint *n);

/**
 * dif_settings_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifSetting *dif_settings_find (const char *id);

G_END_DECLS
