/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/process.h"

G_BEGIN_DECLS

/**
 * DifScheduler:
 * @name: of diffusers' class, without "Scheduler"
 * @kind: id of the kind of process that networks of this scheduler are trained on
 * @spacing: timestep_spacing
 * @schedule: beta_schedule
 * @beta_start: beta_start
 * @beta_end: beta_end
 * @clip: clip_sample
 * @alpha_to_one: set_alpha_to_one
 * @distilled: whether its networks were taught to see the end of the probability flow
 *
 * What a class of diffusers takes for granted where its files say nothing.
 */
struct _DifScheduler
{
  const char *name;
  const char *kind;
  const char *spacing;
  const char *schedule;
  double      beta_start;
  double      beta_end;
  gboolean    clip;
  gboolean    alpha_to_one;
  gboolean    distilled;
};

/**
 * dif_scheduler_find:
 * @reader: scheduler_config.json; errors stay in it
 *
 * A file that names no class is DDPM's, the first there was: its keys say all that matters.
 * Classes of models that are noised or asked in another way are refused by name: their files read
 * like others, and what came of them would be noise.
 *
 * Returns: (nullable): the class's row, or %NULL
 *
 * Errors: in @reader: %DIF_ERROR_SCHEMA, %DIF_ERROR_UNSUPPORTED
 * Thread: any
 * Source: diffusers 0.35, schedulers saved with their defaults
 */
const DifScheduler *dif_scheduler_find (DifJsonReader *reader);

G_END_DECLS
