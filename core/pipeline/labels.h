/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifLabels:
 * @names: label names, %NULL-terminated
 * @ids: (array): their rows in the network's table
 * @null_label: the row that stands for no label
 *
 * labels.json: `{"null": 0, "labels": {"1": "bark", …}}`.
 */
typedef struct
{
  char **names;
  guint *ids;
  guint  null_label;
} DifLabels;

/**
 * dif_labels_load:
 * @path: of a labels.json
 * @n_classes: rows of the network's table
 * @error: why it cannot be used
 *
 * Returns: (transfer full): the labels, or %NULL
 *
 * Errors: %DIF_ERROR_SCHEMA, %DIF_ERROR_VALUE and those of reading
 * Thread: any
 */
DifLabels *dif_labels_load (const char *path, guint n_classes, GError **error);

/**
 * dif_labels_free:
 * @labels: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_labels_free (DifLabels *labels);

/**
 * dif_labels_find:
 * @labels: (nullable): the names
 * @label: a name, or the number of a row
 * @n_classes: rows of the network's table
 * @id: (out): its row
 * @error: names what there is
 *
 * Returns: whether it was found
 *
 * Errors: %DIF_ERROR_REQUEST
 * Thread: any
 */
gboolean dif_labels_find (const DifLabels *labels, const char *label, guint n_classes, guint *id,
                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifLabels, dif_labels_free)

G_END_DECLS
