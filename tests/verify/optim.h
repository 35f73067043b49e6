/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/train/optimizer.h"
#include "tests/verify/case.h"

/* An entry that has what parameters of a network ("model") are after one step. */
void optim_check_network (Case *c, const DifOptimizerRule *rule);
