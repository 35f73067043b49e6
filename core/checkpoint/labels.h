/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "core/io/json.h"
#include "core/models/model.h"

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
 * dif_labels_new:
 * @reader: a labels.json; errors stay in it
 * @n_classes: rows of the network's table
 *
 * Returns: (transfer full): the labels, or %NULL
 *
 * Errors: in @reader: %DIF_ERROR_SCHEMA, %DIF_ERROR_VALUE
 * Thread: any
 */
DifLabels *dif_labels_new (DifJsonReader *reader, guint n_classes);

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
 * dif_labels_to_json:
 * @labels: the labels
 *
 * Returns: (transfer full): what a labels.json says
 *
 * Thread: any
 */
json_t *dif_labels_to_json (const DifLabels *labels);

/**
 * dif_labels_free:
 * @labels: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_labels_free (DifLabels *labels);

/**
 * dif_label_is_given:
 * @label: (nullable): what a user entered
 *
 * Returns: whether it is more than blanks, which stand for no label
 *
 * Thread: any
 */
gboolean dif_label_is_given (const char *label);

/**
 * dif_labels_find:
 * @labels: (nullable): the names
 * @label: a name, whatever its case and the blanks at its ends; or the number of a row, where there
 *   are no names
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

/**
 * dif_labels_mix:
 * @labels: (nullable): the names
 * @text: a label as of dif_labels_find(), or several: "stone:0.7,grass:0.3", "stone,grass"
 * @n_classes: rows of the network's table
 * @mix: (out): the labels, with weights that add up to 1
 * @error: says which label or weight is wrong
 *
 * A label without a weight counts 1.  Labels that are named twice are added up, and those of weight
 * 0 left out.  A name that holds a comma or a colon is taken as it is.  Weights have a decimal
 * point: "stone:0,5" is refused, whatever the locale.
 *
 * Returns: whether it was understood
 *
 * Errors: %DIF_ERROR_REQUEST
 * Thread: any
 */
gboolean dif_labels_mix (const DifLabels *labels, const char *text, guint n_classes,
                         DifLabelMix *mix, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifLabels, dif_labels_free)

G_END_DECLS
