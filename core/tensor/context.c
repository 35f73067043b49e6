/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tensor/context.h"

struct _DifContext
{
  DifPool         *pool;
  DifAllocator    *allocator;
  DifProgress     *progress;
  struct _DifTape *tape;
  GError          *error;
  double           operations;
  DifOpTotal      *op_totals; /* by kind; NULL when nobody wants to know */
  guint            n_op_kinds;
  gboolean         op_running;
};

DifContext *
dif_context_new (guint n_threads, DifProgress *progress)
{
  DifContext *context = g_new0 (DifContext, 1);

  context->pool = dif_pool_new (n_threads);
  context->allocator = dif_allocator_new ();
  context->progress = progress;
  return context;
}

void
dif_context_free (DifContext *context)
{
  if (! context)
    return;
  dif_pool_free (context->pool);
  dif_allocator_unref (context->allocator);
  g_clear_error (&context->error);
  g_free (context->op_totals);
  g_free (context);
}

gboolean
dif_context_ok (DifContext *context)
{
  return ! context->error && dif_progress_check (context->progress, &context->error);
}

void
dif_context_fail (DifContext *context, GError *error)
{
  if (context->error)
    g_error_free (error);
  else
    context->error = error;
}

gboolean
dif_context_take_error (DifContext *context, GError **error)
{
  if (! context->error)
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&context->error));
  return TRUE;
}

DifPool *
dif_context_pool (DifContext *context)
{
  return context->pool;
}

DifAllocator *
dif_context_allocator (DifContext *context)
{
  return context->allocator;
}

DifProgress *
dif_context_progress (DifContext *context)
{
  return context->progress;
}

struct _DifTape *
dif_context_tape (DifContext *context)
{
  return context->tape;
}

void
dif_context_set_tape (DifContext *context, struct _DifTape *tape)
{
  context->tape = tape;
}

void
dif_context_count (DifContext *context, double operations)
{
  context->operations += operations;
}

double
dif_context_operations (DifContext *context)
{
  return context->operations;
}

DifTensor *
dif_context_tensor (DifContext *context, guint n_dims, const gsize *dim)
{
  if (! dif_context_ok (context))
    return NULL;
  return dif_tensor_new (context->allocator, n_dims, dim, &context->error);
}

DifTensor *
dif_context_nhwc (DifContext *context, gsize n, gsize h, gsize w, gsize c)
{
  return dif_context_tensor (context, 4, (gsize[]) { n, h, w, c });
}

DifTensor *
dif_context_like (DifContext *context, const DifTensor *x)
{
  return x ? dif_context_tensor (context, x->n_dims, x->dim) : NULL;
}

DifTensor *
dif_context_over (DifContext *context, DifTensor *x)
{
  if (! x || dif_tensor_is_shared (x))
    return dif_context_like (context, x);
  if (! dif_context_ok (context))
    return NULL;
  dif_tensor_set_summary (x, NULL);
  return dif_tensor_ref (x);
}

DifOpTimer
dif_op_timer_start (DifContext *context, guint kind)
{
  if (! context->op_totals || context->op_running)
    return (DifOpTimer) { 0 };
  context->op_running = TRUE;
  return (DifOpTimer) { context, kind, g_get_monotonic_time (), context->operations };
}

void
dif_op_timer_stop (DifOpTimer *timer)
{
  DifContext *context = timer->context;
  DifOpTotal *total;

  if (! context)
    return;
  context->op_running = FALSE;
  if (timer->kind < context->n_op_kinds)
    {
      total = &context->op_totals[timer->kind];
      total->calls++;
      total->seconds += (g_get_monotonic_time () - timer->start) * 1e-6;
      total->operations += context->operations - timer->operations;
    }
  timer->context = NULL;
}

void
dif_context_time_ops (DifContext *context, guint n_kinds)
{
  g_clear_pointer (&context->op_totals, g_free);
  context->op_totals = n_kinds > 0 ? g_new0 (DifOpTotal, n_kinds) : NULL;
  context->n_op_kinds = n_kinds;
}

DifOpTotal
dif_context_op_total (DifContext *context, guint kind)
{
  return kind < context->n_op_kinds ? context->op_totals[kind] : (DifOpTotal) { 0 };
}
