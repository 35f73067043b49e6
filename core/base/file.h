/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifFile:
 *
 * A regular file opened for reading at any offset, which notices when it is changed
 * or replaced meanwhile.  The only place that talks to the system's files.
 */
typedef struct _DifFile DifFile;

/**
 * dif_file_open:
 * @path: in the file system's encoding
 * @error: why not
 *
 * Opens a regular file; folders, pipes and devices are refused without blocking.
 *
 * Returns: (transfer full): the file, or %NULL
 *
 * Errors: %DIF_ERROR_MISSING if there is none, else %DIF_ERROR_IO
 * Thread: any
 */
DifFile *dif_file_open (const char *path, GError **error);

/**
 * dif_file_close:
 * @file: (transfer full) (nullable): what to close
 *
 * Thread: any
 */
void dif_file_close (DifFile *file);

/**
 * dif_file_size:
 * @file: the file
 *
 * Returns: bytes, as they were when it was opened
 *
 * Thread: any
 */
guint64 dif_file_size (const DifFile *file);

/**
 * dif_file_name:
 * @file: the file
 *
 * Returns: its path for messages, valid UTF-8
 *
 * Thread: any
 */
const char *dif_file_name (const DifFile *file);

/**
 * dif_file_read:
 * @file: the file
 * @offset: from its beginning
 * @buffer: (array length=size): filled whole
 * @size: bytes
 * @error: why not
 *
 * Returns: whether all bytes were read
 *
 * Errors: %DIF_ERROR_TRUNCATED, %DIF_ERROR_IO
 * Thread: one at a time
 */
gboolean dif_file_read (DifFile *file, guint64 offset, void *buffer, gsize size, GError **error);

/**
 * dif_file_check_unchanged:
 * @file: the file
 * @error: set to %DIF_ERROR_CHANGED
 *
 * Compares size, identity and times with those at opening: call it after the last read.
 *
 * Returns: whether what was read is one file's one state
 *
 * Thread: any
 */
gboolean dif_file_check_unchanged (DifFile *file, GError **error);

/**
 * dif_file_load:
 * @path: in the file system's encoding
 * @limit: refuse larger files
 * @size: (out) (optional): bytes read
 * @error: why not
 *
 * Reads a small file whole and adds a 0 byte after it.
 *
 * Returns: (transfer full): its bytes, freed with g_free(), or %NULL
 *
 * Errors: those of dif_file_open() and dif_file_read(), %DIF_ERROR_LIMIT
 * Thread: any
 */
char *dif_file_load (const char *path, gsize limit, gsize *size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifFile, dif_file_close)

G_END_DECLS
