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
 * dif_bound_n_levels:
 * @process: a process
 *
 * Returns: T, how many noise levels the chain of the bound has
 *
 * Thread: any
 */
guint dif_bound_n_levels (const DifProcess *process);

/**
 * dif_bound_level:
 * @process: a process
 * @index: 0, the lowest, to T - 1
 *
 * The chain's noise levels: the timesteps where there are any, else T levels from the lowest to the
 * highest, of which VE and EDM have the logarithms of sigma evenly spread, as a ladder of NCSN, and
 * rectified flow the times.
 *
 * Returns: a noise level
 *
 * Thread: any
 */
DifStep dif_bound_level (const DifProcess *process, guint index);

/**
 * dif_bound_term:
 * @args: the process, the prediction and the variance
 * @index: of a level of dif_bound_level(), which is that of @example
 * @example: a picture
 * @output: what the network said; gradients are written if wanted
 *
 * One term of the variational bound on -log p (x_0): the Kullback-Leibler divergence L_{t-1} of
 * the step back from the posterior, or the decoder's L_0 for bytes at index 0.
 *
 * The bound does not change where x is scaled, so that any process has one: its steps are those of
 * x scaled to alpha² + sigma² = 1, and processes whose levels have the same signal-to-noise ratios
 * have the same bound.
 *
 * Units: bits per dimension; x_0 = byte / 127.5 - 1
 * Thread: any
 * Source: Ho et al. 2020, eq. 5 and 13; Nichol & Dhariwal 2021, eq. 15 (learned variance); Kingma
 * et al. 2021, eq. 27 to 31 and section 5.1 (any process)
 *
 * Returns: the mean over the picture's numbers
 */
double dif_bound_term (const DifObjectiveArgs *args, guint index, const DifExample *example,
                       const DifOutput *output);

/**
 * dif_bound_prior:
 * @process: a process
 * @n: numbers
 * @x0: (array length=n): a clean picture
 *
 * L_T: how far the end of the forward process is from pure noise, N (0, alpha² + sigma²) for each
 * number.  That is N (0, 1) for processes with alpha² + sigma² = 1, and N (0, 1 + sigma_max²) for
 * VE, the same density seen through the scaling of x.  (Samplers of VE begin with N (0,
 * sigma_max²), whose L_T differs from it by less than 1e-4 bits from sigma_max = 10 on.)
 *
 * Units: bits per dimension
 * Thread: any
 * Source: Ho et al. 2020, eq. 5; Song et al. 2021 (score SDE), section 3.4
 *
 * Returns: the mean over the picture's numbers
 */
double dif_bound_prior (const DifProcess *process, gsize n, const double *x0);

G_END_DECLS
