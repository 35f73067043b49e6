/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/reference-forward.h"

#include <math.h>
#include <string.h>

/* ---- numbers by themselves ---- */

double
reference_activation (DifActivation activation, double x)
{
  switch (activation)
    {
    case DIF_ACTIVATION_SILU:
      return x / (1.0 + exp (-x));
    case DIF_ACTIVATION_GELU:
      return 0.5 * x * (1.0 + erf (x / sqrt (2.0)));
    case DIF_ACTIVATION_MISH:
      return x * tanh (log1p (exp (x)));
    case DIF_ACTIVATION_RELU:
      return MAX (x, 0.0);
    case DIF_ACTIVATION_NONE:
      break;
    }
  return x;
}

void
reference_activate_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceActivate *a = op;

  for (gsize i = 0; i < a->size; i++)
    y[i] = reference_activation (a->activation, x[0][i]);
}

void
reference_sum_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceSum *s = op;

  for (gsize i = 0; i < s->size; i++)
    {
      y[i] = 0.0;
      for (guint term = 0; term < s->n; term++)
        y[i] += s->factor[term] * x[s->input[term]][i];
    }
}

void
reference_prologue_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferencePrologue *p = op;

  for (gsize at = 0; at < p->n * p->pixels * p->c; at++)
    {
      const gsize norm = at / (p->pixels * p->c) * p->c + at % p->c;
      double      u = x[0][at];

      if (x[REFERENCE_PROLOGUE_FACTOR])
        u = u * x[REFERENCE_PROLOGUE_FACTOR][norm] + x[REFERENCE_PROLOGUE_SUMMAND][norm];
      y[at] = reference_activation (p->activation, u);
    }
}

/* ---- moved ---- */

void
reference_concat_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceConcat *c = op;

  for (gsize row = 0; row < c->rows; row++)
    {
      for (gsize i = 0; i < c->a; i++)
        *y++ = x[0][row * c->a + i];
      for (gsize i = 0; i < c->b; i++)
        *y++ = x[1][row * c->b + i];
    }
}

void
reference_slice_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceSlice *s = op;

  for (gsize i = 0; i < s->rows * s->n; i++)
    y[i] = x[0][i / s->n * s->c + s->first + i % s->n];
}

gsize
reference_upsample_source (const ReferencePictures *op, gsize at)
{
  const gsize pixel = at / op->c;
  const gsize row = pixel / (2 * op->w); /* through all pictures, whose rows are even */

  return (row / 2 * op->w + pixel % (2 * op->w) / 2) * op->c + at % op->c;
}

void
reference_upsample_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferencePictures *p = op;

  for (gsize at = 0; at < 4 * p->n * p->h * p->w * p->c; at++)
    y[at] = x[0][reference_upsample_source (p, at)];
}

gsize
reference_pool_source (const ReferencePictures *op, gsize at, guint which)
{
  const gsize h = op->h / 2, w = op->w / 2;
  const gsize pixel = at / op->c;
  const gsize y = 2 * (pixel / w % h) + which / 2;
  const gsize x = 2 * (pixel % w) + which % 2;

  return ((pixel / w / h * op->h + y) * op->w + x) * op->c + at % op->c;
}

void
reference_pool_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferencePictures *p = op;

  for (gsize at = 0; at < p->n * (p->h / 2) * (p->w / 2) * p->c; at++)
    {
      y[at] = 0.0;
      for (guint which = 0; which < 4; which++)
        y[at] += 0.25 * x[0][reference_pool_source (p, at, which)];
    }
}

void
reference_rows_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceRows *r = op;

  for (gsize at = 0; at < r->n * r->c; at++)
    {
      const DifRowMix *mix = &r->mix[at / r->c];

      y[at] = 0.0;
      for (guint i = 0; i < mix->n; i++)
        y[at] += mix->weight[i] * x[0][mix->index[i] * r->c + at % r->c];
    }
}

/* ---- convolution ---- */

gsize
reference_conv_side (const ReferenceConv *c, gsize side, gsize up)
{
  const DifConvShape *s = &c->shape;

  return ((up ? up : side) + s->pad_begin + s->pad_end - s->kernel) / s->stride + 1;
}

gsize
reference_conv_pixels (const ReferenceConv *c)
{
  return c->n * reference_conv_side (c, c->h, c->shape.up_h) *
         reference_conv_side (c, c->w, c->shape.up_w);
}

gsize
reference_conv_source (const ReferenceConv *c, gsize pixel, gsize tap)
{
  const DifConvShape *s = &c->shape;
  const gsize         h = s->up_h ? s->up_h : c->h;
  const gsize         w = s->up_w ? s->up_w : c->w;
  const gsize         out_h = reference_conv_side (c, c->h, s->up_h);
  const gsize         out_w = reference_conv_side (c, c->w, s->up_w);
  const gsize         y = pixel / out_w % out_h * s->stride + tap / s->kernel; /* in the padded */
  const gsize         x = pixel % out_w * s->stride + tap % s->kernel;

  if (y < s->pad_begin || x < s->pad_begin || y - s->pad_begin >= h || x - s->pad_begin >= w)
    return G_MAXSIZE;
  return (pixel / out_w / out_h * c->h + (y - s->pad_begin) * c->h / h) * c->w +
         (x - s->pad_begin) * c->w / w;
}

ReferenceConcat
reference_conv_concat (const ReferenceConv *c)
{
  return (ReferenceConcat) { c->n * c->h * c->w, c->c_own, c->c_beside };
}

ReferencePrologue
reference_conv_prologue (const ReferenceConv *c)
{
  return (ReferencePrologue) { c->n, c->h * c->w, c->c_own + c->c_beside, c->before };
}

double *
reference_conv_seen (const ReferenceConv *c, const double *const *x)
{
  const ReferenceConcat   concat = reference_conv_concat (c);
  const ReferencePrologue prologue = reference_conv_prologue (c);
  const gsize             size = concat.rows * prologue.c;
  g_autofree double      *joined = g_new (double, size);
  double                 *seen = g_new (double, size);

  reference_concat_forward (x, joined, &concat);
  reference_prologue_forward (
      (const double *const[]) { joined, x[REFERENCE_CONV_FACTOR], x[REFERENCE_CONV_SUMMAND] }, seen,
      &prologue);
  return seen;
}

/* Bias, shift, activation, residual and scale of one output number. */
static double
finish (const ReferenceConv *c, const double *const *x, double sum, gsize at)
{
  const gsize picture = at / (reference_conv_pixels (c) / c->n * c->c_out);

  if (x[REFERENCE_CONV_BIAS])
    sum += x[REFERENCE_CONV_BIAS][at % c->c_out];
  if (x[REFERENCE_CONV_SHIFT])
    sum += x[REFERENCE_CONV_SHIFT][picture * c->c_out + at % c->c_out];
  sum = reference_activation (c->after, sum);
  if (x[REFERENCE_CONV_RESIDUAL])
    sum += x[REFERENCE_CONV_RESIDUAL][at];
  return sum * c->scale;
}

void
reference_conv_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceConv *c = op;
  const gsize          c_in = c->c_own + c->c_beside;
  const gsize          area = (gsize) c->shape.kernel * c->shape.kernel;
  const gsize          n = reference_conv_pixels (c);
  g_autofree double   *seen = reference_conv_seen (c, x);

  memset (y, 0, n * c->c_out * sizeof *y);
  for (gsize i = 0; i < n * area; i++)
    {
      const gsize   source = reference_conv_source (c, i / area, i % area);
      const double *weight = x[REFERENCE_CONV_WEIGHT] + i % area;

      for (gsize o = 0; source != G_MAXSIZE && o < c->c_out; o++)
        for (gsize in = 0; in < c_in; in++, weight += area)
          y[i / area * c->c_out + o] += *weight * seen[source * c_in + in];
    }
  for (gsize at = 0; at < n * c->c_out; at++)
    y[at] = finish (c, x, y[at], at);
}

/* ---- norms ---- */

gsize
reference_norm_at (const ReferenceNorm *op, gsize group, gsize i)
{
  const gsize c = op->c_own + op->c_beside;
  const gsize n = c / op->groups;

  return (group / op->groups * op->pixels + i / n) * c + group % op->groups * n + i % n;
}

void
reference_norm_moments (const ReferenceNorm *op, const double *x, gsize group, double *mean,
                        double *rstd)
{
  const gsize n = (op->c_own + op->c_beside) / op->groups * op->pixels;
  double      sum = 0.0, squares = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += x[reference_norm_at (op, group, i)];
  *mean = sum / (double) n;
  for (gsize i = 0; i < n; i++)
    squares += pow (x[reference_norm_at (op, group, i)] - *mean, 2.0);
  *rstd = 1.0 / sqrt (squares / (double) n + op->eps);
}

void
reference_norm_fold (const ReferenceNorm *op, const double *joined, const double *const *x,
                     double *factor, double *summand)
{
  const gsize   c = op->c_own + op->c_beside;
  const gsize   n = c / op->groups;
  const double *gamma = x[REFERENCE_NORM_GAMMA];
  const double *modulation = x[REFERENCE_NORM_MODULATION];
  double        mean = 0.0, rstd = 0.0;

  for (gsize at = 0; at < op->n * c; at++)
    {
      if (at % n == 0)
        reference_norm_moments (op, joined, at / n, &mean, &rstd);
      factor[at] = gamma[at % c] * rstd;
      summand[at] = x[REFERENCE_NORM_BETA][at % c] - mean * gamma[at % c] * rstd;
      if (! modulation)
        continue;
      factor[at] *= 1.0 + modulation[at / c * 2 * c + at % c];
      summand[at] *= 1.0 + modulation[at / c * 2 * c + at % c];
      summand[at] += modulation[at / c * 2 * c + c + at % c];
    }
}

void
reference_fold_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceNorm  *f = op;
  const gsize           c = f->c_own + f->c_beside;
  const ReferenceConcat concat = { f->n * f->pixels, f->c_own, f->c_beside };
  const ReferenceConcat both = { f->n, f->parts & REFERENCE_FOLD_FACTOR ? c : 0,
                                 f->parts & REFERENCE_FOLD_SUMMAND ? c : 0 };
  g_autofree double    *joined = g_new (double, concat.rows *c);
  g_autofree double    *factor = g_new (double, f->n *c);
  g_autofree double    *summand = g_new (double, f->n *c);

  reference_concat_forward (x, joined, &concat);
  reference_norm_fold (f, joined, x, factor, summand);
  reference_concat_forward ((const double *const[]) { factor, summand }, y, &both);
}

void
reference_group_norm_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceNorm    *g = op;
  const ReferencePrologue prologue = { g->n, g->pixels, g->c_own, g->activation };
  g_autofree double      *factor = g_new (double, g->n * g->c_own);
  g_autofree double      *summand = g_new (double, g->n * g->c_own);

  reference_norm_fold (g, x[0], x, factor, summand);
  reference_prologue_forward ((const double *const[]) { x[0], factor, summand }, y, &prologue);
}

/* ---- attention ---- */

void
reference_attention_weights (const ReferenceAttention *op, const double *q, const double *keys,
                             double *weight)
{
  const gsize head = op->c / op->heads;
  double      top = -INFINITY, sum = 0.0;

  for (gsize key = 0; key < op->l_k; key++)
    {
      weight[key] = 0.0;
      for (gsize i = 0; i < head; i++)
        weight[key] += q[i] * keys[key * op->c + i] / sqrt ((double) head);
      top = MAX (top, weight[key]);
    }
  for (gsize key = 0; key < op->l_k; key++)
    sum += weight[key] = exp (weight[key] - top);
  for (gsize key = 0; key < op->l_k; key++)
    weight[key] /= sum;
}

void
reference_attention_forward (const double *const *x, double *y, gconstpointer op)
{
  const ReferenceAttention *a = op;
  const gsize               head = a->c / a->heads;
  g_autofree double        *weight = g_new (double, a->l_k);

  memset (y, 0, a->n * a->l_q * a->c * sizeof *y);
  for (gsize i = 0; i < a->n * a->l_q * a->heads; i++)
    {
      const gsize q = i * head; /* heads are neighboring channels */
      const gsize k = i / a->heads / a->l_q * a->l_k * a->c + i % a->heads * head;

      reference_attention_weights (a, x[0] + q, x[1] + k, weight);
      for (gsize key = 0; key < a->l_k; key++)
        for (gsize e = 0; e < head; e++)
          y[q + e] += weight[key] * x[2][k + key * a->c + e];
    }
}
