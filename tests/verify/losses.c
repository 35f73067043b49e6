/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Losses of pictures, in double precision. */

#include "tests/verify/losses.h"

#include <math.h>

#include "tests/verify/checks.h"
#include "tests/verify/setup.h"

LossShape
losses_shape (Case *c, const char *tensor)
{
  LossShape shape = { .whole = case_input_shape (c, tensor), .n = 1, .channels = 1, .size = 1 };

  if (case_ok (c) && shape.whole.n_dims == 0)
    case_fail (c, "%s: a single number is no batch", tensor);
  if (! case_ok (c))
    shape.whole = CASE_SHAPE (1);
  shape.n = shape.whole.dim[0];
  if (shape.whole.n_dims > 1)
    shape.channels = shape.whole.dim[1];
  shape.size = case_shape_size (&shape.whole) / shape.n;
  shape.pixels = shape.size / shape.channels;
  return shape;
}

double *
losses_input (Case *c, const char *tensor, const CaseShape *shape)
{
  double *numbers = case_input (c, tensor, shape);

  return numbers ? numbers : g_new0 (double, MAX (1, case_shape_size (shape)));
}

double *
losses_timesteps (Case *c, const char *tensor, gsize n, const DifProcess *process)
{
  double *t = losses_input (c, tensor, &CASE_SHAPE (n));

  for (gsize i = 0; case_ok (c) && i < n; i++)
    if (t[i] < 0.0 || t[i] >= process->n_train_steps || t[i] != floor (t[i]))
      case_fail (c, "%s: %g is none of %u timesteps", tensor, t[i], process->n_train_steps);
  return t;
}

/* The weighted loss; its gradient is compared with differences. */
static double
loss_to (Case *c, const DifObjective *objective, const DifObjectiveArgs *args,
         const DifExample *example, const double *target, const double *said)
{
  g_autofree double *output = g_memdup2 (said, example->n * sizeof *said);
  g_autofree double *slope = g_new (double, example->n);
  const DifOutput    way = { output, NULL, slope, NULL };
  const DifOutput    nudged = { output, NULL, NULL, NULL };
  const double       weight = dif_objective_weight (objective, args, &example->step);
  const double       h = 1e-5;
  double             loss;

  loss = objective->loss (args, example, target, &way);
  for (gsize i = 0; i < MIN (2, example->n); i++)
    {
      double change;

      output[i] = said[i] + h;
      change = objective->loss (args, example, target, &nudged);
      output[i] = said[i] - h;
      change -= objective->loss (args, example, target, &nudged);
      output[i] = said[i];
      case_compare_to (c, "gradient", &slope[i], (double[]) { change / (2.0 * h) }, 1,
                       1e-10 * loss / h, 1e-6);
    }
  return weight * loss;
}

double
losses_of (Case *c, const char *id, const DifObjectiveArgs *args, const DifExample *example,
           const double *said)
{
  const DifObjective *objective = dif_objective_find (id);
  g_autofree double  *target = g_new (double, example->n);

  objective->target (args, example, target);
  return loss_to (c, objective, args, example, target, said);
}

double
losses_mixture (const DifEvaluator *toy, const LossShape *shape, const DifStep *step,
                const double *x, double *score, double *x0)
{
  double log_density = 0.0;

  for (gsize i = 0; i < shape->size; i++)
    {
      const ToyMixture m = toy_mixture (toy, i / shape->pixels);
      const DifMixture mixture = { 2, 1, m.weight, m.center, m.deviation };

      log_density +=
          dif_mixture_look (&mixture, step, &x[i], score ? &score[i] : NULL, x0 ? &x0[i] : NULL);
    }
  return log_density;
}

/* ---- L_simple ---- */

typedef struct
{
  LossShape         shape;
  double           *x0, *noise, *t;
  double           *x_t, *out;
  DifObjectiveArgs  args;
  const DifProcess *process;
} Simple;

static void
simple_clear (Simple *s)
{
  g_free (s->x0);
  g_free (s->noise);
  g_free (s->t);
  g_free (s->x_t);
  g_free (s->out);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Simple, simple_clear)

static void
simple_init (Simple *s, Case *c, const DifEvaluator *toy)
{
  const LossShape    shape = losses_shape (c, "x0");
  const gsize        size = shape.size;
  g_autofree double *snr = g_new (double, shape.n);

  s->shape = shape;
  s->x0 = losses_input (c, "x0", &shape.whole);
  s->noise = losses_input (c, "noise", &shape.whole);
  s->t = losses_timesteps (c, "t", shape.n, s->process);
  s->x_t = g_new (double, shape.n *size);
  s->out = g_new (double, shape.n *size);
  dif_objective_args_init (&s->args, s->process);
  for (gsize k = 0; case_ok (c) && k < shape.n; k++)
    {
      const DifStep step = dif_process_step (s->process, s->t[k]);

      snr[k] = pow (step.alpha / step.sigma, 2.0);
      dif_objective_noised (&step, size, s->x0 + k * size, s->noise + k * size, s->x_t + k * size);
      for (gsize i = 0; i < size; i++)
        s->out[k * size + i] = toy_value (toy, s->x_t[k * size + i], s->t[k], i / shape.pixels);
    }
  case_compare_shaped (c, "snr", snr, &CASE_SHAPE (shape.n));
  case_compare_shaped (c, "x_t", s->x_t, &shape.whole);
  case_compare_shaped (c, "out", s->out, &shape.whole);
}

static void
compare_named (Case *c, const char *what, const char *prediction, const double *got, gsize n)
{
  g_autofree char *name = g_strconcat (what, prediction, NULL);

  case_compare_shaped (c, name, got, &CASE_SHAPE (n));
}

static void
simple_target (Simple *s, Case *c, DifPredictionType prediction)
{
  const DifObjective *simple = dif_objective_find ("simple");
  const char         *name = dif_prediction_name (prediction);
  const gsize         n = s->shape.n;
  const gsize         size = s->shape.size;
  g_autofree double  *loss = g_new (double, n);
  g_autofree double  *weight = g_new (double, n);
  double              mean = 0.0, weighted = 0.0;

  s->args.prediction = prediction;
  for (gsize k = 0; k < n; k++)
    {
      const DifExample example = { dif_process_step (s->process, s->t[k]), size, s->x0 + k * size,
                                   s->noise + k * size, s->x_t + k * size };

      s->args.weighting = DIF_WEIGHTING_NONE;
      loss[k] = losses_of (c, "simple", &s->args, &example, s->out + k * size);
      s->args.weighting = DIF_WEIGHTING_MIN_SNR;
      weight[k] = dif_objective_weight (simple, &s->args, &example.step);
      mean += loss[k] / (double) n;
      weighted += weight[k] * loss[k] / (double) n;
    }
  compare_named (c, "loss_", name, loss, n);
  compare_named (c, "mean_", name, &mean, 1);
  compare_named (c, "minsnr_weight_", name, weight, n);
  compare_named (c, "minsnr_loss_", name, &weighted, 1);
}

void
check_losses_simple (Case *c)
{
  static const char *const known[] = { "config", NULL };
  g_autoptr (DifEvaluator) toy = NULL;
  g_auto (Setup) setup = { NULL };
  g_auto (Simple) simple = { .x0 = NULL };

  case_keys (c, known);
  setup_init (&setup, c, "DDPMScheduler", json_object_get (c->json, "config"), NULL, 0);
  toy = setup.process ? toy_new (c, json_object_get (c->root, "toy"), setup.process, NULL) : NULL;
  if (! toy)
    return;
  simple.process = setup.process;
  simple_init (&simple, c, toy);
  for (DifPredictionType p = DIF_PREDICTION_EPSILON; case_ok (c) && p <= DIF_PREDICTION_V; p++)
    simple_target (&simple, c, p);
}

/* ---- explicit score matching ---- */

static void
explicit_picture (Case *c, const DifEvaluator *model, const LossShape *shape, const DifStep *step,
                  const double *x, const double *score, double *loss)
{
  const gsize        size = shape->size;
  g_autofree double *said = g_new (double, size);
  const DifExample   example = { *step, size, x, NULL, x };
  DifObjectiveArgs   args;

  dif_objective_args_init (&args, NULL);
  for (gsize i = 0; i < size; i++)
    said[i] = toy_value (model, x[i], 0.0, i / shape->pixels);
  *loss =
      loss_to (c, dif_point_objective_find ("explicit")->objective, &args, &example, score, said);
}

void
check_losses_explicit (Case *c)
{
  static const char *const known[] = { "al", "sg", "toy_model", "toy_data", NULL };
  const DifStep   step = { 0.0, case_number (c, c->json, "al"), case_number (c, c->json, "sg") };
  const LossShape shape = losses_shape (c, "x");
  const gsize     size = shape.size;
  const gsize     n = shape.n * size;
  g_autoptr (DifEvaluator) model = toy_new (c, json_object_get (c->json, "toy_model"), NULL, NULL);
  g_autoptr (DifEvaluator) data = toy_new (c, json_object_get (c->json, "toy_data"), NULL, NULL);
  g_autofree double       *x = losses_input (c, "x", &shape.whole);
  g_autofree double       *score = g_new (double, n);
  g_autofree double       *x0 = g_new (double, n);
  g_autofree double       *eps = g_new (double, n);
  g_autofree double       *log_density = g_new (double, shape.n);
  g_autofree double       *loss = g_new (double, shape.n);

  case_keys (c, known);
  if (! case_ok (c))
    return;
  for (gsize k = 0; k < shape.n; k++)
    {
      log_density[k] =
          losses_mixture (data, &shape, &step, x + k * size, score + k * size, x0 + k * size);
      explicit_picture (c, model, &shape, &step, x + k * size, score + k * size, &loss[k]);
    }
  for (gsize i = 0; i < n; i++)
    eps[i] = (x[i] - step.alpha * x0[i]) / step.sigma;
  case_compare_shaped (c, "log_density", log_density, &CASE_SHAPE (shape.n));
  case_compare_shaped (c, "score", score, &shape.whole);
  case_compare_shaped (c, "eps", eps, &shape.whole);
  case_compare_shaped (c, "posterior_mean", x0, &shape.whole);
  case_compare_shaped (c, "per_sample", loss, &CASE_SHAPE (shape.n));
}
