/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_save_check:
 * @path: of a file to be written later, in the file system's encoding
 * @error: why it cannot be
 *
 * Finds out, before hours go into what it is to hold, whether dif_save() could write there: whether
 * the folder is there and takes files, and whether what is there may be replaced.  Nothing changes.
 *
 * Returns: whether it could
 *
 * Errors: %DIF_ERROR_IO
 * Thread: any
 */
gboolean dif_save_check (const char *path, GError **error);

/**
 * dif_save_is_terminal:
 * @path: of a file to be written
 *
 * Returns: whether it is a terminal, which bytes are of no use to
 *
 * Thread: any
 */
gboolean dif_save_is_terminal (const char *path);

/**
 * dif_save:
 * @path: in the file system's encoding
 * @bytes: (array length=size): what the file is to hold
 * @size: how many
 * @error: why it was not written
 *
 * Writes a file whole or not at all: beside it first, onto the disk, and then renamed.  A link is
 * followed; a file that was there lends its permissions.  Pipes and devices, and what a process
 * has open already, such as /dev/stdout, are written straight.
 *
 * Returns: whether it was written; otherwise what was there is as it was
 *
 * Errors: %DIF_ERROR_IO
 * Thread: any
 */
gboolean dif_save (const char *path, gconstpointer bytes, gsize size, GError **error);

/**
 * dif_save_abandon:
 *
 * Removes what a dif_save() under way has written beside its file: for a process that is being
 * ended.
 *
 * Thread: any; may be called from a signal handler
 */
void dif_save_abandon (void);

G_END_DECLS
