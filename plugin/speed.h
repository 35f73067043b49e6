/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * DifSpeedWatch:
 * @begin: when the first step was reported, in microseconds; 0 before
 * @end: when the last report came
 * @begin_fraction: what was done at @begin
 * @end_fraction: what was done at @end
 *
 * Measures one run by its reports.  Zeros are a new one.
 */
typedef struct
{
  gint64  begin;
  gint64  end;
  gdouble begin_fraction;
  gdouble end_fraction;
} DifSpeedWatch;

/**
 * dif_speed_hear:
 * @watch: measures
 * @info: a report
 */
void dif_speed_hear (DifSpeedWatch *watch, const DifProgressInfo *info);

/**
 * dif_speed_keep:
 * @what: the model, and how it was used
 * @threads: processors that computed
 * @megapixel_steps: of the whole run
 * @watch: what it took
 *
 * Keeps this machine's speed in the user's cache, where older runs still count.  A run that was too
 * short to be measured is not kept.
 */
void dif_speed_keep (const char *what, guint threads, gdouble megapixel_steps,
                     const DifSpeedWatch *watch);

/**
 * dif_speed_guess:
 * @what: the model, and how it will be used
 * @threads: processors that will compute
 * @megapixel_steps: of the whole run
 * @first: processor seconds to take for a megapixel step before the first run of @what was
 *   measured; 0 if that is not known
 *
 * Returns: about how many seconds it will take, negative if that is not known
 */
gdouble dif_speed_guess (const char *what, guint threads, gdouble megapixel_steps, gdouble first);

G_END_DECLS
