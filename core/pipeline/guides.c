/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/guides.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/classifier-gradient.h"
#include "core/diffusion/network.h"
#include "core/ops/elementwise.h"

#define REGION_MARGIN   16u /* pixels around a region that its label sees too */
#define SMALLEST_REGION 64u /* pixels on a side: norms of less are far from the picture's */
#define REGIONS_APART                                                        \
  0.5 /* noise level: higher, and what labels want of colors is kept; lower, \
       * and borders, where masks are soft, stay noisy */

static DifGuidance
guidance_of (const DifRequest *request, const DifCheckpoint *checkpoint)
{
  const DifProcess *process = checkpoint->process;
  const double      from = request->guidance_from;
  const double      to = request->guidance_to;

  return (DifGuidance) {
    .scale = request->guidance,
    .rescale = request->guidance_rescale,
    .least = to > 0.0 ? dif_process_told (process, to) : -INFINITY,
    .most = from < 1.0 ? dif_process_told (process, from) : INFINITY,
    .channels = checkpoint->codec->channels,
  };
}

static DifEvaluator *
guided (const DifRequest *request, const DifCheckpoint *checkpoint, const char *prompt,
        const char *setting, GError **error)
{
  const DifGuidance        guidance = guidance_of (request, checkpoint);
  const DifConditioner    *conditioner = checkpoint->conditioner;
  g_autoptr (DifCondition) wanted = dif_conditioner_read (conditioner, prompt, error);
  g_autoptr (DifCondition) against = NULL;

  if (wanted)
    against = dif_conditioner_read_against (conditioner, request->negative_prompt, wanted, error);
  if (! against)
    dif_error_name_setting (error, wanted ? "negative-prompt" : setting);
  return against ? dif_network_new_guided (checkpoint->model, wanted, against, &guidance) : NULL;
}

/* With attention a network wants to see all of a window. */
static DifRegionSizes
region_sizes (const DifCheckpoint *checkpoint)
{
  const DifModelFacts *facts = dif_model_facts (checkpoint->model);
  const gsize          smallest = MAX (facts->sample_size, SMALLEST_REGION);

  return (DifRegionSizes) { REGION_MARGIN, facts->has_attention ? G_MAXSIZE : smallest,
                            facts->multiple,
                            dif_process_above (checkpoint->process, REGIONS_APART) };
}

DifEvaluator *
dif_guides_evaluator (const DifRequest *request, const DifCheckpoint *checkpoint, GError **error)
{
  const DifRegionSizes sizes = region_sizes (checkpoint);
  DifEvaluator        *inner[DIF_MAX_REGIONS + 1] = { NULL };
  const guint          n = request->n_regions;
  gboolean             ok = TRUE;

  for (guint i = 0; i <= n && ok; i++)
    {
      inner[i] = i < n ?
                     guided (request, checkpoint, request->regions[i].prompt, "regions", error) :
                     guided (request, checkpoint, request->prompt, "prompt", error);
      ok = inner[i] != NULL;
    }
  if (ok)
    return n > 0 ? dif_regions_new (inner, n + 1, &sizes) : inner[0];
  for (guint i = 0; i <= n; i++)
    dif_evaluator_free (inner[i]);
  return NULL;
}

/* Shares of one pixel: the regions', which make room for each other, and the rest. */
static void
share (const DifInput *in, gsize pixel, float *out)
{
  double sum = 0.0;

  for (guint i = 0; i < in->n_regions; i++)
    {
      out[i] = CLAMP (in->regions[i].mask[pixel], 0.0f, 1.0f);
      sum += out[i];
    }
  for (guint i = 0; i < in->n_regions && sum > 1.0; i++)
    out[i] = (float) (out[i] / sum);
  out[in->n_regions] = (float) (1.0 - MIN (sum, 1.0));
}

/* The means of the shares of the @s x @s pixels that a pixel of x stands for. */
static void
share_mean (const DifInput *in, gsize top, gsize left, gsize s, float *out)
{
  double sum[DIF_MAX_REGIONS + 1] = { 0.0 };
  float  own[DIF_MAX_REGIONS + 1];

  for (gsize i = 0; i < s * s; i++)
    {
      const gsize row = MIN (top + i / s, in->height - 1);
      const gsize column = MIN (left + i % s, in->width - 1);

      share (in, row * in->width + column, own);
      for (guint k = 0; k <= in->n_regions; k++)
        sum[k] += own[k];
    }
  for (guint k = 0; k <= in->n_regions; k++)
    out[k] = (float) (sum[k] / (double) (s * s));
}

static DifTensor *
region_masks (const DifInput *in, DifContext *context, const DifCanvas *canvas)
{
  const gsize s = canvas->codec->shrink;
  const gsize h = canvas->padded_height / s;
  const gsize w = canvas->padded_width / s;
  const gsize c = in->n_regions + 1;
  DifTensor  *masks = dif_context_nhwc (context, 1, h, w, c);

  for (gsize i = 0; masks && i < h * w; i++)
    share_mean (in, i / w * s, i % w * s, s, masks->data + i * c);
  return masks;
}

static DifTensor *
spread (DifContext *context, DifTensor *condition, gsize height, gsize width)
{
  const gsize c = condition->dim[3];
  DifTensor  *out;

  if (condition->size > c)
    return dif_tensor_ref (condition);
  out = dif_context_nhwc (context, 1, height, width, c);
  for (gsize i = 0; out && i < height * width; i++)
    memcpy (out->data + i * c, condition->data, c * sizeof (float));
  return out;
}

DifTensor *
dif_guides_extra (const DifInput *input, DifContext *context, DifTensor *condition,
                  const DifCanvas *canvas)
{
  g_autoptr (DifTensor) masks = NULL;
  g_autoptr (DifTensor) whole = NULL;

  if (input->n_regions == 0)
    return condition ? dif_tensor_ref (condition) : NULL;
  masks = region_masks (input, context, canvas);
  if (! condition)
    return g_steal_pointer (&masks);
  whole = masks ? spread (context, condition, masks->dim[1], masks->dim[2]) : NULL;
  return dif_concat_channels (context, whole, masks);
}

/* Colors and classifiers look at x. */
static gboolean
check_pixels (const DifCheckpoint *checkpoint, const char *setting, GError **error)
{
  return dif_codec_is_pixels (checkpoint->codec) ||
         dif_error_set_setting (error, setting,
                                _ ("This model works on compressed images: it cannot be guided by "
                                   "colors or by a classifier, which have to see pixels."));
}

static DifClassifier *
open_classifier (const DifCheckpoint *checkpoint, GError **error)
{
  const guint               n_classes = dif_model_facts (checkpoint->model)->n_classes;
  const guint               channels = checkpoint->codec->channels;
  g_autoptr (DifClassifier) classifier = NULL;

  if (! checkpoint->classifier)
    {
      dif_error_set_setting (error, "classifier-guidance",
                             _ ("This model comes without a classifier: it can be guided by "
                                "labels, but not by how a classifier sees them."));
      return NULL;
    }
  classifier = dif_classifier_open (checkpoint->classifier, error);
  if (! classifier)
    return NULL;
  if (dif_classifier_n_classes (classifier) == n_classes &&
      dif_classifier_in_channels (classifier) == channels)
    return g_steal_pointer (&classifier);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH,
               _ ("The model's classifier is of another model: it knows %u labels of pictures with "
                  "%u channels, the model %u of %u."),
               dif_classifier_n_classes (classifier), dif_classifier_in_channels (classifier),
               n_classes, channels);
  return NULL;
}

DifDenoiser *
dif_guides_classifier (const DifRequest *request, const DifCheckpoint *checkpoint,
                       DifDenoiser *inner, GError **error)
{
  g_autoptr (DifDenoiser)  own = inner;
  g_autoptr (DifCondition) wanted = NULL;
  DifClassifier           *classifier;

  if (request->classifier_guidance == 0.0)
    return g_steal_pointer (&own);
  if (! check_pixels (checkpoint, "classifier-guidance", error))
    return NULL;
  wanted = dif_conditioner_read (checkpoint->conditioner, request->prompt, error);
  if (! wanted)
    dif_error_name_setting (error, "prompt");
  if (! wanted || ! (classifier = open_classifier (checkpoint, error)))
    return NULL;
  return dif_gradient_guidance_new (g_steal_pointer (&own),
                                    dif_classifier_gradient_new (classifier, wanted),
                                    request->classifier_guidance, NULL, 0);
}

DifDenoiser *
dif_guides_colors (const DifRequest *request, const DifCheckpoint *checkpoint, DifDenoiser *inner,
                   DifTensor *mask, GError **error)
{
  const gsize             n = request->n_palette;
  g_autoptr (DifDenoiser) own = inner;
  g_autofree float       *colors = NULL;

  if (n == 0 || request->color_guidance == 0.0)
    return g_steal_pointer (&own);
  if (! check_pixels (checkpoint, "color-guidance", error))
    return NULL;
  colors = g_new (float, 3 * n);
  for (gsize i = 0; i < 3 * n; i++)
    colors[i] = 2.0f * request->palette[i] - 1.0f;
  return dif_gradient_guidance_new (
      g_steal_pointer (&own), dif_color_gradient_new (colors, (guint) n, request->mean_color, mask),
      request->color_guidance, NULL, 0);
}
