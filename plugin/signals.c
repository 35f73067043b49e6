/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/signals.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int fatal[] = {
  SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGBUS, SIGSEGV, SIGFPE, SIGILL,
};

static pid_t parent;

/* Only what is safe in a signal handler: no stdio, no malloc, no exit(). */
static void
end_at_once (int number)
{
  static const char message[] = "gimp-diffusion: ended by a fatal signal\n";

  /* Nobody left to tell if this fails. */
  if (write (STDERR_FILENO, message, sizeof (message) - 1) < 0)
    _exit (128 + number);
  _exit (128 + number);
}

void
dif_signals_install (void)
{
  struct sigaction action;

  memset (&action, 0, sizeof (action));
  sigemptyset (&action.sa_mask);
  action.sa_handler = end_at_once;
  for (gsize i = 0; i < G_N_ELEMENTS (fatal); i++)
    sigaction (fatal[i], &action, NULL);

  parent = getppid ();
}

void
dif_signals_check_parent (void)
{
  if (getppid () != parent)
    _exit (1);
}
