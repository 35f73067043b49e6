/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_machine_memory:
 *
 * Returns: bytes of memory that the machine has, 0 if it does not tell
 *
 * Thread: any
 */
gsize dif_machine_memory (void);

G_END_DECLS
