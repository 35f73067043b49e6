/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/nn/blocks.h"
#include "core/ops/activate.h"
#include "core/ops/embed.h"
#include "core/ops/norm/layer-norm.h"
#include "core/ops/pool2d.h"
#include "tests/verify/checks.h"
#include "tests/verify/gradient.h"

#define ROOT "m" /* the nn loaders want a parent's name; the cases' weights have none */

typedef struct
{
  DifParams *params;
  DifTensor *x;
  Gradient   gradient;
} Layer;

/* Writes the tensors under w/ as a network's file and opens that. */
static DifParams *
open_weights (Case *c)
{
  g_autofree char         *prefix = g_strconcat (c->id, "/w/", NULL);
  g_autofree char         *path = g_build_filename (c->scratch, "weights.safetensors", NULL);
  gsize                    n;
  const DifTensorInfo     *infos = dif_safetensors_infos (c->file, &n);
  g_autofree DifTensorOut *outs = g_new0 (DifTensorOut, n);
  g_autoptr (GPtrArray)    owned = g_ptr_array_new_with_free_func (g_free);
  gsize                    n_outs = 0;
  GError                  *error = NULL;
  DifParams               *params = NULL;

  for (gsize i = 0; i < n && ! error; i++)
    if (g_str_has_prefix (infos[i].name, prefix))
      {
        DifTensorOut *out = &outs[n_outs++];
        float        *data = g_new (float, infos[i].size);

        g_ptr_array_add (owned, data);
        out->name = g_strconcat (ROOT ".", infos[i].name + strlen (prefix), NULL);
        g_ptr_array_add (owned, (gpointer) out->name);
        case_use (c, infos[i].name + strlen (c->id) + 1);
        out->dtype = DIF_DTYPE_F32;
        out->n_dims = infos[i].n_dims;
        memcpy (out->dim, infos[i].dim, sizeof out->dim);
        out->data = data;
        dif_safetensors_read_f32 (c->file, &infos[i], data, &error);
      }
  if (! error && dif_safetensors_write (path, outs, n_outs, &error))
    params = dif_params_open (path, FALSE, &error);
  if (params)
    dif_params_set_trainable (params);
  else
    case_fail_error (c, error);
  return params;
}

/* Everything taken, nothing left over?  Then what follows is recorded. */
static gboolean
loaded (Case *c, Layer *layer)
{
  GError *error = NULL;

  if (case_ok (c) && ! dif_params_finish (layer->params, &error))
    case_fail_error (c, error);
  if (case_ok (c))
    gradient_watch_params (&layer->gradient, layer->params, ROOT ".");
  return case_ok (c);
}

/* What came out, and the way back where the case has one. */
static void
compare (Case *c, Layer *layer, DifTensor *y)
{
  DifTensor *dy = case_lists (c, "grad_out") ? case_tensor (c, "grad_out") : NULL;

  case_compare_tensor (c, "out", y);
  if (gradient_walk (&layer->gradient, c, y, dy))
    gradient_compare (&layer->gradient, c, "grad_in/", "grad_w/");
}

/* 1 of what is not there or empty: its file's reader tells. */
static gsize
dim_of (Case *c, const char *tensor, guint i)
{
  json_t *shape = json_object_get (case_spec (c, tensor), "shape");

  return (gsize) MAX (1, json_integer_value (json_array_get (shape, i)));
}

static guint
read_groups (Case *c, json_t *object, gsize channels)
{
  const guint n = case_count (c, object, "groups");

  if (case_ok (c) && channels % n)
    case_fail (c, "%" G_GSIZE_FORMAT " channels do not make %u groups", channels, n);
  return n;
}

static void
check_group_norm (Case *c, Layer *layer)
{
  static const char *const known[] = { "groups", "eps", NULL };
  gboolean                 silu = g_str_has_suffix (c->id, "_silu"); /* then it is a Sequential */
  DifGroupNorm             norm;
  g_autoptr (DifTensor)    y = NULL;

  case_keys (c, known);
  dif_group_norm_load (&norm, layer->params, silu ? ROOT ".0" : ROOT, layer->x->dim[3],
                       read_groups (c, c->json, layer->x->dim[3]), case_number (c, c->json, "eps"));
  if (loaded (c, layer))
    y = dif_group_norm_apply (&norm, c->context, layer->x, NULL,
                              silu ? DIF_ACTIVATION_SILU : DIF_ACTIVATION_NONE);
  compare (c, layer, y);
}

static void
check_layer_norm (Case *c, Layer *layer)
{
  static const char *const known[] = { "eps", NULL };
  const gsize              channels = layer->x->dim[layer->x->n_dims - 1];
  const DifTensor         *gamma = dif_params_vector (layer->params, ROOT, "weight", channels);
  const DifTensor         *beta = dif_params_vector (layer->params, ROOT, "bias", channels);
  g_autoptr (DifTensor)    y = NULL;

  case_keys (c, known);
  if (loaded (c, layer))
    y = dif_layer_norm (c->context, layer->x, gamma, beta, case_number (c, c->json, "eps"));
  compare (c, layer, y);
}

static void
apply_conv (Case *c, Layer *layer, const char *name, const char *weight, DifConvShape shape)
{
  DifConv               conv = { .shape = shape };
  gsize                 c_in = layer->x->dim[3];
  gsize                 c_out = dim_of (c, weight, 0);
  g_autoptr (DifTensor) y = NULL;

  if (dif_params_has (layer->params, name, "bias"))
    dif_conv_load (&conv, layer->params, name, c_in, c_out, shape);
  else
    conv.weight = dif_params_conv (layer->params, name, c_out, c_in, shape.kernel, shape.stride);
  if (loaded (c, layer))
    y = dif_conv_apply (&conv, c->context, layer->x, NULL, NULL, 1.0f);
  compare (c, layer, y);
}

static void
check_conv (Case *c, Layer *layer)
{
  static const char *const known[] = { "kernel", "stride", "padding", "bias", NULL };
  DifConvShape             shape = { .kernel = case_count (c, c->json, "kernel"),
                                     .stride = case_count (c, c->json, "stride") };

  case_keys (c, known);
  shape.pad_end = 1; /* where no padding is given: at the end only */
  if (json_object_get (c->json, "padding"))
    {
      const double padding = case_number (c, c->json, "padding");

      shape.pad_begin = shape.pad_end = (guint) CLAMP (padding, 0.0, shape.kernel);
    }
  if (MIN (layer->x->dim[1], layer->x->dim[2]) + shape.pad_begin + shape.pad_end < shape.kernel)
    case_fail (c, "in/x is smaller than the kernel");
  if (case_ok (c))
    apply_conv (c, layer, ROOT, "w/weight", shape);
}

static void
check_resampling_conv (Case *c, Layer *layer)
{
  static const char *const known[] = { NULL };
  const guint              kernel = (guint) dim_of (c, "w/conv.weight", 2);
  const gboolean           sized = case_lists (c, "out"); /* up to any size */
  DifConvShape             shape = { kernel, 1, kernel / 2, kernel / 2, 0, 0 };

  case_keys (c, known);
  if (case_is_about (c, "down"))
    {
      shape.stride = 2;
      shape.pad_begin = case_is_about (c, "pad0") ? 0 : kernel / 2;
    }
  else
    {
      shape.up_h = sized ? dim_of (c, "out", 2) : 2 * layer->x->dim[1];
      shape.up_w = sized ? dim_of (c, "out", 3) : 2 * layer->x->dim[2];
    }
  if (case_ok (c))
    apply_conv (c, layer, ROOT ".conv", "w/conv.weight", shape);
}

static void
check_linear (Case *c, Layer *layer)
{
  static const char *const known[] = { NULL };
  DifLinear                linear;
  g_autoptr (DifTensor)    y = NULL;

  case_keys (c, known);
  dif_linear_load (&linear, layer->params, ROOT, layer->x->dim[layer->x->n_dims - 1],
                   dim_of (c, "w/weight", 0));
  if (loaded (c, layer))
    y = dif_linear_apply (&linear, c->context, layer->x);
  compare (c, layer, y);
}

static void
check_time_mlp (Case *c, Layer *layer)
{
  static const char *const known[] = { NULL };
  DifLinear                linear_1;
  DifLinear                linear_2;
  g_autoptr (DifTensor)    hidden = NULL;
  g_autoptr (DifTensor)    active = NULL;
  g_autoptr (DifTensor)    y = NULL;

  case_keys (c, known);
  dif_linear_load (&linear_1, layer->params, ROOT ".linear_1", layer->x->dim[layer->x->n_dims - 1],
                   dim_of (c, "w/linear_1.weight", 0));
  dif_linear_load (&linear_2, layer->params, ROOT ".linear_2", dim_of (c, "w/linear_1.weight", 0),
                   dim_of (c, "w/linear_2.weight", 0));
  if (loaded (c, layer))
    {
      hidden = dif_linear_apply (&linear_1, c->context, layer->x);
      active = hidden ? dif_activate (c->context, hidden, DIF_ACTIVATION_SILU) : NULL;
      y = active ? dif_linear_apply (&linear_2, c->context, active) : NULL;
    }
  compare (c, layer, y);
}

static void
check_average (Case *c, Layer *layer)
{
  g_autoptr (DifTensor) y = NULL;

  if (layer->x->dim[1] < 2 || layer->x->dim[2] < 2)
    case_fail (c, "in/x is too small to be halved");
  else
    y = dif_avg_pool2d (c->context, layer->x);
  compare (c, layer, y);
}

static void
check_nearest (Case *c, Layer *layer)
{
  g_autoptr (DifTensor) y = dif_upsample_nearest2d (c->context, layer->x);

  compare (c, layer, y);
}

static void
check_activation (Case *c, Layer *layer)
{
  const char           *name = c->id + strlen ("act_");
  DifActivation         activation;
  g_autoptr (DifTensor) y = NULL;

  if (g_str_equal (name, "gelu_erf")) /* act_fn calls the exact one "gelu" */
    name = "gelu";
  if (! dif_activation_parse (name, &activation))
    {
      case_unknown (c, "module %s", c->id);
      return;
    }
  y = dif_activate (c->context, layer->x, activation);
  compare (c, layer, y);
}

/* What ResnetBlock2D can do beyond what the core can. */
static void
check_resnet_config (Case *c, json_t *config)
{
  static const char *const known[] = {
    "temb_channels",       "out_channels",        "in_channels", "groups", "eps",
    "time_embedding_norm", "output_scale_factor", "up",          "down",   NULL
  };
  const char *key;
  json_t     *value;

  json_object_foreach (config, key, value)
  {
    if (! g_strv_contains (known, key))
      case_unknown (c, "module resnet with %s", key);
  }
}

static void
check_resnet (Case *c, Layer *layer)
{
  static const char *const known[] = { "config", NULL };
  json_t                  *config = json_object_get (c->json, "config");
  const char           *norm = json_string_value (json_object_get (config, "time_embedding_norm"));
  g_autoptr (DifTensor) emb = case_lists (c, "in/temb") ? case_tensor (c, "in/temb") : NULL;
  g_autoptr (DifTensor) y = NULL;
  DifResnetSpec         spec = { .activation = DIF_ACTIVATION_SILU };
  DifResnet             resnet = { 0 };

  case_keys (c, known);
  check_resnet_config (c, config);
  spec.c_in = case_count (c, config, "in_channels");
  spec.c_out = case_count (c, config, "out_channels");
  spec.c_emb = case_count_or_0 (c, config, "temb_channels");
  spec.n_groups = read_groups (c, config, spec.c_in);
  read_groups (c, config, spec.c_out);
  spec.eps = case_number (c, config, "eps");
  spec.scale_shift = g_strcmp0 (norm, "scale_shift") == 0;
  spec.out_scale = (float) case_number_or (config, "output_scale_factor", 1.0);
  if (json_is_true (json_object_get (config, "down")))
    spec.resample = DIF_RESAMPLE_DOWN;
  if (json_is_true (json_object_get (config, "up")))
    spec.resample = DIF_RESAMPLE_UP;
  if (case_ok (c) && layer->x->dim[3] != spec.c_in)
    case_fail (c, "in/x has not the channels of its configuration");
  if (case_ok (c) && spec.c_emb > 0 &&
      (! emb || emb->n_dims != 2 || emb->dim[0] != layer->x->dim[0] || emb->dim[1] != spec.c_emb))
    case_fail (c, "in/temb does not go with in/x and its configuration");
  if (! case_ok (c))
    return;
  if (emb)
    gradient_watch (&layer->gradient, "temb", emb);
  dif_resnet_load (&resnet, layer->params, ROOT, &spec);
  if (loaded (c, layer))
    y = dif_resnet_apply (&resnet, c->context, layer->x, NULL, emb);
  compare (c, layer, y);
}

static void
check_attention (Case *c, Layer *layer)
{
  static const char *const known[] = {
    "heads", "dim_head", "groups", "eps", "rescale_output_factor", NULL
  };
  g_autoptr (DifTensor) y = NULL;
  DifAttention          attention;
  DifAttentionSpec      spec = { .c = layer->x->dim[3] };

  case_keys (c, known);
  spec.head_dim = case_count (c, c->json, "dim_head");
  spec.n_groups = read_groups (c, c->json, spec.c);
  spec.eps = case_number (c, c->json, "eps");
  spec.out_scale = (float) case_number (c, c->json, "rescale_output_factor");
  if (case_ok (c) && spec.head_dim * case_number (c, c->json, "heads") != spec.c)
    case_unknown (c, "module attn_block with heads of another width");
  if (! case_ok (c))
    return;
  dif_attention_load (&attention, layer->params, ROOT, &spec);
  if (loaded (c, layer))
    y = dif_attention_apply (&attention, c->context, layer->x);
  compare (c, layer, y);
}

static void
check_sinusoidal (Case *c)
{
  static const char *const known[] = {
    "flip_sin_to_cos", "downscale_freq_shift", "dim", "max_period", "scale", NULL
  };
  json_t               *flip = json_object_get (c->json, "flip_sin_to_cos");
  const DifSinusoid     sinusoid = { case_count (c, c->json, "dim"), json_is_true (flip),
                                     case_number (c, c->json, "downscale_freq_shift"),
                                     case_number (c, c->json, "scale"),
                                     case_number (c, c->json, "max_period") };
  gsize                 n;
  g_autofree double    *t = case_numbers (c, "in/t", &n);
  g_autoptr (DifTensor) y = NULL;

  case_keys (c, known);
  if (case_ok (c) && n == 0)
    case_fail (c, "there are no timesteps");
  if (case_ok (c))
    y = dif_sinusoidal_embedding (c->context, t, n, &sinusoid);
  case_compare_tensor (c, "out", y);
}

static void
check_fourier (Case *c)
{
  static const char *const known[] = { "log", "flip_sin_to_cos", NULL };
  gsize                    n;
  g_autofree double       *t = case_numbers (c, "in/sigma", &n);
  g_autoptr (DifTensor)    frequencies = case_tensor (c, "w/weight");
  g_autoptr (DifTensor)    y = NULL;

  case_keys (c, known);
  if (case_ok (c) && ! json_is_true (json_object_get (c->json, "log")))
    case_unknown (c, "Fourier features of sigma itself");
  if (case_ok (c) && json_is_true (json_object_get (c->json, "flip_sin_to_cos")))
    case_unknown (c, "Fourier features with the cosines first");
  if (case_ok (c) && n == 0)
    case_fail (c, "there are no noise levels");
  if (case_ok (c))
    y = dif_fourier_embedding (c->context, t, n, frequencies);
  case_compare_tensor (c, "out", y);
}

typedef void (*LayerFunc) (Case *c, Layer *layer);

static const struct
{
  const char *group;
  const char *ids;      /* a pattern */
  LayerFunc   layer;    /* of in/x and w/ */
  gboolean    pictures; /* whether x must be some */
  void (*other) (Case *c);
} kinds[] = {
  { "modules/primitives", "groupnorm_*", check_group_norm, TRUE, NULL },
  { "modules/primitives", "layernorm", check_layer_norm, FALSE, NULL },
  { "modules/primitives", "conv?x?*", check_conv, TRUE, NULL },
  { "modules/primitives", "linear", check_linear, FALSE, NULL },
  { "modules/primitives", "avgpool2", check_average, TRUE, NULL },
  { "modules/primitives", "nearest2x", check_nearest, TRUE, NULL },
  { "modules/primitives", "act_*", check_activation, FALSE, NULL },
  { "modules/resnet", "resnet_*", check_resnet, TRUE, NULL },
  { "modules/attention", "attn_block_*", check_attention, TRUE, NULL },
  { "modules/resample", "down_conv_pad?*", check_resampling_conv, TRUE, NULL },
  { "modules/resample", "up_conv", check_resampling_conv, TRUE, NULL },
  { "modules/resample", "up_conv_size", check_resampling_conv, TRUE, NULL },
  { "modules/resample", "down_avg", check_average, TRUE, NULL },
  { "modules/resample", "up_plain", check_nearest, TRUE, NULL },
  { "modules/embeddings", "time_mlp", check_time_mlp, FALSE, NULL },
  { "modules/embeddings", "sinusoidal_*", NULL, FALSE, check_sinusoidal },
  { "modules/embeddings", "fourier_*", NULL, FALSE, check_fourier },
  { "modules/pipeline_ops", "cfg_*", NULL, FALSE, check_guidance },
};

static void
check_layer (Case *c, LayerFunc func, gboolean pictures)
{
  g_autoptr (DifTensor) x = case_tensor (c, "in/x");
  g_autoptr (DifParams) params = NULL;
  Layer                 layer = { NULL, x, { NULL } };

  if (x && pictures && x->n_dims != 4)
    case_unknown (c, "module %s of %u dimensions", c->id, x->n_dims);
  if (case_ok (c))
    layer.params = params = open_weights (c);
  if (! params)
    return;
  gradient_begin (&layer.gradient, c);
  gradient_watch (&layer.gradient, "x", x);
  func (c, &layer);
  dif_context_set_tape (c->context, NULL);
  gradient_clear (&layer.gradient);
}

void
check_module (Case *c)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].group, c->group) && g_pattern_match_simple (kinds[i].ids, c->id))
      {
        if (kinds[i].layer)
          check_layer (c, kinds[i].layer, kinds[i].pictures);
        else
          kinds[i].other (c);
        return;
      }
  case_unknown (c, "module %s", c->id);
}
