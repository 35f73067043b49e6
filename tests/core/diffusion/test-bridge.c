/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What one process's network says of another's x. */

#include <math.h>

#include "core/diffusion/bridge.h"
#include "core/diffusion/process.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

static const char vp[] = "{'beta_schedule': 'squaredcos_cap_v2', 'prediction_type': '%s'}";
static const char ve[] =
    "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_min': 0.02, 'sigma_max': 30}";

/* Any network: something that is different everywhere. */
typedef struct
{
  DifEvaluator parent;
} Waves;

static DifTensor *
waves_evaluate (DifEvaluator *self G_GNUC_UNUSED, DifContext *context, DifTensor *x, double t)
{
  DifTensor *y = dif_context_like (context, x);

  for (gsize i = 0; y && i < y->size; i++)
    y->data[i] = (float) (sin (1.3 * x->data[i] + 0.001 * t) + 0.2 * cos ((double) i));
  return y;
}

static void
waves_free (DifEvaluator *self)
{
  g_free (self);
}

static DifEvaluator *
waves_new (void)
{
  Waves *waves = g_new0 (Waves, 1);

  waves->parent = (DifEvaluator) { waves_evaluate, waves_free };
  return &waves->parent;
}

static DifProcess *
process_for (const char *prediction)
{
  g_autofree char *text = g_strdup_printf (vp, prediction);

  return test_process (text, NULL);
}

/* There and back, a network says what it said; @data: whether pictures are in [0, 1] there. */
static void
test_back (gconstpointer data)
{
  static const char *const predictions[] = { "epsilon", "sample", "v_prediction" };
  static const double      times[] = { 30.0, 250.0, 500.0, 800.0, 900.0 };
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifProcess)   exploding = test_process (ve, NULL);
  g_autoptr (DifTensor)    x = test_random (context, 1, 1, 4, 5, 3);

  exploding->unit_range = data != NULL;
  for (guint k = 0; k < G_N_ELEMENTS (predictions); k++)
    {
      g_autoptr (DifProcess)   process = process_for (predictions[k]);
      g_autoptr (DifEvaluator) own = waves_new ();
      g_autoptr (DifEvaluator) there =
          dif_bridge_new (dif_bridge_new (waves_new (), process, exploding), exploding, process);

      for (guint i = 0; i < G_N_ELEMENTS (times); i++)
        {
          g_autoptr (DifTensor) before = dif_evaluate (own, context, x, times[i]);
          g_autoptr (DifTensor) after = dif_evaluate (there, context, x, times[i]);
          double                most = 0.0;

          g_assert_true (before && after);
          for (gsize j = 0; j < x->size; j++)
            most = fmax (most, fabs (after->data[j] - before->data[j]));
          g_test_message ("%s at %g: off by %g", predictions[k], times[i], most);
          g_assert_cmpfloat (most, <, 1e-5);
        }
    }
}

/* s (z, sigma) = -eps / sqrt (1 - alpha_bar), by the factor between z and x. */
static void
test_score (void)
{
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifProcess)   process = process_for ("epsilon");
  g_autoptr (DifProcess)   exploding = test_process (ve, NULL);
  g_autoptr (DifEvaluator) own = waves_new ();
  g_autoptr (DifEvaluator) score = dif_bridge_new (waves_new (), process, exploding);
  g_autoptr (DifTensor)    z = test_random (context, 1, 1, 4, 5, 3);

  for (double sigma = 0.05; sigma < 30.0; sigma *= 3.0)
    {
      const DifStep         step = { sigma, 1.0, sigma };
      const DifStep         at = dif_bridge_step (process, &step);
      g_autoptr (DifTensor) x = dif_context_like (context, z);
      g_autoptr (DifTensor) eps = NULL, s = NULL;

      g_assert_cmpfloat_with_epsilon (at.sigma / at.alpha, sigma, 1e-9 * sigma);
      g_assert_cmpfloat_with_epsilon (hypot (at.alpha, at.sigma), 1.0, 1e-12);
      for (gsize i = 0; i < z->size; i++)
        x->data[i] = (float) (at.alpha * z->data[i]);
      eps = dif_evaluate (own, context, x, at.t);
      s = dif_evaluate (score, context, z, sigma);
      for (gsize i = 0; i < z->size; i++)
        g_assert_cmpfloat_with_epsilon (s->data[i], -eps->data[i] / at.sigma * at.alpha,
                                        3e-6 / sigma);
    }
}

/* Of pictures in [0, 1] scores are twice as large, at half the noise. */
static void
test_unit_range (void)
{
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifProcess)   process = process_for ("epsilon");
  g_autoptr (DifProcess)   whole = test_process (ve, NULL);
  g_autoptr (DifProcess)   unit = test_process (ve, NULL);
  g_autoptr (DifEvaluator) of_whole = dif_bridge_new (waves_new (), process, whole);
  g_autoptr (DifEvaluator) of_unit = dif_bridge_new (waves_new (), process, unit);
  g_autoptr (DifTensor)    z = test_random (context, 1, 1, 4, 5, 3);
  g_autoptr (DifTensor)    u = dif_context_like (context, z);

  unit->unit_range = TRUE;
  for (gsize i = 0; i < z->size; i++)
    u->data[i] = 0.5f * (z->data[i] + 1.0f);
  for (double sigma = 0.05; sigma < 30.0; sigma *= 3.0)
    {
      g_autoptr (DifTensor) s = dif_evaluate (of_whole, context, z, sigma);
      g_autoptr (DifTensor) t = dif_evaluate (of_unit, context, u, sigma / 2.0);

      for (gsize i = 0; i < z->size; i++)
        g_assert_cmpfloat_with_epsilon (t->data[i], 2.0f * s->data[i], 1e-5 / sigma);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_data_func ("/bridge/there-and-back", NULL, test_back);
  g_test_add_data_func ("/bridge/there-and-back/unit-range", "", test_back);
  g_test_add_func ("/bridge/score", test_score);
  g_test_add_func ("/bridge/unit-range", test_unit_range);
  return g_test_run ();
}
