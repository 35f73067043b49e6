/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What kinds of process with alpha = 1 share: noise levels that rise by a constant ratio. */

#include "core/diffusion/process.h"

G_BEGIN_DECLS

/**
 * dif_exploding_read:
 * @process: its levels are filled
 * @reader: a scheduler's configuration; errors stay in it
 * @lowest: sigma_min where it says nothing
 * @highest: sigma_max, likewise
 *
 * Thread: any
 */
void dif_exploding_read (DifProcess *process, DifJsonReader *reader, double lowest, double highest);

/**
 * dif_exploding_ratio:
 * @process: the process
 * @level: a noise level, 0 to 1
 *
 * Returns: sigma there
 *
 * Thread: any
 */
double dif_exploding_ratio (const DifProcess *process, double level);

/**
 * dif_exploding_height:
 * @process: the process
 * @ratio: a sigma
 *
 * Returns: its logarithm, from that of the lowest on
 *
 * Thread: any
 */
double dif_exploding_height (const DifProcess *process, double ratio);

/**
 * dif_exploding_alpha:
 * @ratio: a sigma
 *
 * Returns: 1
 *
 * Thread: any
 */
double dif_exploding_alpha (double ratio);

G_END_DECLS
