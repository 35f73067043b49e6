/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"

G_BEGIN_DECLS

#define CLI_OK      0
#define CLI_FAILED  1
#define CLI_MISUSED 2
#define CLI_STOPPED 130 /* by Ctrl+C, with a picture */

/* Each command takes what follows its name and returns the process's exit code. */

int cli_info (int argc, char **argv);
int cli_list (int argc, char **argv);
int cli_make (int argc, char **argv);
int cli_eval (int argc, char **argv);
int cli_bench (int argc, char **argv);
int cli_experiment (int argc, char **argv);
int cli_learn (int argc, char **argv);
int cli_train (int argc, char **argv);
int cli_bound (int argc, char **argv);

/**
 * cli_parse:
 * @entries: options, ended by an empty one
 * @usage: what follows the command's name, for the help text
 * @summary: one sentence
 * @n_files: how many further words there must be
 * @argc: (inout): words, the command's name first
 * @argv: (inout): words; options are taken out
 *
 * Reads options, short ones that are written together too, as in -qn4.  Ends the process after
 * --help; says what is wrong otherwise.
 *
 * Returns: whether all is as it should be
 *
 * Thread: main
 */
gboolean cli_parse (const GOptionEntry *entries, const char *usage, const char *summary,
                    int n_files, int *argc, char ***argv);

/**
 * cli_parse_number:
 * @text: (nullable): a number as C writes it, or %NULL
 * @number: (inout): stays what it is without a text
 *
 * Returns: whether it is one
 *
 * Thread: any
 */
gboolean cli_parse_number (const char *text, double *number);

/**
 * cli_misused:
 * @format: (printf): a sentence
 * @...: for @format
 *
 * Prints the sentence.
 *
 * Returns: %CLI_MISUSED
 *
 * Thread: main
 */
int cli_misused (const char *format, ...) G_GNUC_PRINTF (1, 2);

/**
 * cli_failed:
 * @error: (transfer full): what went wrong
 *
 * Prints it.
 *
 * Returns: %CLI_FAILED, or %CLI_MISUSED if the request was to blame
 *
 * Thread: main
 */
int cli_failed (GError *error);

/**
 * cli_print_progress:
 * @info: how far it is
 * @data: not looked at
 *
 * For dif_progress_new(): writes over the line that tells of steps and time.
 *
 * Thread: any
 */
void cli_print_progress (const DifProgressInfo *info, gpointer data);

G_END_DECLS
