/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/walk.h"

#include "core/diffusion/process.h"
#include "core/ops/elementwise.h"
#include "tests/verify/recording.h"
#include "tests/verify/variant.h"

static DifTensor *
scaled (Case *c, const DifTensor *x, double factor)
{
  return dif_sum (c->context, 1, (DifTerm[]) { { factor, x } });
}

/* Schedulers with sigmas keep x / alpha. */
static double
frame (const Walk *walk, const DifStep *step)
{
  return walk->setup->sigma_frame ? step->alpha : 1.0;
}

/* Follows the sampler by where it asks. */
typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  const Walk  *walk;
  Case        *c;
  GPtrArray   *seen;
} Follower;

static void
follower_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                  DifPrediction *out)
{
  const Follower *follower = (const Follower *) self;
  const DifStep told = variant_told (follower->walk->setup, follower->c, follower->seen->len, step);

  g_ptr_array_add (follower->seen,
                   dif_sum (context, 1, (DifTerm[]) { { 1.0 / frame (follower->walk, step), x } }));
  dif_denoise (follower->inner, context, x, &told, out);
}

static DifTensor *
noised (Case *c, const Walk *walk, const DifStep *step, const DifTensor *x0, const DifTensor *noise)
{
  const double own = frame (walk, step);

  return dif_sum (c->context, 2,
                  (DifTerm[]) { { step->alpha / own, x0 }, { step->sigma / own, noise } });
}

DifTensor *
walk_noised (const Walk *walk, Case *c, const DifTensor *x0, const DifTensor *noise)
{
  return noised (c, walk, &walk->setup->plan->steps[walk->from], x0, noise);
}

static DifDenoiser *
denoiser_of (const Walk *walk)
{
  const DifProcess *process = walk->setup->process;
  DifDenoiser      *chain =
      process->kind->preconditioned ?
               dif_precondition_new (walk->evaluator, process->prediction, process->sigma_data) :
               dif_predict_new (walk->evaluator, process->prediction);

  if (process->thresholding)
    chain = dif_threshold_new (chain, process->threshold_ratio, process->threshold_most);
  else if (process->clip)
    chain = dif_clip_new (chain, process->clip_range);
  if (walk->mask)
    chain = dif_mask_new (chain, walk->known, walk->known_noise, walk->mask);
  return chain;
}

/* With a mask, diffusers replaces the known pixels after each step and the core before. */
static DifTensor *
core_start (const Walk *walk, Case *c)
{
  const double          own = frame (walk, &walk->setup->plan->steps[walk->from]);
  DifTensor            *start = scaled (c, walk->start, own);
  g_autoptr (DifTensor) known = NULL;
  DifTensor            *mixed;

  if (! walk->mask)
    return start;
  known = walk_noised (walk, c, walk->known, walk->known_noise);
  mixed = dif_mix (c->context, known, walk->start, walk->mask);
  dif_tensor_unref (start);
  start = mixed ? scaled (c, mixed, own) : NULL;
  dif_tensor_unref (mixed);
  return start;
}

/* The reference puts the known pixels back each time.  The core's are there by themselves, except
 * where a step is left out. */
static void
put_back_known (const Walk *walk, Case *c, const DifSampling *sampling, GPtrArray *seen)
{
  g_autoptr (GArray) asked = setup_asked (walk->setup, c, walk->from);

  for (guint i = 0; sampling->reference->second_skipped && i < MIN (seen->len, asked->len); i++)
    {
      const DifStep        *step = &g_array_index (asked, DifStep, i);
      g_autoptr (DifTensor) known = noised (c, walk, step, walk->known, walk->known_noise);
      DifTensor            *x = seen->pdata[i];

      seen->pdata[i] = dif_mix_over (c->context, x, known, x, walk->mask);
    }
}

static void
read_options (const Walk *walk, DifReference *reference, DifSampling *sampling)
{
  sampling->eta = case_number_or (walk->args, "eta", sampling->eta);
  reference->clipped_eps = json_is_true (json_object_get (walk->args, "use_clipped_model_output"));
  sampling->churn = (DifChurn) { .amount = case_number_or (walk->args, "s_churn", 0.0),
                                 .min = case_number_or (walk->args, "s_tmin", 0.0),
                                 .max = case_number_or (walk->args, "s_tmax", 0.0),
                                 .noise = case_number_or (walk->args, "s_noise", 1.0) };
}

/* In one go, or step by step where one does not end where the next begins. */
static DifTensor *
run (const Walk *walk, Case *c, DifSampling *sampling, DifTensor *x)
{
  const DifSampler   *sampler = walk->setup->sampler;
  g_autofree DifStep *pairs = variant_pairs (walk->setup, c, walk->from);

  if (! pairs)
    return sampler->run (sampling, c->context, x);
  for (guint i = 0; x && i < walk->setup->plan->n - walk->from; i++)
    {
      DifSampling one = *sampling;

      one.steps = pairs + 2 * (gsize) i;
      one.n = 1;
      x = sampler->run (&one, c->context, x);
    }
  return x;
}

GPtrArray *
walk_run (const Walk *walk, Case *c)
{
  g_autoptr (GPtrArray)   seen = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  g_autoptr (GPtrArray)   draws = case_series (c, "noise", walk->start);
  g_autoptr (DifDenoiser) denoiser = denoiser_of (walk);
  Follower                follower = { { follower_denoise, NULL }, denoiser, walk, c, seen };
  Recording               noise = recording_of (draws);
  g_autoptr (DifTensor)   start = case_ok (c) ? core_start (walk, c) : NULL;
  DifTensor              *end;
  DifReference            reference;
  DifSampling             sampling;

  if (! start)
    return g_steal_pointer (&seen);
  setup_sampling (walk->setup, walk->from, &follower.parent, &noise.parent, &reference, &sampling);
  read_options (walk, &reference, &sampling);
  end = run (walk, c, &sampling, g_steal_pointer (&start));
  if (walk->mask)
    {
      put_back_known (walk, c, &sampling, seen);
      end = dif_mix_over (c->context, end, walk->known, end, walk->mask); /* as at the end */
    }
  else if (end) /* alpha is 1 there, or nearly */
    end = dif_sum_over (c->context, end, 1,
                        (DifTerm[]) { { 1.0 / frame (walk, &sampling.steps[sampling.n]), end } });
  if (seen->len && end)
    {
      g_ptr_array_remove_index (seen, 0);
      g_ptr_array_add (seen, end);
    }
  return g_steal_pointer (&seen);
}
