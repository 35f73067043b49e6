/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CliTable:
 * @n_columns: columns, 5 at most
 * @words: row by row; what the columns are called is a row too
 *
 * A table of words.
 */
typedef struct
{
  guint      n_columns;
  GPtrArray *words;
} CliTable;

/**
 * cli_table_add:
 * @table: a table
 * @...: words, and %NULL
 *
 * Thread: main
 */
void cli_table_add (CliTable *table, ...) G_GNUC_NULL_TERMINATED;

/**
 * cli_table_print:
 * @table: a table
 * @markdown: whether for a web page, with what is in the first column as code
 *
 * Thread: main
 */
void cli_table_print (const CliTable *table, gboolean markdown);

/**
 * cli_table_clear:
 * @table: emptied
 *
 * Thread: main
 */
void cli_table_clear (CliTable *table);

/**
 * cli_list_settings:
 * @markdown: whether for a web page
 *
 * Prints the settings of pictures and of learning, group by group.
 *
 * Thread: main
 */
void cli_list_settings (gboolean markdown);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliTable, cli_table_clear)

G_END_DECLS
