/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/reference.h"

#include <math.h>

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

/* Bias, shift, activation, residual and scale of one output number. */
static double
finish (const DifEpilogue *e, double sum, gsize picture, gsize c_out, gsize o, gsize at)
{
  if (! e)
    return sum;
  if (e->bias)
    sum += e->bias->data[o];
  if (e->shift)
    sum += e->shift->data[picture * c_out + o];
  sum = reference_activation (e->activation, sum);
  if (e->residual)
    sum += e->residual->data[at];
  return e->scale == 0.0f ? sum : sum * e->scale;
}

/* The number the convolution sees at row y, column x of the padded, resized picture. */
static double
seen (const DifTensor *x, const DifConvShape *s, gsize picture, gsize row, gsize column, gsize c)
{
  gsize h = s->up_h ? s->up_h : x->dim[1];
  gsize w = s->up_w ? s->up_w : x->dim[2];

  if (row < s->pad_begin || column < s->pad_begin || row - s->pad_begin >= h ||
      column - s->pad_begin >= w)
    return 0.0;
  row = (gsize) floor ((double) (row - s->pad_begin) * x->dim[1] / h);
  column = (gsize) floor ((double) (column - s->pad_begin) * x->dim[2] / w);
  return x->data[((picture * x->dim[1] + row) * x->dim[2] + column) * x->dim[3] + c];
}

static double
kernel_sum (const DifTensor *x, const float *weight, const DifConvShape *s, gsize picture, gsize oy,
            gsize ox, gsize o)
{
  const float *w = weight + o * x->dim[3] * s->kernel * s->kernel;
  double       sum = 0.0;

  for (gsize i = 0; i < x->dim[3]; i++)
    for (guint ky = 0; ky < s->kernel; ky++)
      for (guint kx = 0; kx < s->kernel; kx++)
        sum += *w++ * seen (x, s, picture, oy * s->stride + ky, ox * s->stride + kx, i);
  return sum;
}

double *
reference_conv (const DifTensor *x, const float *weight, gsize c_out, const DifConvShape *s,
                const DifEpilogue *epilogue, gsize *n)
{
  gsize   h = (s->up_h ? s->up_h : x->dim[1]) + s->pad_begin + s->pad_end;
  gsize   w = (s->up_w ? s->up_w : x->dim[2]) + s->pad_begin + s->pad_end;
  gsize   out_h = (h - s->kernel) / s->stride + 1;
  gsize   out_w = (w - s->kernel) / s->stride + 1;
  double *out = g_new (double, x->dim[0] * out_h * out_w * c_out);

  *n = x->dim[0] * out_h * out_w * c_out;
  for (gsize at = 0; at < *n; at++)
    {
      gsize o = at % c_out;
      gsize ox = at / c_out % out_w;
      gsize oy = at / c_out / out_w % out_h;
      gsize picture = at / c_out / out_w / out_h;

      out[at] =
          finish (epilogue, kernel_sum (x, weight, s, picture, oy, ox, o), picture, c_out, o, at);
    }
  return out;
}

double *
reference_linear (const DifTensor *x, const float *weight, gsize c_out, const DifEpilogue *epilogue)
{
  gsize   c_in = x->dim[x->n_dims - 1];
  gsize   rows = x->size / c_in;
  double *out = g_new (double, rows *c_out);

  for (gsize at = 0; at < rows * c_out; at++)
    {
      gsize  row = at / c_out;
      double sum = 0.0;

      for (gsize i = 0; i < c_in; i++)
        sum += (double) x->data[row * c_in + i] * weight[at % c_out * c_in + i];
      out[at] = finish (epilogue, sum, row * x->dim[0] / rows, c_out, at % c_out, at);
    }
  return out;
}

/* Mean and 1 / deviation of one group of one picture. */
static void
group_moments (const DifTensor *x, gsize picture, gsize first, gsize n, double eps, double *mean,
               double *rstd)
{
  gsize        c = x->dim[x->n_dims - 1];
  gsize        pixels = x->size / x->dim[0] / c;
  const float *p = x->data + picture * pixels * c;
  double       sum = 0.0;
  double       squares = 0.0;

  for (gsize i = 0; i < pixels * n; i++)
    sum += p[i / n * c + first + i % n];
  *mean = sum / (pixels * n);
  for (gsize i = 0; i < pixels * n; i++)
    squares += pow (p[i / n * c + first + i % n] - *mean, 2.0);
  *rstd = 1.0 / sqrt (squares / (pixels * n) + eps);
}

double *
reference_group_norm (const DifTensor *x, guint n_groups, const DifTensor *gamma,
                      const DifTensor *beta, double eps, const DifTensor *modulation,
                      DifActivation activation)
{
  gsize   c = x->dim[x->n_dims - 1];
  gsize   pixels = x->size / x->dim[0] / c;
  double *out = g_new (double, x->size);

  for (gsize picture = 0; picture < x->dim[0]; picture++)
    for (gsize i = 0; i < c; i++)
      {
        gsize  n = c / n_groups;
        double mean, rstd;

        group_moments (x, picture, i / n * n, n, eps, &mean, &rstd);
        for (gsize p = 0; p < pixels; p++)
          {
            gsize  at = (picture * pixels + p) * c + i;
            double y = (x->data[at] - mean) * rstd * gamma->data[i] + beta->data[i];

            if (modulation)
              y = y * (1.0 + modulation->data[picture * 2 * c + i]) +
                  modulation->data[picture * 2 * c + c + i];
            out[at] = reference_activation (activation, y);
          }
      }
  return out;
}

/* One query of one head: out [head] */
static void
attend (const float *q, const float *k, const float *v, gsize l_k, gsize c, gsize head, double *out)
{
  g_autofree double *score = g_new (double, l_k);
  double             top = -INFINITY;
  double             sum = 0.0;

  for (gsize j = 0; j < l_k; j++)
    {
      score[j] = 0.0;
      for (gsize i = 0; i < head; i++)
        score[j] += (double) q[i] * k[j * c + i] / sqrt ((double) head);
      top = MAX (top, score[j]);
    }
  for (gsize j = 0; j < l_k; j++)
    sum += score[j] = exp (score[j] - top);
  for (gsize i = 0; i < head; i++)
    out[i] = 0.0;
  for (gsize j = 0; j < l_k; j++)
    for (gsize i = 0; i < head; i++)
      out[i] += score[j] / sum * v[j * c + i];
}

double *
reference_attention (const DifTensor *q, const DifTensor *k, const DifTensor *v, guint n_heads)
{
  gsize   c = q->dim[q->n_dims - 1];
  gsize   head = c / n_heads;
  gsize   l_q = q->size / q->dim[0] / c;
  gsize   l_k = k->size / k->dim[0] / c;
  double *out = g_new (double, q->size);

  for (gsize row = 0; row < q->size / c; row++)
    for (gsize h = 0; h < n_heads; h++)
      {
        gsize at = row * c + h * head;
        gsize keys = row / l_q * l_k * c + h * head;

        attend (q->data + at, k->data + keys, v->data + keys, l_k, c, head, out + at);
      }
  return out;
}
