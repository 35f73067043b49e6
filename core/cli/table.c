/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/table.h"

#define MAX_COLUMNS 5

void
cli_table_add (CliTable *table, ...)
{
  va_list     args;
  const char *word;

  va_start (args, table);
  while ((word = va_arg (args, const char *)))
    g_ptr_array_add (table->words, g_strdup (word));
  va_end (args);
}

static void
print_plain (const CliTable *table)
{
  glong  width[MAX_COLUMNS] = { 0 };
  char **words = (char **) table->words->pdata;

  for (guint i = 0; i < table->words->len; i++)
    width[i % table->n_columns] =
        MAX (width[i % table->n_columns], g_utf8_strlen (words[i], -1) + 2);
  for (guint i = 0; i < table->words->len; i++)
    if ((i + 1) % table->n_columns == 0)
      g_print ("%s\n", words[i]);
    else
      g_print ("%s%*s", words[i],
               (int) (width[i % table->n_columns] - g_utf8_strlen (words[i], -1)), "");
}

static void
print_markdown (const CliTable *table)
{
  char **words = (char **) table->words->pdata;

  for (guint i = 0; i < table->words->len; i++)
    {
      const gboolean id = i % table->n_columns == 0 && i > 0;

      g_print (id ? "| `%s` " : "| %s ", words[i]);
      if ((i + 1) % table->n_columns == 0)
        g_print ("|\n");
      for (guint k = 0; i + 1 == table->n_columns && k < table->n_columns; k++)
        g_print ("|---%s", k + 1 == table->n_columns ? "|\n" : "");
    }
}

void
cli_table_print (const CliTable *table, gboolean markdown)
{
  if (markdown)
    print_markdown (table);
  else
    print_plain (table);
}

void
cli_table_clear (CliTable *table)
{
  g_clear_pointer (&table->words, g_ptr_array_unref);
}
