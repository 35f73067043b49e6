/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/sampler.h"
#include "core/settings/setting.h"

G_BEGIN_DECLS

/* What settings can be chosen from, as #DifSetting wants it; choices of enumerations are in the
 * order of their values. */

/**
 * dif_choice_of_samplers:
 * @i: which one
 * @choice: (out): a sampler, and what leaves it to the model
 *
 * Returns: whether there are so many
 *
 * Thread: any
 */
gboolean dif_choice_of_samplers (guint i, DifChoice *choice);

/**
 * dif_choice_automatic:
 *
 * Returns: the id of what leaves the sampler to the model
 *
 * Thread: any
 */
const char *dif_choice_automatic (void);

/**
 * dif_choice_of_spacings:
 * @i: which one
 * @choice: (out): a spacing, and the default
 *
 * Returns: whether there are so many
 *
 * Thread: any
 */
gboolean dif_choice_of_spacings (guint i, DifChoice *choice);

/**
 * dif_choice_of_prefills:
 * @i: which one
 * @choice: (out): a #DifPrefill
 *
 * Returns: whether there are so many
 *
 * Thread: any
 */
gboolean dif_choice_of_prefills (guint i, DifChoice *choice);

/**
 * dif_choice_of_knowns:
 * @i: which one
 * @choice: (out): a #DifKnown
 *
 * Returns: whether there are so many
 *
 * Thread: any
 */
gboolean dif_choice_of_knowns (guint i, DifChoice *choice);

/**
 * dif_choice_of_tiles:
 * @i: which one
 * @choice: (out): a #DifTile
 *
 * Returns: whether there are so many
 *
 * Thread: any
 */
gboolean dif_choice_of_tiles (guint i, DifChoice *choice);

/**
 * dif_choice_default:
 *
 * Returns: the id of what leaves the spacing to the core
 *
 * Thread: any
 */
const char *dif_choice_default (void);

/**
 * dif_choice_is_timesteps:
 * @name: a text
 *
 * Returns: whether it is a list of falling timesteps, as dif_timesteps_parse() reads it, which
 *   stands instead of a spacing and the number of steps
 *
 * Thread: any
 */
gboolean dif_choice_is_timesteps (const char *name);

G_END_DECLS
