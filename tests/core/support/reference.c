/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/reference.h"

double *
reference_widen (const DifTensor *x)
{
  double *wide = x ? g_new (double, x->size) : NULL;

  for (gsize i = 0; x && i < x->size; i++)
    wide[i] = x->data[i];
  return wide;
}

/* A convolution's tensors but the weight, to those of a reference. */
static double *
conv (const ReferenceConv *c, const DifTensor *x, const float *weight, const DifEpilogue *e)
{
  const DifEpilogue none = { NULL };
  const gsize       n_weights = c->c_out * c->c_own * c->shape.kernel * c->shape.kernel;
  double           *wide[REFERENCE_CONV_INPUTS] = { NULL };
  double           *y = g_new (double, reference_conv_pixels (c) * c->c_out);

  e = e ? e : &none;
  wide[REFERENCE_CONV_X] = reference_widen (x);
  wide[REFERENCE_CONV_WEIGHT] = g_new (double, n_weights);
  for (gsize i = 0; i < n_weights; i++)
    wide[REFERENCE_CONV_WEIGHT][i] = weight[i];
  wide[REFERENCE_CONV_BIAS] = reference_widen (e->bias);
  wide[REFERENCE_CONV_SHIFT] = reference_widen (e->shift);
  wide[REFERENCE_CONV_RESIDUAL] = reference_widen (e->residual);
  reference_conv_forward ((const double *const *) wide, y, c);
  for (guint i = 0; i < REFERENCE_CONV_INPUTS; i++)
    g_free (wide[i]);
  return y;
}

static void
set_epilogue (ReferenceConv *c, const DifEpilogue *e)
{
  c->scale = e && e->scale != 0.0f ? e->scale : 1.0;
  c->after = e ? e->activation : DIF_ACTIVATION_NONE;
}

double *
reference_conv (const DifTensor *x, const float *weight, gsize c_out, const DifConvShape *s,
                const DifEpilogue *epilogue, gsize *n)
{
  ReferenceConv c = { .n = x->dim[0],
                      .h = x->dim[1],
                      .w = x->dim[2],
                      .c_own = x->dim[3],
                      .c_out = c_out,
                      .shape = *s };

  set_epilogue (&c, epilogue);
  *n = reference_conv_pixels (&c) * c_out;
  return conv (&c, x, weight, epilogue);
}

double *
reference_linear (const DifTensor *x, const float *weight, gsize c_out, const DifEpilogue *epilogue)
{
  const gsize   c_in = x->dim[x->n_dims - 1];
  ReferenceConv c = { .n = x->dim[0],
                      .h = x->size / x->dim[0] / c_in,
                      .w = 1,
                      .c_own = c_in,
                      .c_out = c_out,
                      .shape = { .kernel = 1, .stride = 1 } };

  set_epilogue (&c, epilogue);
  return conv (&c, x, weight, epilogue);
}

double *
reference_group_norm (const DifTensor *x, guint n_groups, const DifTensor *gamma,
                      const DifTensor *beta, double eps, const DifTensor *modulation,
                      DifActivation activation)
{
  const gsize         c = x->dim[x->n_dims - 1];
  const ReferenceNorm op = { .n = x->dim[0],
                             .pixels = x->size / x->dim[0] / c,
                             .c_own = c,
                             .groups = n_groups,
                             .eps = eps,
                             .activation = activation };
  double *wide[] = { reference_widen (x), NULL, reference_widen (gamma), reference_widen (beta),
                     reference_widen (modulation) };
  double *y = g_new (double, x->size);

  reference_group_norm_forward ((const double *const *) wide, y, &op);
  for (guint i = 0; i < REFERENCE_NORM_INPUTS; i++)
    g_free (wide[i]);
  return y;
}

double *
reference_attention (const DifTensor *q, const DifTensor *k, const DifTensor *v, guint n_heads)
{
  const gsize              c = q->dim[q->n_dims - 1];
  const ReferenceAttention op = { q->dim[0], q->size / q->dim[0] / c, k->size / k->dim[0] / c, c,
                                  n_heads };
  double *wide[] = { reference_widen (q), reference_widen (k), reference_widen (v) };
  double *y = g_new (double, q->size);

  reference_attention_forward ((const double *const *) wide, y, &op);
  for (guint i = 0; i < G_N_ELEMENTS (wide); i++)
    g_free (wide[i]);
  return y;
}
