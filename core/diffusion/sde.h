/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/sampler.h"

G_BEGIN_DECLS

/**
 * DifSdeArgs:
 * @beta_min: beta (0) of a variance-preserving process
 * @beta_max: beta (1)
 * @sigma_min: sigma (0) of a variance-exploding process
 * @sigma_max: sigma (1)
 * @n: steps that the time from 1 to 0 is cut into
 *
 * What the processes are made from; each reads what concerns it.
 */
typedef struct
{
  double beta_min;
  double beta_max;
  double sigma_min;
  double sigma_max;
  guint  n;
} DifSdeArgs;

/**
 * DifSdeTerms:
 * @drift: x becomes (1 + drift) x
 * @deviation: of the noise that is added to that
 *
 * What the forward process does: in a short time dt, divided by dt and sqrt (dt) (the paper's f and
 * g), or in one of n steps (f_i and G_i).
 */
typedef struct
{
  double drift;
  double deviation;
} DifSdeTerms;

/**
 * DifSde:
 * @id: "ve", "vp", "sub-vp"
 * @citation: where it is defined
 * @level: what is left of the picture and what there is of noise at time @t
 * @rates: the process at time @t
 * @step: that of n steps which ends at time @t
 * @ancestral: (nullable): how the posterior mean goes back from there
 *
 * A forward process in continuous time, from a picture at t = 0 to noise at t = 1:
 * dx = drift x dt + deviation dw.
 */
typedef struct
{
  const char *id;
  const char *citation;
  DifStep (*level) (const DifSdeArgs *args, double t);
  DifSdeTerms (*rates) (const DifSdeArgs *args, double t);
  DifSdeTerms (*step) (const DifSdeArgs *args, double t);
  DifMove (*ancestral) (const DifSdeArgs *args, double t);
} DifSde;

/**
 * DifPredictor:
 * @DIF_PREDICTOR_EULER_MARUYAMA: the reverse-time process with its rates at the start of a step
 * @DIF_PREDICTOR_REVERSE_DIFFUSION: the forward process's own steps, turned round
 * @DIF_PREDICTOR_ANCESTRAL: the posterior of its own steps
 * @DIF_PREDICTOR_FLOW: its own steps turned round without noise (probability flow)
 *
 * Ways to go from one noise level to the next.
 *
 * Source: Song et al. 2021 (score SDE), sections 4.1 and 4.3, appendices E and F
 */
typedef enum
{
  DIF_PREDICTOR_EULER_MARUYAMA,
  DIF_PREDICTOR_REVERSE_DIFFUSION,
  DIF_PREDICTOR_ANCESTRAL,
  DIF_PREDICTOR_FLOW,
} DifPredictor;

/**
 * dif_sdes:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifSde *const *dif_sdes (guint *n);

/**
 * dif_sde_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifSde *dif_sde_find (const char *id);

/**
 * dif_sde_times:
 * @n: how many, at least 1
 * @last: the last of them
 * @t: (out) (array length=n): falling evenly from 1 to @last
 *
 * Where a run of n steps asks the network.
 *
 * Thread: any
 */
void dif_sde_times (guint n, double last, double *t);

/**
 * dif_sde_index:
 * @args: of the process
 * @t: a time
 *
 * Which of the n steps ends at time @t.
 *
 * Returns: 0 … n - 1
 *
 * Thread: any
 * Source: the published code, which truncates a product of single precision
 */
guint dif_sde_index (const DifSdeArgs *args, double t);

/**
 * dif_sde_beta:
 * @args: of the process
 * @t: a time
 * @integral: (out) (optional): of beta from 0 to @t
 *
 * The linear schedule of the variance-preserving processes.
 *
 * Returns: beta (t)
 *
 * Thread: any
 * Source: Song et al. 2021 (score SDE), appendix C
 */
double dif_sde_beta (const DifSdeArgs *args, double t, double *integral);

/**
 * dif_sde_move:
 * @sde: a process
 * @args: of the process
 * @predictor: how; ancestral moves need @sde's own
 * @t: from this time on, for one of n steps
 *
 * Returns: what becomes of x
 *
 * Thread: any
 * Source: Song et al. 2021 (score SDE), eq. 6 and 13, appendices E and F
 */
DifMove dif_sde_move (const DifSde *sde, const DifSdeArgs *args, DifPredictor predictor, double t);

/**
 * dif_predictor_move:
 * @from: a noise level
 * @to: the next
 * @predictor: Euler-Maruyama or reverse diffusion
 *
 * The move between levels of a process of which nothing else is known.  Drift and diffusion are
 * those of the step as a whole, so that the variance can only fall; without drift (alpha 1) both
 * predictors are then the same.  A step to no noise at all gives the predicted picture.
 *
 * Returns: what becomes of x
 *
 * Thread: any
 */
DifMove dif_predictor_move (const DifStep *from, const DifStep *to, DifPredictor predictor);

/**
 * dif_predictor_step:
 * @sampling: the run; its moves go before those of the levels
 * @context: the context
 * @i: from steps[i] to steps[i + 1]
 * @x: (transfer full): where the sampler is
 * @p: what the denoiser saw there
 * @predictor: see dif_predictor_move()
 *
 * Returns: (transfer full) (nullable): x at the next step
 *
 * Errors: sticky in @context
 * Thread: the context's
 */
DifTensor *dif_predictor_step (const DifSampling *sampling, DifContext *context, guint i,
                               DifTensor *x, const DifPrediction *p, DifPredictor predictor);

G_END_DECLS
