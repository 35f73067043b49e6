/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/sample.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/finite.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/store.h"
#include "core/diffusion/noise-detail.h"
#include "core/diffusion/plan.h"
#include "core/image/color-match.h"
#include "core/image/fill.h"
#include "core/ops/elementwise.h"
#include "core/pipeline/canvas.h"
#include "core/pipeline/guides.h"

/* A network without attention works at any size; this bounds the memory of its maps. */
#define LARGEST_WINDOW \
  528 /* pixels on a side: memory grows with it, what windows compute twice falls */
#define OVERLAP 16

#define DEFAULT_SPACING "trailing"

typedef struct
{
  const DifInput      *input;
  const DifRequest    *request; /* the input's */
  const DifCheckpoint *checkpoint;
  const DifSampler    *sampler;
  DifContext          *context;
  DifCanvas           *canvas;
  DifTensor           *noise; /* until there is x */
  guint                n_steps;
  guint                reached; /* the most steps done so far: some samplers go back */
  guint                made;    /* steps, those made again too */
  gboolean             stopped; /* before the end */
  double               level;   /* that it starts from */
  double               source;  /* share of the picture there */
  DifTensor           *kept;    /* what a stopped run ends with */
  float               *preview;
} Run;

/* With attention, a network knows the size it was trained at.  Without, larger windows are better:
 * their norms agree, and less is computed twice. */
static DifWindowSizes
window_sizes (const DifModelFacts *facts, const DifRequest *r)
{
  const gsize    m = facts->multiple;
  const gsize    trained = (facts->sample_size + m - 1) / m * m;
  DifWindowSizes sizes = {
    MAX (LARGEST_WINDOW / m * m, trained), OVERLAP, m, TRUE, dif_request_tiles (r, DIF_TILE_Y),
    dif_request_tiles (r, DIF_TILE_X)
  };

  sizes.shifts = ! facts->has_attention;
  if (facts->has_attention && trained > 1)
    {
      sizes.most = trained;
      sizes.overlap = trained / 4;
    }
  else if (facts->has_attention)
    sizes.most = G_MAXSIZE;
  return sizes;
}

/* Samplers that go back up draw the known pixels anew. */
static DifDenoiser *
keep_known (const Run *run, DifDenoiser *chain, DifNoise *fresh, const DifStep *start)
{
  const DifCanvasSide *x = &run->canvas->x;
  DifTensor           *mask = x->coverage ? x->coverage : x->mask;
  DifTensor           *fixed = run->request->known == DIF_KNOWN_X0 ? NULL : run->noise;

  if (! mask)
    return chain;
  if (run->sampler->goes_back)
    chain = dif_mask_new_drawn (chain, x->known, mask, fresh);
  else
    chain = dif_mask_new (chain, x->known, fixed, mask);
  if (x->coverage)
    dif_mask_soften (chain, run->checkpoint->process, start);
  return chain;
}

/* mask (clip (colors (classifier (offset (predict (condition (windows (regions (guidance
 * (network)))))))))) */
static DifDenoiser *
build_chain (const Run *run, DifNoise *fresh, const DifStep *start, GError **error)
{
  const DifModel       *model = run->checkpoint->model;
  const DifProcess     *process = run->checkpoint->process;
  const DifWindowSizes  sizes = window_sizes (dif_model_facts (model), run->request);
  const gboolean        inpainting = run->checkpoint->inpainting != DIF_INPAINTING_NONE;
  const DifCanvasSide  *x = &run->canvas->x;
  g_autoptr (DifTensor) base = NULL;
  g_autoptr (DifTensor) condition = NULL;
  g_autoptr (DifTensor) extra = NULL;
  DifEvaluator         *evaluator;
  DifDenoiser          *chain;

  if (inpainting)
    {
      base = dif_inpainting_base (run->context, x->known, x->mask,
                                  dif_request_tiles (run->request, DIF_TILE_Y),
                                  dif_request_tiles (run->request, DIF_TILE_X));
      condition =
          dif_inpainting_condition (run->context, base, x->mask, run->checkpoint->codec->channels);
    }
  evaluator = dif_guides_evaluator (run->request, run->checkpoint, error);
  if (! evaluator)
    return NULL;
  extra = dif_guides_extra (run->input, run->context, condition, run->canvas);
  if (! dif_context_ok (run->context))
    {
      dif_evaluator_free (evaluator);
      return NULL;
    }
  evaluator = dif_windows_new (evaluator, &sizes, extra);
  chain = dif_predict_for (evaluator, process);
  if (base)
    chain = dif_offset_new (chain, base);
  chain = dif_guides_classifier (run->request, run->checkpoint, chain, error);
  chain = chain ? dif_guides_colors (run->request, run->checkpoint, chain, x->mask, error) : NULL;
  if (! chain)
    return NULL;
  if (process->thresholding)
    chain = dif_threshold_new (chain, process->threshold_ratio, process->threshold_most);
  else if (process->clip)
    chain = dif_clip_new (chain, process->clip_range);
  return keep_known (run, chain, fresh, start);
}

static gboolean
check_finite (Run *run, const DifTensor *x, guint step)
{
  if (dif_all_finite (x->data, x->size))
    return TRUE;
  dif_context_fail (run->context,
                    g_error_new (DIF_ERROR, DIF_ERROR_NONFINITE,
                                 _ ("Step %u gave numbers that are not finite.  The model may "
                                    "be damaged, or the guidance too strong."),
                                 step));
  return FALSE;
}

static gboolean
stops_now (const Run *run, guint step)
{
  const gboolean told = dif_progress_is_finishing (dif_context_progress (run->context));

  return step < run->n_steps && (told || run->made == run->request->stop_after);
}

static void
report (const Run *run, const DifTensor *x0)
{
  DifContext           *context = run->context;
  g_autoptr (DifTensor) image = NULL;
  guint                 width = 0, height = 0;

  if (run->preview && x0)
    image = dif_codec_preview (run->checkpoint->codec, context, (DifTensor *) x0);
  if (image)
    {
      dif_canvas_measure (run->canvas, image, &width, &height);
      dif_canvas_to_pixels (image, width, height, TRUE, run->preview);
    }
  dif_progress_report (dif_context_progress (context), run->reached, run->n_steps,
                       image ? run->preview : NULL, width, height);
}

static gboolean
after_step (guint step, const DifTensor *x, const DifTensor *x0, gpointer data)
{
  Run *run = data;

  if (! check_finite (run, x, step))
    return FALSE;
  run->reached = MAX (run->reached, step);
  report (run, x0);
  if (! x0)
    return TRUE;
  run->made++;
  if (stops_now (run, step))
    run->kept = dif_tensor_ref ((DifTensor *) x0);
  return run->kept == NULL;
}

/* A palette overrides color matching. */
static gboolean
matches_color (const Run *run)
{
  const DifRequest *r = run->request;
  const gboolean    guided = r->n_palette > 0 && r->color_guidance > 0.0;

  return r->match_colors && run->input->mask && ! guided && dif_task_reworks (r->task);
}

static void
match_color (Run *run, DifTensor *image)
{
  DifCanvas          *canvas = run->canvas;
  DifCanvasSide      *side = &canvas->image;
  const DifColorMatch match = { canvas->width, canvas->height, side->known,
                                side->mask,    side->coverage, NULL };

  if (matches_color (run))
    dif_color_match (run->context, &match, image);
  dif_canvas_side_clear (side);
}

/* Where the first step finds x: pure noise at the top, else the picture noised to there.  Of
 * processes that add noise to the picture as it is, the noise is as wide as there is any.  Lets go
 * of what only this needed. */
static DifTensor *
start_x (Run *run, const DifStep *step)
{
  const DifTensor *known = run->canvas->x.known;
  DifTensor       *x = g_steal_pointer (&run->noise);

  if (run->level < 1.0 && run->input->task->reads_pixels)
    run->source = step->alpha / hypot (step->alpha, step->sigma);
  if (run->source > 0.0)
    x = dif_sum_over (run->context, x, 2,
                      (DifTerm[]) { { step->alpha, known }, { step->sigma, x } });
  else if (step->alpha == 1.0)
    x = dif_sum_over (run->context, x, 1, (DifTerm[]) { { step->sigma, x } });
  dif_canvas_side_clear (&run->canvas->x);
  if (! matches_color (run))
    dif_canvas_side_clear (&run->canvas->image);
  return x;
}

/* Of timesteps above the noise level that is asked for the lowest is taken down to it. */
static DifPlan *
plan_from_list (const Run *run, const char *text)
{
  const DifProcess  *process = run->checkpoint->process;
  guint              n;
  g_autofree double *t = dif_timesteps_parse (text, &n);
  const double       top = dif_process_start (process, run->level);

  for (guint i = 0; i < n; i++)
    t[i] = MIN (t[i], top);
  return dif_plan_new_at (process, run->sampler, t, n);
}

/* The level from which the steps go down.  Processes with a spacing of their own were meant to be
 * walked from their top. */
static double
first_level (const Run *run)
{
  const DifProcess *process = run->checkpoint->process;
  const double      top = dif_process_ratio (process, 1.0);

  if (! run->sampler->overshoots || process->kind->spacing || top <= DIF_TOP_RATIO)
    return run->level;
  return MIN (run->level,
              dif_process_height (process, DIF_TOP_RATIO) / dif_process_height (process, top));
}

static DifPlan *
make_plan (const Run *run)
{
  const DifProcess *process = run->checkpoint->process;
  const DifRequest *r = run->request;
  const char       *spacing_id = r->spacing && *r->spacing ? r->spacing : DEFAULT_SPACING;
  const DifSpacing *spacing = dif_spacing_find (spacing_id);
  const double      level = first_level (run);
  const guint       n = dif_sampler_levels (run->sampler, r->steps, r->inner_steps);

  if (! spacing)
    return plan_from_list (run, spacing_id);
  if (level >= 1.0)
    return dif_plan_new (process, run->sampler, spacing, n);
  return dif_plan_new_from (process, run->sampler, spacing, n, level);
}

static void
init_sampling (Run *run, DifSampling *sampling, const DifPlan *plan, DifDenoiser *chain,
               DifNoise *noise)
{
  const DifProcess *process = run->checkpoint->process;
  const DifRequest *r = run->request;

  dif_sampling_init (sampling, run->sampler, plan->steps, plan->n, chain, noise);
  sampling->process = process;
  sampling->large_variance = process->large_variance;
  sampling->mean_velocity = process->prediction == DIF_PREDICTION_V;
  if (r->eta >= 0.0)
    sampling->eta = r->eta;
  sampling->evaluations = dif_sampler_evaluations (run->sampler, r->steps);
  sampling->inner_steps = r->inner_steps;
  sampling->langevin_step = r->langevin_step;
  sampling->after_step = after_step;
  sampling->data = run;
}

static DifTensor *
sample (Run *run, DifNoise *noise, GError **error)
{
  g_autoptr (DifPlan)     plan = make_plan (run);
  g_autoptr (DifDenoiser) chain = build_chain (run, noise, &plan->steps[0], error);
  DifTensor              *x;
  DifSampling             sampling;

  if (! chain)
    return NULL;
  run->n_steps = plan->n;
  dif_progress_report (dif_context_progress (run->context), 0, plan->n, NULL, 0, 0);
  x = start_x (run, &plan->steps[0]);
  if (! x)
    return NULL;

  init_sampling (run, &sampling, plan, chain, noise);
  x = run->sampler->run (&sampling, run->context, x);
  run->stopped = run->kept != NULL;
  if (! run->stopped)
    return x;
  dif_tensor_unref (x);
  return g_steal_pointer (&run->kept);
}

/* The noise act alone: what reimagining would start from. */
static DifTensor *
noised (Run *run)
{
  g_autoptr (DifPlan) plan = dif_plan_new_from (run->checkpoint->process, run->sampler,
                                                dif_spacing_find (DEFAULT_SPACING), 1, run->level);

  return start_x (run, &plan->steps[0]);
}

/* Pixels that were not to be touched come back with their own bytes. */
static void
put_back_known (const DifInput *in, DifImage *image)
{
  if (! in->task->reads_pixels || ! in->mask)
    return;
  for (gsize i = 0; i < (gsize) in->width * in->height; i++)
    if (! (in->mask[i] > 0.0f))
      memcpy (image->pixels + 3 * i, in->pixels + 3 * i, 3 * sizeof (float));
}

/* The detail that is to be made anew, in pixels of x. */
static guint
detail_of_x (const DifCodec *codec, guint detail)
{
  return detail > 0 ? MAX ((detail + codec->shrink / 2) / codec->shrink, 1) : 0;
}

static DifImage *
run_in_context (Run *run, GError **error)
{
  const DifRequest     *r = run->request;
  const DifModelFacts  *facts = dif_model_facts (run->checkpoint->model);
  const DifCodec       *codec = run->checkpoint->codec;
  g_autoptr (DifCanvas) canvas =
      dif_canvas_new (run->input, codec, run->context, facts->multiple, facts->sample_size);
  g_autoptr (DifImage)  image = dif_image_new (run->input->width, run->input->height, error);
  g_autoptr (DifTensor) result = NULL;
  DifSeededNoise        seeded;
  DifDetailNoise        source;

  if (! image || ! canvas)
    return NULL;
  dif_seeded_noise_init (&seeded, r->seed);
  dif_detail_noise_init (&source, &seeded.parent, detail_of_x (codec, dif_request_detail (r)));
  run->canvas = canvas;
  run->level = run->input->task->reads_pixels ? r->noise_level : 1.0;
  if (canvas->patched)
    run->level = MIN (run->level, DIF_PATCH_LEVEL);
  if (dif_progress_wants_preview (dif_context_progress (run->context)))
    run->preview = image->pixels; /* until the end */
  run->noise = dif_noise_over (&source.parent, run->context, dif_canvas_x (canvas, run->context));
  if (! run->noise)
    return NULL;
  result = run->input->task->denoises ? sample (run, &source.parent, error) : noised (run);
  g_clear_pointer (&run->noise, dif_tensor_unref);
  if (! result || ! check_finite (run, result, run->n_steps))
    return NULL;
  result = dif_codec_decode (codec, run->context, g_steal_pointer (&result));
  if (! result)
    return NULL;
  match_color (run, result);
  if (! dif_context_ok (run->context))
    return NULL;
  dif_allocator_trim (dif_context_allocator (run->context)); /* the image takes as much again */
  dif_canvas_to_pixels (result, image->width, image->height, TRUE, image->pixels);
  put_back_known (run->input, image);
  return g_steal_pointer (&image);
}

static gboolean
check_sampler (const Run *run, GError **error)
{
  if (! run->input->task->denoises || dif_sampler_fits (run->sampler, run->checkpoint->process))
    return TRUE;
  return dif_error_set_setting (
      error, "sampler",
      run->sampler->one_level ?
          _ ("The sampler “%s” is for models of one noise level, and this one "
             "has several.  Choose another, or “auto”.") :
      dif_process_is_one_level (run->checkpoint->process) ?
          _ ("The sampler “%s” goes down noise levels, and this model has only "
             "one.  Choose “langevin”, or “auto”.") :
          _ ("The sampler “%s” is for distilled models, and this is none.  "
             "Choose another, or “auto”."),
      run->sampler->id);
}

DifImage *
dif_sample (const DifInput *input, const DifCheckpoint *checkpoint, DifProgress *progress,
            DifSampled *sampled, GError **error)
{
  const DifRequest      *r = input->request;
  Run                    run = { .input = input, .request = r, .checkpoint = checkpoint };
  g_autoptr (DifContext) context = NULL;
  GError                *own_error = NULL;
  DifImage              *image;

  if (! dif_checkpoint_check (checkpoint, error))
    return NULL;
  run.sampler = dif_request_sampler (r, checkpoint->process);
  if (! check_sampler (&run, error))
    return NULL;
  run.context = context = dif_context_new (r->threads, progress);
  image = run_in_context (&run, &own_error);
  if (! image && ! own_error)
    dif_context_take_error (context, &own_error);
  if (own_error)
    g_propagate_error (error, own_error);
  *sampled = (DifSampled) { run.source, run.stopped ? run.made : 0, run.sampler };
  return image;
}
