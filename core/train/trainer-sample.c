/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the network makes by now. */

#include "core/diffusion/network.h"
#include "core/diffusion/plan.h"
#include "core/image/fill.h"
#include "core/train/trainer-parts.h"

#define SAMPLER "ddim"
#define SPACING "trailing"
#define SCALE   2.0 /* of guidance */

/* Twice is as before. */
static gboolean
exchange_averages (DifTrainer *trainer, GError **error)
{
  for (guint i = 0; i < trainer->n_slots; i++)
    {
      float *value = trainer->slots[i].value->data;
      float *average = trainer->slots[i].average->data;

      for (gsize k = 0; k < trainer->slots[i].value->size; k++)
        {
          const float one = value[k];

          value[k] = average[k];
          average[k] = one;
        }
    }
  return dif_params_update (dif_model_params (trainer->model), dif_context_pool (trainer->context),
                            error);
}

static DifDenoiser *
chain_for (DifTrainer *trainer, guint row)
{
  g_autoptr (DifCondition) wanted = dif_condition_new_label (row);
  g_autoptr (DifCondition) none = dif_condition_new_label (trainer->null_row);
  const DifGuidance guidance = { trainer->settings.cropping.dropout > 0.0 ? SCALE : 1.0, 0.0, 0.0,
                                 G_MAXDOUBLE, trainer->checkpoint->codec->channels };
  DifWindowSizes    sizes = { .most = G_MAXSIZE,
                              .multiple = dif_model_facts (trainer->model)->multiple };
  DifEvaluator     *evaluator = dif_network_new_guided (trainer->model, wanted, none, &guidance);
  g_autoptr (DifTensor) all = NULL;
  DifDenoiser          *chain;

  if (dif_trainer_inpainting (trainer))
    {
      all = dif_inpainting_condition (trainer->context, NULL, NULL, 3);
      evaluator = dif_windows_new (evaluator, &sizes, all);
    }
  chain = dif_predict_for (evaluator, trainer->process);
  return trainer->process->clip ? dif_clip_new (chain, trainer->process->clip_range) : chain;
}

/* Of processes that add noise to the picture as it is, the noise is as wide as there is any. */
static DifTensor *
start (DifTrainer *trainer, DifNoise *noise, guint size, const DifStep *step)
{
  g_autoptr (DifTensor) like = dif_context_nhwc (trainer->context, 1, size, size, 3);
  DifTensor            *x = dif_noise_next (noise, trainer->context, like);
  const float           scale = step->alpha == 1.0 ? (float) step->sigma : 1.0f;

  for (gsize i = 0; x && i < x->size; i++)
    x->data[i] *= scale;
  return x;
}

/* There is no way down one noise level. */
static const DifSampler *
sampler_for (const DifProcess *process)
{
  const DifSampler *sampler = dif_sampler_find (SAMPLER);

  return dif_sampler_fits (sampler, process) ? sampler : dif_sampler_for (process);
}

static gboolean
sample (DifTrainer *trainer, guint row, guint size, guint n_steps, guint64 seed, float *pixels)
{
  const DifSampler   *sampler = sampler_for (trainer->process);
  g_autoptr (DifPlan) plan = dif_plan_new (trainer->process, sampler, dif_spacing_find (SPACING),
                                           dif_sampler_levels (sampler, n_steps, 0));
  g_autoptr (DifDenoiser) chain = chain_for (trainer, row);
  g_autoptr (DifTensor)   end = NULL;
  DifSeededNoise          noise;
  DifSampling             sampling;
  DifTensor              *x;

  dif_seeded_noise_init (&noise, seed);
  x = start (trainer, &noise.parent, size, &plan->steps[0]);
  if (! x)
    return FALSE;
  dif_sampling_init (&sampling, sampler, plan->steps, plan->n, chain, &noise.parent);
  sampling.process = trainer->process;
  end = sampler->run (&sampling, trainer->context, x);
  for (gsize i = 0; end && i < end->size; i++)
    pixels[i] = CLAMP (0.5f * end->data[i] + 0.5f, 0.0f, 1.0f);
  return end != NULL;
}

gboolean
dif_trainer_samples (DifTrainer *trainer, guint n, guint size, guint n_steps, guint64 seed,
                     float *pixels, GError **error)
{
  gboolean done = exchange_averages (trainer, error);

  for (guint k = 0; done && k < n; k++)
    {
      const guint row =
          trainer->n_rows > 0 ? trainer->rows[k % trainer->n_rows] : trainer->null_row;

      done = sample (trainer, row, size, n_steps, seed + k, pixels + (gsize) k * size * size * 3);
    }
  if (! exchange_averages (trainer, done ? error : NULL))
    return FALSE;
  if (! done)
    dif_context_take_error (trainer->context, error && ! *error ? error : NULL);
  return done;
}
