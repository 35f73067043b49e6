/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Checkpoints of small random networks, laid out as diffusers does. */

#include "core/diffusion/sampler.h"
#include "tests/core/support/tiny-unet.h"

#define TEST_SCHEDULER \
  "{'_class_name': 'DDPMScheduler', 'beta_schedule': 'linear', 'clip_sample': true}"

/* The same, of networks that a sampler fits: of one noise level, or distilled, if it asks for that.
 */
const char *test_scheduler_for (const DifSampler *sampler);

/* A new folder with unet/, and what is not NULL of scheduler/ and labels.json. */
char *test_checkpoint_new (const TinyUNet *net, const char *scheduler, const char *labels);
