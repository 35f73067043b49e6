/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The processes in continuous time, and what goes back along them. */

#include <float.h>

#include "core/diffusion/reference.h"
#include "core/diffusion/sde.h"
#include "core/ops/elementwise.h"
#include "tests/verify/checks.h"
#include "tests/verify/recording.h"
#include "tests/verify/spy.h"
#include "tests/verify/toy.h"

/* Where a run of n steps asks, and what it does there. */
typedef struct
{
  DifSdeArgs args;
  double    *t;     /* n */
  DifStep   *steps; /* n + 1 */
  DifMove   *moves; /* n */
} Ladder;

static void
ladder_clear (Ladder *ladder)
{
  g_free (ladder->t);
  g_free (ladder->steps);
  g_free (ladder->moves);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ladder, ladder_clear)

static void
ladder_fill (Ladder *ladder, const DifSde *sde, DifPredictor predictor, double last)
{
  const guint n = ladder->args.n;

  ladder->t = g_new (double, n);
  ladder->steps = g_new (DifStep, n + 1);
  ladder->moves = g_new (DifMove, n);
  dif_sde_times (n, last, ladder->t);
  for (guint i = 0; i < n; i++)
    {
      ladder->steps[i] = sde->level (&ladder->args, ladder->t[i]);
      ladder->moves[i] = dif_sde_move (sde, &ladder->args, predictor, ladder->t[i]);
    }
  ladder->steps[n] = (DifStep) { 0.0, 1.0, 0.0 };
}

/* ScoreSdeVeScheduler's. */
static void
ladder_fill_ve (Ladder *ladder, Case *c)
{
  json_t *config = json_object_get (c->json, "config");

  ladder->args = (DifSdeArgs) { .sigma_min = case_number (c, config, "sigma_min"),
                                .sigma_max = case_number (c, config, "sigma_max"),
                                .n = case_count (c, c->json, "n") };
  if (case_ok (c))
    ladder_fill (ladder, dif_sde_find ("ve"), DIF_PREDICTOR_REVERSE_DIFFUSION,
                 case_number (c, config, "sampling_eps"));
}

static void
compare_ladder (const Ladder *ladder, Case *c)
{
  const DifSde      *sde = dif_sde_find ("ve");
  const guint        n = ladder->args.n;
  g_autofree double *sigmas = g_new (double, n);
  g_autofree double *discrete = g_new (double, n);
  g_autofree double *index = g_new (double, n);

  for (guint i = 0; i < n; i++)
    {
      sigmas[i] = ladder->steps[i].sigma;
      discrete[i] = sde->level (&ladder->args, i / MAX (1.0, n - 1.0)).sigma;
      index[i] = dif_sde_index (&ladder->args, ladder->t[i]);
    }
  case_compare (c, "timesteps", ladder->t, n);
  case_compare (c, "sigmas", sigmas, n);
  case_compare (c, "discrete_sigmas", discrete, n);
  case_compare (c, "predictor_index", index, n);
}

void
check_ve (Case *c)
{
  static const char *const known[] = { "n", "config", "init_noise_sigma", NULL };
  g_auto (Ladder) ladder = { .t = NULL };
  double top;

  case_keys (c, known);
  ladder_fill_ve (&ladder, c);
  if (! case_ok (c))
    return;
  compare_ladder (&ladder, c);
  top = case_number (c, c->json, "init_noise_sigma");
  case_compare_to (c, "init_noise_sigma", &ladder.steps[0].sigma, &top, 1, 0.0, 1e-12);
}

/* The mean that a predictor gave at each step, before its noise: one step alone, without noise. */
static GPtrArray *
means_of (const DifSampling *sampling, Case *c, GPtrArray *from)
{
  const DifSampler *predictor = dif_sampler_find ("reverse-diffusion");
  GPtrArray        *means = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);

  for (guint i = 0; i < from->len; i++)
    {
      DifSampling        one = *sampling;
      DifMove            quiet = sampling->reference->moves[i];
      const DifReference reference = { .moves = &quiet };
      DifTensor         *mean;

      quiet.noise = 0.0;
      one.steps += i;
      one.n = 1;
      one.reference = &reference;
      one.after_step = NULL;
      mean = predictor->run (&one, c->context, dif_tensor_ref (from->pdata[i]));
      if (mean)
        g_ptr_array_add (means, mean);
    }
  return means;
}

/* x before each of the correctors' steps but the first, and before the predictor's. */
static GPtrArray *
corrected_of (const Spy *spy, guint n, guint n_corrections)
{
  GPtrArray *corrected = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);

  for (guint i = 0; i < n; i++)
    for (guint k = 1; k <= n_corrections; k++)
      if (i * (n_corrections + 1) + k < spy->asked->len)
        g_ptr_array_add (corrected,
                         dif_tensor_ref (spy->asked->pdata[i * (n_corrections + 1) + k]));
  return corrected;
}

void
check_score_sde_ve (Case *c)
{
  static const char *const known[] = { "n", "config", "toy", "noise_step", NULL };
  json_t                  *config = json_object_get (c->json, "config");
  const DifSampler        *sampler = dif_sampler_find ("predictor-corrector");
  const guint              n_corrections = case_count_or_0 (c, config, "correct_steps");
  g_autoptr (DifDenoiser)  toy = toy_denoiser_new (c, json_object_get (c->json, "toy"));
  g_autoptr (DifTensor)    x = case_pictures (c, "x_init");
  g_autoptr (GPtrArray)    noise = case_series (c, "noise", x);
  Recording                draws = recording_of (noise);
  g_autoptr (GPtrArray)    corrected = NULL, before = NULL, means = NULL;
  g_autoptr (DifTensor)    end = NULL;
  g_auto (Ladder) ladder = { .t = NULL };
  g_auto (Spy) spy;
  DifSampling sampling;

  spy_init (&spy, toy);
  case_keys (c, known);
  ladder_fill_ve (&ladder, c);
  if (! case_ok (c))
    return;
  compare_ladder (&ladder, c);
  dif_sampling_init (&sampling, sampler, ladder.steps, ladder.args.n, NULL, &draws.parent);
  sampling.reference = &(const DifReference) { .moves = ladder.moves };
  sampling.corrector_steps = n_corrections;
  sampling.snr = case_number (c, config, "snr");
  spy_watch (&spy, &sampling);
  end = sampler->run (&sampling, c->context, g_steal_pointer (&x));
  case_compare_series (c, "traj", spy.moved);
  corrected = corrected_of (&spy, sampling.n, n_corrections);
  if (n_corrections > 0)
    case_compare_series (c, "corrected", corrected);
  before = spy_pick (spy.asked, n_corrections, n_corrections + 1, sampling.n);
  means = means_of (&sampling, c, before);
  case_compare_series (c, "mean", means);
}

static DifPredictor
predictor_of (Case *c)
{
  const char *name = case_string (c, c->json, "predictor");
  gboolean    flow = json_is_true (json_object_get (c->json, "probability_flow"));

  if (g_str_equal (name, "ReverseDiffusionPredictor"))
    return flow ? DIF_PREDICTOR_FLOW : DIF_PREDICTOR_REVERSE_DIFFUSION;
  if (g_str_equal (name, "EulerMaruyamaPredictor") && ! flow)
    return DIF_PREDICTOR_EULER_MARUYAMA;
  if (g_str_equal (name, "AncestralSamplingPredictor") && ! flow)
    return DIF_PREDICTOR_ANCESTRAL;
  case_unknown (c, "predictor %s%s", name, flow ? " of the probability flow" : "");
  return DIF_PREDICTOR_EULER_MARUYAMA;
}

static void
ladder_fill_predictor (Ladder *ladder, Case *c, DifPredictor predictor)
{
  const char        *name = case_string (c, c->json, "sde");
  const DifSde      *sde = dif_sde_find (g_str_equal (name, "sub") ? "sub-vp" : name);
  gsize              n;
  g_autofree double *times = case_numbers (c, "timesteps", &n);

  ladder->args = (DifSdeArgs) { .beta_min = case_number (c, c->json, "beta_0"),
                                .beta_max = case_number (c, c->json, "beta_1"),
                                .sigma_min = case_number (c, c->json, "sigma_min"),
                                .sigma_max = case_number (c, c->json, "sigma_max"),
                                .n = case_count (c, c->json, "n") };
  if (! sde)
    case_unknown (c, "process %s", name);
  if (case_ok (c) && n != ladder->args.n)
    case_fail (c, "there are not as many timesteps as steps");
  if (! case_ok (c))
    return;
  ladder_fill (ladder, sde, predictor, times[n - 1]); /* the entry does not say it elsewhere */
  case_compare (c, "timesteps", ladder->t, (guint) n);
}

void
check_score_sde_predictors (Case *c)
{
  static const char *const known[] = { "sde",    "predictor", "probability_flow", "n",   "beta_0",
                                       "beta_1", "sigma_min", "sigma_max",        "toy", NULL };
  const DifPredictor       predictor = predictor_of (c);
  const gboolean           own_rates = predictor == DIF_PREDICTOR_EULER_MARUYAMA;
  const DifSampler *sampler = dif_sampler_find (own_rates ? "euler-maruyama" : "reverse-diffusion");
  g_autoptr (DifDenoiser) toy = toy_denoiser_new (c, json_object_get (c->json, "toy"));
  g_autoptr (DifTensor)   x = case_pictures (c, "x_init");
  g_autoptr (GPtrArray)   noise = case_series (c, "noise", x);
  Recording               draws = recording_of (noise);
  g_autoptr (DifTensor)   end = NULL, mean = NULL;
  g_auto (Ladder) ladder = { .t = NULL };
  g_auto (Spy) spy;
  DifSampling sampling;

  spy_init (&spy, toy);
  case_keys (c, known);
  ladder_fill_predictor (&ladder, c, predictor);
  if (! case_ok (c))
    return;
  dif_sampling_init (&sampling, sampler, ladder.steps, ladder.args.n, NULL, &draws.parent);
  sampling.reference = &(const DifReference) { .moves = ladder.moves };
  spy_watch (&spy, &sampling);
  end = sampler->run (&sampling, c->context, dif_tensor_ref (x));
  case_compare_series (c, "traj", spy.moved);
  ladder.moves[sampling.n - 1].noise = 0.0;
  draws.parent.next = 0;
  mean = sampler->run (&sampling, c->context, g_steal_pointer (&x));
  case_compare_tensor (c, "mean_last", mean);
}

/* The toy as KarrasVePipeline asks it: scaled to [0, 1], and minus half of sigma times what it says
 * is the noise. */
typedef struct
{
  DifDenoiser   parent;
  DifEvaluator *toy;
} KarrasToy;

static void
karras_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                DifPrediction *out)
{
  const double          half = step->sigma / 2.0;
  g_autoptr (DifTensor) shown = dif_sum (context, 1, (DifTerm[]) { { 0.5, x } });

  for (gsize i = 0; shown && i < shown->size; i++)
    shown->data[i] += 0.5f;
  out->eps = dif_evaluate (((KarrasToy *) self)->toy, context, shown, half);
  out->eps = dif_sum_over (context, out->eps, 1, (DifTerm[]) { { -half, out->eps } });
  out->x0 = dif_sum (context, 2, (DifTerm[]) { { 1.0, x }, { -step->sigma, out->eps } });
}

/* The scheduler takes its list of squared levels for levels. */
static DifStep *
karras_steps (Case *c, json_t *config, guint n)
{
  const double       low = case_number (c, config, "sigma_min");
  const double       high = case_number (c, config, "sigma_max");
  const DifSdeArgs   args = { .sigma_min = low * low, .sigma_max = high * high };
  DifStep           *steps = g_new0 (DifStep, n + 1);
  g_autofree double *schedule = g_new (double, n);
  g_autofree double *timesteps = g_new (double, n);

  for (guint i = 0; i < n; i++)
    {
      timesteps[i] = n - 1 - i;
      steps[i] = dif_sde_find ("ve")->level (&args, timesteps[i] / MAX (1.0, n - 1.0));
      schedule[n - 1 - i] = steps[i].sigma;
    }
  steps[n] = (DifStep) { 0.0, 1.0, 0.0 };
  case_compare (c, "schedule", schedule, n);
  case_compare (c, "timesteps", timesteps, n);
  return steps;
}

/* Draws were recorded at levels without churn too, where nobody uses them. */
static GPtrArray *
karras_draws (Case *c, const DifTensor *x, const DifStep *steps, guint n, const DifChurn *churn)
{
  g_autoptr (GPtrArray) all = case_series (c, "noise", x);
  GPtrArray            *used = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);

  if (case_ok (c) && all->len != n)
    case_fail (c, "there is not one draw for each step");
  for (guint i = 0; case_ok (c) && i < n; i++)
    if (steps[i].sigma >= churn->min && steps[i].sigma <= churn->max)
      g_ptr_array_add (used, dif_tensor_ref (all->pdata[i]));
  return used;
}

void
check_karras_ve (Case *c)
{
  static const char *const known[] = { "config", "n", "toy", "noise_step", NULL };
  json_t                  *config = json_object_get (c->json, "config");
  const DifSampler        *sampler = dif_sampler_find ("karras-ve");
  const guint              n = case_count (c, c->json, "n");
  g_autofree DifStep      *steps = karras_steps (c, config, n);
  g_autoptr (DifEvaluator) toy = toy_new (c, json_object_get (c->json, "toy"), NULL, NULL);
  KarrasToy                denoiser = { { .denoise = karras_denoise }, toy };
  g_autoptr (DifTensor)    x = case_pictures (c, "x_init");
  const DifChurn churn = { case_number (c, config, "s_churn"), case_number (c, config, "s_min"),
                           case_number (c, config, "s_max"), case_number (c, config, "s_noise") };
  g_autoptr (GPtrArray) noise = karras_draws (c, x, steps, n, &churn);
  Recording             draws = recording_of (noise);
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (DifTensor) end = NULL;
  g_auto (Spy) spy;
  DifSampling sampling;

  spy_init (&spy, &denoiser.parent);
  case_keys (c, known);
  if (! case_ok (c))
    return;
  dif_sampling_init (&sampling, sampler, steps, n, NULL, &draws.parent);
  sampling.churn = churn;
  if (sampling.churn.amount == 0.0)
    sampling.churn.min = DBL_MAX; /* none at any level */
  spy_watch (&spy, &sampling);
  end = sampler->run (&sampling, c->context, g_steal_pointer (&x));
  case_compare_series (c, "traj", spy.moved);
  first = spy_pick (spy.asked, 1, 2, n - 1);
  if (end)
    g_ptr_array_add (first, dif_tensor_ref (end)); /* to no noise there is only the first */
  case_compare_series (c, "first", first);
}
