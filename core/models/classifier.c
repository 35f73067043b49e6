/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The network models/training/classifier.py trains, and its gradient with respect to what it reads
 * (Dhariwal & Nichol 2021, section 4). */

#include "core/models/classifier.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"
#include "core/models/weights.h"
#include "core/nn/layers.h"
#include "core/ops/activate.h"
#include "core/ops/conv/prologue-apply.h"
#include "core/ops/elementwise.h"
#include "core/ops/embed.h"
#include "core/tensor/tape.h"

#define CLASS_NAME   "NoisyClassifier"
#define MAX_LEVELS   8
#define MAX_BLOCKS   (2 * MAX_LEVELS)
#define MAX_CHANNELS 4096
#define MAX_CLASSES  100000

typedef struct
{
  DifConv   conv;
  DifLinear shift; /* of the noise level: scale - 1, then shift, of each channel */
  gboolean  keeps; /* size and channels: it is added to what it reads */
} Block;

struct _DifClassifier
{
  DifParams       *params;
  guint            in_channels;
  guint            n_classes;
  guint            sample_size;
  guint            time_dim;
  DifLinear        time[2];
  guint            n_blocks;
  Block            block[MAX_BLOCKS];
  const DifTensor *out_weight; /* [n_classes, c] */
  const DifTensor *out_bias;
};

/* ---- loading ---- */

static guint
read_config (DifJsonReader *r, DifClassifier *c, guint *channels)
{
  const char *class_name = dif_json_string (r, "_class_name", "");
  guint       n_levels;

  if (! r->error && ! g_str_equal (class_name, CLASS_NAME))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "_class_name",
                          _ ("classifiers of the class “%s” are not supported (“%s” is)"),
                          class_name, CLASS_NAME);
  dif_json_require (r, "in_channels", "block_out_channels", "time_embedding_dim", "num_classes",
                    "sample_size", NULL);
  c->in_channels = dif_json_uint (r, "in_channels", 3, 1, MAX_CHANNELS);
  c->n_classes = dif_json_uint (r, "num_classes", 2, 2, MAX_CLASSES);
  c->sample_size = dif_json_uint (r, "sample_size", 64, 8, 65536);
  c->time_dim = dif_json_uint (r, "time_embedding_dim", 2, 2, MAX_CHANNELS);
  n_levels = dif_json_uint_array (r, "block_out_channels", channels, MAX_LEVELS, 1, MAX_CHANNELS);
  if (! r->error && n_levels == 0)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "block_out_channels", _ ("no sizes are given"));
  return n_levels;
}

static void
load_block (DifClassifier *c, gsize c_in, gsize c_out, gboolean halves)
{
  const guint        i = c->n_blocks++;
  const DifConvShape shape = { .kernel = 3,
                               .stride = halves ? 2 : 1,
                               .pad_begin = 1,
                               .pad_end = 1 };
  Block             *block = &c->block[i];
  g_autofree char   *conv = g_strdup_printf ("conv.%u", i);
  g_autofree char   *shift = g_strdup_printf ("shift.%u", i);

  dif_conv_load (&block->conv, c->params, conv, c_in, c_out, shape);
  dif_linear_load (&block->shift, c->params, shift, c->time_dim, 2 * c_out);
  block->keeps = ! halves && c_in == c_out;
}

static void
load_layers (DifClassifier *c, const guint *channels, guint n_levels)
{
  dif_linear_load (&c->time[0], c->params, "time.0", c->time_dim, c->time_dim);
  dif_linear_load (&c->time[1], c->params, "time.1", c->time_dim, c->time_dim);
  load_block (c, c->in_channels, channels[0], FALSE);
  for (guint i = 1; i < n_levels; i++)
    {
      load_block (c, channels[i - 1], channels[i], TRUE);
      load_block (c, channels[i], channels[i], FALSE);
    }
  c->out_weight = dif_params_table (c->params, "out", c->n_classes, channels[n_levels - 1]);
  c->out_bias = dif_params_vector (c->params, "out", "bias", c->n_classes);
}

DifClassifier *
dif_classifier_open (const char *folder, GError **error)
{
  g_autoptr (DifClassifier) c = g_new0 (DifClassifier, 1);
  g_auto (DifJsonReader) config = DIF_JSON_READER_INIT;
  g_autofree char *config_path = g_build_filename (folder, "config.json", NULL);
  g_autofree char *weights = NULL;
  guint            channels[MAX_LEVELS];
  guint            n_levels = 0;

  if (dif_json_reader_open (&config, config_path))
    n_levels = read_config (&config, c, channels);
  if (! dif_json_reader_finish (&config, error))
    return NULL;
  weights = dif_weights_find (folder, error);
  c->params = weights ? dif_params_open (weights, FALSE, error) : NULL;
  if (! c->params)
    return NULL;
  dif_params_set_differentiable (c->params);
  load_layers (c, channels, n_levels);
  if (! dif_params_finish (c->params, error))
    return NULL;
  return g_steal_pointer (&c);
}

void
dif_classifier_free (DifClassifier *classifier)
{
  if (! classifier)
    return;
  dif_params_free (classifier->params);
  g_free (classifier);
}

guint
dif_classifier_n_classes (const DifClassifier *classifier)
{
  return classifier->n_classes;
}

guint
dif_classifier_in_channels (const DifClassifier *classifier)
{
  return classifier->in_channels;
}

guint
dif_classifier_sample_size (const DifClassifier *classifier)
{
  return classifier->sample_size;
}

/* ---- forward ---- */

static DifTensor *
embed (const DifClassifier *c, DifContext *context, const double *t, gsize n)
{
  const DifSinusoid     sinusoid = { .dim = c->time_dim,
                                     .flip_sin_to_cos = TRUE,
                                     .scale = 1.0,
                                     .max_period = 10000.0 };
  g_autoptr (DifTensor) waves = dif_sinusoidal_embedding (context, t, n, &sinusoid);
  g_autoptr (DifTensor) first = dif_linear_apply (&c->time[0], context, waves);
  g_autoptr (DifTensor) active = dif_activate (context, first, DIF_ACTIVATION_SILU);
  g_autoptr (DifTensor) second = dif_linear_apply (&c->time[1], context, active);

  return dif_activate (context, second, DIF_ACTIVATION_SILU);
}

/* What follows a block's convolution at these noise levels. */
static gboolean
make_after (const Block *block, DifContext *context, const DifTensor *emb, DifPrologue *after)
{
  g_autoptr (DifTensor) both = dif_linear_apply (&block->shift, context, emb);
  const gsize           n = both ? both->dim[1] / 2 : 0;

  after->activation = DIF_ACTIVATION_SILU;
  after->scale = dif_slice_channels (context, both, 0, n);
  after->shift = dif_slice_channels (context, both, n, n);
  for (gsize i = 0; after->scale && i < after->scale->size; i++)
    after->scale->data[i] += 1.0f;
  return after->scale && after->shift;
}

static DifTensor *
run_blocks (const DifClassifier *c, DifContext *context, DifTensor *x, const double *t)
{
  g_autoptr (DifTensor) emb = embed (c, context, t, x->dim[0]);
  g_autoptr (DifTensor) h = dif_tensor_ref (x);

  for (guint i = 0; h && i < c->n_blocks; i++)
    {
      const Block          *block = &c->block[i];
      g_autoptr (DifTensor) conv = dif_conv_apply (&block->conv, context, h, NULL, NULL, 1.0f);
      g_auto (DifPrologue) after = { NULL };
      DifTensor *y;

      if (! conv || ! make_after (block, context, emb, &after))
        return NULL;
      y = dif_prologue_apply (context, conv, &after);
      if (block->keeps)
        y = dif_sum_over (context, y, 2, (DifTerm[]) { { 1.0, h }, { 1.0, y } });
      dif_tensor_unref (h);
      h = y;
    }
  return g_steal_pointer (&h);
}

/* log p (c | x_t) of one picture, from what the blocks gave of it. */
static void
log_probabilities (const DifClassifier *c, const DifTensor *h, gsize picture, double *log_p)
{
  const gsize        channels = h->dim[3];
  const gsize        n_pixels = h->dim[1] * h->dim[2];
  const float       *pixel = h->data + picture * n_pixels * channels;
  g_autofree double *mean = g_new0 (double, channels);
  double             most = -INFINITY;
  double             sum = 0.0;

  for (gsize i = 0; i < n_pixels * channels; i++)
    mean[i % channels] += pixel[i];
  for (guint k = 0; k < c->n_classes; k++)
    {
      log_p[k] = 0.0;
      for (gsize i = 0; i < channels; i++)
        log_p[k] += c->out_weight->data[k * channels + i] * mean[i];
      log_p[k] = log_p[k] / n_pixels + c->out_bias->data[k];
      most = MAX (most, log_p[k]);
    }
  for (guint k = 0; k < c->n_classes; k++)
    sum += exp (log_p[k] - most);
  for (guint k = 0; k < c->n_classes; k++)
    log_p[k] -= most + log (sum);
}

DifTensor *
dif_classifier_forward (const DifClassifier *c, DifContext *context, DifTensor *x, const double *t)
{
  g_autoptr (DifTensor) h = NULL;
  g_autofree double    *log_p = g_new (double, c->n_classes);
  DifTensor            *y = NULL;

  if (! x)
    return NULL;
  g_return_val_if_fail (x->dim[3] == c->in_channels, NULL);
  h = run_blocks (c, context, x, t);
  if (h)
    y = dif_context_tensor (context, 2, (gsize[]) { x->dim[0], c->n_classes });
  for (gsize picture = 0; y && picture < x->dim[0]; picture++)
    {
      log_probabilities (c, h, picture, log_p);
      for (guint k = 0; k < c->n_classes; k++)
        y->data[picture * c->n_classes + k] = (float) log_p[k];
    }
  return y;
}

/* ---- backward ---- */

/* Gradient of log p with respect to what the blocks gave of one picture, written over it: of the
 * k-th logit it is w_k - p_k, and every pixel has an equal share in the mean. */
static void
backward_head (const DifClassifier *c, DifTensor *h, gsize picture, const DifLabelMix *label)
{
  const gsize        channels = h->dim[3];
  const gsize        n_pixels = h->dim[1] * h->dim[2];
  float             *pixel = h->data + picture * n_pixels * channels;
  g_autofree double *slope = g_new (double, c->n_classes);
  g_autofree float  *share = g_new (float, channels);

  log_probabilities (c, h, picture, slope);
  for (guint k = 0; k < c->n_classes; k++)
    slope[k] = -exp (slope[k]);
  for (guint i = 0; i < label->n; i++)
    slope[label->ids[i]] += label->weights[i];
  for (gsize i = 0; i < channels; i++)
    {
      double sum = 0.0;

      for (guint k = 0; k < c->n_classes; k++)
        sum += slope[k] * c->out_weight->data[k * channels + i];
      share[i] = (float) (sum / n_pixels);
    }
  for (gsize i = 0; i < n_pixels; i++)
    memcpy (pixel + i * channels, share, channels * sizeof *share);
}

DifTensor *
dif_classifier_gradient (const DifClassifier *c, DifContext *context, DifTensor *x, const double *t,
                         const DifLabelMix *label)
{
  g_autoptr (DifTape)   tape = NULL;
  g_autoptr (DifTensor) h = NULL;
  DifTensor            *g;

  if (! x)
    return NULL;
  g_return_val_if_fail (x->dim[3] == c->in_channels, NULL);
  for (guint i = 0; i < label->n; i++)
    g_return_val_if_fail (label->ids[i] < c->n_classes, NULL);
  tape = dif_tape_new ();
  dif_tape_watch (tape, x);
  dif_context_set_tape (context, tape);
  h = run_blocks (c, context, x, t);
  dif_context_set_tape (context, NULL);
  if (! h)
    return NULL;
  g = dif_tensor_ref (h); /* what the blocks gave is needed no more */
  for (gsize picture = 0; picture < x->dim[0]; picture++)
    backward_head (c, g, picture, label);
  return dif_tape_backward (tape, context, h, g) ? dif_tape_take (tape, x) : NULL;
}
