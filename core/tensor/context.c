/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tensor/context.h"

struct _DifContext
{
  DifPool      *pool;
  DifAllocator *allocator;
  DifProgress  *progress;
  GError       *error;
  double        operations;
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
