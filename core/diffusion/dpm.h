/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/sampler.h"

G_BEGIN_DECLS

/**
 * DifDpmForm:
 * @DIF_DPM_DATA: the clean picture, along the probability flow (DPM-Solver++)
 * @DIF_DPM_NOISE: the noise, along the probability flow (DPM-Solver, DEIS)
 * @DIF_DPM_SDE: the clean picture, with fresh noise at each step (SDE-DPM-Solver++)
 *
 * What is taken for a polynomial in lambda = log (alpha / sigma), and what is integrated.
 */
typedef enum
{
  DIF_DPM_DATA,
  DIF_DPM_NOISE,
  DIF_DPM_SDE,
} DifDpmForm;

/**
 * DifDpmStep:
 * @h: length in lambda; infinite from alpha 0 and to sigma 0
 * @k: exp (-k) is what is left of a prediction's weight at the end: h, -h for the noise, 2 h with
 *   fresh noise
 * @scale: of the integral over the prediction: alpha at the end, or sigma for the noise
 * @of_x: factor of x in a step of order 1
 * @of_m: factor of the prediction there
 * @of_noise: factor of fresh noise
 *
 * The coefficients of one exponential-integrator step: x_t = of_x x + of_m m, and for higher orders
 * scale times what the slopes of m in lambda add.  The noise form from alpha 0 has none.
 *
 * Source: Lu et al. 2022 (DPM-Solver), eq. 3.4, and (DPM-Solver++), eq. 9 and 14
 */
typedef struct
{
  double h;
  double k;
  double scale;
  double of_x;
  double of_m;
  double of_noise;
} DifDpmStep;

/**
 * DifDpmKind:
 * @form: what is integrated
 * @order: 1 to 3, unless the sampling says otherwise
 * @heun: always the exact integral of the slope, never the midpoint's
 * @exact: the exact integral of the curvature too, where DPM-Solver's third order takes half of it
 * @full_order_end: never a lower order for the last steps, but for one to sigma 0
 *
 * A multistep solver of the family.
 */
typedef struct
{
  DifDpmForm form;
  guint      order;
  gboolean   heun;
  gboolean   exact;
  gboolean   full_order_end;
} DifDpmKind;

/**
 * dif_dpm_lambda:
 * @step: a noise level
 *
 * Returns: half the logarithm of its signal-to-noise ratio; infinite at alpha or sigma 0
 *
 * Thread: any
 */
double dif_dpm_lambda (const DifStep *step);

/**
 * dif_dpm_step:
 * @form: what is integrated
 * @from: a noise level
 * @to: a lower one
 *
 * Returns: the coefficients
 *
 * Thread: any
 */
DifDpmStep dif_dpm_step (DifDpmForm form, const DifStep *from, const DifStep *to);

/**
 * dif_dpm_slope_factor:
 * @step: coefficients
 * @heun: the exact integral, else the midpoint's
 *
 * Returns: what the slope dm / ds counts, s going from 0 to 1 along the step, in units of
 *   step->scale
 *
 * Thread: any
 * Source: Lu et al. 2022 (DPM-Solver++), algorithm 2, and appendix B of (DPM-Solver)
 */
double dif_dpm_slope_factor (const DifDpmStep *step, gboolean heun);

/**
 * dif_dpm_prediction:
 * @form: what is integrated
 * @context: the context
 * @x: (nullable): noisy pictures
 * @step: their noise level
 * @p: what the denoiser saw there
 *
 * The noise is that of the predicted clean picture, which may have been clipped.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): what the form takes for a polynomial
 */
DifTensor *dif_dpm_prediction (DifDpmForm form, DifContext *context, const DifTensor *x,
                               const DifStep *step, const DifPrediction *p);

/**
 * dif_dpm_run:
 * @sampling: the run
 * @context: the context
 * @x: (transfer full): x at steps[0]
 * @kind: which solver
 *
 * Multistep: slopes come from the last predictions.  The first step has order 1, the second at most
 * 2, and a step to sigma 0 order 1.
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Lu et al. 2022 (DPM-Solver++), algorithm 2 and appendix D; the ends as diffusers has them
 *
 * Returns: (transfer full) (nullable): x at steps[n]
 */
DifTensor *dif_dpm_run (const DifSampling *sampling, DifContext *context, DifTensor *x,
                        const DifDpmKind *kind);

G_END_DECLS
