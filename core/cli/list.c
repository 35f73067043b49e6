/* SPDX-License-Identifier: GPL-3.0-or-later */

/* list: the rows of the core's tables, for people and for the README. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/cli/cli.h"
#include "core/cli/table.h"
#include "core/dif.h"

static void
list_samplers (CliTable *table)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  table->n_columns = 5;
  cli_table_add (table, _ ("id"), _ ("sampler"), _ ("order"), _ ("evaluations a step"),
                 _ ("source"), NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *order =
          g_strdup_printf ("%u%s", rows[i]->order, rows[i]->stochastic ? _ (" (stochastic)") : "");
      g_autofree char *evals = g_strdup_printf ("%u", rows[i]->evals);

      cli_table_add (table, rows[i]->id, _ (rows[i]->label), order, evals, rows[i]->citation, NULL);
    }
}

static void
list_schedules (CliTable *table)
{
  guint                     n;
  const DifSchedule *const *rows = dif_schedules (&n);

  table->n_columns = 3;
  cli_table_add (table, _ ("id"), _ ("schedule"), _ ("source"), NULL);
  for (guint i = 0; i < n; i++)
    cli_table_add (table, rows[i]->id, rows[i]->label, rows[i]->citation, NULL);
}

static void
list_spacings (CliTable *table)
{
  guint                    n;
  const DifSpacing *const *rows = dif_spacings (&n);

  table->n_columns = 4;
  cli_table_add (table, _ ("id"), _ ("spacing"), _ ("of"), _ ("source"), NULL);
  for (guint i = 0; i < n; i++)
    cli_table_add (table, rows[i]->id, rows[i]->label,
                   rows[i]->fill ? _ ("timesteps") : _ ("noise levels"), rows[i]->citation, NULL);
}

static void
list_guidance (CliTable *table)
{
  guint                        n;
  const DifGuidanceRow *const *rows = dif_guidances (&n);

  table->n_columns = 4;
  cli_table_add (table, _ ("id"), _ ("guidance"), _ ("evaluations a step"), _ ("source"), NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *evals = g_strdup_printf ("%u", rows[i]->evals);

      cli_table_add (table, rows[i]->id, _ (rows[i]->label), evals, rows[i]->citation, NULL);
    }
}

static const struct
{
  const char *name;
  void (*fill) (CliTable *table);
} kinds[] = {
  { "samplers", list_samplers },
  { "schedules", list_schedules },
  { "spacings", list_spacings },
  { "guidance", list_guidance },
};

int
cli_list (int argc, char **argv)
{
  gboolean           markdown = FALSE;
  const GOptionEntry entries[] = {
    { "markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, N_ ("as a table for a web page"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (! cli_parse (entries, "samplers|schedules|spacings|guidance|settings",
                   _ ("Lists what there is to choose from."), 1, &argc, &argv))
    return CLI_MISUSED;
  if (strcmp (argv[1], "settings") == 0)
    {
      cli_list_settings (markdown);
      return CLI_OK;
    }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (argv[1], kinds[i].name) == 0)
      {
        g_auto (CliTable) table = { 0, g_ptr_array_new_with_free_func (g_free) };

        kinds[i].fill (&table);
        cli_table_print (&table, markdown);
        return CLI_OK;
      }
  return cli_misused (_ ("There is no list of “%s”.  Try --help."), argv[1]);
}
