/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/interrupt.h"
#include "core/base/start.h"
#include "core/cli/cli.h"

static const struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary;
} commands[] = {
  { "generate", cli_make, N_ ("make a picture from noise") },
  { "reimagine", cli_make, N_ ("noise a picture to a noise level and denoise it again") },
  { "inpaint", cli_make, N_ ("make the masked part of a picture anew") },
  { "noise", cli_make, N_ ("only noise a picture to a noise level") },
  { "info", cli_info, N_ ("say what a model is") },
  { "list", cli_list, N_ ("list samplers, schedules, spacings, guidance or settings") },
  { "learn", cli_learn, N_ ("learn a material from a picture") },
  { "train", cli_train, N_ ("let a network learn from pictures") },
  { "bound", cli_bound, N_ ("say how many bits a model needs for pictures at most") },
  { "eval", cli_eval, N_ ("evaluate a network once on stored inputs") },
  { "experiment", cli_experiment, N_ ("do one of the papers' small experiments") },
  { "bench", cli_bench, N_ ("measure a network's speed") },
};

static void
print_help (void)
{
  g_print ("%s\n\n%s\n", _ ("Usage: gimp-diffusion COMMAND [OPTION…]"), _ ("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n", commands[i].name, _ (commands[i].summary));
  g_print ("\n%s\n", _ ("“gimp-diffusion COMMAND --help” tells a command's options."));
}

int
cli_misused (const char *format, ...)
{
  g_autofree char *sentence = NULL;
  va_list          args;

  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("gimp-diffusion: %s\n", sentence);
  return CLI_MISUSED;
}

int
cli_failed (GError *error)
{
  const gboolean misused = g_error_matches (error, DIF_ERROR, DIF_ERROR_REQUEST) ||
                           g_error_matches (error, DIF_ERROR, DIF_ERROR_EXISTS);

  g_printerr ("gimp-diffusion: %s\n", error->message);
  g_error_free (error);
  return misused ? CLI_MISUSED : CLI_FAILED;
}

void
cli_print_progress (const DifProgressInfo *info, gpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;

  if (info->seconds_left < 0.0)
    return;
  text = g_strdup_printf (_ ("step %u of %u, %.0f s left"), info->step, info->n_steps,
                          info->seconds_left);
  g_printerr ("\r%s    ", text);
}

/* OpenBLAS, which is loaded next, would not end if it got too little. */
static void
check_start (int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED, char **environment)
{
  const guint64 bytes = dif_start_needs (environment);

  if (bytes == 0)
    return;
  fprintf (stderr,
           "gimp-diffusion: There is not enough memory to start: %u MB of address space are needed "
           "for arithmetic.  Raise the limit (ulimit -v), or set OPENBLAS_NUM_THREADS to 1.\n",
           (guint) (bytes >> 20));
  _Exit (CLI_FAILED);
}

DIF_BEFORE_LIBRARIES (check_start)

/* In the C locale there are no characters but ASCII's: words that have others, like a label
 * “größe”, are taken as UTF-8, which they are nearly everywhere. */
static void
use_utf8 (void)
{
#ifdef LC_CTYPE
  const char *own = setlocale (LC_CTYPE, NULL);

  if (own && (strcmp (own, "C") == 0 || strcmp (own, "POSIX") == 0))
    setlocale (LC_CTYPE, "C.UTF-8");
#endif
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  use_utf8 ();
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_FOLDER);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_set_prgname ("gimp-diffusion");
  dif_interrupt_init ();

  if (argc < 2)
    {
      print_help ();
      return CLI_MISUSED;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    {
      print_help ();
      return CLI_OK;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, argv + 1);
  return cli_misused (_ ("There is no command “%s”.  Try --help."), argv[1]);
}
