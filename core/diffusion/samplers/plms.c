/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/pseudo.h"

#include <glib/gi18n-lib.h>

#include "core/diffusion/reference.h"
#include "core/ops/elementwise.h"

/* The first step has no past: it is made twice, the second time with the mean of the slopes at both
 * ends.  Where the end is the clean picture there is no slope. */
static DifTensor *
first_step (const DifSampling *s, DifContext *context, DifTensor *x_start, DifHistory *history,
            gboolean *goes_on)
{
  const DifStep        *from = &s->steps[0];
  const DifStep        *to = &s->steps[1];
  g_autoptr (DifTensor) x = x_start;
  g_autoptr (DifTensor) ahead = NULL;
  g_autoptr (DifTensor) slope = NULL;
  g_autoptr (DifTensor) mean = NULL;
  g_auto (DifPrediction) p = { NULL, NULL };

  if (! dif_denoise (s->denoiser, context, x, from, &p))
    return NULL;
  slope = dif_pseudo_slope (s, context, from, &p);
  if (to->sigma > 0.0)
    {
      dif_prediction_clear (&p);
      ahead = dif_pseudo_move (s, context, dif_tensor_ref (x), from, to, slope);
      if (! dif_denoise (s->denoiser, context, ahead, to, &p))
        return NULL;
      mean = dif_pseudo_slope (s, context, to, &p);
      mean = dif_sum_over (context, mean, 2, (DifTerm[]) { { 0.5, mean }, { 0.5, slope } });
    }
  x = dif_pseudo_move (s, context, x, from, to, mean ? mean : slope);
  dif_history_push (history, g_steal_pointer (&slope));
  *goes_on = dif_sampling_after_step (s, 1, x, p.x0);
  return g_steal_pointer (&x);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x_start)
{
  g_auto (DifHistory) history = { { NULL } };
  gboolean   goes_on = FALSE;
  DifTensor *x = first_step (sampling, context, x_start, &history, &goes_on);

  if (! goes_on)
    return x;
  return dif_pseudo_multistep (sampling, context, x, sampling->reference->second_skipped ? 2 : 1,
                               &history);
}

const DifSampler dif_sampler_plms = {
  .id = "plms",
  .label = N_ ("PLMS (16 steps or more)"),
  .citation = "Liu et al. 2022 (PNDM), eq. 12, as Stable Diffusion begins it",
  .order = 2,
  .evals = 1,
  .least_evals = 16,
  .whole_steps = TRUE,
  .final_alpha = TRUE,
  .pure_noise = TRUE,
  .run = run,
};
