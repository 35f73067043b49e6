/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/conditioner.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

void
dif_conditioner_free (DifConditioner *conditioner)
{
  if (conditioner)
    conditioner->free (conditioner);
}

DifCondition *
dif_conditioner_read (const DifConditioner *conditioner, const char *prompt, GError **error)
{
  if (dif_label_is_given (prompt))
    return conditioner->read (conditioner, prompt, error);
  return conditioner->none (conditioner, error);
}

DifCondition *
dif_conditioner_read_against (const DifConditioner *conditioner, const char *negative,
                              DifCondition *wanted, GError **error)
{
  DifCondition *none;

  if (dif_label_is_given (negative))
    return conditioner->read (conditioner, negative, error);
  none = conditioner->none (conditioner, NULL);
  return none ? none : dif_condition_ref (wanted);
}

const char *const *
dif_conditioner_names (const DifConditioner *conditioner)
{
  return conditioner->names (conditioner);
}

/* ---- labels ---- */

typedef struct
{
  DifConditioner   parent;
  const DifLabels *labels;
  guint            n_classes;
} LabelConditioner;

static DifCondition *
labels_read (const DifConditioner *self, const char *prompt, GError **error)
{
  const LabelConditioner *own = (const LabelConditioner *) self;
  DifLabelMix             mix;

  return dif_labels_mix (own->labels, prompt, own->n_classes, &mix, error) ?
             dif_condition_new_labels (&mix) :
             NULL;
}

/* Without a list of labels none is known to stand for no label. */
static DifCondition *
labels_none (const DifConditioner *self, GError **error)
{
  const LabelConditioner *own = (const LabelConditioner *) self;

  if (own->labels || own->n_classes == 0)
    return dif_condition_new_label (own->labels ? own->labels->null_label : 0);
  g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
               _ ("This model needs a label: a number below %u."), own->n_classes);
  return NULL;
}

static const char *const *
labels_names (const DifConditioner *self)
{
  const LabelConditioner *own = (const LabelConditioner *) self;

  return own->labels ? (const char *const *) own->labels->names : NULL;
}

DifConditioner *
dif_conditioner_new_labels (const DifLabels *labels, guint n_classes)
{
  LabelConditioner *own = g_new0 (LabelConditioner, 1);

  own->parent = (DifConditioner) { labels_read, labels_none, labels_names,
                                   (void (*) (DifConditioner *)) g_free };
  own->labels = labels;
  own->n_classes = n_classes;
  return &own->parent;
}
