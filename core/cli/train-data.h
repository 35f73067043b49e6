/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/train/dataset.h"

G_BEGIN_DECLS

/**
 * cli_dataset_read:
 * @folder: holds PNG files, or folders of them, whose names are their labels
 * @table: (nullable): a file of lines “file,label”, files as seen from @folder, instead
 * @error: why not
 *
 * Pictures come in the order of their names.  Transparent pixels are not learnt from.
 *
 * Returns: (transfer full): the pictures, or %NULL
 *
 * Errors: %DIF_ERROR_IO, %DIF_ERROR_REQUEST
 * Thread: any
 */
DifDataset *cli_dataset_read (const char *folder, const char *table, GError **error);

G_END_DECLS
