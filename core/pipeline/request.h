/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifTask:
 * @DIF_TASK_GENERATE: a picture from noise alone; pixels and mask are not looked at
 * @DIF_TASK_REIMAGINE: noise the masked pixels to the noise level and denoise them
 *   again (SDEdit, Meng et al. 2022)
 * @DIF_TASK_INPAINT: make the masked pixels anew from what surrounds them
 * @DIF_TASK_NOISE: only noise the masked pixels to the noise level
 *
 * What a request asks for.
 */
typedef enum
{
  DIF_TASK_GENERATE,
  DIF_TASK_REIMAGINE,
  DIF_TASK_INPAINT,
  DIF_TASK_NOISE,
} DifTask;

/**
 * DifPrefill:
 * @DIF_PREFILL_SMOOTH: colors of the surroundings, smoothly: dif_fill()
 * @DIF_PREFILL_PATCH: a piece of the picture that fits there: dif_patch_fill()
 * @DIF_PREFILL_KEEP: what was there
 * @DIF_PREFILL_MEAN: one color, the mean of a ring of pixels around it
 * @DIF_PREFILL_BORDER: of each pixel, the color of the nearest one outside
 * @DIF_PREFILL_NOISE: as much noise around the ring's mean as the ring's colors vary
 * @DIF_PREFILL_AUTO: a piece of the picture where what surrounds the hole is a texture and one
 * looks like it (dif_patch_fill_texture()), at a noise level of at most %DIF_PATCH_LEVEL; else
 * smooth. Smooth too where labels, regions or colors say what is to be made, or the noise level is
 * above the default
 *
 * What inpainting noises in place of the pixels to be made.
 */
typedef enum
{
  DIF_PREFILL_SMOOTH,
  DIF_PREFILL_PATCH,
  DIF_PREFILL_KEEP,
  DIF_PREFILL_MEAN,
  DIF_PREFILL_BORDER,
  DIF_PREFILL_NOISE,
  DIF_PREFILL_AUTO,
  DIF_N_PREFILLS,
} DifPrefill;

#define DIF_PATCH_LEVEL  0.2
#define DIF_MAX_STEPS    1000u
#define DIF_MAX_SIZE     65536u
#define DIF_MAX_GUIDANCE 100.0
#define DIF_MAX_COLORS   256u
#define DIF_MAX_REACH    4096u
#define DIF_MAX_PERCENT  1000.0

#define DIF_MAX_CLASSIFIER_GUIDANCE 1000.0

#define DIF_CONTEXT_FOLLOWS (-1)  /* the selection, as dif_request_margin() says */

/**
 * DifRegion:
 * @label: (nullable): a label of the model or a mixture; %NULL or "" for none
 * @mask: width * height coverages, 0 outside to 1 inside
 *
 * A part of the picture that follows a label of its own.
 */
typedef struct
{
  const char  *label;
  const float *mask;
} DifRegion;

/**
 * DifRequest:
 * @task: what to do
 * @model: (nullable): folder of a model, or %NULL or "" for the embedded one
 * @label: (nullable): one of the model's labels, or a mixture of several as dif_labels_mix() reads
 *   it ("stone:0.7,grass:0.3"); %NULL or "" for none
 * @negative_label: (nullable): what guidance leads away from, a label or a mixture; %NULL or "" for
 *   what the model knows as no label
 * @sampler: (nullable): id of a row of dif_samplers(), %NULL for the default
 * @spacing: (nullable): id of a row of dif_spacings(), or a list of falling timesteps as
 *   dif_timesteps_parse() reads it, which stands instead of @steps; %NULL for the default
 * @steps: network steps, 1 to %DIF_MAX_STEPS
 * @guidance: scale of classifier-free guidance; 1 is none
 * @guidance_rescale: how much of the contrast that guidance adds is taken back, 0 to 1
 * @guidance_from: noise level in [0, 1] from which is guided
 * @guidance_to: noise level in [0, @guidance_from] down to which is guided; 0 for the end.  At all
 *   other noise levels the label alone is followed
 * @regions: (nullable) (array length=n_regions): parts with labels of their own.  Where masks add
 * up to more than 1 they share; where they add up to less, the rest follows @label
 * @n_regions: at most %DIF_MAX_REGIONS
 * @colors: (nullable) (array): @n_colors * 3 numbers R'G'B' (sRGB, 0 to 1)
 * @n_colors: at most %DIF_MAX_COLORS; 0 for no guidance by colors
 * @color_guidance: share of each color's distance from the nearest of @colors that is taken away
 *   at each evaluation, 0 (none) to 1 (nothing but @colors)
 * @mean_color: look at the mean color of what is made, not at each pixel's
 * @classifier_guidance: scale of guidance by the model's classifier towards @label, beside
 *   @guidance; 0 is none
 * @noise_level: t in (0, 1]; how far the pixels are noised before they are denoised.
 *   Independent of @steps.  Inpainting noises what @prefill names;
 *   at 1 it begins with noise alone.
 * @stop_after: steps to end after, with the prediction of the clean picture as it is then; 0 for
 *   the end.  Steps that a sampler makes again count again.  Of a run that dif_progress_finish()
 *   ended the picture's own number gives the same picture again.
 * @seed: of all random numbers
 * @threads: worker threads, 0 for one per processor
 * @width: pixels in a row
 * @height: rows
 * @pixels: (nullable): @width * @height * 3 R'G'B' floats (sRGB, 0 to 1; values outside
 *   are clipped for the model only); needed by all tasks but generate
 * @alpha: (nullable): @width * @height numbers, 0 transparent to 1 opaque; %NULL for 1 everywhere.
 *   What has less than %DIF_LEAST_ALPHA is unknown: its color is never looked at, what is around
 *   it is thought to go on there, and the network makes it along with the masked pixels
 * @mask: (nullable): @width * @height coverages, 0 keep to 1 make anew, %NULL for 1
 *   everywhere.  Pixels with coverage 0 come back unchanged, all others are the
 *   result at full strength: blending by coverage is the caller's (its layer mask).  An inpainted
 *   picture needs one, and enough pixels outside it that are known
 * @soft: of reimagine and inpaint: whether a coverage between 0 and 1 is a noise level for its
 *   pixel, coverage * @noise_level, at which it joins; else all pixels above 0 are worked on from
 *   the start
 * @grow: pixels by which the mask that is worked on is larger than @mask, up to %DIF_MAX_REACH;
 *   below 0 it is smaller.  What has coverage 0 afterwards comes back unchanged.
 * @feather: pixels around its edge, inwards and outwards, over which that mask is made soft
 * @blend: pixels inside its edge over which the result is to be blended in; see
 *   dif_selection_blend()
 * @detail: of reimagine and inpaint, unless @noise_level is 1: pixels at the size that is worked
 *   on; what is coarser stays as it is or was filled first, for noise holds nothing of it.  0 for
 * no limit, up to %DIF_MAX_REACH
 * @prefill: of inpaint: what the pixels to be made begin as
 * @color_match: of reimagine and inpaint: whether a drift of color against the surroundings is
 *   taken out; see dif_color_match()
 * @known_in_x0: whether known pixels are put into the predicted clean picture only, not into what
 *   the network sees as well; see dif_mask_new()
 * @context: pixels around what is worked on that the network sees, %DIF_MAX_SIZE for the whole
 *   picture, or %DIF_CONTEXT_FOLLOWS; see dif_request_margin()
 * @context_percent: so much more of it, of the longer side of what is worked on
 * @work_size: pixels that the longer side of what the network sees is scaled to, and back; 0 to
 *   work on it as it is.  The previews of a run are of that size and part.  Not looked at by
 *   generate, as is @context.
 * @tile_x: whether the result is to fit onto itself, laid side by side: what is made at the right
 *   goes on at the left
 * @tile_y: and laid one above the other
 * @origin_x: column of the first pixel in the picture that it was cut out of, for messages
 * @origin_y: its row there
 *
 * One request for one picture.  Strings and arrays belong to the caller.
 */
typedef struct
{
  DifTask      task;
  const char  *model;
  const char  *label;
  const char  *negative_label;
  const char  *sampler;
  const char  *spacing;
  guint        steps;
  double       guidance;
  double       noise_level;
  guint        stop_after;
  guint64      seed;
  guint        threads;
  guint        width;
  guint        height;
  const float *pixels;
  const float *alpha;
  const float *mask;
  gint         origin_x;
  gint         origin_y;

  double           guidance_rescale;
  double           guidance_from;
  double           guidance_to;
  const DifRegion *regions;
  guint            n_regions;
  const float     *colors;
  guint            n_colors;
  double           color_guidance;
  gboolean         mean_color;
  gboolean         soft;
  gint             grow;
  guint            feather;
  guint            blend;
  guint            detail;
  DifPrefill       prefill;
  gboolean         color_match;
  gboolean         known_in_x0;
  gint             context;
  double           context_percent;
  guint            work_size;
  gboolean         tile_x;
  gboolean         tile_y;
  double           classifier_guidance;
} DifRequest;

/**
 * dif_request_init:
 * @request: (out caller-allocates): filled with the defaults
 * @task: what to do
 *
 * Thread: any
 */
void dif_request_init (DifRequest *request, DifTask task);

/**
 * dif_request_check:
 * @request: the request
 * @error: says which value is wrong and what was expected
 *
 * Checks everything that can be checked without opening the model.
 *
 * Returns: whether dif_run() would start
 *
 * Errors: %DIF_ERROR_REQUEST; %DIF_ERROR_NONFINITE for a pixel or coverage that is
 *   not finite
 * Thread: any
 */
gboolean dif_request_check (const DifRequest *request, GError **error);

/**
 * dif_request_margin:
 * @request: its context, and whether it tiles
 * @width: of what is worked on
 * @height: of what is worked on
 *
 * A context that follows the selection is as wide as its longer side, so that a hole has around it
 * what it can be filled from, but at least 96 pixels and at most 512.
 *
 * Returns: pixels around what is worked on that the network is to see
 *
 * Thread: any
 */
guint dif_request_margin (const DifRequest *request, guint width, guint height);

/**
 * dif_request_to_json:
 * @request: the request
 *
 * The settings (not the pixels) as one JSON object, for keeping them with the result.
 *
 * Returns: (transfer full): text
 *
 * Thread: any
 */
char *dif_request_to_json (const DifRequest *request);

/**
 * dif_request_is_soft:
 * @request: the request
 *
 * Returns: whether a coverage between 0 and 1 is a noise level
 *
 * Thread: any
 */
gboolean dif_request_is_soft (const DifRequest *request);

/**
 * dif_task_name:
 * @task: a task
 *
 * Returns: "generate", "reimagine", "inpaint" or "noise"
 *
 * Thread: any
 */
const char *dif_task_name (DifTask task);

/**
 * dif_request_detail:
 * @request: what to make
 *
 * Returns: @detail, or 0 where it does not count
 *
 * Thread: any
 */
guint dif_request_detail (const DifRequest *request);

/**
 * dif_request_may_patch:
 * @request: what to make
 *
 * Returns: whether inpainting may begin with a piece of the picture by itself: %DIF_PREFILL_AUTO,
 *   and nothing else says what is to be made
 *
 * Thread: any
 */
gboolean dif_request_may_patch (const DifRequest *request);

/**
 * dif_prefill_id:
 * @prefill: a way to fill
 *
 * Returns: "smooth", "patch", "keep", "mean", "border", "noise" or "auto"
 *
 * Thread: any
 */
const char *dif_prefill_id (DifPrefill prefill);

/**
 * dif_prefill_find:
 * @id: an id
 * @prefill: (out): the way to fill
 *
 * Returns: whether there is one of this id
 *
 * Thread: any
 */
gboolean dif_prefill_find (const char *id, DifPrefill *prefill);

G_END_DECLS
