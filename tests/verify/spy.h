/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/sampler.h"

/* What a sampler asks its denoiser for, and where it goes: for reference data that record more than
 * a trajectory. */
typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner; /* borrowed */
  GPtrArray   *asked; /* x at each evaluation */
  GPtrArray   *moved; /* x after each step */
  GArray      *steps; /* guint: steps done then */
} Spy;

void spy_init (Spy *spy, DifDenoiser *inner);

void spy_clear (Spy *spy);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Spy, spy_clear)

/* Makes a run ask and tell the spy. */
void spy_watch (Spy *spy, DifSampling *sampling);

/* Returns: (transfer full): n of a list, from one on and so many apart */
GPtrArray *spy_pick (GPtrArray *list, guint first, guint apart, guint n);
