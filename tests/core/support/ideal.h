/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Pictures whose pixels are independent and normal: everything a diffusion run should give
 * is known in closed form. */

#include "core/diffusion/evaluator.h"

/* x_0 of each pixel ~ N (mean, deviation²) */
typedef struct
{
  double mean;
  double deviation;
} Ideal;

/* Frames of a process: alpha² + sigma² = 1, or alpha = 1, or alpha + sigma = 1. */
typedef enum
{
  IDEAL_VP,
  IDEAL_VE,
  IDEAL_FLOW,
  IDEAL_N_FRAMES,
} IdealFrame;

/* "vp", "ve", "flow" */
const char *ideal_frame_name (IdealFrame frame);

/* The level with log (alpha / sigma) = lambda; its t is lambda. */
DifStep ideal_step (IdealFrame frame, double lambda);

/* n + 1 levels evenly spaced in lambda */
DifStep *ideal_steps (IdealFrame frame, double first, double last, guint n);

/* E [x_0 | x_t = x] */
double ideal_x0 (const Ideal *ideal, const DifStep *step, double x);

/* Where the probability flow carries x from one level to another. */
double ideal_flow (const Ideal *ideal, const DifStep *from, const DifStep *to, double x);

DifDenoiser *ideal_denoiser_new (const Ideal *ideal);

/* Sees the end of the probability flow, ideal_flow(), instead of the mean, ideal_x0(). */
DifDenoiser *ideal_distilled_new (const Ideal *ideal);

/* The same as a network that was trained on ideal_step (IDEAL_VP). */
DifEvaluator *ideal_evaluator_new (const Ideal *ideal, DifPredictionType prediction);

/* A network that was trained in another frame. */
DifEvaluator *ideal_framed_new (const Ideal *ideal, IdealFrame frame, DifPredictionType prediction);

/* One ideal for the first half of a batch, another for the second. */
DifEvaluator *ideal_pair_new (const Ideal *first, const Ideal *second,
                              DifPredictionType prediction);
