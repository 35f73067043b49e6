/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/blocks.h"

#include "core/ops/activate.h"
#include "core/ops/attention/attention.h"
#include "core/ops/elementwise.h"
#include "core/ops/pool2d.h"

static const DifConvShape conv3x3 = { .kernel = 3, .stride = 1, .pad_begin = 1, .pad_end = 1 };
static const DifConvShape conv1x1 = { .kernel = 1, .stride = 1 };

static char *
child (const char *name, const char *leaf)
{
  return g_strjoin (".", name, leaf, NULL);
}

void
dif_resnet_load (DifResnet *resnet, DifParams *params, const char *name, const DifResnetSpec *spec)
{
  g_autofree char *norm1 = child (name, "norm1");
  g_autofree char *conv1 = child (name, "conv1");
  g_autofree char *time_emb_proj = child (name, "time_emb_proj");
  g_autofree char *norm2 = child (name, "norm2");
  g_autofree char *conv2 = child (name, "conv2");
  g_autofree char *shortcut = child (name, "conv_shortcut");

  resnet->spec = *spec;
  dif_group_norm_load (&resnet->norm1, params, norm1, spec->c_in, spec->n_groups, spec->eps);
  dif_conv_load (&resnet->conv1, params, conv1, spec->c_in, spec->c_out, conv3x3);
  if (spec->c_emb)
    dif_linear_load (&resnet->time_emb_proj, params, time_emb_proj, spec->c_emb,
                     spec->scale_shift ? 2 * spec->c_out : spec->c_out);
  dif_group_norm_load (&resnet->norm2, params, norm2, spec->c_out, spec->n_groups, spec->eps);
  dif_conv_load (&resnet->conv2, params, conv2, spec->c_out, spec->c_out, conv3x3);
  if (spec->c_in != spec->c_out)
    dif_conv_load (&resnet->shortcut, params, shortcut, spec->c_in, spec->c_out, conv1x1);
}

static DifTensor *
resample (DifContext *context, DifResample kind, DifTensor *x)
{
  switch (kind)
    {
    case DIF_RESAMPLE_DOWN:
      return dif_avg_pool2d (context, x);
    case DIF_RESAMPLE_UP:
      return dif_upsample_nearest2d (context, x);
    case DIF_RESAMPLE_NONE:
      break;
    }
  return x ? dif_tensor_ref (x) : NULL;
}

/* The first half: norm, activation, resampling, convolution. */
static DifTensor *
apply_first (const DifResnet *resnet, DifContext *context, DifTensor *x, DifTensor *beside,
             const DifTensor *shift)
{
  const DifResnetSpec  *spec = &resnet->spec;
  const DifNormedInput  input = { &resnet->norm1, x, beside, NULL, spec->activation };
  g_autoptr (DifTensor) normed = NULL;
  g_autoptr (DifTensor) resized = NULL;

  if (spec->resample == DIF_RESAMPLE_NONE)
    return dif_conv_apply_normed (&resnet->conv1, context, &input, shift, NULL, 1.0f);
  normed = dif_group_norm_apply (&resnet->norm1, context, x, NULL, spec->activation);
  resized = resample (context, spec->resample, normed);
  g_clear_pointer (&normed, dif_tensor_unref);
  return dif_conv_apply (&resnet->conv1, context, resized, shift, NULL, 1.0f);
}

/* x, or what resampling makes of it, as it is added to the result. */
static DifTensor *
apply_shortcut (const DifResnet *resnet, DifContext *context, DifTensor *x, DifTensor *beside)
{
  const DifResnetSpec  *spec = &resnet->spec;
  g_autoptr (DifTensor) own = resample (context, spec->resample, x);
  const DifEpilogue     epilogue = { .bias = resnet->shortcut.bias };

  if (spec->c_in == spec->c_out)
    return g_steal_pointer (&own);
  return dif_conv (context, &(DifConvInput) { own, beside, NULL }, resnet->shortcut.weight,
                   &resnet->shortcut.shape, &epilogue);
}

/* Whether all layers can read channels in two tensors. */
static gboolean
reads_beside (const DifResnetSpec *spec)
{
  return spec->resample == DIF_RESAMPLE_NONE && spec->n_groups > 0 && spec->c_in != spec->c_out;
}

DifTensor *
dif_resnet_apply (const DifResnet *resnet, DifContext *context, DifTensor *x, DifTensor *beside,
                  const DifTensor *emb)
{
  const DifResnetSpec  *spec = &resnet->spec;
  g_autoptr (DifTensor) joined = NULL;
  g_autoptr (DifTensor) shortcut = NULL;
  g_autoptr (DifTensor) active_emb = NULL;
  g_autoptr (DifTensor) projected = NULL;
  g_autoptr (DifTensor) h = NULL;
  DifNormedInput        input;

  if (spec->c_emb)
    {
      active_emb = dif_activate (context, emb, spec->activation);
      projected = dif_linear_apply (&resnet->time_emb_proj, context, active_emb);
      if (! projected)
        return NULL;
    }
  if (beside && ! reads_beside (spec))
    {
      joined = dif_concat_channels (context, x, beside);
      x = joined;
      beside = NULL;
    }
  h = apply_first (resnet, context, x, beside, spec->scale_shift ? NULL : projected);
  shortcut = apply_shortcut (resnet, context, x, beside);
  if (! shortcut)
    return NULL;
  input = (DifNormedInput) { &resnet->norm2, h, NULL, spec->scale_shift ? projected : NULL,
                             spec->activation };
  return dif_conv_apply_normed (&resnet->conv2, context, &input, NULL, shortcut,
                                1.0f / spec->out_scale);
}

void
dif_attention_load (DifAttention *attention, DifParams *params, const char *name,
                    const DifAttentionSpec *spec)
{
  const gboolean   old = dif_params_has (params, name, "query.weight");
  g_autofree char *group_norm = child (name, "group_norm");
  g_autofree char *to_q = child (name, old ? "query" : "to_q");
  g_autofree char *to_k = child (name, old ? "key" : "to_k");
  g_autofree char *to_v = child (name, old ? "value" : "to_v");
  g_autofree char *to_out = child (name, old ? "proj_attn" : "to_out.0");

  attention->spec = *spec;
  dif_group_norm_load (&attention->norm, params, group_norm, spec->c, spec->n_groups, spec->eps);
  dif_linear_load (&attention->to_q, params, to_q, spec->c, spec->c);
  dif_linear_load (&attention->to_k, params, to_k, spec->c, spec->c);
  dif_linear_load (&attention->to_v, params, to_v, spec->c, spec->c);
  dif_linear_load (&attention->to_out, params, to_out, spec->c, spec->c);
}

DifTensor *
dif_attention_apply (const DifAttention *attention, DifContext *context, DifTensor *x)
{
  const DifAttentionSpec *spec = &attention->spec;
  g_autoptr (DifTensor)   normed =
      dif_group_norm_apply (&attention->norm, context, x, NULL, DIF_ACTIVATION_NONE);
  g_autoptr (DifTensor) q = dif_linear_apply (&attention->to_q, context, normed);
  g_autoptr (DifTensor) k = dif_linear_apply (&attention->to_k, context, normed);
  g_autoptr (DifTensor) v = dif_linear_apply (&attention->to_v, context, normed);
  g_autoptr (DifTensor) mixed =
      dif_attention (context, q, k, v, (guint) (spec->c / spec->head_dim));
  const DifEpilogue epilogue = { attention->to_out.bias, NULL, x, 1.0f / spec->out_scale };

  return dif_linear (context, mixed, attention->to_out.weight, &epilogue);
}
