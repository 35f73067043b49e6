/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where a setting's value lies in its struct, for the files of this folder. */

#define DIF_FIELD(type, object, offset) ((type *) (gpointer) ((char *) (object) + (offset)))
#define DIF_CONST_FIELD(type, object, offset) \
  ((const type *) (gconstpointer) ((const char *) (object) + (offset)))
