/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/settings/setting.h"

/* Where a setting's value lies in its struct, for the files of this folder. */

#define DIF_FIELD(type, object, offset) ((type *) (gpointer) ((char *) (object) + (offset)))
#define DIF_CONST_FIELD(type, object, offset) \
  ((const type *) (gconstpointer) ((const char *) (object) + (offset)))

/**
 * dif_setting_has_percent:
 * @setting: a setting
 *
 * Returns: whether it takes per cent as well
 *
 * Thread: any
 */
static inline gboolean
dif_setting_has_percent (const DifSetting *setting)
{
  return setting->kind == DIF_SETTING_WHOLE && setting->second != 0;
}

/**
 * dif_setting_get_percent:
 * @setting: a setting
 * @object: its struct
 *
 * Returns: per cent, 0 where it takes none
 *
 * Thread: any
 */
static inline double
dif_setting_get_percent (const DifSetting *setting, gconstpointer object)
{
  return dif_setting_has_percent (setting) ? *DIF_CONST_FIELD (double, object, setting->second) :
                                             0.0;
}
