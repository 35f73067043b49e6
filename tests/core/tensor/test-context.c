/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"
#include "core/tensor/context.h"
#include "tests/core/support/numbers.h"

/* The first error stays until it is taken, and nothing is made meanwhile. */
static void
test_sticky (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = dif_context_nhwc (context, 1, 2, 3, 4);
  g_autoptr (GError)     error = NULL;

  g_assert_false (dif_context_take_error (context, NULL));
  g_assert_true (dif_context_ok (context));
  g_assert_null (dif_context_nhwc (context, G_MAXSIZE, 2, 3, 4));
  g_assert_false (dif_context_ok (context));
  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_IO, "later"));
  g_assert_null (dif_context_like (context, x));
  g_assert_null (dif_context_tensor (context, 1, (gsize[]) { 1 }));
  g_assert_true (dif_context_take_error (context, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_NOMEM);

  g_assert_true (dif_context_ok (context));
  g_assert_false (dif_context_take_error (context, NULL));
  g_assert_null (dif_context_like (context, NULL));
  g_assert_true (dif_context_ok (context)); /* no input is no error of its own */
}

/* An error that nobody takes stops what comes after it, and goes with its context. */
static void
test_left_error (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);

  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_IO, "never taken"));
  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_IO, "nor this"));
  g_assert_false (dif_context_ok (context));
  g_assert_null (dif_context_nhwc (context, 1, 1, 1, 1));
}

static void
test_cancel (void)
{
  g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
  g_autoptr (DifContext)  context = dif_context_new (1, progress);

  g_assert_true (dif_context_progress (context) == progress);
  dif_progress_cancel (progress);
  g_assert_null (dif_context_nhwc (context, 1, 1, 1, 1));
  test_assert_failed (context, DIF_ERROR_CANCELLED);
  g_assert_false (dif_context_ok (context)); /* still cancelled */
}

/* A tensor outlives the context it was made in, with its numbers. */
static void
test_outlive (void)
{
  DifContext       *context = dif_context_new (2, NULL);
  DifTensor        *x = dif_context_nhwc (context, 1, 2, 3, 4);
  DifAllocator     *allocator = dif_context_allocator (context);
  DifAllocatorStats stats;

  dif_context_free (context);
  dif_context_free (NULL);
  x->data[23] = 1.0f;
  g_assert_true (test_has_shape (x, 1, 2, 3, 4));
  dif_allocator_get_stats (allocator, &stats);
  g_assert_cmpuint (stats.in_use, >=, 24 * sizeof (float));
  dif_tensor_unref (x);
}

static void
test_parts (void)
{
  g_autoptr (DifContext) context = dif_context_new (3, NULL);

  g_assert_cmpuint (dif_pool_n_workers (dif_context_pool (context)), ==, 3);
  g_assert_nonnull (dif_context_allocator (context));
  g_assert_null (dif_context_progress (context));
  dif_context_count (context, 1e15);
  dif_context_count (context, 5.0);
  g_assert_cmpfloat (dif_context_operations (context), ==, 1e15 + 5.0);
}

/* What a floor above may count. */
enum
{
  AT_FIRST,
  OUTER,
  INNER,
  N_KINDS,
};

static void
inner_op (DifContext *context)
{
  DIF_OP_TIMER (context, INNER);

  dif_context_count (context, 4.0);
  g_usleep (2000);
}

/* Two ops of one kind, an op within an op, and those that nobody asked about. */
static void
test_op_times (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifOpTotal             total;

  dif_context_time_ops (context, N_KINDS);
  for (guint i = 0; i < 2; i++)
    {
      DIF_OP_TIMER (context, AT_FIRST);
      dif_context_count (context, 3.0);
      op_timer.kind = OUTER;
      inner_op (context);
    }
  total = dif_context_op_total (context, OUTER);
  g_assert_cmpuint (total.calls, ==, 2);
  g_assert_cmpfloat (total.operations, ==, 14.0);
  g_assert_cmpfloat (total.seconds, >, 0.003);
  g_assert_cmpuint (dif_context_op_total (context, INNER).calls, ==, 0);
  g_assert_cmpuint (dif_context_op_total (context, AT_FIRST).calls, ==, 0);

  dif_context_time_ops (context, INNER);
  g_assert_cmpuint (dif_context_op_total (context, OUTER).calls, ==, 0);
  inner_op (context);
  g_assert_cmpuint (dif_context_op_total (context, INNER).calls, ==, 0);
  dif_context_time_ops (context, 0);
  inner_op (context);
  g_assert_cmpuint (dif_context_op_total (context, INNER).calls, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/context/sticky", test_sticky);
  g_test_add_func ("/context/left-error", test_left_error);
  g_test_add_func ("/context/cancel", test_cancel);
  g_test_add_func ("/context/outlive", test_outlive);
  g_test_add_func ("/context/parts", test_parts);
  g_test_add_func ("/context/op-times", test_op_times);
  return g_test_run ();
}
