/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/checkpoint/labels.h"
#include "core/models/condition.h"

G_BEGIN_DECLS

/**
 * DifConditioner:
 * @read: what a prompt asks for, or %NULL and why not; never given a blank one
 * @none: what stands for nothing that is asked for, or %NULL and what is lacking
 * @names: (nullable): what can be asked for, %NULL-terminated; %NULL if that is no list
 * @free: frees the object
 *
 * Turns what a user asks for, in words, into what the network reads.
 */
typedef struct _DifConditioner DifConditioner;
struct _DifConditioner
{
  DifCondition *(*read) (const DifConditioner *self, const char *prompt, GError **error);
  DifCondition *(*none) (const DifConditioner *self, GError **error);
  const char *const *(*names) (const DifConditioner *self);
  void (*free) (DifConditioner *self);
};

/**
 * dif_conditioner_new_labels:
 * @labels: (nullable): names of the network's labels; outlive the conditioner
 * @n_classes: rows of its table, 0 for an unconditional network
 *
 * Prompts are labels or mixtures of them as dif_labels_mix() reads them.
 *
 * Returns: (transfer full): a conditioner
 *
 * Thread: any
 */
DifConditioner *dif_conditioner_new_labels (const DifLabels *labels, guint n_classes);

/**
 * dif_conditioner_free:
 * @conditioner: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_conditioner_free (DifConditioner *conditioner);

/**
 * dif_conditioner_read:
 * @conditioner: the conditioner
 * @prompt: (nullable): what is wanted; blank for what stands for nothing that is asked for
 * @error: says in one sentence what is wrong or lacking
 *
 * Returns: (transfer full): the condition, or %NULL
 *
 * Errors: %DIF_ERROR_REQUEST
 * Thread: any
 */
DifCondition *dif_conditioner_read (const DifConditioner *conditioner, const char *prompt,
                                    GError **error);

/**
 * dif_conditioner_read_against:
 * @conditioner: the conditioner
 * @negative: (nullable): what is not wanted; blank for nothing in particular
 * @wanted: what is
 * @error: says in one sentence what is wrong
 *
 * What guidance leads away from.  Where nothing is known to stand for nothing it is @wanted itself:
 * there is no guidance then.
 *
 * Returns: (transfer full): the condition, or %NULL
 *
 * Errors: %DIF_ERROR_REQUEST
 * Thread: any
 */
DifCondition *dif_conditioner_read_against (const DifConditioner *conditioner, const char *negative,
                                            DifCondition *wanted, GError **error);

/**
 * dif_conditioner_names:
 * @conditioner: the conditioner
 *
 * Returns: (transfer none) (nullable): what can be asked for, %NULL-terminated; %NULL if that is no
 *   list
 *
 * Thread: any
 */
const char *const *dif_conditioner_names (const DifConditioner *conditioner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifConditioner, dif_conditioner_free)

G_END_DECLS
