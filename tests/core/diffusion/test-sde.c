/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What each row of dif_sdes() promises of its process, and what the predictors make of it. */

#include <math.h>

#include "core/diffusion/sde.h"

static const DifSdeArgs args = { .beta_min = 0.1,
                                 .beta_max = 20.0,
                                 .sigma_min = 0.01,
                                 .sigma_max = 50.0,
                                 .n = 1000 };

/* Levels follow from the rates: d alpha = drift alpha dt, and noise as dx = drift x dt + deviation
 * dw has it: d sigma² = (2 drift sigma² + deviation²) dt. */
static void
test_rates (gconstpointer data)
{
  const DifSde *sde = data;

  for (double t = 0.05; t < 1.0; t += 0.05)
    {
      const double      h = 1e-5;
      const DifStep     at = sde->level (&args, t);
      const DifStep     before = sde->level (&args, t - h);
      const DifStep     after = sde->level (&args, t + h);
      const DifSdeTerms rates = sde->rates (&args, t);
      const double      fading = (after.alpha - before.alpha) / (2.0 * h);
      const double      v = at.sigma * at.sigma;
      const double gaining = (after.sigma * after.sigma - before.sigma * before.sigma) / (2.0 * h);
      const double gain = 2.0 * rates.drift * v + rates.deviation * rates.deviation;

      g_assert_cmpfloat (at.t, ==, t);
      g_assert_cmpfloat_with_epsilon (fading, rates.drift * at.alpha, 1e-6);
      g_assert_cmpfloat_with_epsilon (gaining / v, gain / v, 1e-5 * MAX (fabs (gain / v), 1.0));
    }
}

/* A picture at the beginning, hardly any of it at the end. */
static void
test_ends (gconstpointer data)
{
  const DifSde *sde = data;
  const DifStep first = sde->level (&args, 0.0);
  const DifStep last = sde->level (&args, 1.0);

  g_assert_cmpfloat_with_epsilon (first.alpha, 1.0, 1e-12);
  g_assert_cmpfloat (first.sigma, <=, args.sigma_min);
  g_assert_cmpfloat (last.sigma / last.alpha, >=, args.sigma_max);
}

/* A step is about what the rates say for its time, the more so the more steps there are. */
static void
test_steps (gconstpointer data)
{
  const DifSde *sde = data;
  double        off[2] = { 0.0, 0.0 };

  for (guint k = 0; k < 2; k++)
    {
      DifSdeArgs own = args;

      own.n = k == 0 ? 1001 : 4001;
      for (double t = 0.1; t < 1.0; t += 0.1)
        {
          const DifSdeTerms step = sde->step (&own, t);
          const DifSdeTerms rates = sde->rates (&own, t);
          const double      drift = fabs (step.drift * own.n - rates.drift);
          const double      variance = step.deviation * step.deviation * own.n;
          const double      own_rate = rates.deviation * rates.deviation;

          off[k] = MAX (off[k], MAX (drift, fabs (variance / own_rate - 1.0)));
        }
    }
  g_test_message ("off by %.2e and %.2e", off[0], off[1]);
  g_assert_cmpfloat (off[0], <, 0.1);
  g_assert_cmpfloat (off[1], <=, 0.3 * off[0] + 1e-12);
}

/* Without noise, half of the score: the probability flow; the noise makes good for the rest. */
static void
test_moves (gconstpointer data)
{
  const DifSde     *sde = data;
  const double      t = 0.4;
  const DifSdeTerms step = sde->step (&args, t);
  const DifMove     back = dif_sde_move (sde, &args, DIF_PREDICTOR_REVERSE_DIFFUSION, t);
  const DifMove     flow = dif_sde_move (sde, &args, DIF_PREDICTOR_FLOW, t);
  const DifMove     em = dif_sde_move (sde, &args, DIF_PREDICTOR_EULER_MARUYAMA, t);

  g_assert_cmpfloat (back.of_x, ==, 1.0 - step.drift);
  g_assert_cmpfloat_with_epsilon (back.of_score, back.noise * back.noise, 1e-12);
  g_assert_cmpfloat (flow.of_x, ==, back.of_x);
  g_assert_cmpfloat (flow.of_score, ==, 0.5 * back.of_score);
  g_assert_cmpfloat (flow.noise, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (em.noise / back.noise, 1.0, 0.02);
  g_assert_cmpfloat_with_epsilon (em.of_x, back.of_x, 1e-3);
}

static void
test_times (void)
{
  double t[3];

  dif_sde_times (3, 0.5, t);
  g_assert_cmpfloat (t[0], ==, 1.0);
  g_assert_cmpfloat (t[1], ==, 0.75);
  g_assert_cmpfloat (t[2], ==, 0.5);
  dif_sde_times (1, 0.5, t);
  g_assert_cmpfloat (t[0], ==, 1.0);
  g_assert_cmpuint (dif_sde_index (&args, 1.0), ==, args.n - 1);
  g_assert_cmpuint (dif_sde_index (&args, 0.0), ==, 0);
  g_assert_cmpuint (dif_sde_index (&args, 0.5), ==, (args.n - 1) / 2);
}

/* Between levels of which nothing else is known: the textbook's beta, and at the end x_0. */
static void
test_between (void)
{
  const double  a_from = 0.5, a_to = 0.8, beta = 1.0 - a_from / a_to;
  const DifStep from = { 1.0, sqrt (a_from), sqrt (1.0 - a_from) };
  const DifStep to = { 0.0, sqrt (a_to), sqrt (1.0 - a_to) };
  const DifStep clean = { 0.0, 1.0, 0.0 };
  const double  x = 1.3, x0 = -0.4;
  const double  score = (from.alpha * x0 - x) / (from.sigma * from.sigma);
  DifMove       move = dif_predictor_move (&from, &to, DIF_PREDICTOR_REVERSE_DIFFUSION);

  g_assert_cmpfloat_with_epsilon (move.of_x, 2.0 - sqrt (1.0 - beta), 1e-14);
  g_assert_cmpfloat_with_epsilon (move.of_score, beta, 1e-14);
  g_assert_cmpfloat_with_epsilon (move.noise, sqrt (beta), 1e-14);
  move = dif_predictor_move (&from, &to, DIF_PREDICTOR_EULER_MARUYAMA);
  g_assert_cmpfloat_with_epsilon (move.of_x, 1.0 - 0.5 * log (1.0 - beta), 1e-14);
  g_assert_cmpfloat_with_epsilon (move.of_score, beta, 1e-14);
  move = dif_predictor_move (&from, &clean, DIF_PREDICTOR_EULER_MARUYAMA);
  g_assert_cmpfloat_with_epsilon (move.of_x * x + move.of_score * score, x0, 1e-14);
  g_assert_cmpfloat (move.noise, ==, 0.0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (gconstpointer row);
  } contracts[] = { { "rates", test_rates },
                    { "ends", test_ends },
                    { "steps", test_steps },
                    { "moves", test_moves } };
  guint                n;
  const DifSde *const *rows = dif_sdes (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < G_N_ELEMENTS (contracts); k++)
      {
        g_autofree char *path = g_strdup_printf ("/sde/%s/%s", rows[i]->id, contracts[k].name);

        g_assert_true (dif_sde_find (rows[i]->id) == rows[i]);
        g_test_add_data_func (path, rows[i], contracts[k].func);
      }
  g_test_add_func ("/sde/times", test_times);
  g_test_add_func ("/sde/between", test_between);
  return g_test_run ();
}
