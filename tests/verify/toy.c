/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/toy.h"

#include <math.h>

typedef struct
{
  DifEvaluator      parent;
  gboolean          gmm;
  gboolean          learned; /* twice the channels, the second half for the variance */
  double            a, b, w, d;
  double            m, s, p, offset;
  const DifProcess *process;
  DifTensor       **first;
} Toy;

static double
tanh_value (const Toy *toy, double x, double t, gsize channel)
{
  return tanh (toy->a * x + toy->b * sin (toy->w * t) + toy->d * (double) channel);
}

static double
variance_value (const Toy *toy, double x, double t)
{
  return tanh (0.5 * x + 0.2 * cos (toy->w * t));
}

/* alpha_bar is interpolated, as the formula says; the process itself does so with
 * sigma / alpha. */
static void
noise_level (const Toy *toy, double t, double *alpha, double *sigma)
{
  if (toy->process)
    {
      const double *ac = toy->process->alphas_cumprod;
      guint         below = (guint) t;
      guint         above = MIN (below + 1, toy->process->n_train_steps - 1);
      double        at = ac[below] + (t - below) * (ac[above] - ac[below]);

      *alpha = sqrt (at);
      *sigma = sqrt (1.0 - at);
    }
  else /* what dif_predict_new() makes of alpha 1, sigma t */
    {
      *alpha = 1.0 / hypot (1.0, t);
      *sigma = t / hypot (1.0, t);
    }
}

/* The exact posterior mean of two Gaussians a pixel. */
static double
gmm_x0 (const Toy *toy, double x, double alpha, double sigma, gsize channel)
{
  double m = toy->m * (1.0 - 0.25 * (double) channel);
  double v = alpha * alpha * toy->s * toy->s + sigma * sigma;
  double y = x - alpha * toy->offset;
  double r = 1.0 / (1.0 + exp (-(log (toy->p / (1.0 - toy->p)) + 2.0 * alpha * m * y / v)));
  double mean = (2.0 * r - 1.0) * m;

  return mean + alpha * toy->s * toy->s / v * (y - alpha * mean) + toy->offset;
}

/* What networks would say. */
static double
gmm_value (const Toy *toy, double x, double alpha, double sigma, gsize channel)
{
  double x0 = gmm_x0 (toy, x, alpha, sigma, channel);
  double eps = (x - alpha * x0) / sigma;

  switch (toy->process ? toy->process->prediction : DIF_PREDICTION_EPSILON)
    {
    case DIF_PREDICTION_SAMPLE:
      return x0;
    case DIF_PREDICTION_V:
      return alpha * eps - sigma * x0;
    case DIF_PREDICTION_SCORE:
      return -eps / sigma;
    case DIF_PREDICTION_FLOW:
      return eps - x0;
    case DIF_PREDICTION_EPSILON:
      break;
    }
  return eps;
}

static DifTensor *
toy_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Toy  *toy = (const Toy *) self;
  const gsize channels = x->dim[3];
  const gsize out = toy->learned ? 2 * channels : channels;
  DifTensor  *y = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], out);
  double      alpha = 0.0;
  double      sigma = 0.0;

  if (toy->gmm)
    noise_level (toy, t, &alpha, &sigma);
  for (gsize i = 0; y && i < x->size; i++)
    {
      const gsize  channel = i % channels;
      float *const at = y->data + i / channels * out + channel;

      *at = (float) (toy->gmm ? gmm_value (toy, x->data[i], alpha, sigma, channel) :
                                tanh_value (toy, x->data[i], t, channel));
      if (toy->learned)
        at[channels] = (float) variance_value (toy, x->data[i], t);
    }
  if (y && toy->first && ! *toy->first)
    *toy->first = dif_tensor_ref (y);
  return y;
}

static void
toy_free (DifEvaluator *self)
{
  g_free (self);
}

DifEvaluator *
toy_new (Case *c, json_t *json, const DifProcess *process, DifTensor **first)
{
  const char *kind = case_string (c, json, "kind");
  const char *variance =
      json_string_value (json_object_get (json_object_get (c->json, "config"), "variance_type"));
  Toy *toy;

  if (! g_str_equal (kind, "tanh") && ! g_str_equal (kind, "gmm"))
    case_unknown (c, "toy %s", kind);
  if (process && ! process->alphas_cumprod && g_str_equal (kind, "gmm"))
    case_unknown (c, "toy %s of a process without betas", kind);
  if (! case_ok (c))
    return NULL;
  toy = g_new0 (Toy, 1);
  toy->parent = (DifEvaluator) { toy_evaluate, toy_free };
  toy->gmm = g_str_equal (kind, "gmm");
  toy->learned = g_strcmp0 (variance, "learned_range") == 0;
  toy->process = process;
  toy->first = first;
  toy->a = case_number_or (json, "a", 0.0);
  toy->b = case_number_or (json, "b", 0.0);
  toy->w = case_number_or (json, "w", 0.0);
  toy->d = case_number_or (json, "d", 0.0);
  toy->m = case_number_or (json, "m", 0.0);
  toy->s = case_number_or (json, "s", 0.0);
  toy->p = case_number_or (json, "p", 0.5);
  toy->offset = case_number_or (json, "offset", 0.0);
  return &toy->parent;
}

double
toy_value (const DifEvaluator *toy, double x, double t, gsize channel)
{
  return tanh_value ((const Toy *) toy, x, t, channel);
}

double
toy_variance (const DifEvaluator *toy, double x, double t)
{
  return variance_value ((const Toy *) toy, x, t);
}

ToyMixture
toy_mixture (const DifEvaluator *evaluator, gsize channel)
{
  const Toy   *toy = (const Toy *) evaluator;
  const double m = toy->m * (1.0 - 0.25 * (double) channel);

  return (ToyMixture) { { toy->p, 1.0 - toy->p },
                        { toy->offset + m, toy->offset - m },
                        { toy->s, toy->s } };
}

typedef struct
{
  DifDenoiser   parent;
  DifEvaluator *toy;
} ToyDenoiser;

static void
toy_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
             DifPrediction *out)
{
  const Toy *toy = (const Toy *) ((const ToyDenoiser *) self)->toy;

  out->x0 = dif_context_like (context, x);
  out->eps = dif_context_like (context, x);
  for (gsize i = 0; out->x0 && out->eps && i < x->size; i++)
    {
      double x0 = gmm_x0 (toy, x->data[i], step->alpha, step->sigma, i % x->dim[3]);

      out->x0->data[i] = (float) x0;
      out->eps->data[i] = (float) ((x->data[i] - step->alpha * x0) / step->sigma);
    }
}

static void
toy_denoiser_free (DifDenoiser *self)
{
  dif_evaluator_free (((ToyDenoiser *) self)->toy);
  g_free (self);
}

DifDenoiser *
toy_denoiser_new (Case *c, json_t *json)
{
  DifEvaluator *toy = toy_new (c, json, NULL, NULL);
  ToyDenoiser  *denoiser;

  if (toy && ! ((const Toy *) toy)->gmm)
    {
      case_unknown (c, "toy %s at any level", case_string (c, json, "kind"));
      g_clear_pointer (&toy, dif_evaluator_free);
    }
  if (! toy)
    return NULL;
  denoiser = g_new0 (ToyDenoiser, 1);
  denoiser->parent = (DifDenoiser) { toy_denoise, toy_denoiser_free };
  denoiser->toy = toy;
  return &denoiser->parent;
}
