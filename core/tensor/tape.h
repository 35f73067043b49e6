/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifTape:
 *
 * What ops did, so that it can be walked backwards for gradients (reverse-mode differentiation,
 * Linnainmaa 1976).  While a context has a tape, every op that reads something whose gradient is
 * wanted leaves a record there; what nobody wants costs nothing.  Wanted are the leaves that
 * dif_tape_watch() names, and what was made from them.
 *
 * Gradients belong to things by their address: tensors, and weights in their packed form.  That of
 * a weight has the shape it has in files.
 */
typedef struct _DifTape DifTape;

/**
 * DifTapeBackward:
 * @record: what the op noted
 * @context: the context, which records nothing meanwhile
 * @tape: where gradients go: dif_tape_add()
 * @dy: (transfer full): gradient with respect to the op's output; %NULL if only one of
 *   dif_tape_also_made() has one
 *
 * One op backwards.
 */
typedef void (*DifTapeBackward) (gpointer record, DifContext *context, DifTape *tape,
                                 DifTensor *dy);

/**
 * dif_tape_new:
 *
 * Returns: (transfer full): an empty tape
 *
 * Thread: any
 */
DifTape *dif_tape_new (void);

/**
 * dif_tape_free:
 * @tape: (transfer full) (nullable): what to free, which no context has any more
 *
 * Thread: the context's
 */
void dif_tape_free (DifTape *tape);

/**
 * dif_tape_watch:
 * @tape: the tape
 * @leaf: a tensor or a weight that outlives @tape, before an op reads it
 *
 * Asks for its gradient.
 *
 * Thread: the context's
 */
void dif_tape_watch (DifTape *tape, gconstpointer leaf);

/**
 * dif_tape_wants:
 * @tape: (nullable): a tape
 * @of: (nullable): a tensor or a weight
 *
 * Returns: whether its gradient is wanted
 *
 * Thread: the context's
 */
gboolean dif_tape_wants (const DifTape *tape, gconstpointer of);

/**
 * dif_tape_record:
 * @context: the context, with or without a tape
 * @output: (nullable): what the op made
 * @inputs: (array length=n_inputs): tensors and weights it read; entries may be %NULL
 * @n_inputs: how many
 * @size: of the op's own record
 * @backward: the op backwards
 * @clear: lets go of what the record holds, not of the record
 *
 * For ops: notes what was done.  The op refers in its record to what it needs on the way back; a
 * tensor it has a reference to is not written over by others.
 *
 * Returns: (transfer none) (nullable): the record, zeroed, to be filled; %NULL if none is wanted
 *
 * Thread: the context's
 */
gpointer dif_tape_record (DifContext *context, DifTensor *output, const gconstpointer *inputs,
                          guint n_inputs, gsize size, DifTapeBackward backward,
                          GDestroyNotify clear);

/**
 * dif_tape_also_made:
 * @context: the context
 * @output: what the op made besides
 *
 * For ops that make two tensors, after a dif_tape_record() that gave a record: its way back is gone
 * if either of them has a gradient.  That of this one is to be had by dif_tape_take().
 *
 * Thread: the context's
 */
void dif_tape_also_made (DifContext *context, DifTensor *output);

/**
 * dif_tape_key:
 * @context: the context, with or without a tape
 * @of: (nullable): a tensor or a weight
 *
 * For ops: what to remember of an input whose numbers the way back does not need.  Others'
 * addresses may have been given to something else by then.
 *
 * Returns: (transfer none) (nullable): @of, if its gradient is wanted
 *
 * Thread: the context's
 */
gconstpointer dif_tape_key (DifContext *context, gconstpointer of);

/**
 * dif_tape_add:
 * @tape: the tape
 * @context: the context
 * @of: (nullable): a tensor or a weight
 * @gradient: (transfer full) (nullable): a part of its gradient
 *
 * For ops on the way back: adds up; what is not wanted is dropped.
 *
 * Errors: sticky in @context
 * Thread: the context's
 */
void dif_tape_add (DifTape *tape, DifContext *context, gconstpointer of, DifTensor *gradient);

/**
 * dif_tape_backward:
 * @tape: the tape, which is empty afterwards apart from the leaves' gradients
 * @context: the context
 * @output: what an op made
 * @dy: (transfer full) (nullable): gradient of the loss with respect to it
 *
 * Walks from the last record to the first.  Each record is let go of as soon as it is done, so that
 * memory falls on the way.
 *
 * Returns: whether the leaves have their gradients
 *
 * Errors: sticky in @context
 * Thread: the context's
 */
gboolean dif_tape_backward (DifTape *tape, DifContext *context, const DifTensor *output,
                            DifTensor *dy);

/**
 * dif_tape_take:
 * @tape: the tape
 * @leaf: what was watched
 *
 * Returns: (transfer full) (nullable): its gradient, or %NULL if nothing depended on it
 *
 * Thread: the context's
 */
DifTensor *dif_tape_take (DifTape *tape, gconstpointer leaf);

/**
 * DifTapeFunc:
 * @data: what was given
 * @context: the context
 * @inputs: (array): what was given
 *
 * Some ops, one after the other.
 *
 * Returns: (transfer full) (nullable): what they make
 */
typedef DifTensor *(*DifTapeFunc) (gconstpointer data, DifContext *context,
                                   DifTensor *const *inputs);

/**
 * dif_tape_checkpoint:
 * @context: the context, with or without a tape
 * @func: some ops
 * @data: for @func; lives until the way back
 * @inputs: (array length=n_inputs): all tensors they read that an op made; may be %NULL
 * @n_inputs: how many, at most %DIF_TAPE_MAX_INPUTS
 *
 * Does the ops without records and does them again on the way back: less memory, more time.
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Chen et al. 2016 (Training Deep Nets with Sublinear Memory Cost)
 *
 * Returns: (transfer full) (nullable): what @func makes
 */
DifTensor *dif_tape_checkpoint (DifContext *context, DifTapeFunc func, gconstpointer data,
                                DifTensor *const *inputs, guint n_inputs);

#define DIF_TAPE_MAX_INPUTS 4

/**
 * dif_tape_set_sparse:
 * @tape: the tape
 * @sparse: whether networks do their blocks twice, to save memory; not at first
 *
 * Gradients are the same, byte for byte.
 *
 * Thread: the context's
 */
void dif_tape_set_sparse (DifTape *tape, gboolean sparse);

/**
 * dif_tape_block:
 * @context: the context, with or without a tape
 * @func: some ops
 * @data: for @func; lives until the way back
 * @inputs: (array length=n_inputs): all tensors they read that an op made; may be %NULL
 * @n_inputs: how many, at most %DIF_TAPE_MAX_INPUTS
 *
 * For networks: does the ops, by dif_tape_checkpoint() if the context's tape is sparse.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): what @func makes
 */
DifTensor *dif_tape_block (DifContext *context, DifTapeFunc func, gconstpointer data,
                           DifTensor *const *inputs, guint n_inputs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifTape, dif_tape_free)

G_END_DECLS
