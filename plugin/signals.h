/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#ifdef G_OS_UNIX

/**
 * dif_signals_install:
 *
 * Makes a fatal signal end the process at once.  Called after gimp_main() has
 * set its own handler: that one ends in exit(), which waits for ever while a
 * math library's threads run.
 *
 * Thread: main
 */
void dif_signals_install (void);

/**
 * dif_signals_check_parent:
 *
 * Ends the process if GIMP is gone, for while we compute nobody reads the pipe
 * that would tell.
 *
 * Thread: main
 */
void dif_signals_check_parent (void);

#else

static inline void
dif_signals_install (void)
{
}

static inline void
dif_signals_check_parent (void)
{
}

#endif

G_END_DECLS
