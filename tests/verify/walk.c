/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/walk.h"

#include "core/ops/elementwise.h"
#include "tests/verify/recording.h"

typedef struct
{
  const Walk *walk;
  Case       *c;
  GPtrArray  *trajectory;
} Listener;

static DifTensor *
scaled (Case *c, const DifTensor *x, double factor)
{
  return dif_sum (c->context, 1, (DifTerm[]) { { factor, x } });
}

/* Schedulers with sigmas keep x / alpha. */
static double
frame (const Walk *walk, guint step)
{
  return walk->setup->sigma_frame ? walk->setup->plan->steps[walk->from + step].alpha : 1.0;
}

static void
after_step (guint step, const DifTensor *x, const DifTensor *x0 G_GNUC_UNUSED, gpointer data)
{
  Listener  *listener = data;
  DifTensor *own = scaled (listener->c, x, 1.0 / frame (listener->walk, step));

  if (own)
    g_ptr_array_add (listener->trajectory, own);
}

DifTensor *
walk_noised (const Walk *walk, Case *c, const DifTensor *x0, const DifTensor *noise)
{
  const DifStep *step = &walk->setup->plan->steps[walk->from];
  double         own = frame (walk, 0);

  return dif_sum (c->context, 2,
                  (DifTerm[]) { { step->alpha / own, x0 }, { step->sigma / own, noise } });
}

static DifDenoiser *
denoiser_of (const Walk *walk)
{
  const DifProcess *process = walk->setup->process;
  DifDenoiser      *chain = dif_predict_new (walk->evaluator, process->prediction);

  if (process->clip)
    chain = dif_clip_new (chain, process->clip_range);
  if (walk->mask)
    chain = dif_mask_new (chain, walk->known, walk->known_noise, walk->mask);
  return chain;
}

/* With a mask, diffusers replaces the known pixels after each step and the core before. */
static DifTensor *
core_start (const Walk *walk, Case *c)
{
  DifTensor            *start = scaled (c, walk->start, frame (walk, 0));
  g_autoptr (DifTensor) known = NULL;
  DifTensor            *mixed;

  if (! walk->mask)
    return start;
  known = walk_noised (walk, c, walk->known, walk->known_noise);
  mixed = dif_mix (c->context, known, walk->start, walk->mask);
  dif_tensor_unref (start);
  start = mixed ? scaled (c, mixed, frame (walk, 0)) : NULL;
  dif_tensor_unref (mixed);
  return start;
}

GPtrArray *
walk_run (const Walk *walk, Case *c)
{
  const DifPlan *plan = walk->setup->plan;
  GPtrArray     *trajectory = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  g_autoptr (GPtrArray)   draws = case_series (c, "noise");
  g_autoptr (DifDenoiser) denoiser = denoiser_of (walk);
  Recording               noise = recording_of (draws);
  Listener                listener = { walk, c, trajectory };
  g_autoptr (DifTensor)   start = case_ok (c) ? core_start (walk, c) : NULL;
  g_autoptr (DifTensor)   end = NULL;
  DifSampling             sampling;

  if (! start)
    return trajectory;
  dif_sampling_init (&sampling, plan->steps + walk->from, plan->n - walk->from, denoiser,
                     &noise.parent);
  sampling.solver = walk->setup->solver;
  sampling.eta = case_number_or (walk->args, "eta", 0.0);
  sampling.large_variance = walk->setup->process->large_variance;
  sampling.clipped_eps = json_is_true (json_object_get (walk->args, "use_clipped_model_output"));
  sampling.after_step = after_step;
  sampling.data = &listener;
  end = walk->setup->sampler->run (&sampling, c->context, g_steal_pointer (&start));
  if (walk->mask && end && trajectory->len)
    {
      /* as the pipeline does at the end */
      dif_tensor_unref (trajectory->pdata[trajectory->len - 1]);
      trajectory->pdata[trajectory->len - 1] = dif_mix (c->context, walk->known, end, walk->mask);
    }
  return trajectory;
}
