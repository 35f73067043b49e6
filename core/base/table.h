/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * DIF_DEFINE_TABLE:
 * @Type: of a row, which has an id
 * @name: of the kind, in the singular; its rows are in a static array of the plural's name
 *
 * Defines `dif_NAMEs ()`, which returns the rows, and `dif_NAME_find ()`, which finds one by its
 * id.
 */
#define DIF_DEFINE_TABLE(Type, name)                   \
  const Type *const *dif_##name##s (guint *n)          \
  {                                                    \
    *n = G_N_ELEMENTS (name##s);                       \
    return name##s;                                    \
  }                                                    \
                                                       \
  const Type *dif_##name##_find (const char *id)       \
  {                                                    \
    for (guint i = 0; i < G_N_ELEMENTS (name##s); i++) \
      if (g_strcmp0 (id, name##s[i]->id) == 0)         \
        return name##s[i];                             \
    return NULL;                                       \
  }
