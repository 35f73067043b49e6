/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/session.h"
#include "plugin/speed.h"

G_BEGIN_DECLS

/**
 * DifOutlook:
 * @selected: whether there is a selection
 * @on_layer: whether the layer's extent counts without one, not the image's size
 * @width: columns of what would be worked on
 * @height: its rows
 * @megapixel_steps: evaluations of the network, times the millions of pixels of each; 0 for what
 *   asks no network, or goes by time
 *
 * What a run would be about, if it began now.
 */
typedef struct
{
  gboolean selected;
  gboolean on_layer;
  gint     width;
  gint     height;
  gdouble  megapixel_steps;
} DifOutlook;

/**
 * dif_session_outlook:
 * @session: the session
 * @outlook: (out caller-allocates): filled
 * @error: says why a run would be refused
 *
 * Looks ahead, at settings and image as they are now, but not at pixels.  It is quick enough to be
 * asked again and again.
 *
 * Returns: whether a run would begin
 */
gboolean dif_session_outlook (const DifSession *session, DifOutlook *outlook, GError **error);

/**
 * dif_outlook_tell:
 * @session: the session
 * @ready: (out): whether a run would begin
 *
 * Returns: (transfer full): one line about dif_session_outlook(), with the time it would take if
 *   that is known; or what stands in the way
 */
char *dif_outlook_tell (const DifSession *session, gboolean *ready);

/**
 * dif_outlook_learn:
 * @session: the session
 * @outlook: what was expected of a run
 * @watch: what it took
 *
 * So that the next outlook is nearer to the truth.
 */
void dif_outlook_learn (const DifSession *session, const DifOutlook *outlook,
                        const DifSpeedWatch *watch);

G_END_DECLS
