/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/train/objective.h"

G_BEGIN_DECLS

/**
 * dif_bound_x0:
 * @args: the prediction, and whether it is clipped
 * @step: the noise level
 * @x_t: a number of the noisy picture
 * @output: what the network said of it
 * @slope: (out) (nullable): the derivative with respect to @output, 0 where clipped
 *
 * Returns: the clean number
 *
 * Thread: any
 */
double dif_bound_x0 (const DifObjectiveArgs *args, const DifStep *step, double x_t, double output,
                     double *slope);

/**
 * dif_bound_term:
 * @args: the process, which is discrete, the prediction and the variance
 * @example: a picture; the timestep is that of its step
 * @output: what the network said; gradients are written if wanted
 *
 * One term of the variational bound on -log p (x_0): the Kullback-Leibler divergence L_{t-1} of
 * the step back from the posterior, or the decoder's L_0 for bytes at t = 0.
 *
 * Units: bits per dimension; x_0 = byte / 127.5 - 1
 * Thread: any
 * Source: Ho et al. 2020, eq. 5 and 13; Nichol & Dhariwal 2021, eq. 15 (learned variance)
 *
 * Returns: the mean over the picture's numbers
 */
double dif_bound_term (const DifObjectiveArgs *args, const DifExample *example,
                       const DifOutput *output);

/**
 * dif_bound_prior:
 * @process: a discrete process
 * @n: numbers
 * @x0: (array length=n): a clean picture
 *
 * L_T: how far the end of the forward process is from pure noise.
 *
 * Units: bits per dimension
 * Thread: any
 * Source: Ho et al. 2020, eq. 5
 *
 * Returns: the mean over the picture's numbers
 */
double dif_bound_prior (const DifProcess *process, gsize n, const double *x0);

G_END_DECLS
