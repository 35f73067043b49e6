/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_name_today:
 * @name: what a file calls a tensor
 *
 * Early files of diffusers call the parts of attention `query`, `key`, `value` and `proj_attn`.
 *
 * Returns: (transfer full): what it is called today
 *
 * Thread: any
 */
char *dif_name_today (const char *name);

G_END_DECLS
