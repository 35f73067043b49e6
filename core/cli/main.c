/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
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
  { "list", cli_list, N_ ("list samplers, schedules, spacings or guidance") },
  { "learn", cli_learn, N_ ("learn a material from a picture") },
  { "train", cli_train, N_ ("let a network learn from pictures") },
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
  gboolean misused = g_error_matches (error, DIF_ERROR, DIF_ERROR_REQUEST);

  g_printerr ("gimp-diffusion: %s\n", error->message);
  g_error_free (error);
  return misused ? CLI_MISUSED : CLI_FAILED;
}

gboolean
cli_parse (const GOptionEntry *entries, const char *usage, const char *summary, int n_files,
           int *argc, char ***argv)
{
  g_autofree char           *program = g_strdup_printf ("gimp-diffusion %s", (*argv)[0]);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError)         error = NULL;

  g_set_prgname (program);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (! g_option_context_parse (context, argc, argv, &error))
    {
      cli_misused (_ ("%s.  Try --help."), error->message);
      return FALSE;
    }
  if (*argc - 1 > n_files)
    {
      cli_misused (_ ("“%s” was not expected.  Try --help."), (*argv)[n_files + 1]);
      return FALSE;
    }
  if (*argc - 1 < n_files)
    {
      cli_misused (_ ("%s needs: %s.  Try --help."), (*argv)[0], usage);
      return FALSE;
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_FOLDER);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_set_prgname ("gimp-diffusion");

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
