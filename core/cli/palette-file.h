/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * cli_palette_read:
 * @path: of a palette as GIMP writes it (.gpl)
 * @error: why it cannot be used
 *
 * Returns: (transfer full): its colors as "#aabbcc,#ddeeff", or %NULL
 *
 * Errors: %DIF_ERROR_UNSUPPORTED for what is no such file, and those of reading
 * Thread: main
 */
char *cli_palette_read (const char *path, GError **error);

G_END_DECLS
