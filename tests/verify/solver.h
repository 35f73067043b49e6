/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/reference.h"
#include "core/diffusion/sampler.h"
#include "tests/verify/case.h"

/* Variants of the exponential-integrator solvers, as diffusers' configurations name them.  The
 * case is of an unknown kind if the core lacks one.
 *
 * Returns: the id of the sampler, or @sampler where the configuration says nothing else. */
const char *solver_read (Case *c, const char *class_name, json_t *config, const char *sampler,
                         DifSolver *out);
