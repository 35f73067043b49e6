/* SPDX-License-Identifier: GPL-3.0-or-later */

/* list: the rows of the core's tables, for people and for the README. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/cli/cli.h"
#include "core/dif.h"

#define MAX_COLUMNS 5

/* A table of words.  What the columns are called is a row too. */
typedef struct
{
  guint      n_columns;
  GPtrArray *words;
} Table;

static void
table_add (Table *table, ...)
{
  va_list     args;
  const char *word;

  va_start (args, table);
  while ((word = va_arg (args, const char *)))
    g_ptr_array_add (table->words, g_strdup (word));
  va_end (args);
}

static void
list_samplers (Table *table)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  table->n_columns = 5;
  table_add (table, _ ("id"), _ ("sampler"), _ ("order"), _ ("evaluations a step"), _ ("source"),
             NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *order =
          g_strdup_printf ("%u%s", rows[i]->order, rows[i]->stochastic ? _ (" (stochastic)") : "");
      g_autofree char *evals = g_strdup_printf ("%u", rows[i]->evals);

      table_add (table, rows[i]->id, _ (rows[i]->label), order, evals, rows[i]->citation, NULL);
    }
}

static void
list_schedules (Table *table)
{
  guint                     n;
  const DifSchedule *const *rows = dif_schedules (&n);

  table->n_columns = 3;
  table_add (table, _ ("id"), _ ("schedule"), _ ("source"), NULL);
  for (guint i = 0; i < n; i++)
    table_add (table, rows[i]->id, rows[i]->label, rows[i]->citation, NULL);
}

static void
list_spacings (Table *table)
{
  guint                    n;
  const DifSpacing *const *rows = dif_spacings (&n);

  table->n_columns = 4;
  table_add (table, _ ("id"), _ ("spacing"), _ ("of"), _ ("source"), NULL);
  for (guint i = 0; i < n; i++)
    table_add (table, rows[i]->id, rows[i]->label,
               rows[i]->fill ? _ ("timesteps") : _ ("noise levels"), rows[i]->citation, NULL);
}

static void
list_guidance (Table *table)
{
  guint                        n;
  const DifGuidanceRow *const *rows = dif_guidances (&n);

  table->n_columns = 4;
  table_add (table, _ ("id"), _ ("guidance"), _ ("evaluations a step"), _ ("source"), NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *evals = g_strdup_printf ("%u", rows[i]->evals);

      table_add (table, rows[i]->id, _ (rows[i]->label), evals, rows[i]->citation, NULL);
    }
}

static const struct
{
  const char *name;
  void (*fill) (Table *table);
} kinds[] = {
  { "samplers", list_samplers },
  { "schedules", list_schedules },
  { "spacings", list_spacings },
  { "guidance", list_guidance },
};

static void
print_plain (const Table *table)
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
print_markdown (const Table *table)
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

int
cli_list (int argc, char **argv)
{
  gboolean           markdown = FALSE;
  const GOptionEntry entries[] = {
    { "markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, N_ ("as a table for a web page"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (! cli_parse (entries, "samplers|schedules|spacings|guidance",
                   _ ("Lists what there is to choose from."), 1, &argc, &argv))
    return CLI_MISUSED;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (argv[1], kinds[i].name) == 0)
      {
        Table table = { 0, g_ptr_array_new_with_free_func (g_free) };

        kinds[i].fill (&table);
        if (markdown)
          print_markdown (&table);
        else
          print_plain (&table);
        g_ptr_array_unref (table.words);
        return CLI_OK;
      }
  return cli_misused (_ ("There is no list of “%s”.  Try --help."), argv[1]);
}
