/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Guidance of a network: how often it is evaluated, and that one batch of two
 * gives what two evaluations give, with windows and further channels too. */

#include <math.h>
#include <string.h>

#include "core/base/cpu.h"
#include "core/diffusion/network.h"
#include "core/ops/elementwise.h"
#include "core/ops/profile.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"

static DifCondition *label_2;
static DifCondition *null_label;

static DifModel *
open_model_with (guint out_channels, guint channels, gboolean attention)
{
  char     *folder = test_folder_new ();
  TinyUNet  net = tiny_unet;
  DifModel *model;

  net.in_channels = 5;
  net.out_channels = out_channels;
  net.n_classes = 3;
  net.channels[0] = channels;
  net.channels[1] = 2 * channels;
  net.mid_attention = attention;
  tiny_unet_write (&net, folder);
  model = dif_model_open (folder, FALSE, NULL);
  test_folder_free (folder);
  g_assert_nonnull (model);
  return model;
}

static DifModel *
open_model (guint channels, gboolean attention)
{
  return open_model_with (3, channels, attention);
}

static DifGuidance
guidance_of (double scale)
{
  return (DifGuidance) { scale, 0.0, -INFINITY, INFINITY };
}

/* What an evaluation did, counted by the embeddings of timesteps and labels, of which each pass
 * through the network makes as many, and by the multiplications. */
typedef struct
{
  guint64 passes;
  double  operations;
} Work;

static Work
work_of (const DifModel *model, DifCondition *label, double scale, gsize side)
{
  const DifGuidance        guidance = guidance_of (scale);
  g_autoptr (DifContext)   context = dif_context_new (2, NULL);
  g_autoptr (DifEvaluator) evaluator = dif_network_new_guided (model, label, null_label, &guidance);
  g_autoptr (DifTensor)    x = test_random (context, 1, 1, side, side, 5);
  g_autoptr (DifTensor)    y = NULL;

  dif_context_time_ops (context, DIF_N_OPS);
  y = dif_evaluate (evaluator, context, x, 321.0);
  test_has_shape (y, 1, side, side, 3);
  return (Work) { dif_context_op_total (context, DIF_OP_EMBEDDING).calls,
                  dif_context_operations (context) };
}

static void
assert_times (const Work *work, const Work *one, guint passes, guint pictures)
{
  g_assert_cmpuint (work->passes, ==, passes * one->passes);
  g_assert_cmpfloat (work->operations, ==, pictures * one->operations);
}

/* Twice, in one pass for small pictures; once where the other label has no say. */
static void
test_evaluations (void)
{
  static const gsize   sides[] = { 16, 80, 82, 128 };
  g_autoptr (DifModel) model = open_model (tiny_unet.channels[0], FALSE);

  for (guint i = 0; model && i < G_N_ELEMENTS (sides); i++)
    {
      const Work one = work_of (model, label_2, 1.0, sides[i]);
      const Work guided = work_of (model, label_2, 2.0, sides[i]);
      const Work null = work_of (model, label_2, 0.0, sides[i]);
      const Work same = work_of (model, null_label, 2.0, sides[i]);

      g_assert_cmpuint (one.passes, >, 0);
      g_assert_cmpfloat (one.operations, >, 0.0);
      assert_times (&guided, &one, sides[i] <= 80 ? 1 : 2, 2);
      assert_times (&null, &one, 1, 1);
      assert_times (&same, &one, 1, 1);
    }
}

/* Outside of the interval it is the label alone, once. */
/* The mean against the label, the variance of what is wanted: whatever the scale, and the same as
 * of networks that each say one of them. */
static void
test_variance (void)
{
  static const double scales[] = { 0.0, 1.0, 2.5 };
  DifModel           *model = open_model_with (6, 8, FALSE);

  for (guint k = 0; k < G_N_ELEMENTS (scales); k++)
    {
      const DifGuidance        guidance = { scales[k], 0.0, -INFINITY, INFINITY, 3 };
      g_autoptr (DifContext)   context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)    x = test_random (context, 1, 1, 16, 16, 5);
      g_autoptr (DifEvaluator) guided =
          dif_network_new_guided (model, label_2, null_label, &guidance);
      g_autoptr (DifEvaluator) wanted = dif_network_new (model, &label_2, 1);
      g_autoptr (DifEvaluator) against = dif_network_new (model, &null_label, 1);
      g_autoptr (DifTensor)    y = dif_evaluate (guided, context, x, 321.0);
      g_autoptr (DifTensor)    with = dif_evaluate (wanted, context, x, 321.0);
      g_autoptr (DifTensor)    without = dif_evaluate (against, context, x, 321.0);
      double                   apart = 0.0;

      for (gsize i = 0; test_has_shape (y, 1, 16, 16, 6) && i < y->size; i++)
        {
          const double s = i % 6 < 3 ? scales[k] : 1.0;

          apart = MAX (apart, fabs (with->data[i] - without->data[i]));
          g_assert_cmpfloat_with_epsilon (y->data[i],
                                          s * with->data[i] + (1.0 - s) * without->data[i], 1e-5);
        }
      g_assert_cmpfloat (apart, >, 1e-3);
    }
  dif_model_free (model);
}

static void
test_interval_evaluations (void)
{
  static const double    times[] = { 600.5, 600.0, 321.0, 200.0, 199.5 };
  const DifGuidance      guidance = { 2.0, 0.0, 200.0, 600.0 };
  g_autoptr (DifModel)   model = open_model (tiny_unet.channels[0], FALSE);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 16, 16, 5);
  double                 once = 0.0;

  for (guint i = 0; model && i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (DifEvaluator) evaluator =
          dif_network_new_guided (model, label_2, null_label, &guidance);
      g_autoptr (DifEvaluator) alone = dif_network_new (model, &label_2, 1);
      g_autoptr (DifTensor)    expected = dif_evaluate (alone, context, x, times[i]);
      const double             before = dif_context_operations (context);
      g_autoptr (DifTensor)    y = dif_evaluate (evaluator, context, x, times[i]);
      const double             operations = dif_context_operations (context) - before;

      if (i == 0)
        once = operations;
      g_assert_cmpfloat (operations, ==, i == 0 || i == 4 ? once : 2.0 * once);
      if (y && expected)
        g_assert_cmpint (memcmp (y->data, expected->data, y->size * sizeof (float)) == 0, ==,
                         i == 0 || i == 4);
    }
}

/* ---- a network around which all else is put ---- */

typedef struct
{
  const DifModel *model;
  gsize           h, w;
  DifWindowSizes  sizes;
  guint           turn; /* evaluations before */
} Case;

/* [mask, base] … (windows (network)), as a run has them */
static DifTensor *
evaluate (DifContext *context, const Case *c, DifEvaluator *network)
{
  g_autoptr (DifTensor)    x = test_random (context, 1, 1, c->h, c->w, 3);
  g_autoptr (DifTensor)    extra = test_random (context, 2, 1, c->h, c->w, 2);
  g_autoptr (DifEvaluator) evaluator = dif_windows_new (network, &c->sizes, extra);

  for (guint i = 0; i < c->turn; i++)
    dif_tensor_unref (dif_evaluate (evaluator, context, x, 321.0));
  return dif_evaluate (evaluator, context, x, 321.0);
}

static DifTensor *
guided (DifContext *context, gconstpointer data)
{
  const Case       *c = data;
  const DifGuidance guidance = guidance_of (2.5);

  return evaluate (context, c, dif_network_new_guided (c->model, label_2, null_label, &guidance));
}

/* As two evaluations and their sum; to the byte with a tolerance of 0. */
static void
check_case (const Case *c, double tolerance)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  with = evaluate (context, c, dif_network_new (c->model, &label_2, 1));
  g_autoptr (DifTensor) without = evaluate (context, c, dif_network_new (c->model, &null_label, 1));
  g_autoptr (DifTensor) sum =
      dif_sum (context, 2, (DifTerm[]) { { 2.5, with }, { -1.5, without } });
  g_autoptr (DifTensor) y = guided (context, c);
  g_autofree double    *expected = g_new (double, c->h * c->w * 3);

  if (! test_has_shape (sum, 1, c->h, c->w, 3) || ! test_has_shape (y, 1, c->h, c->w, 3))
    return;
  for (gsize i = 0; i < sum->size; i++)
    expected[i] = sum->data[i];
  test_assert_near (y->data, expected, y->size, tolerance);
  test_same_over_threads (guided, c);
}

static void
check_model (guint channels, gboolean attention, double together, double apart, double windows)
{
  const DifWindowSizes large = { 352, 16, 2, TRUE };
  const DifWindowSizes small = { 48, 8, 2, TRUE };
  const DifWindowSizes fixed = { 32, 8, 2, FALSE };
  g_autoptr (DifModel) model = open_model (channels, attention);

  if (! model)
    return;
  check_case (&(const Case) { model, 16, 16, large, 0 }, together);
  check_case (&(const Case) { model, 6, 34, large, 0 }, together);
  check_case (&(const Case) { model, 64, 66, large, 0 }, together);
  check_case (&(const Case) { model, 82, 86, large, 0 }, apart);
  check_case (&(const Case) { model, 40, 60, fixed, 0 }, windows);
  check_case (&(const Case) { model, 90, 50, small, 0 }, windows);
  check_case (&(const Case) { model, 90, 50, small, 3 }, windows);
}

/* A network whose convolutions gather rows.  BLAS, which multiplies where the core has no kernels
 * of its own, may add up in another order for more rows. */
static void
test_few_channels (void)
{
  const double together = dif_cpu () == DIF_CPU_PLAIN ? 1e-5 : 0.0;

  check_model (4, FALSE, together, 0.0, 1e-5);
  check_model (4, TRUE, together, 0.0, 1e-5);
}

/* Winograd's convolutions may choose another form, and norms add up in another order, for a batch
 * of two than for one; guidance multiplies what that changes. */
static void
test_many_channels (void)
{
  check_model (32, FALSE, 5e-5, 0.0, 5e-5);
  check_model (32, TRUE, 5e-5, 0.0, 5e-5);
}

/* Pictures of a batch that is evaluated in parts have their own labels, and the bytes they have
 * alone. */
static void
test_labels (void)
{
  static const guint       labels[] = { 2, 0, 1 };
  g_autoptr (DifCondition) label_0 = dif_condition_new_label (0);
  g_autoptr (DifModel)     model = open_model (8, FALSE);
  g_autoptr (DifContext)   context = dif_context_new (2, NULL);
  g_autoptr (DifEvaluator) evaluator =
      dif_network_new (model, (DifCondition *const[]) { label_2, label_0, null_label }, 3);
  g_autoptr (DifTensor) x = test_random (context, 1, 6, 62, 66, 5); /* three together */
  g_autoptr (DifTensor) y = dif_evaluate (evaluator, context, x, 5.0);

  if (! test_has_shape (y, 6, 62, 66, 3))
    return;
  for (gsize i = 0; i < 6; i += 3)
    {
      const double          t[] = { 5.0, 5.0, 5.0 };
      const guint           own[] = { labels[i / 2], labels[(i + 1) / 2], labels[(i + 2) / 2] };
      g_autoptr (DifTensor) some = dif_tensor_pictures (x, i, 3);
      g_autoptr (DifTensor) expected = dif_model_forward_labels (model, context, some, t, own);

      g_assert_nonnull (expected);
      if (expected)
        g_assert_cmpmem (expected->data, expected->size * sizeof (float), y->data + i * 62 * 66 * 3,
                         expected->size * sizeof (float));
    }
}

/* The system is asked for memory at the first evaluation only. */
static void
test_steady_memory (void)
{
  static const gsize   sides[] = { 64, 96 };
  const DifGuidance    strong = guidance_of (2.0);
  g_autoptr (DifModel) model = open_model (8, FALSE);

  for (guint i = 0; model && i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (DifContext)   context = dif_context_new (2, NULL);
      g_autoptr (DifEvaluator) guidance =
          dif_network_new_guided (model, label_2, null_label, &strong);
      g_autoptr (DifTensor) x = test_random (context, 1, 1, sides[i], sides[i], 5);
      DifAllocatorStats     first, later;

      dif_tensor_unref (dif_evaluate (guidance, context, x, 9.0));
      dif_allocator_get_stats (dif_context_allocator (context), &first);
      for (guint k = 0; k < 3; k++)
        dif_tensor_unref (dif_evaluate (guidance, context, x, 8.0 - k));
      dif_allocator_get_stats (dif_context_allocator (context), &later);
      g_assert_cmpuint (later.n_system, ==, first.n_system);
      g_assert_cmpuint (later.in_use, ==, first.in_use);
    }
}

int
main (int argc, char **argv)
{
  int result;

  label_2 = dif_condition_new_label (2);
  null_label = dif_condition_new_label (1);
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/guidance-network/interval-evaluations", test_interval_evaluations);
  g_test_add_func ("/guidance-network/evaluations", test_evaluations);
  g_test_add_func ("/guidance-network/variance", test_variance);
  g_test_add_func ("/guidance-network/few-channels", test_few_channels);
  g_test_add_func ("/guidance-network/many-channels", test_many_channels);
  g_test_add_func ("/guidance-network/labels", test_labels);
  g_test_add_func ("/guidance-network/steady-memory", test_steady_memory);
  result = g_test_run ();
  dif_condition_unref (label_2);
  dif_condition_unref (null_label);
  return result;
}
