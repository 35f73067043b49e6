/* SPDX-License-Identifier: GPL-3.0-or-later */

/* list settings: what can be set, for people and for docs/script-reference.md. */

#include <glib/gi18n-lib.h>

#include "core/cli/settings.h"
#include "core/cli/table.h"
#include "core/dif.h"

/* Whose settings they are: of tasks, or of what is no task. */
typedef struct
{
  const DifSetting *rows;
  guint             n;
  const char       *whose;
} Owner;

static gboolean
has_task (const DifSetting *s, DifTask task)
{
  return s->tasks == 0 || (s->tasks & 1u << task) != 0;
}

static gboolean
is_same_for_all (const DifSetting *s)
{
  g_autofree char *first = NULL;

  for (DifTask task = 0; task < DIF_N_TASKS; task++)
    if (has_task (s, task))
      {
        g_autofree char *text = dif_setting_initial_text (s, task);

        if (first && ! g_str_equal (first, text))
          return FALSE;
        if (! first)
          first = g_steal_pointer (&text);
      }
  return TRUE;
}

/* One default, or one for each task that has the setting. */
static char *
default_of (const DifSetting *s)
{
  const gboolean same = is_same_for_all (s);
  GString       *words = g_string_new (NULL);

  for (DifTask task = 0; task < DIF_N_TASKS; task++)
    if (has_task (s, task))
      {
        g_autofree char *text = dif_setting_initial_text (s, task);

        if (same)
          return g_string_free (g_string_assign (words, text), FALSE);
        g_string_append_printf (words, words->len > 0 ? ", %s %s" : "%s %s",
                                dif_task_row (task)->id, text);
      }
  return g_string_free (words, FALSE);
}

static char *
tasks_of (const DifSetting *s)
{
  GString *words = g_string_new (NULL);

  for (DifTask task = 0; task < DIF_N_TASKS; task++)
    if (s->tasks & 1u << task)
      g_string_append_printf (words, words->len > 0 ? ", %s" : "%s", dif_task_row (task)->id);
  return g_string_free (words, FALSE);
}

static void
add_settings (CliTable *table, const Owner *owner, DifSettingGroup group)
{
  for (guint i = 0; i < owner->n; i++)
    {
      const DifSetting *s = &owner->rows[i];
      g_autofree char  *tasks = owner->whose ? g_strdup (owner->whose) : tasks_of (s);
      g_autofree char  *values = cli_settings_values (s);
      g_autofree char  *initial = default_of (s);

      if (s->group == group)
        cli_table_add (table, s->id, tasks, values, initial, _ (s->help), NULL);
    }
}

void
cli_list_settings (gboolean markdown)
{
  Owner owners[] = { { .whose = NULL }, { .whose = "learn" } };

  owners[0].rows = dif_settings (&owners[0].n);
  owners[1].rows = dif_learning_settings (&owners[1].n);
  for (DifSettingGroup group = 0; group < DIF_N_GROUPS; group++)
    {
      g_auto (CliTable) table = { 5, g_ptr_array_new_with_free_func (g_free) };

      cli_table_add (&table, _ ("id"), _ ("of"), _ ("values"), _ ("default"), _ ("meaning"), NULL);
      for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
        add_settings (&table, &owners[i], group);
      g_print (markdown ? "%s### %s\n\n" : "%s%s\n\n", group > 0 ? "\n" : "",
               _ (dif_setting_group_title (group)));
      cli_table_print (&table, markdown);
    }
}
