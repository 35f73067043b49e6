/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The one header that plugin/ and ui/ include: requests in, pictures out,
 * and the tables of what can be chosen.  Floors: see core/README.md. */

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/base/start.h"
#include "core/checkpoint/info.h"
#include "core/checkpoint/store.h"
#include "core/diffusion/guidance.h"
#include "core/diffusion/sampler.h"
#include "core/diffusion/spacing.h"
#include "core/image/coverage.h"
#include "core/image/fill.h"
#include "core/image/image.h"
#include "core/image/mix.h"
#include "core/pipeline/run.h"
#include "core/settings/request.h"
#include "core/settings/settings.h"
#include "core/train/learn.h"
