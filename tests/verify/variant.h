/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/verify/setup.h"

/* Where diffusers does otherwise than the core by design, so that what it recorded can be compared
 * all the same; tests/golden/README.md says why the core does not. */

/* DDIM of diffusers goes from timestep t to t - floor (T / n), and goes on from the next one of its
 * list, which need not be the same.
 *
 * Returns: (nullable) (array): for each step of the plan from @from on where it begins and where it
 * ends; NULL if all end where the next one begins.  The case is of an unknown kind where that is
 * not so of a sampler that looks back at earlier steps. */
DifStep *variant_pairs (const Setup *setup, Case *c, guint from);

/* What diffusers tells the network at a sampler's evaluation number @index. */
DifStep variant_told (const Setup *setup, Case *c, guint index, const DifStep *step);
