/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/objective.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/bridge.h"

void
dif_objective_args_init (DifObjectiveArgs *args, const DifProcess *process)
{
  const gboolean continuous = process && process->sigma_max > 0.0;

  *args = (DifObjectiveArgs) {
    .process = process,
    .prediction = process ? process->prediction : DIF_PREDICTION_SCORE,
    .gamma = 5.0,
    .bound_factor = 0.001,
    .sigma_min = continuous ? process->sigma_min : 0.01,
    .sigma_max = continuous ? process->sigma_max : 1.0,
    .n_levels = continuous ? process->n_train_steps : 10,
  };
}

DifStep
dif_objective_draw (const DifObjective *objective, const DifObjectiveArgs *args, double u)
{
  const DifProcess *process = args->process;
  const DifStep     step = objective->step (args, u);

  if (! process || ! objective->process || g_str_equal (objective->process, process->kind->id))
    return step;
  return dif_bridge_step (process, &step);
}

void
dif_objective_target (const DifObjectiveArgs *args, const DifExample *example, double *out)
{
  const double alpha = example->step.alpha;
  const double sigma = example->step.sigma;

  for (gsize i = 0; i < example->n; i++)
    {
      const double x0 = example->x0[i];
      const double eps = example->noise[i];

      switch (args->prediction)
        {
        case DIF_PREDICTION_EPSILON:
          out[i] = eps;
          break;
        case DIF_PREDICTION_SAMPLE:
          out[i] = x0;
          break;
        case DIF_PREDICTION_V:
          out[i] = alpha * eps - sigma * x0;
          break;
        case DIF_PREDICTION_SCORE:
          out[i] = -eps / sigma;
          break;
        case DIF_PREDICTION_FLOW:
          out[i] = eps - x0;
          break;
        }
    }
}

double
dif_objective_slope (DifPredictionType prediction, const DifStep *step)
{
  switch (prediction)
    {
    case DIF_PREDICTION_EPSILON:
      break;
    case DIF_PREDICTION_SAMPLE:
      return -step->alpha / step->sigma;
    case DIF_PREDICTION_V:
      return step->alpha;
    case DIF_PREDICTION_SCORE:
      return -step->sigma;
    case DIF_PREDICTION_FLOW:
      return step->alpha / (step->alpha + step->sigma);
    }
  return 1.0;
}

/* min (snr, gamma) counts errors of x_0; those of others are errors of x_0 times their own factor:
 * snr for eps, snr + 1 for v, for the score snr / sigma², and (1 + sqrt (snr))² for a flow. */
static double
min_snr (const DifObjectiveArgs *args, const DifStep *step)
{
  const double snr = pow (step->alpha / step->sigma, 2.0);
  const double least = fmin (snr, args->gamma);

  switch (args->prediction)
    {
    case DIF_PREDICTION_EPSILON:
      return fmin (1.0, args->gamma / snr); /* least / snr, at no signal too */
    case DIF_PREDICTION_V:
      return least / (snr + 1.0);
    case DIF_PREDICTION_SCORE:
      return fmin (1.0, args->gamma / snr) * step->sigma * step->sigma;
    case DIF_PREDICTION_FLOW:
      return least / pow (1.0 + step->alpha / step->sigma, 2.0);
    case DIF_PREDICTION_SAMPLE:
      break;
    }
  return least;
}

double
dif_objective_weight (const DifObjective *objective, const DifObjectiveArgs *args,
                      const DifStep *step)
{
  const double own = objective->weight ? objective->weight (args, step) : 1.0;

  switch (args->weighting)
    {
    case DIF_WEIGHTING_MIN_SNR:
      return own * min_snr (args, step);
    case DIF_WEIGHTING_SIGMA2:
      return own * step->sigma * step->sigma;
    case DIF_WEIGHTING_LIKELIHOOD:
      return own * step->sigma * step->sigma * 2.0 * log (args->sigma_max / args->sigma_min);
    case DIF_WEIGHTING_NONE:
      break;
    }
  return own;
}

void
dif_objective_noised (const DifStep *step, gsize n, const double *x0, const double *noise,
                      double *x_t)
{
  for (gsize i = 0; i < n; i++)
    x_t[i] = step->alpha * x0[i] + (noise ? step->sigma * noise[i] : 0.0);
}

double
dif_objective_squares (double scale, gsize n, const double *target, const DifOutput *output)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      const double off = output->mean[i] - target[i];

      sum += off * off;
      if (output->of_mean)
        output->of_mean[i] = 2.0 * scale * off;
      if (output->of_variance)
        output->of_variance[i] = 0.0;
    }
  return scale * sum;
}

/* ---- networks for pictures ---- */

/* One picture at a time in double; tensors are in single precision. */
typedef struct
{
  gsize   n;        /* numbers of a picture */
  gsize   channels; /* of it */
  double *x0;
  double *noise;
  double *x_t;
  double *target;
  double *output[2]; /* mean and variance */
  double *back[2];
} Picture;

static void
picture_init (Picture *picture, const DifTensor *like)
{
  const gsize n = like->size / like->dim[0];
  double     *room = g_new0 (double, 8 * n);

  *picture = (Picture) {
    .n = n,
    .channels = like->dim[like->n_dims - 1],
    .x0 = room,
    .noise = room + n,
    .x_t = room + 2 * n,
    .target = room + 3 * n,
    .output = { room + 4 * n, room + 5 * n },
    .back = { room + 6 * n, room + 7 * n },
  };
}

static void
picture_clear (Picture *picture)
{
  g_free (picture->x0);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static void
widen (const DifTensor *from, gsize picture, gsize n, double *to)
{
  for (gsize i = 0; i < n; i++)
    to[i] = from->data[picture * n + i];
}

static void
narrow (const double *from, gsize picture, gsize n, DifTensor *to)
{
  for (gsize i = 0; i < n; i++)
    to->data[picture * n + i] = (float) from[i];
}

void
dif_lesson_clear (DifLesson *lesson)
{
  g_clear_pointer (&lesson->x_t, dif_tensor_unref);
  g_clear_pointer (&lesson->target, dif_tensor_unref);
  g_clear_pointer (&lesson->x0, dif_tensor_unref);
  g_clear_pointer (&lesson->steps, g_free);
  g_clear_pointer (&lesson->weight, g_free);
  lesson->n = 0;
}

gboolean
dif_objective_prepare (const DifObjective *objective, const DifObjectiveArgs *args,
                       DifContext *context, DifTensor *x0, const DifTensor *noise,
                       const DifStep *steps, DifLesson *out)
{
  g_auto (Picture) p = { 0 };

  g_return_val_if_fail (objective->target != NULL, FALSE);
  out->x_t = dif_context_like (context, x0);
  out->target = dif_context_like (context, x0);
  if (! out->x_t || ! out->target || ! noise)
    {
      dif_lesson_clear (out);
      return FALSE;
    }
  out->n = x0->dim[0];
  out->x0 = dif_tensor_ref (x0);
  out->steps = g_memdup2 (steps, out->n * sizeof *steps);
  out->weight = g_new (double, out->n);
  picture_init (&p, x0);
  for (gsize k = 0; k < out->n; k++)
    {
      const DifExample example = { steps[k], p.n, p.x0, p.noise, p.x_t };

      widen (x0, k, p.n, p.x0);
      widen (noise, k, p.n, p.noise);
      dif_objective_noised (&steps[k], p.n, p.x0, p.noise, p.x_t);
      objective->target (args, &example, p.target);
      narrow (p.x_t, k, p.n, out->x_t);
      narrow (p.target, k, p.n, out->target);
      out->weight[k] = dif_objective_weight (objective, args, &steps[k]);
    }
  return TRUE;
}

/* The output's channels in the halves' own arrays, and the gradient back from there. */
static void
split_output (const Picture *p, gsize k, gsize halves, const DifTensor *output)
{
  for (gsize h = 0; h < halves; h++)
    for (gsize i = 0; i < p->n; i++)
      {
        const gsize pixel = k * (p->n / p->channels) + i / p->channels;

        p->output[h][i] = output->data[(pixel * halves + h) * p->channels + i % p->channels];
      }
}

static void
join_gradient (const Picture *p, gsize k, gsize halves, double factor, DifTensor *dy)
{
  for (gsize h = 0; h < halves; h++)
    for (gsize i = 0; i < p->n; i++)
      {
        const gsize pixel = k * (p->n / p->channels) + i / p->channels;

        dy->data[(pixel * halves + h) * p->channels + i % p->channels] =
            (float) (factor * p->back[h][i]);
      }
}

static gboolean
has_shape (DifContext *context, const DifLesson *lesson, const DifTensor *output, gsize halves)
{
  DifTensor expected = *lesson->x0;

  expected.dim[3] *= halves;
  if (dif_tensor_same_shape (output, &expected))
    return TRUE;
  dif_context_fail (context, g_error_new (DIF_ERROR, DIF_ERROR_MISMATCH,
                                          _ ("The objective is for networks with %u channels, "
                                             "not %u."),
                                          (guint) expected.dim[3], (guint) output->dim[3]));
  return FALSE;
}

DifTensor *
dif_objective_loss (const DifObjective *objective, const DifObjectiveArgs *args,
                    DifContext *context, const DifLesson *lesson, const DifTensor *output,
                    double *loss, double *per_picture)
{
  const gsize halves =
      objective->learns_variance && args->variance == DIF_VARIANCE_LEARNED_RANGE ? 2 : 1;
  g_autoptr (DifTensor) dy = NULL;
  g_auto (Picture) p = { 0 };

  *loss = 0.0;
  if (! output || ! lesson->x0 || ! has_shape (context, lesson, output, halves))
    return NULL;
  dy = dif_context_like (context, output);
  if (! dy)
    return NULL;
  picture_init (&p, lesson->x0);
  for (gsize k = 0; k < lesson->n; k++)
    {
      const DifExample example = { lesson->steps[k], p.n, p.x0, NULL, p.x_t };
      const DifOutput  out = { p.output[0], halves > 1 ? p.output[1] : NULL, p.back[0],
                              halves > 1 ? p.back[1] : NULL };
      double           own;

      widen (lesson->x0, k, p.n, p.x0);
      widen (lesson->x_t, k, p.n, p.x_t);
      widen (lesson->target, k, p.n, p.target);
      split_output (&p, k, halves, output);
      own = lesson->weight[k] * objective->loss (args, &example, p.target, &out);
      join_gradient (&p, k, halves, lesson->weight[k] / (double) lesson->n, dy);
      *loss += own / (double) lesson->n;
      if (per_picture)
        per_picture[k] = own;
    }
  return g_steal_pointer (&dy);
}
