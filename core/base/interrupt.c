/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/interrupt.h"

#include <signal.h>

static DifProgress *watched;

static void
on_interrupt (int number)
{
  signal (number, on_interrupt); /* some systems forget it */
  if (dif_progress_is_finishing (watched))
    dif_progress_cancel (watched);
  else
    dif_progress_finish (watched);
}

void
dif_interrupt_watch (DifProgress *progress)
{
  if (! progress)
    signal (SIGINT, SIG_DFL);
  watched = progress;
  if (progress)
    signal (SIGINT, on_interrupt);
}
