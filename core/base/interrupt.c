/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/interrupt.h"

#include <signal.h>

#include "core/base/save.h"

static DifProgress *watched;

/* What the process would have died of it dies of, but tidily. */
static void
on_end (int number)
{
  dif_save_abandon ();
  signal (number, SIG_DFL);
  raise (number);
}

static void
on_interrupt (int number)
{
  signal (number, on_interrupt); /* some systems forget it */
  if (! watched)
    on_end (number);
  else if (dif_progress_is_finishing (watched))
    dif_progress_cancel (watched);
  else
    dif_progress_finish (watched);
}

static void
handle (int number, void (*handler) (int))
{
  if (signal (number, handler) == SIG_IGN)
    signal (number, SIG_IGN);
}

void
dif_interrupt_init (void)
{
  handle (SIGINT, on_interrupt);
  handle (SIGTERM, on_end);
#ifndef G_OS_WIN32
  handle (SIGHUP, on_end);
  signal (SIGXFSZ, SIG_IGN);
#endif
}

void
dif_interrupt_watch (DifProgress *progress)
{
  watched = progress;
  if (progress)
    handle (SIGINT, on_interrupt);
}
