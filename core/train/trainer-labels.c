/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which row of the network's table stands for which label. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/train/trainer-parts.h"

#define NO_ROW G_MAXUINT

static guint
named_row (const DifLabels *labels, const char *name)
{
  for (guint i = 0; labels && labels->names[i]; i++)
    if (g_ascii_strcasecmp (name, labels->names[i]) == 0)
      return labels->ids[i];
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
  DifLabels *labels = g_new0 (DifLabels, 1);

  labels->null_label = trainer->null_row;
  labels->names = g_strdupv (names);
  labels->ids = g_memdup2 (trainer->rows, (trainer->n_rows + 1) * sizeof *trainer->rows);
  dif_checkpoint_set_labels (trainer->checkpoint, labels);
}

gboolean
dif_trainer_assign_labels (DifTrainer *trainer, GError **error)
{
  const guint n_classes = dif_model_facts (trainer->model)->n_classes;
  gboolean    all_known = TRUE;
  g_auto (GStrv) names = dif_dataset_labels (trainer->dataset);

  if (n_classes == 0)
    return TRUE;
  trainer->null_row = trainer->checkpoint->labels ? trainer->checkpoint->labels->null_label : 0;
  trainer->n_rows = g_strv_length (names);
  trainer->rows = g_new0 (guint, trainer->n_rows + 1);
  for (guint i = 0; i < trainer->n_rows; i++)
    trainer->rows[i] = named_row (trainer->checkpoint->labels, names[i]);
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
