/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/layers.h"

void
dif_conv_load (DifConv *conv, DifParams *params, const char *name, gsize c_in, gsize c_out,
               DifConvShape shape)
{
  conv->weight = dif_params_conv (params, name, c_out, c_in, shape.kernel, shape.stride);
  conv->bias = dif_params_vector (params, name, "bias", c_out);
  conv->shape = shape;
}

DifTensor *
dif_conv_apply (const DifConv *conv, DifContext *context, const DifTensor *x,
                const DifTensor *shift, const DifTensor *residual, float scale)
{
  const DifEpilogue epilogue = { conv->bias, shift, residual, scale };

  return dif_conv (context, &(DifConvInput) { x, NULL, NULL }, conv->weight, &conv->shape,
                   &epilogue);
}

void
dif_linear_load (DifLinear *linear, DifParams *params, const char *name, gsize c_in, gsize c_out)
{
  linear->weight = dif_params_linear (params, name, c_out, c_in);
  linear->bias = dif_params_vector (params, name, "bias", c_out);
}

DifTensor *
dif_linear_apply (const DifLinear *linear, DifContext *context, const DifTensor *x)
{
  const DifEpilogue epilogue = { .bias = linear->bias };

  return dif_linear (context, x, linear->weight, &epilogue);
}

void
dif_group_norm_load (DifGroupNorm *norm, DifParams *params, const char *name, gsize c,
                     guint n_groups, double eps)
{
  norm->n_groups = n_groups;
  norm->eps = eps;
  if (n_groups == 0)
    return;
  norm->gamma = dif_params_vector (params, name, "weight", c);
  norm->beta = dif_params_vector (params, name, "bias", c);
}

DifTensor *
dif_group_norm_apply (const DifGroupNorm *norm, DifContext *context, DifTensor *x,
                      const DifTensor *modulation, DifActivation activation)
{
  if (! x)
    return NULL;
  if (norm->n_groups == 0)
    return dif_tensor_ref (x);
  return dif_group_norm (context, x, norm->n_groups, norm->gamma, norm->beta, norm->eps, modulation,
                         activation);
}

DifTensor *
dif_conv_apply_normed (const DifConv *conv, DifContext *context, const DifNormedInput *input,
                       const DifTensor *shift, const DifTensor *residual, float scale)
{
  const DifGroupNorm *norm = input->norm;
  const DifEpilogue   epilogue = { conv->bias, shift, residual, scale };
  g_auto (DifPrologue) prologue = { NULL };

  if (! dif_group_norm_fold (context, input->x, input->beside, norm->n_groups, norm->gamma,
                             norm->beta, norm->eps, input->modulation, input->activation,
                             &prologue))
    return NULL;
  return dif_conv (context, &(DifConvInput) { input->x, input->beside, &prologue }, conv->weight,
                   &conv->shape, &epilogue);
}
