/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/reference-gradient.h"

#include <math.h>

/* ---- numbers by themselves ---- */

static double
slope (DifActivation activation, double x)
{
  const double logistic = 1.0 / (1.0 + exp (-x));
  const double t = tanh (log1p (exp (x)));

  switch (activation)
    {
    case DIF_ACTIVATION_SILU:
      return logistic * (1.0 + x * (1.0 - logistic));
    case DIF_ACTIVATION_GELU:
      return 0.5 * (1.0 + erf (x / sqrt (2.0))) + x * exp (-0.5 * x * x) / sqrt (2.0 * G_PI);
    case DIF_ACTIVATION_MISH:
      return t + x * (1.0 - t * t) * logistic;
    case DIF_ACTIVATION_RELU:
      return x > 0.0 ? 1.0 : 0.0;
    case DIF_ACTIVATION_NONE:
      break;
    }
  return 1.0;
}

static void
add (double *const *dx, guint input, gsize at, double part)
{
  if (dx[input])
    dx[input][at] += part;
}

static void
activate_backward (const double *const *x, const double *dy, double *const *dx, gconstpointer op)
{
  const ReferenceActivate *a = op;

  for (gsize i = 0; i < a->size; i++)
    add (dx, 0, i, dy[i] * slope (a->activation, x[0][i]));
}

static void
sum_backward (const double *const *x G_GNUC_UNUSED, const double *dy, double *const *dx,
              gconstpointer op)
{
  const ReferenceSum *s = op;

  for (gsize i = 0; i < s->size * s->n; i++)
    add (dx, s->input[i % s->n], i / s->n, s->factor[i % s->n] * dy[i / s->n]);
}

static void
prologue_backward (const double *const *x, const double *dy, double *const *dx, gconstpointer op)
{
  const ReferencePrologue *p = op;
  const double            *factor = x[REFERENCE_PROLOGUE_FACTOR];

  for (gsize at = 0; at < p->n * p->pixels * p->c; at++)
    {
      const gsize  norm = at / (p->pixels * p->c) * p->c + at % p->c;
      const double f = factor ? factor[norm] : 1.0;
      const double u = factor ? f * x[0][at] + x[REFERENCE_PROLOGUE_SUMMAND][norm] : x[0][at];
      const double du = dy[at] * slope (p->activation, u);

      add (dx, 0, at, du * f);
      if (! factor)
        continue;
      add (dx, REFERENCE_PROLOGUE_FACTOR, norm, du * x[0][at]);
      add (dx, REFERENCE_PROLOGUE_SUMMAND, norm, du);
    }
}

/* ---- moved ---- */

static void
concat_backward (const double *const *x G_GNUC_UNUSED, const double *dy, double *const *dx,
                 gconstpointer op)
{
  const ReferenceConcat *c = op;

  for (gsize row = 0; row < c->rows; row++)
    {
      for (gsize i = 0; i < c->a; i++)
        add (dx, 0, row * c->a + i, *dy++);
      for (gsize i = 0; i < c->b; i++)
        add (dx, 1, row * c->b + i, *dy++);
    }
}

static void
slice_backward (const double *const *x G_GNUC_UNUSED, const double *dy, double *const *dx,
                gconstpointer op)
{
  const ReferenceSlice *s = op;

  for (gsize i = 0; i < s->rows * s->n; i++)
    add (dx, 0, i / s->n * s->c + s->first + i % s->n, dy[i]);
}

static void
upsample_backward (const double *const *x G_GNUC_UNUSED, const double *dy, double *const *dx,
                   gconstpointer op)
{
  const ReferencePictures *p = op;

  for (gsize at = 0; at < 4 * p->n * p->h * p->w * p->c; at++)
    add (dx, 0, reference_upsample_source (p, at), dy[at]);
}

static void
pool_backward (const double *const *x G_GNUC_UNUSED, const double *dy, double *const *dx,
               gconstpointer op)
{
  const ReferencePictures *p = op;

  for (gsize i = 0; i < 4 * p->n * (p->h / 2) * (p->w / 2) * p->c; i++)
    add (dx, 0, reference_pool_source (p, i / 4, i % 4), 0.25 * dy[i / 4]);
}

static void
rows_backward (const double *const *x G_GNUC_UNUSED, const double *dy, double *const *dx,
               gconstpointer op)
{
  const ReferenceRows *r = op;

  for (gsize at = 0; at < r->n * r->c; at++)
    {
      const DifRowMix *mix = &r->mix[at / r->c];

      for (guint i = 0; i < mix->n; i++)
        add (dx, 0, mix->index[i] * r->c + at % r->c, mix->weight[i] * dy[at]);
    }
}

/* ---- convolution ---- */

/* All products of one output pixel with one tap; seen and d_seen are of the pixel that it reads. */
static void
back_tap (const ReferenceConv *c, const double *weight, const double *seen, const double *dy,
          double *d_seen, double *d_weight)
{
  const gsize c_in = c->c_own + c->c_beside;
  const gsize area = (gsize) c->shape.kernel * c->shape.kernel;

  for (gsize o = 0, at = 0; o < c->c_out; o++)
    for (gsize in = 0; in < c_in; in++, at += area)
      {
        d_seen[in] += dy[o] * c->scale * weight[at];
        if (d_weight)
          d_weight[at] += dy[o] * c->scale * seen[in];
      }
}

/* What the kernel saw, back to the inputs that it was made from. */
static void
back_seen (const ReferenceConv *c, const double *const *x, const double *d_seen, double *const *dx)
{
  const ReferenceConcat   concat = reference_conv_concat (c);
  const ReferencePrologue prologue = reference_conv_prologue (c);
  g_autofree double      *joined = g_new (double, concat.rows *prologue.c);
  g_autofree double      *d_joined = g_new0 (double, concat.rows *prologue.c);

  reference_concat_forward (x, joined, &concat);
  prologue_backward (
      (const double *const[]) { joined, x[REFERENCE_CONV_FACTOR], x[REFERENCE_CONV_SUMMAND] },
      d_seen, (double *const[]) { d_joined, dx[REFERENCE_CONV_FACTOR], dx[REFERENCE_CONV_SUMMAND] },
      &prologue);
  concat_backward (x, d_joined, dx, &concat);
}

static void
conv_backward (const double *const *x, const double *dy, double *const *dx, gconstpointer op)
{
  const ReferenceConv *c = op;
  const gsize          c_in = c->c_own + c->c_beside;
  const gsize          area = (gsize) c->shape.kernel * c->shape.kernel;
  const gsize          n = reference_conv_pixels (c);
  double              *d_weight = dx[REFERENCE_CONV_WEIGHT];
  g_autofree double   *seen = reference_conv_seen (c, x);
  g_autofree double   *d_seen = g_new0 (double, c->n * c->h * c->w * c_in);

  g_assert_cmpint (c->after, ==, DIF_ACTIVATION_NONE);
  for (gsize at = 0; at < n * c->c_out; at++)
    {
      const gsize picture = at / (n / c->n * c->c_out);

      add (dx, REFERENCE_CONV_BIAS, at % c->c_out, dy[at] * c->scale);
      add (dx, REFERENCE_CONV_SHIFT, picture * c->c_out + at % c->c_out, dy[at] * c->scale);
      add (dx, REFERENCE_CONV_RESIDUAL, at, dy[at] * c->scale);
    }
  for (gsize i = 0; i < n * area; i++)
    {
      const gsize source = reference_conv_source (c, i / area, i % area);

      if (source != G_MAXSIZE)
        back_tap (c, x[REFERENCE_CONV_WEIGHT] + i % area, seen + source * c_in,
                  dy + i / area * c->c_out, d_seen + source * c_in,
                  d_weight ? d_weight + i % area : NULL);
    }
  back_seen (c, x, d_seen, dx);
}

/* ---- norms ---- */

/* One channel's factor gamma rstd (1 + s) and summand (beta - mean gamma rstd) (1 + s) + t. */
static void
back_channel (const ReferenceNorm *op, const double *const *x, gsize at, double mean, double rstd,
              double d_factor, double d_summand, double *d_mean, double *d_rstd, double *const *dx)
{
  const gsize   c = op->c_own + op->c_beside;
  const gsize   s = at / c * 2 * c + at % c;
  const double *modulation = x[REFERENCE_NORM_MODULATION];
  const double  more = modulation ? 1.0 + modulation[s] : 1.0;
  const double  gamma = x[REFERENCE_NORM_GAMMA][at % c];
  const double  beta = x[REFERENCE_NORM_BETA][at % c];
  const double  d_product = d_factor - mean * d_summand; /* with respect to gamma rstd, but more */

  add (dx, REFERENCE_NORM_GAMMA, at % c, d_product * rstd * more);
  add (dx, REFERENCE_NORM_BETA, at % c, d_summand * more);
  add (dx, REFERENCE_NORM_MODULATION, s, d_product * gamma * rstd + d_summand * beta);
  add (dx, REFERENCE_NORM_MODULATION, s + c, d_summand);
  *d_mean -= d_summand * gamma * rstd * more;
  *d_rstd += d_product * gamma * more;
}

/* rstd = (variance + eps)^(-1/2); the variance's gradient by the mean is 0. */
static void
back_moments (const ReferenceNorm *op, const double *joined, gsize group, double mean, double rstd,
              double d_mean, double d_rstd, double *d_joined)
{
  const gsize  n = (op->c_own + op->c_beside) / op->groups * op->pixels;
  const double d_variance = -0.5 * d_rstd * pow (rstd, 3.0);

  for (gsize i = 0; i < n; i++)
    {
      const gsize at = reference_norm_at (op, group, i);

      d_joined[at] += (d_mean + 2.0 * d_variance * (joined[at] - mean)) / (double) n;
    }
}

static void
back_fold (const ReferenceNorm *op, const double *joined, const double *const *x,
           const double *d_factor, const double *d_summand, double *d_joined, double *const *dx)
{
  const gsize n = (op->c_own + op->c_beside) / op->groups;

  for (gsize group = 0; group < op->n * op->groups; group++)
    {
      double mean, rstd, d_mean = 0.0, d_rstd = 0.0;

      reference_norm_moments (op, joined, group, &mean, &rstd);
      for (gsize at = group * n; at < (group + 1) * n; at++)
        back_channel (op, x, at, mean, rstd, d_factor[at], d_summand[at], &d_mean, &d_rstd, dx);
      back_moments (op, joined, group, mean, rstd, d_mean, d_rstd, d_joined);
    }
}

static void
fold_backward (const double *const *x, const double *dy, double *const *dx, gconstpointer op)
{
  const ReferenceNorm  *f = op;
  const gsize           c = f->c_own + f->c_beside;
  const ReferenceConcat concat = { f->n * f->pixels, f->c_own, f->c_beside };
  const ReferenceConcat both = { f->n, f->parts & REFERENCE_FOLD_FACTOR ? c : 0,
                                 f->parts & REFERENCE_FOLD_SUMMAND ? c : 0 };
  g_autofree double    *joined = g_new (double, concat.rows *c);
  g_autofree double    *d_joined = g_new0 (double, concat.rows *c);
  g_autofree double    *d_factor = g_new0 (double, f->n *c);
  g_autofree double    *d_summand = g_new0 (double, f->n *c);

  reference_concat_forward (x, joined, &concat);
  concat_backward (NULL, dy, (double *const[]) { d_factor, d_summand }, &both);
  back_fold (f, joined, x, d_factor, d_summand, d_joined, dx);
  concat_backward (x, d_joined, dx, &concat);
}

static void
group_norm_backward (const double *const *x, const double *dy, double *const *dx, gconstpointer op)
{
  const ReferenceNorm    *g = op;
  const gsize             n = g->n * g->c_own;
  const ReferencePrologue prologue = { g->n, g->pixels, g->c_own, g->activation };
  g_autofree double      *factor = g_new (double, n);
  g_autofree double      *summand = g_new (double, n);
  g_autofree double      *d_factor = g_new0 (double, n);
  g_autofree double      *d_summand = g_new0 (double, n);
  g_autofree double      *d_x = g_new0 (double, n * g->pixels);

  reference_norm_fold (g, x[0], x, factor, summand);
  prologue_backward ((const double *const[]) { x[0], factor, summand }, dy,
                     (double *const[]) { d_x, d_factor, d_summand }, &prologue);
  back_fold (g, x[0], x, d_factor, d_summand, d_x, dx);
  for (gsize i = 0; i < n * g->pixels; i++)
    add (dx, REFERENCE_NORM_X, i, d_x[i]);
}

/* ---- attention ---- */

static void
attention_backward (const double *const *x, const double *dy, double *const *dx, gconstpointer op)
{
  const ReferenceAttention *a = op;
  const gsize               head = a->c / a->heads;
  g_autofree double        *weight = g_new (double, a->l_k);
  g_autofree double        *d_weight = g_new (double, a->l_k);

  for (gsize i = 0; i < a->n * a->l_q * a->heads; i++)
    {
      const gsize q = i * head;
      const gsize k = i / a->heads / a->l_q * a->l_k * a->c + i % a->heads * head;
      double      all = 0.0;

      reference_attention_weights (a, x[0] + q, x[1] + k, weight);
      for (gsize key = 0; key < a->l_k; key++)
        {
          d_weight[key] = 0.0;
          for (gsize e = 0; e < head; e++)
            d_weight[key] += dy[q + e] * x[2][k + key * a->c + e];
          all += weight[key] * d_weight[key];
        }
      for (gsize j = 0; j < a->l_k * head; j++)
        {
          const gsize  key = j / head, e = j % head, at = k + key * a->c + e;
          const double d_score = weight[key] * (d_weight[key] - all) / sqrt ((double) head);

          add (dx, 0, q + e, d_score * x[1][at]);
          add (dx, 1, at, d_score * x[0][q + e]);
          add (dx, 2, at, weight[key] * dy[q + e]);
        }
    }
}

const Reference exact_activate = { reference_activate_forward, activate_backward };
const Reference exact_sum = { reference_sum_forward, sum_backward };
const Reference exact_prologue = { reference_prologue_forward, prologue_backward };
const Reference exact_concat = { reference_concat_forward, concat_backward };
const Reference exact_slice = { reference_slice_forward, slice_backward };
const Reference exact_upsample = { reference_upsample_forward, upsample_backward };
const Reference exact_pool = { reference_pool_forward, pool_backward };
const Reference exact_rows = { reference_rows_forward, rows_backward };
const Reference exact_conv = { reference_conv_forward, conv_backward };
const Reference exact_group_norm = { reference_group_norm_forward, group_norm_backward };
const Reference exact_fold = { reference_fold_forward, fold_backward };
const Reference exact_attention = { reference_attention_forward, attention_backward };
