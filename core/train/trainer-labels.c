/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which row of the network's table stands for which label. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/train/trainer-parts.h"

#define NO_ROW G_MAXUINT

static guint
named_row (json_t *labels, const char *name, guint n_classes)
{
  const char *key;
  json_t     *value;
  guint64     row;

  json_object_foreach (json_object_get (labels, "labels"), key, value)
  {
    if (g_ascii_strcasecmp (name, json_is_string (value) ? json_string_value (value) : "") == 0 &&
        g_ascii_string_to_unsigned (key, 10, 0, n_classes - 1, &row, NULL))
      return (guint) row;
  }
  return NO_ROW;
}

static gboolean
is_taken (const DifTrainer *trainer, guint row)
{
  for (guint i = 0; i < trainer->n_rows; i++)
    if (trainer->rows[i] == row)
      return TRUE;
  return row == trainer->null_row;
}

static const DifTensor *
table_of (const DifTrainer *trainer)
{
  guint           n;
  const DifParam *params = dif_params_list (dif_model_params (trainer->model), &n);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (params[i].name, "class_embedding.weight"))
      return params[i].value;
  return NULL;
}

/* A new label begins as what stands for none. */
static gboolean
take_row (DifTrainer *trainer, guint label, guint n_classes, GError **error)
{
  const DifTensor *table = table_of (trainer);
  const gsize      c = table ? table->dim[1] : 0;
  guint            row = 0;

  while (row < n_classes && is_taken (trainer, row))
    row++;
  if (row == n_classes)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The model has room for %u labels, the pictures have %u."), n_classes - 1,
                   trainer->n_rows);
      return FALSE;
    }
  trainer->rows[label] = row;
  if (table)
    memcpy (table->data + row * c, table->data + trainer->null_row * c, c * sizeof (float));
  return TRUE;
}

/* Those of the pictures only: what the others stood for drifts. */
static void
write_labels (DifTrainer *trainer, char **names)
{
  json_t *rows = json_object ();

  for (guint i = 0; i < trainer->n_rows; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", trainer->rows[i]);

      json_object_set_new (rows, key, json_string (names[i]));
    }
  json_decref (trainer->texts.labels);
  trainer->texts.labels =
      json_pack ("{s:I, s:o}", "null", (json_int_t) trainer->null_row, "labels", rows);
}

gboolean
dif_trainer_assign_labels (DifTrainer *trainer, GError **error)
{
  const guint n_classes = dif_model_facts (trainer->model)->n_classes;
  json_t     *null = json_object_get (trainer->texts.labels, "null");
  gboolean    all_known = TRUE;
  g_auto (GStrv) names = dif_dataset_labels (trainer->dataset);

  if (n_classes == 0)
    return TRUE;
  trainer->null_row = CLAMP (json_integer_value (null), 0, n_classes - 1);
  trainer->n_rows = g_strv_length (names);
  trainer->rows = g_new (guint, trainer->n_rows + 1);
  for (guint i = 0; i < trainer->n_rows; i++)
    trainer->rows[i] = named_row (trainer->texts.labels, names[i], n_classes);
  for (guint i = 0; i < trainer->n_rows; i++)
    if (trainer->rows[i] == NO_ROW)
      {
        all_known = FALSE;
        if (! take_row (trainer, i, n_classes, error))
          return FALSE;
      }
  if (! all_known || trainer->n_rows == 0)
    write_labels (trainer, names);
  return TRUE;
}
