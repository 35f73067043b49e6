/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/train/bound-figures.h"

G_BEGIN_DECLS

/**
 * cli_bound_plot:
 * @figures: the bound of a model
 *
 * The terms of the bound over t, and the bits up to each t, both over the logarithm of t.  Where
 * few timesteps were drawn, neighbors make one point.
 *
 * Returns: (transfer full): an SVG file's text
 *
 * Thread: any
 */
char *cli_bound_plot (const DifBoundFigures *figures);

G_END_DECLS
