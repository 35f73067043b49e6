/* SPDX-License-Identifier: GPL-3.0-or-later */

/* diffusers' UNet2DModel: convolutions down through the levels, a middle, and up again
 * with every feature map of the way down put beside those of the way up
 * (Ronneberger et al. 2015; Ho et al. 2020, appendix B). */

#include "core/models/architecture.h"
#include "core/models/unet2d-begin.h"
#include "core/models/unet2d-config.h"
#include "core/nn/blocks.h"
#include "core/ops/activate.h"
#include "core/ops/elementwise.h"
#include "core/ops/embed.h"
#include "core/ops/scale.h"
#include "core/tensor/tape.h"

/* What is done twice where memory counts (dif_tape_block()). */
typedef struct
{
  DifResnet    resnet;
  gboolean     attends;
  DifAttention attention;
} Layer;

typedef struct
{
  guint    n;
  Layer   *layers;
  gboolean resizes;
  gboolean by_resnet;
  DifConv  resize_conv;
  Layer    resize_layer;
} Block;

typedef struct
{
  DifUNetConfig    config;
  DifConv          conv_in;
  const DifTensor *frequencies; /* of networks that are told sigma */
  DifLinear        time_linear_1;
  DifLinear        time_linear_2;
  const DifTensor *class_embedding;
  Block            down[DIF_UNET_MAX_LEVELS];
  Block            up[DIF_UNET_MAX_LEVELS];
  Layer            mid[2];
  DifGroupNorm     conv_norm_out;
  DifConv          conv_out;
} UNet;

static DifResnetSpec
resnet_spec (const DifUNetConfig *c, gsize c_in, gsize c_out, DifResample resample)
{
  return (DifResnetSpec) { .c_in = c_in,
                           .c_out = c_out,
                           .c_emb = c->time_embedding_dim,
                           .n_groups = c->norm_num_groups,
                           .eps = c->norm_eps,
                           .activation = c->activation,
                           .scale_shift = c->scale_shift,
                           .resample = resample,
                           .out_scale = 1.0f };
}

static DifAttentionSpec
attention_spec (const DifUNetConfig *c, gsize channels, guint n_groups)
{
  return (DifAttentionSpec) { .c = channels,
                              .head_dim = c->attention_head_dim ? c->attention_head_dim : channels,
                              .n_groups = n_groups,
                              .eps = c->norm_eps,
                              .out_scale = 1.0f };
}

/* The residual blocks of one level, with its attentions; c_in[j] feeds block j. */
static void
load_block (Block *block, DifParams *params, const char *prefix, const DifUNetConfig *c,
            const gsize *c_in, gsize c_out, gboolean attention)
{
  DifAttentionSpec spec = attention_spec (c, c_out, c->norm_num_groups);

  block->layers = g_new0 (Layer, block->n);
  for (guint j = 0; j < block->n; j++)
    {
      Layer           *layer = &block->layers[j];
      g_autofree char *resnet = g_strdup_printf ("%s.resnets.%u", prefix, j);
      g_autofree char *name = g_strdup_printf ("%s.attentions.%u", prefix, j);
      DifResnetSpec    kind = resnet_spec (c, c_in[j], c_out, DIF_RESAMPLE_NONE);

      dif_resnet_load (&layer->resnet, params, resnet, &kind);
      layer->attends = attention;
      if (attention)
        dif_attention_load (&layer->attention, params, name, &spec);
    }
}

static void
load_resize (Block *block, DifParams *params, const char *name, const DifUNetConfig *c,
             gsize channels, DifResample resample)
{
  block->resizes = TRUE;
  if (block->by_resnet)
    {
      DifResnetSpec spec = resnet_spec (c, channels, channels, resample);

      dif_resnet_load (&block->resize_layer.resnet, params, name, &spec);
    }
  else
    {
      g_autofree char *conv = g_strjoin (".", name, "conv", NULL);
      DifConvShape     shape = { .kernel = 3, .stride = 1, .pad_begin = 1, .pad_end = 1 };

      if (resample == DIF_RESAMPLE_DOWN)
        {
          /* padding 0 stands for one row and column of zeros at the end only */
          shape.stride = 2;
          shape.pad_begin = c->downsample_padding;
        }
      dif_conv_load (&block->resize_conv, params, conv, channels, channels, shape);
    }
}

static void
load_down (UNet *net, DifParams *params)
{
  const DifUNetConfig *c = &net->config;

  for (guint i = 0; i < c->n_levels; i++)
    {
      Block              *block = &net->down[i];
      const DifUNetLevel *level = &c->level[i];
      g_autofree char    *prefix = g_strdup_printf ("down_blocks.%u", i);
      g_autofree char    *resize = g_strjoin (".", prefix, "downsamplers.0", NULL);
      g_autofree gsize   *c_in = g_new (gsize, c->layers_per_block);

      for (guint j = 0; j < c->layers_per_block; j++)
        c_in[j] = j == 0 && i > 0 ? c->level[i - 1].channels : level->channels;
      block->n = c->layers_per_block;
      block->by_resnet = level->down_resnet;
      load_block (block, params, prefix, c, c_in, level->channels, level->down_attention);
      if (i + 1 < c->n_levels)
        load_resize (block, params, resize, c, level->channels, DIF_RESAMPLE_DOWN);
    }
}

static void
load_mid (UNet *net, DifParams *params)
{
  const DifUNetConfig *c = &net->config;
  gsize                channels = c->level[c->n_levels - 1].channels;
  DifResnetSpec        resnet = resnet_spec (c, channels, channels, DIF_RESAMPLE_NONE);
  DifAttentionSpec     attention = attention_spec (c, channels, c->mid_attention_groups);

  resnet.out_scale = (float) c->mid_block_scale_factor;
  attention.out_scale = (float) c->mid_block_scale_factor;
  dif_resnet_load (&net->mid[0].resnet, params, "mid_block.resnets.0", &resnet);
  net->mid[0].attends = c->add_attention;
  if (c->add_attention)
    dif_attention_load (&net->mid[0].attention, params, "mid_block.attentions.0", &attention);
  dif_resnet_load (&net->mid[1].resnet, params, "mid_block.resnets.1", &resnet);
}

/* Up block k works at level n - 1 - k; its last residual block meets the map that came
 * into the level on the way down, which has the next finer level's channels. */
static void
load_up (UNet *net, DifParams *params)
{
  const DifUNetConfig *c = &net->config;

  for (guint k = 0; k < c->n_levels; k++)
    {
      guint               i = c->n_levels - 1 - k;
      Block              *block = &net->up[k];
      const DifUNetLevel *level = &c->level[i];
      gsize               below = c->level[MIN (i + 1, c->n_levels - 1)].channels;
      gsize               finer = c->level[i > 0 ? i - 1 : 0].channels;
      g_autofree char    *prefix = g_strdup_printf ("up_blocks.%u", k);
      g_autofree char    *resize = g_strjoin (".", prefix, "upsamplers.0", NULL);
      g_autofree gsize   *c_in = g_new (gsize, c->layers_per_block + 1);

      block->n = c->layers_per_block + 1;
      for (guint j = 0; j < block->n; j++)
        c_in[j] = (j == 0 ? below : level->channels) +
                  (j == c->layers_per_block ? finer : level->channels);
      block->by_resnet = level->up_resnet;
      load_block (block, params, prefix, c, c_in, level->channels, level->up_attention);
      if (i > 0)
        load_resize (block, params, resize, c, level->channels, DIF_RESAMPLE_UP);
    }
}

static void
fill_facts (const DifUNetConfig *c, DifModelFacts *facts)
{
  facts->in_channels = c->in_channels;
  facts->out_channels = c->out_channels;
  facts->sample_height = c->sample_height;
  facts->sample_width = c->sample_width;
  facts->sample_size = MAX (c->sample_height, c->sample_width);
  facts->n_classes = c->num_class_embeds;
  facts->told_sigma = c->fourier;
  facts->unit_range = c->center_input_sample;
  facts->multiple = 1u << (c->n_levels - 1);
  facts->has_attention = c->add_attention;
  for (guint i = 0; i < c->n_levels; i++)
    if (c->level[i].down_attention || c->level[i].up_attention)
      facts->has_attention = TRUE;
}

static gpointer
unet_load (DifJsonReader *reader, DifParams *params, DifModelFacts *facts)
{
  const DifConvShape conv3x3 = { .kernel = 3, .stride = 1, .pad_begin = 1, .pad_end = 1 };
  UNet              *net = g_new0 (UNet, 1);
  DifUNetConfig     *c = &net->config;
  gsize              first;

  if (! dif_unet_config_read (reader, c))
    {
      g_free (net);
      return NULL;
    }
  first = c->level[0].channels;
  dif_conv_load (&net->conv_in, params, "conv_in", c->in_channels, first, conv3x3);
  if (c->fourier)
    net->frequencies = dif_params_frequencies (params, "time_proj", first);
  dif_linear_load (&net->time_linear_1, params, "time_embedding.linear_1",
                   c->fourier ? 2 * first : first, c->time_embedding_dim);
  dif_linear_load (&net->time_linear_2, params, "time_embedding.linear_2", c->time_embedding_dim,
                   c->time_embedding_dim);
  if (c->num_class_embeds)
    net->class_embedding =
        dif_params_table (params, "class_embedding", c->num_class_embeds, c->time_embedding_dim);
  load_down (net, params);
  load_mid (net, params);
  load_up (net, params);
  dif_group_norm_load (&net->conv_norm_out, params, "conv_norm_out", first, c->norm_num_groups,
                       c->norm_eps);
  dif_conv_load (&net->conv_out, params, "conv_out", first, c->out_channels, conv3x3);
  fill_facts (c, facts);
  return net;
}

static void
unet_begin (gconstpointer data, DifParams *params)
{
  const UNet *net = data;

  if (net->config.fourier)
    dif_unet2d_begin_score (&net->config, params);
}

static void
unet_free (gpointer data)
{
  UNet *net = data;

  for (guint i = 0; i < net->config.n_levels; i++)
    {
      g_free (net->down[i].layers);
      g_free (net->up[i].layers);
    }
  g_free (net);
}

static DifTensor *
embed_labels (const UNet *net, DifContext *context, const DifCondition *const *conditions, gsize n)
{
  g_autofree DifRowMix *mix = g_new (DifRowMix, n);

  for (gsize i = 0; i < n; i++)
    {
      const DifLabelMix *labels = dif_condition_labels (conditions[i]);

      mix[i] = (DifRowMix) { labels->n, labels->ids, labels->weights };
    }
  return dif_embedding_mix (context, net->class_embedding, mix, n);
}

static DifTensor *
embed_time (const UNet *net, DifContext *context, const double *t, gsize n)
{
  const DifUNetConfig *c = &net->config;
  const DifSinusoid    sinusoid = { .dim = c->level[0].channels,
                                    .flip_sin_to_cos = c->flip_sin_to_cos,
                                    .freq_shift = c->freq_shift,
                                    .scale = 1.0,
                                    .max_period = 10000.0 };

  if (c->fourier)
    return dif_fourier_embedding (context, t, n, net->frequencies);
  return dif_sinusoidal_embedding (context, t, n, &sinusoid);
}

static DifTensor *
embed (const UNet *net, DifContext *context, const double *t, const DifCondition *const *conditions,
       gsize n)
{
  g_autoptr (DifTensor) waves = embed_time (net, context, t, n);
  g_autoptr (DifTensor) hidden = dif_linear_apply (&net->time_linear_1, context, waves);
  g_autoptr (DifTensor) active = dif_activate (context, hidden, DIF_ACTIVATION_SILU);
  g_autoptr (DifTensor) time = dif_linear_apply (&net->time_linear_2, context, active);
  g_autoptr (DifTensor) label = NULL;

  if (! net->class_embedding)
    return g_steal_pointer (&time);
  label = embed_labels (net, context, conditions, n);
  return dif_sum (context, 2, (DifTerm[]) { { 1.0, time }, { 1.0, label } });
}

/* Of x, what is beside it, and the embedding. */
static DifTensor *
do_layer (gconstpointer data, DifContext *context, DifTensor *const *inputs)
{
  const Layer          *layer = data;
  g_autoptr (DifTensor) h =
      dif_resnet_apply (&layer->resnet, context, inputs[0], inputs[1], inputs[2]);

  if (! layer->attends)
    return g_steal_pointer (&h);
  return dif_attention_apply (&layer->attention, context, h);
}

static DifTensor *
apply_layer (const Layer *layer, DifContext *context, DifTensor *x, DifTensor *beside,
             DifTensor *emb)
{
  if (! x)
    return NULL;
  return dif_tape_block (context, do_layer, layer, (DifTensor *[]) { x, beside, emb }, 3);
}

static DifTensor *
apply_resize (const Block *block, DifContext *context, DifTensor *x, DifTensor *emb, gboolean up)
{
  DifConv conv = block->resize_conv;

  if (! x)
    return NULL;
  if (block->by_resnet)
    return apply_layer (&block->resize_layer, context, x, NULL, emb);
  if (up)
    {
      conv.shape.up_h = 2 * x->dim[1];
      conv.shape.up_w = 2 * x->dim[2];
    }
  return dif_conv_apply (&conv, context, x, NULL, NULL, 1.0f);
}

/* Replaces *x by y, which was made from it. */
static void
step_to (DifTensor **x, DifTensor *y)
{
  dif_tensor_unref (*x);
  *x = y;
}

static DifTensor *
unet_down (const UNet *net, DifContext *context, DifTensor *x, DifTensor *emb, GQueue *skips)
{
  DifTensor *h = dif_tensor_ref (x);

  for (guint i = 0; i < net->config.n_levels && h; i++)
    {
      const Block *block = &net->down[i];

      for (guint j = 0; j < block->n && h; j++)
        {
          step_to (&h, apply_layer (&block->layers[j], context, h, NULL, emb));
          if (h)
            g_queue_push_tail (skips, dif_tensor_ref (h));
        }
      if (block->resizes && h)
        {
          step_to (&h, apply_resize (block, context, h, emb, FALSE));
          if (h)
            g_queue_push_tail (skips, dif_tensor_ref (h));
        }
    }
  return h;
}

static DifTensor *
unet_mid (const UNet *net, DifContext *context, DifTensor *x, DifTensor *emb)
{
  g_autoptr (DifTensor) first = apply_layer (&net->mid[0], context, x, NULL, emb);

  return apply_layer (&net->mid[1], context, first, NULL, emb);
}

static DifTensor *
unet_up (const UNet *net, DifContext *context, DifTensor *x, DifTensor *emb, GQueue *skips)
{
  DifTensor *h = x ? dif_tensor_ref (x) : NULL;

  for (guint k = 0; k < net->config.n_levels && h; k++)
    {
      const Block *block = &net->up[k];

      for (guint j = 0; j < block->n && h; j++)
        {
          g_autoptr (DifTensor) skip = g_queue_pop_tail (skips);

          step_to (&h, apply_layer (&block->layers[j], context, h, skip, emb));
        }
      if (block->resizes)
        step_to (&h, apply_resize (block, context, h, emb, TRUE));
    }
  return h;
}

/* 2 x - 1 for the networks that were trained on pictures in [0, 1]. */
static DifTensor *
centered (const UNet *net, DifContext *context, DifTensor *x)
{
  g_autoptr (DifTensor) ones = NULL;

  if (! net->config.center_input_sample)
    return dif_tensor_ref (x);
  ones = dif_context_like (context, x);
  for (gsize i = 0; ones && i < ones->size; i++)
    ones->data[i] = 1.0f;
  return dif_sum (context, 2, (DifTerm[]) { { 2.0, x }, { -1.0, ones } });
}

/* A score is as large as 1 / sigma; so are all levels' outputs alike before that.
 * Source: Song & Ermon 2020, technique 3 */
static DifTensor *
as_score (const UNet *net, DifContext *context, DifTensor *output, const double *t)
{
  g_autoptr (DifTensor) own = output;
  g_autofree double    *factors = NULL;

  if (! net->config.fourier || ! own)
    return g_steal_pointer (&own);
  factors = g_new (double, own->dim[0]);
  for (gsize i = 0; i < own->dim[0]; i++)
    factors[i] = 1.0 / t[i];
  return dif_scale_pictures (context, own, factors);
}

static DifTensor *
unet_forward (gconstpointer data, DifContext *context, DifTensor *x, const double *t,
              const DifCondition *const *conditions)
{
  const UNet           *net = data;
  g_autoptr (DifTensor) emb = embed (net, context, t, conditions, x->dim[0]);
  g_autoptr (DifTensor) own = centered (net, context, x);
  g_autoptr (DifTensor) h = dif_conv_apply (&net->conv_in, context, own, NULL, NULL, 1.0f);
  GQueue                skips = G_QUEUE_INIT;
  DifTensor            *output;

  if (! h || ! emb)
    return NULL;
  g_queue_push_tail (&skips, dif_tensor_ref (h));
  step_to (&h, unet_down (net, context, h, emb, &skips));
  step_to (&h, unet_mid (net, context, h, emb));
  step_to (&h, unet_up (net, context, h, emb, &skips));
  g_queue_clear_full (&skips, (GDestroyNotify) dif_tensor_unref);
  output = dif_conv_apply_normed (
      &net->conv_out, context,
      &(DifNormedInput) { &net->conv_norm_out, h, NULL, NULL, DIF_ACTIVATION_SILU }, NULL, NULL,
      1.0f);
  return as_score (net, context, output, t);
}

const DifArchitecture dif_architecture_unet2d = {
  .class_name = "UNet2DModel",
  .load = unet_load,
  .begin = unet_begin,
  .forward = unet_forward,
  .free = unet_free,
};
