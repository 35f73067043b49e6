/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way back through ops that take each number by itself, or only move numbers. */

#include <string.h>

#include "core/ops/activate.h"
#include "core/ops/elementwise.h"
#include "core/ops/embed.h"
#include "core/ops/pool2d.h"
#include "tests/core/support/gradient.h"
#include "tests/core/support/numbers.h"

/* ---- activations ---- */

static const ReferenceActivate activations[] = { { 3 * 5 * 7, DIF_ACTIVATION_SILU },
                                                 { 3 * 5 * 7, DIF_ACTIVATION_GELU },
                                                 { 3 * 5 * 7, DIF_ACTIVATION_MISH },
                                                 { 3 * 5 * 7, DIF_ACTIVATION_RELU } };

static DifTensor *
activate (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  return dif_activate (context, x[0], ((const ReferenceActivate *) data)->activation);
}

/* Away from 0, where that of max (x, 0) has a step. */
static void
test_activation (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x = test_random (context, 1, 1, 3, 5, 7);

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = 3.0f * x->data[i] + (x->data[i] < 0.0f ? -0.05f : 0.05f);
  test_assert_gradients (activate, &exact_activate, data, &x, 1, 1e-6);
  dif_tensor_unref (x);
}

/* Far out the slopes are 0 and 1, and no NaN. */
static void
test_activation_ends (gconstpointer data)
{
  static const float     ends[] = { -1e30f, -1000.0f, -100.0f, 100.0f, 1000.0f, 1e18f };
  const gsize            n = G_N_ELEMENTS (ends);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x = test_random (context, 1, 1, 1, 1, n);
  DifTensor             *ones = test_random (context, 1, 1, 1, 1, n);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifTensor)  dx = NULL;

  for (gsize i = 0; i < n; i++)
    {
      x->data[i] = ends[i];
      ones->data[i] = 1.0f;
    }
  dif_tape_watch (tape, x);
  dif_context_set_tape (context, tape);
  y = activate (context, &x, data);
  g_assert_true (dif_tape_backward (tape, context, y, ones));
  dx = dif_tape_take (tape, x);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (dx->data[i], ends[i] < 0.0f ? 0.0f : 1.0f, 1e-6f);
  dif_tensor_unref (x);
}

/* ---- channels ---- */

static DifTensor *
concat (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_concat_channels (context, x[0], x[1]);
}

static DifTensor *
slice (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_slice_channels (context, x[0], 1, x[0]->dim[3] - 3);
}

static void
test_channels (void)
{
  const ReferenceConcat  both = { 2 * 3 * 5, 3, 5 };
  const ReferenceSlice   some = { 2 * 3 * 5, 7, 1, 4 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor *two[] = { test_random (context, 1, 2, 3, 5, 3), test_random (context, 2, 2, 3, 5, 5) };
  DifTensor *one = test_random (context, 3, 2, 3, 5, 7);

  test_assert_gradients (concat, &exact_concat, &both, two, 2, 1e-6);
  test_assert_gradients (slice, &exact_slice, &some, &one, 1, 1e-6);
  dif_tensor_unref (two[0]);
  dif_tensor_unref (two[1]);
  dif_tensor_unref (one);
}

/* Of two tensors only the second one's gradient is wanted. */
static void
test_concat_half (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  a = test_random (context, 1, 2, 3, 5, 3);
  g_autoptr (DifTensor)  b = test_random (context, 2, 2, 3, 5, 5);
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifTensor)  db = NULL;

  dif_tape_watch (tape, b);
  dif_context_set_tape (context, tape);
  y = dif_concat_channels (context, a, b);
  g_assert_true (dif_tape_backward (tape, context, y, dif_tensor_ref (y)));
  db = dif_tape_take (tape, b);
  g_assert_cmpmem (db->data, db->size * sizeof (float), b->data, b->size * sizeof (float));
  g_assert_null (dif_tape_take (tape, a));
}

/* ---- sizes ---- */

static const ReferencePictures sizes[] = { { 1, 2, 2, 1 },
                                           { 2, 3, 5, 3 },
                                           { 1, 7, 4, 2 },
                                           { 1, 2, 9, 5 } };

static DifTensor *
upsample (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_upsample_nearest2d (context, x[0]);
}

static DifTensor *
pool (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_avg_pool2d (context, x[0]);
}

static void
test_sizes (gconstpointer data)
{
  const ReferencePictures *s = data;
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  DifTensor               *x = test_random (context, 1, s->n, s->h, s->w, s->c);

  test_assert_gradients (upsample, &exact_upsample, s, &x, 1, 1e-6);
  test_assert_gradients (pool, &exact_pool, s, &x, 1, 1e-6);
  dif_tensor_unref (x);
}

/* ---- rows of a table ---- */

static const DifRowMix mixes[] = {
  { 2, (const guint[]) { 1, 3 }, (const double[]) { 0.3, 0.7 } },
  { 1, (const guint[]) { 3 }, (const double[]) { 1.0 } },
  { 3, (const guint[]) { 0, 0, 3 }, (const double[]) { 0.5, 0.25, 0.25 } },
};

#define ROW(i) { 1, (const guint[]) { i }, (const double[]) { 1.0 } }
static const DifRowMix rows[] = { ROW (3), ROW (0), ROW (3), ROW (4), ROW (3) };

static DifTensor *
embed (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_embedding (context, x[0], (guint[]) { 3, 0, 3, 4, 3 }, G_N_ELEMENTS (rows));
}

static DifTensor *
embed_mix (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_embedding_mix (context, x[0], mixes, G_N_ELEMENTS (mixes));
}

static void
test_rows (void)
{
  const gsize            dim[] = { 5, 7 };
  const ReferenceRows    whole = { 7, G_N_ELEMENTS (rows), rows };
  const ReferenceRows    mixed = { 7, G_N_ELEMENTS (mixes), mixes };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  numbers = test_random (context, 1, 1, 1, 5, 7);
  DifTensor             *table = dif_context_tensor (context, 2, dim);

  memcpy (table->data, numbers->data, table->size * sizeof (float));
  test_assert_gradients (embed, &exact_rows, &whole, &table, 1, 1e-6);
  test_assert_gradients (embed_mix, &exact_rows, &mixed, &table, 1, 1e-6);
  dif_tensor_unref (table);
}

/* ---- sums ---- */

static DifTensor *
sum (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_sum (context, 3, (DifTerm[]) { { 1.0, x[0] }, { -0.5, x[1] }, { 2.0, x[0] } });
}

static void
test_sum (void)
{
  const ReferenceSum     op = { 2 * 3 * 5 * 3, 3, { 1.0, -0.5, 2.0 }, { 0, 1, 0 } };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor *x[] = { test_random (context, 1, 2, 3, 5, 3), test_random (context, 2, 2, 3, 5, 3) };

  test_assert_gradients (sum, &exact_sum, &op, x, 2, 1e-6);
  dif_tensor_unref (x[0]);
  dif_tensor_unref (x[1]);
}

static void
test_threads (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[] = { test_random (context, 1, 2, 75, 61, 13),
                                 test_random (context, 2, 2, 75, 61, 7) };

  test_same_gradients_over_threads (activate, &activations[1], x, 1);
  test_same_gradients_over_threads (concat, NULL, x, 2);
  test_same_gradients_over_threads (slice, NULL, x, 1);
  test_same_gradients_over_threads (upsample, NULL, x, 1);
  test_same_gradients_over_threads (pool, NULL, x, 1);
  dif_tensor_unref (x[0]);
  dif_tensor_unref (x[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (activations); i++)
    {
      g_autofree char *name = g_strdup_printf ("/elementwise-backward/activation/%u", i);
      g_autofree char *ends = g_strdup_printf ("/elementwise-backward/activation-ends/%u", i);

      g_test_add_data_func (name, &activations[i], test_activation);
      g_test_add_data_func (ends, &activations[i], test_activation_ends);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("/elementwise-backward/sizes/%u", i);

      g_test_add_data_func (name, &sizes[i], test_sizes);
    }
  g_test_add_func ("/elementwise-backward/channels", test_channels);
  g_test_add_func ("/elementwise-backward/concat-half", test_concat_half);
  g_test_add_func ("/elementwise-backward/rows", test_rows);
  g_test_add_func ("/elementwise-backward/sum", test_sum);
  g_test_add_func ("/elementwise-backward/threads", test_threads);
  return g_test_run ();
}
