/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"
#include "core/tensor/tensor.h"
#include "tests/core/support/numbers.h"

static void
test_shape (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  g_autoptr (DifTensor)    x = dif_tensor_new (allocator, 3, (gsize[]) { 2, 3, 5 }, NULL);
  g_autoptr (DifTensor)    y = dif_tensor_new (allocator, 3, (gsize[]) { 2, 3, 5 }, NULL);
  g_autoptr (DifTensor)    flat = dif_tensor_new (allocator, 1, (gsize[]) { 30 }, NULL);
  g_autoptr (DifTensor)    four = dif_tensor_new (allocator, 4, (gsize[]) { 2, 3, 5, 1 }, NULL);
  g_autofree char         *text = dif_shape_to_string (x->n_dims, x->dim);
  g_autofree char         *none = dif_shape_to_string (0, NULL);

  g_assert_cmpuint (x->size, ==, 30);
  g_assert_cmpuint (x->dim[3], ==, 1);
  g_assert_cmpuint ((gsize) x->data % 64, ==, 0);
  g_assert_true (dif_tensor_same_shape (x, y));
  g_assert_false (dif_tensor_same_shape (x, flat));
  g_assert_false (dif_tensor_same_shape (x, four));
  g_assert_cmpstr (text, ==, "[2, 3, 5]");
  g_assert_cmpstr (none, ==, "[]");
}

/* Views hold their owner, in whatever order they go. */
static void
test_views (void)
{
  DifAllocator     *allocator = dif_allocator_new ();
  DifTensor        *x = dif_tensor_new (allocator, 2, (gsize[]) { 6, 4 }, NULL);
  DifTensor        *view = dif_tensor_view (x, 3, (gsize[]) { 2, 3, 4 });
  DifTensor        *second = dif_tensor_view (view, 1, (gsize[]) { 24 });
  DifAllocatorStats stats;

  g_assert_true (view->data == x->data && second->data == x->data);
  dif_tensor_unref (x);
  dif_tensor_unref (view);
  for (gsize i = 0; i < second->size; i++)
    second->data[i] = (float) i;
  g_assert_cmpfloat (second->data[23], ==, 23.0f);
  g_assert_true (dif_tensor_ref (second) == second);
  dif_tensor_unref (second);
  dif_tensor_unref (second);
  dif_tensor_unref (NULL);
  dif_allocator_get_stats (allocator, &stats);
  g_assert_cmpuint (stats.in_use, ==, 0);
  dif_allocator_unref (allocator);
}

static void
test_pictures (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  DifTensor               *x = dif_tensor_new (allocator, 3, (gsize[]) { 4, 3, 5 }, NULL);
  g_autoptr (DifTensor)    some = dif_tensor_pictures (x, 1, 2);
  g_autoptr (DifTensor)    last = dif_tensor_pictures (some, 1, 1);

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = (float) i;
  dif_tensor_unref (x);
  g_assert_cmpuint (some->n_dims, ==, 3);
  g_assert_cmpuint (some->dim[0], ==, 2);
  g_assert_cmpuint (some->dim[2], ==, 5);
  g_assert_cmpuint (some->size, ==, 30);
  g_assert_cmpuint (last->size, ==, 15);
  for (gsize i = 0; i < some->size; i++)
    g_assert_cmpfloat (some->data[i], ==, 15.0f + (float) i);
  g_assert_cmpfloat (last->data[14], ==, 44.0f);
}

/* A tensor keeps the allocator of its numbers alive. */
static void
test_outlive (void)
{
  DifAllocator     *allocator = dif_allocator_new ();
  DifTensor        *x = dif_tensor_new (allocator, 1, (gsize[]) { 100 }, NULL);
  DifAllocatorStats stats;

  dif_allocator_unref (allocator);
  x->data[99] = 1.0f;
  dif_allocator_get_stats (allocator, &stats);
  g_assert_cmpuint (stats.in_use, >=, 100 * sizeof (float));
  dif_tensor_unref (x);
}

/* Sizes that overflow, or that no memory holds, are errors that name the shape. */
static void
test_overflow (void)
{
  static const gsize shapes[][4] = {
    { G_MAXSIZE, 1, 1, 1 },
    { G_MAXSIZE / 4 + 1, 1, 1, 1 },
    { G_MAXSIZE, G_MAXSIZE, 2, 1 },
    { (gsize) 1 << 31, (gsize) 1 << 31, 4, 1 },
    { (gsize) 1 << 32, 1 << 16, (gsize) 1 << 16, 1 },
    { 1, 1, 2, G_MAXSIZE / 2 },
  };
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *text = dif_shape_to_string (4, shapes[i]);
      GError          *error = NULL;

      g_assert_null (dif_tensor_new (allocator, 4, shapes[i], &error));
      test_assert_error (error, DIF_ERROR_NOMEM, text, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/tensor/shape", test_shape);
  g_test_add_func ("/tensor/views", test_views);
  g_test_add_func ("/tensor/pictures", test_pictures);
  g_test_add_func ("/tensor/outlive", test_outlive);
  g_test_add_func ("/tensor/overflow", test_overflow);
  return g_test_run ();
}
