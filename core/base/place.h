/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifPlace:
 *
 * Where a worker thread may run.  A system may put two threads of one program on one processor
 * and leave another program one of its own; whoever waits for a thread that has no processor can
 * lend it theirs.  Nothing here changes what is computed, and where the system has no such means
 * every function does nothing.
 */
typedef struct _DifPlace DifPlace;

/**
 * dif_place_new:
 *
 * Returns: (transfer full): the place of the calling thread, freed with dif_place_free()
 *
 * Thread: any; it is the place of the one that calls
 */
DifPlace *dif_place_new (void);

/**
 * dif_place_free:
 * @place: (transfer full) (nullable): a place
 *
 * Thread: any
 */
void dif_place_free (DifPlace *place);

/**
 * dif_place_n_processors:
 *
 * Returns: how many processors the calling thread may run on, 0 if that is not known
 *
 * Thread: any
 */
guint dif_place_n_processors (void);

/**
 * dif_place_processor:
 *
 * Returns: the processor that the calling thread runs on, -1 if that is not known
 *
 * Thread: any
 */
int dif_place_processor (void);

/**
 * dif_place_keep_off:
 * @place: a place whose thread has not ended
 * @processors: (array length=n): processors not to run on, -1 for none
 * @n: how many
 *
 * Lets the thread run on every processor it had been allowed when @place was made, but not on
 * these.  If none is left it may run on all of them.
 *
 * Thread: any
 */
void dif_place_keep_off (DifPlace *place, const int *processors, guint n);

/**
 * dif_place_bring:
 * @place: a place whose thread has not ended
 * @processor: where its thread is to run from now on, until dif_place_keep_off()
 *
 * Thread: any
 */
void dif_place_bring (DifPlace *place, int processor);

/**
 * dif_place_used:
 * @place: a place whose thread has not ended
 *
 * Returns: processor time that the thread has had, in microseconds; 0 if that is not known
 *
 * Thread: any
 */
gint64 dif_place_used (const DifPlace *place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifPlace, dif_place_free)

G_END_DECLS
