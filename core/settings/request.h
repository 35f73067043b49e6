/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/sampler.h"
#include "core/image/prefill.h"
#include "core/settings/setting.h"

G_BEGIN_DECLS

/**
 * DifKnown:
 * @DIF_KNOWN_XT: noised as far as the rest, so that the network sees them
 * @DIF_KNOWN_X0: in the predicted clean picture only
 *
 * Where known pixels are put in at each step; see dif_mask_new().
 */
typedef enum
{
  DIF_KNOWN_XT,
  DIF_KNOWN_X0,
} DifKnown;

/**
 * DifTile:
 * @DIF_TILE_NONE: not at all
 * @DIF_TILE_X: laid side by side: what is made at the right goes on at the left
 * @DIF_TILE_Y: laid one above the other
 * @DIF_TILE_XY: both
 *
 * Whether a picture is to fit onto itself; the values are flags.
 */
typedef enum
{
  DIF_TILE_NONE = 0,
  DIF_TILE_X = 1 << 0,
  DIF_TILE_Y = 1 << 1,
  DIF_TILE_XY = DIF_TILE_X | DIF_TILE_Y,
} DifTile;

#define DIF_PATCH_LEVEL 0.2
#define DIF_MAX_STEPS   1000u
#define DIF_MAX_SIZE    65536u
#define DIF_MAX_REACH   4096u
#define DIF_MAX_THREADS 256u

#define DIF_CONTEXT_FOLLOWS (-1) /* the selection, as dif_request_margin() says */

/**
 * DifRegion:
 * @prompt: (nullable): a label of the model or a mixture; %NULL or "" for none
 * @mask: width * height coverages, 0 outside to 1 inside
 *
 * A part of the picture that follows a prompt of its own.
 */
typedef struct
{
  const char  *prompt;
  const float *mask;
} DifRegion;

/**
 * DifRequest:
 * @task: what to do
 * @width: pixels in a row
 * @height: rows
 * @pixels: (nullable): @width * @height * 3 R'G'B' floats (sRGB, 0 to 1; values outside
 *   are clipped for the model only); needed by all tasks but generate
 * @alpha: (nullable): @width * @height numbers, 0 transparent to 1 opaque; %NULL for 1 everywhere.
 *   What has less than %DIF_LEAST_ALPHA is unknown: its color is never looked at, what is around
 *   it is thought to go on there, and the network makes it along with the masked pixels
 * @mask: (nullable): @width * @height coverages, 0 keep to 1 make anew, %NULL for 1
 *   everywhere.  Pixels with coverage 0 come back unchanged, all others are the
 *   result at full strength: blending by the result's weights is the caller's (its layer mask).  An
 *   inpainted picture needs one, or transparent pixels, and enough others that are known.  Where no
 *   pixels are read, it only becomes the result's weights
 * @origin_x: column of the first pixel in the picture that it was cut out of, for messages
 * @origin_y: its row there
 * @regions: (nullable) (array length=n_regions): parts with prompts of their own.  Where masks add
 *   up to more than 1 they share; where they add up to less, the rest follows @prompt
 * @n_regions: at most %DIF_MAX_REGIONS
 * @prompt: (nullable): one of the model's labels, or a mixture of several as dif_labels_mix() reads
 *   it ("stone:0.7,grass:0.3"); %NULL or "" for none
 * @negative_prompt: (nullable): what guidance leads away from, a label or a mixture; %NULL or ""
 * for what the model knows as no label
 * @noise_level: how far the pixels are noised before they are denoised, t in (0, 1].
 *   Independent of @steps.  Inpainting noises what @prefill names;
 *   at 1 it begins with noise alone.
 * @steps: network steps; a sampler that needs more takes more
 * @sampler: (nullable): id of a row of dif_samplers(), %NULL for the one that suits the model
 * @guidance: scale of classifier-free guidance; 1 is none
 * @guidance_rescale: how much of the contrast that guidance adds is taken back
 * @guidance_from: noise level from which is guided
 * @guidance_to: noise level, at most @guidance_from, down to which is guided; 0 for the end.  At
 * all other noise levels the prompt alone is followed
 * @classifier_guidance: scale of guidance by the model's classifier towards @prompt, beside
 *   @guidance; 0 is none
 * @palette: (nullable) (array): @n_palette * 3 numbers R'G'B' (sRGB, 0 to 1)
 * @n_palette: 0 for no guidance by colors
 * @color_guidance: share of each color's distance from the nearest of @palette that is taken away
 *   at each evaluation, 0 (none) to 1 (nothing but @palette)
 * @mean_color: look at the mean color of what is made, not at each pixel's
 * @spacing: (nullable): id of a row of dif_spacings(), or a list of falling timesteps as
 *   dif_timesteps_parse() reads it, which stands instead of @steps; %NULL for the default
 * @eta: how much fresh noise a step puts back, of samplers that let it be chosen; below 0 for their
 *   own.  See #DifSampling
 * @inner_steps: Langevin steps at each noise level; 0 for the sampler's own.  See #DifSampling
 * @langevin_step: their size in units of the squared noise level; 0 to choose it from the levels
 * @context: pixels around what is worked on that the network sees, %DIF_MAX_SIZE for the whole
 *   picture, or %DIF_CONTEXT_FOLLOWS; see dif_request_margin()
 * @context_percent: so much more of it, of the longer side of what is worked on
 * @soft_selection: of reimagine and inpaint: whether a coverage between 0 and 1 is a noise level
 * for its pixel, coverage * @noise_level, at which it joins; else all pixels above 0 are worked on
 * from the start
 * @match_colors: of reimagine and inpaint: whether a drift of color against the surroundings is
 *   taken out; see dif_color_match()
 * @tile: whether the result is to fit onto itself
 * @grow: pixels by which the mask that is worked on is larger than @mask; below 0 it is smaller.
 *   What has coverage 0 afterwards comes back unchanged.
 * @feather: pixels around its edge, inwards and outwards, over which that mask is made soft
 * @blend: pixels inside its edge over which the result is to be blended in
 * @detail: of reimagine and inpaint, unless @noise_level is 1: pixels at the size that is worked
 *   on; what is coarser stays as it is or was filled first, for noise holds nothing of it.  0 for
 *   no limit
 * @prefill: of inpaint: what the pixels to be made begin as
 * @known: where known pixels are put in
 * @work_size: pixels that the longer side of what the network sees is scaled to, and back; 0 to
 *   work on it as it is.  The previews of a run are of that size and part.  Not looked at by
 *   generate, as is @context.
 * @stop_after: steps to end after, with the prediction of the clean picture as it is then; 0 for
 *   the end.  Steps that a sampler makes again count again.  Of a run that dif_progress_finish()
 *   ended the picture's own number gives the same picture again.
 * @seed: of all random numbers
 * @model: (nullable): name or folder of a model as dif_resolve_model() reads it, or %NULL or "" for
 *   the embedded one
 * @threads: worker threads, 0 for one per processor
 *
 * One request for one picture.  Pixels, masks and regions are the caller's, for as long as the
 * request is used.  The settings, from @prompt on, are its own: their defaults and ranges are the
 * rows of dif_settings().
 */
typedef struct
{
  DifTask          task;
  guint            width;
  guint            height;
  const float     *pixels;
  const float     *alpha;
  const float     *mask;
  gint             origin_x;
  gint             origin_y;
  const DifRegion *regions;
  guint            n_regions;

  char      *prompt;
  char      *negative_prompt;
  double     noise_level;
  guint      steps;
  char      *sampler;
  double     guidance;
  double     guidance_rescale;
  double     guidance_from;
  double     guidance_to;
  double     classifier_guidance;
  float     *palette;
  guint      n_palette;
  double     color_guidance;
  gboolean   mean_color;
  char      *spacing;
  double     eta;
  guint      inner_steps;
  double     langevin_step;
  gint       context;
  double     context_percent;
  gboolean   soft_selection;
  gboolean   match_colors;
  DifTile    tile;
  gint       grow;
  guint      feather;
  guint      blend;
  guint      detail;
  DifPrefill prefill;
  DifKnown   known;
  guint      work_size;
  guint      stop_after;
  guint      seed;
  char      *model;
  guint      threads;
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
 * dif_request_clear:
 * @request: its settings' texts and colors are freed
 *
 * Thread: any
 */
void dif_request_clear (DifRequest *request);

/**
 * dif_request_copy:
 * @request: a request
 * @copy: (out caller-allocates): filled: its settings are its own, all else is the caller's still
 *
 * Thread: any
 */
void dif_request_copy (const DifRequest *request, DifRequest *copy);

/**
 * dif_request_check_settings:
 * @request: a request; pixels, masks and size are not looked at
 * @error: says which value is wrong and what was expected
 *
 * Returns: whether its settings are possible, each by itself and together
 *
 * Errors: %DIF_ERROR_REQUEST with the setting's id
 * Thread: any
 */
gboolean dif_request_check_settings (const DifRequest *request, GError **error);

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
 * The settings (not the pixels) as one JSON object, for keeping them with the result: the task,
 * each setting by its id, and the prompts of the regions.  What belongs to the machine is left out.
 *
 * Returns: (transfer full): text
 *
 * Thread: any
 */
char *dif_request_to_json (const DifRequest *request);

/**
 * dif_request_from_json:
 * @request: settings that the text has are set to what it says
 * @text: of dif_request_to_json(), or like it; earlier names of settings are read as well
 * @error: says what is wrong with it
 *
 * The way back.  Regions, whose masks are the caller's, are passed over.
 *
 * Returns: whether all of it was understood; if not, some settings may be set
 *
 * Errors: %DIF_ERROR_REQUEST, with the setting's id, for a setting that there is not, a value that
 *   it cannot have, or another task ("task"); those of dif_json_parse()
 * Thread: any
 */
gboolean dif_request_from_json (DifRequest *request, const char *text, GError **error);

/**
 * dif_request_reach:
 * @request: its grow and feather
 *
 * Returns: by how many pixels what is worked on may go beyond the mask
 *
 * Thread: any
 */
guint dif_request_reach (const DifRequest *request);

/**
 * dif_request_sampler:
 * @request: what to make, with a sampler that there is
 * @process: (nullable): what the model was trained on
 *
 * Returns: the row of its sampler, or the one that suits the model
 *
 * Thread: any
 */
const DifSampler *dif_request_sampler (const DifRequest *request, const DifProcess *process);

/**
 * dif_request_tiles:
 * @request: what to make
 * @axis: %DIF_TILE_X or %DIF_TILE_Y
 *
 * Returns: whether it is to fit onto itself that way
 *
 * Thread: any
 */
gboolean dif_request_tiles (const DifRequest *request, DifTile axis);

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

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifRequest, dif_request_clear)

G_END_DECLS
