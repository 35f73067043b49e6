/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/pool.h"
#include "core/base/progress.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/**
 * DifContext:
 *
 * Where ops run: workers, memory, the wish to cancel, and the first error.
 *
 * Errors are sticky: once an op has failed (no memory, cancelled), it and every later
 * op in the same context return %NULL, and ops given %NULL return %NULL.  A network
 * is then written straight down, and its caller looks once, with
 * dif_context_take_error().
 */
typedef struct _DifContext DifContext;

/**
 * dif_context_new:
 * @n_threads: workers, 0 for one per processor
 * @progress: (nullable): polled for cancel; must outlive the context
 *
 * Returns: (transfer full): a context, freed with dif_context_free()
 *
 * Thread: any; the context then belongs to one thread at a time
 */
DifContext *dif_context_new (guint n_threads, DifProgress *progress);

/**
 * dif_context_free:
 * @context: (transfer full) (nullable): what to free; tensors may outlive it
 *
 * Thread: the context's
 */
void dif_context_free (DifContext *context);

/**
 * dif_context_ok:
 * @context: the context
 *
 * Polls for cancel.
 *
 * Returns: whether ops still run
 *
 * Thread: the context's
 */
gboolean dif_context_ok (DifContext *context);

/**
 * dif_context_fail:
 * @context: the context
 * @error: (transfer full): kept if it is the first
 *
 * Thread: the context's
 */
void dif_context_fail (DifContext *context, GError *error);

/**
 * dif_context_take_error:
 * @context: the context
 * @error: gets the first error
 *
 * Returns: %TRUE if there was one; ops run again afterwards
 *
 * Thread: the context's
 */
gboolean dif_context_take_error (DifContext *context, GError **error);

/**
 * dif_context_pool:
 * @context: the context
 *
 * Returns: (transfer none): its workers
 *
 * Thread: the context's
 */
DifPool *dif_context_pool (DifContext *context);

/**
 * dif_context_allocator:
 * @context: the context
 *
 * Returns: (transfer none): its memory
 *
 * Thread: the context's
 */
DifAllocator *dif_context_allocator (DifContext *context);

/**
 * dif_context_progress:
 * @context: the context
 *
 * Returns: (transfer none) (nullable): what was given at its making
 *
 * Thread: the context's
 */
DifProgress *dif_context_progress (DifContext *context);

/**
 * dif_context_tape:
 * @context: the context
 *
 * Returns: (transfer none) (nullable): where ops leave their records
 *
 * Thread: the context's
 */
struct _DifTape *dif_context_tape (DifContext *context);

/**
 * dif_context_set_tape:
 * @context: the context
 * @tape: (nullable): where ops are to leave their records; %NULL for nowhere
 *
 * Thread: the context's
 */
void dif_context_set_tape (DifContext *context, struct _DifTape *tape);

/**
 * dif_context_count:
 * @context: the context
 * @operations: multiplications and additions that an op is about to do
 *
 * Thread: the context's
 */
void dif_context_count (DifContext *context, double operations);

/**
 * dif_context_operations:
 * @context: the context
 *
 * Returns: how many multiplications and additions the ops so far stand for
 *
 * Thread: the context's
 */
double dif_context_operations (DifContext *context);

/**
 * dif_context_tensor:
 * @context: the context
 * @n_dims: 1 … %DIF_MAX_DIMS
 * @dim: (array length=n_dims): sizes
 *
 * dif_tensor_new() with sticky errors.
 *
 * Returns: (transfer full) (nullable): a tensor with old contents
 *
 * Thread: the context's
 */
DifTensor *dif_context_tensor (DifContext *context, guint n_dims, const gsize *dim);

/**
 * dif_context_nhwc:
 * @context: the context
 * @n: pictures
 * @h: rows
 * @w: columns
 * @c: channels
 *
 * Returns: (transfer full) (nullable): a [n, h, w, c] tensor with old contents
 *
 * Thread: the context's
 */
DifTensor *dif_context_nhwc (DifContext *context, gsize n, gsize h, gsize w, gsize c);

/**
 * dif_context_like:
 * @context: the context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer full) (nullable): a tensor of the same shape with old contents
 *
 * Thread: the context's
 */
DifTensor *dif_context_like (DifContext *context, const DifTensor *x);

/**
 * dif_context_over:
 * @context: the context
 * @x: (nullable): a tensor that the caller owns
 *
 * Returns: (transfer full) (nullable): where what is made of @x number by number goes: @x itself if
 *   nobody else holds it, else a tensor of the same shape; without a summary
 *
 * Thread: the context's
 */
DifTensor *dif_context_over (DifContext *context, DifTensor *x);

/**
 * DifOpTotal:
 * @calls: how often an op of this kind ran
 * @seconds: by the wall clock
 * @operations: what they counted with dif_context_count()
 *
 * Where time went.
 */
typedef struct
{
  guint64 calls;
  double  seconds;
  double  operations;
} DifOpTotal;

/**
 * DifOpTimer:
 *
 * An op that is running; see DIF_OP_TIMER().
 */
typedef struct
{
  DifContext *context; /* NULL when nobody wants to know */
  guint       kind;
  gint64      start;
  double      operations;
} DifOpTimer;

/**
 * DIF_OP_TIMER:
 * @context: the context
 * @kind: of the op, a number that its floor gives (core/ops/profile.h)
 *
 * Among an op's declarations: books the time from here to the end of the block, if the
 * context was asked to.  An op inside an op is booked as part of the outer one.  The kind
 * may be changed later: op_timer.kind = ….
 */
#define DIF_OP_TIMER(context, kind) \
  g_auto (DifOpTimer) op_timer G_GNUC_UNUSED = dif_op_timer_start (context, kind)

/**
 * dif_op_timer_start:
 * @context: the context
 * @kind: of the op
 *
 * Returns: to be ended with dif_op_timer_stop()
 *
 * Thread: the context's
 */
DifOpTimer dif_op_timer_start (DifContext *context, guint kind);

/**
 * dif_op_timer_stop:
 * @timer: books its time
 *
 * Thread: the context's
 */
void dif_op_timer_stop (DifOpTimer *timer);

/**
 * dif_context_time_ops:
 * @context: the context
 * @n_kinds: ops of the kinds below it are timed from now on; at first it is 0, none
 *
 * Empties the totals.
 *
 * Thread: the context's
 */
void dif_context_time_ops (DifContext *context, guint n_kinds);

/**
 * dif_context_op_total:
 * @context: the context
 * @kind: which
 *
 * Returns: what ops of this kind took since dif_context_time_ops()
 *
 * Thread: the context's
 */
DifOpTotal dif_context_op_total (DifContext *context, guint kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifContext, dif_context_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifOpTimer, dif_op_timer_stop)

G_END_DECLS
