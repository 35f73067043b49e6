/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"
#include "tests/verify/case.h"

/* The closed-form models of the reference data ("formula" in its files).
 *
 * @process: its alpha_bar are the toy's, NULL for alpha 1 and sigma t
 * @first: filled with the first output
 *
 * Returns: (nullable): an evaluator; NULL for an unknown kind of toy */
DifEvaluator *toy_new (Case *c, json_t *toy, const DifProcess *process, DifTensor **first);
