/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/settings/settings.h"

#include <math.h>
#include <string.h>

#include "core/settings/request.h"
#include "tests/core/support/numbers.h"

/* Through text and JSON into another request, which then says the same. */
static void
there_and_back (const DifSetting *row, const DifRequest *r)
{
  g_autofree char *text = dif_setting_to_text (row, r);
  g_autofree char *json = dif_request_to_json (r);
  g_autofree char *again = NULL;
  g_autofree char *json_again = NULL;
  DifRequest       typed, kept;
  GError          *error = NULL;

  dif_request_init (&typed, r->task);
  g_assert_true (dif_setting_from_text (row, &typed, text, &error));
  g_assert_no_error (error);
  again = dif_setting_to_text (row, &typed);
  g_assert_cmpstr (again, ==, text);
  if (! dif_setting_is_text (row) && row->kind != DIF_SETTING_PALETTE)
    g_assert_cmpfloat (dif_setting_get_number (row, &typed), ==, dif_setting_get_number (row, r));
  dif_request_init (&kept, r->task);
  g_assert_true (dif_request_from_json (&kept, json, &error));
  g_assert_no_error (error);
  json_again = dif_request_to_json (&kept);
  g_assert_cmpstr (json_again, ==, json);
  dif_request_clear (&typed);
  dif_request_clear (&kept);
}

static void
mistyped (const DifSetting *row, const char *text)
{
  DifRequest r;
  GError    *error = NULL;

  dif_request_init (&r, DIF_TASK_INPAINT);
  g_assert_false (dif_setting_from_text (row, &r, text, &error));
  test_assert_setting (error, row->id);
  dif_request_clear (&r);
}

static void
refused (const DifSetting *row, const DifRequest *r)
{
  GError *error = NULL;

  g_assert_false (dif_setting_check (row, r, &error));
  test_assert_setting (error, row->id);
  error = NULL;
  g_assert_false (dif_request_check_settings (r, &error));
  test_assert_setting (error, row->id);
}

static void
try_number (const DifSetting *row, double number, gboolean possible)
{
  DifRequest r;

  dif_request_init (&r, DIF_TASK_INPAINT);
  r.prompt = "grass"; /* which some need */
  r.guidance_to = 0.0;
  dif_setting_set_number (row, &r, number);
  if (! possible)
    {
      refused (row, &r);
    }
  else
    {
      g_assert_true (dif_setting_check (row, &r, NULL));
      there_and_back (row, &r);
    }
  if (isfinite (number))
    g_assert_cmpfloat (dif_setting_get_number (row, &r), ==, number);
}

/* Both ends, and beyond each of them. */
static void
try_numbers (const DifSetting *row)
{
  const double beyond = row->kind == DIF_SETTING_REAL ? 1e-6 : 1.0;

  try_number (row, row->least, TRUE);
  try_number (row, row->most, TRUE);
  try_number (row, row->least - beyond, FALSE);
  if (row->most < G_MAXINT32)
    try_number (row, row->most + beyond, FALSE);
  g_assert_cmpfloat (row->usual_least, >=, row->least);
  g_assert_cmpfloat (row->usual_most, <=, row->most);
  g_assert_cmpfloat (row->usual_least, <=, row->usual_most);
  mistyped (row, "");
  mistyped (row, "much");
  mistyped (row, "5x");
  mistyped (row, "99999999999");
  if (row->kind != DIF_SETTING_REAL)
    return;
  if (row->least_word) /* which is one value by itself */
    try_number (row, 0.5 * row->least, FALSE);
  try_number (row, NAN, FALSE);
  try_number (row, INFINITY, FALSE);
  try_number (row, -INFINITY, FALSE);
}

static void
try_choices (const DifSetting *row)
{
  DifChoice choice;
  guint     n = 0, index;

  for (; row->choice (n, &choice); n++)
    {
      g_assert_true (dif_setting_find_choice (row, choice.id, &index));
      g_assert_cmpuint (index, ==, n);
      g_assert_true (choice.label && *choice.label);
      if (row->kind == DIF_SETTING_CHOICE)
        try_number (row, n, TRUE);
    }
  g_assert_cmpuint (n, >, 1);
  g_assert_false (dif_setting_find_choice (row, "magic", NULL));
  g_assert_false (dif_setting_find_choice (row, NULL, NULL));
  if (row->kind == DIF_SETTING_NAME)
    {
      g_assert_true (dif_setting_find_choice (row, row->unset (), NULL));
      mistyped (row, "magic");
      return;
    }
  try_number (row, n, FALSE);
  try_number (row, -1.0, FALSE);
  mistyped (row, "magic");
  mistyped (row, "");
}

static void
try_switch (const DifSetting *row)
{
  try_number (row, FALSE, TRUE);
  try_number (row, TRUE, TRUE);
  mistyped (row, "1");
  mistyped (row, "");
}

static void
try_text (const DifSetting *row)
{
  DifRequest r;

  dif_request_init (&r, DIF_TASK_GENERATE);
  g_assert_cmpstr (dif_setting_get_string (row, &r), ==, row->unset ? row->unset () : "");
  dif_setting_set_string (row, &r, "magic");
  g_assert_cmpstr (dif_setting_get_string (row, &r), ==, "magic");
  if (row->kind == DIF_SETTING_NAME)
    refused (row, &r);
  else
    there_and_back (row, &r);
  dif_setting_set_string (row, &r, "");
  g_assert_cmpstr (dif_setting_get_string (row, &r), ==, row->unset ? row->unset () : "");
  dif_request_clear (&r);
}

static void
try_palette (const DifSetting *row)
{
  static const float wrong[] = { -0.001f, 1.001f, NAN, INFINITY };
  DifRequest         r;
  float             *colors;
  guint              n;

  dif_request_init (&r, DIF_TASK_GENERATE);
  g_assert_null (dif_setting_get_palette (row, &r, &n));
  g_assert_cmpuint (n, ==, 0);
  colors = g_new0 (float, 3 * (DIF_MAX_COLORS + 1));
  dif_setting_take_palette (row, &r, colors, DIF_MAX_COLORS + 1);
  refused (row, &r);
  dif_setting_take_palette (row, &r, g_memdup2 (colors, 0), 0);
  colors = g_new0 (float, 3 * DIF_MAX_COLORS);
  dif_setting_take_palette (row, &r, colors, DIF_MAX_COLORS);
  colors[0] = 1.0f;
  there_and_back (row, &r);
  mistyped (row, "red");
  mistyped (row, "#00ff00,");
  mistyped (row, "#00ff0g");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      colors[4] = wrong[i];
      refused (row, &r);
    }
  dif_request_clear (&r);
}

static void
try_default (const DifSetting *row, DifTask task)
{
  DifRequest r;

  dif_request_init (&r, task);
  there_and_back (row, &r);
  if (dif_setting_is_text (row) || row->kind == DIF_SETTING_PALETTE)
    return;
  g_assert_cmpfloat (dif_setting_get_number (row, &r), ==, row->initial[task]);
}

static void
test_row (gconstpointer data)
{
  const DifSetting *row = data;

  g_assert_true (dif_settings_find (row->id) == row);
  g_assert_true (row->nick && row->help && row->tasks != 0 && row->group < DIF_N_GROUPS);
  for (DifTask task = 0; task < DIF_N_TASKS; task++)
    try_default (row, task);
  if (row->choice)
    try_choices (row);
  if (dif_setting_is_text (row))
    try_text (row);
  else if (row->kind == DIF_SETTING_PALETTE)
    try_palette (row);
  else if (row->kind == DIF_SETTING_WHOLE || row->kind == DIF_SETTING_REAL)
    try_numbers (row);
  else if (row->kind == DIF_SETTING_SWITCH)
    try_switch (row);
}

/* Of what is worked on, beside pixels. */
static void
test_percent (void)
{
  static const double percents[] = { -0.5, DIF_MAX_PERCENT + 0.5, NAN, INFINITY };
  const DifSetting   *row = dif_settings_find ("context");
  DifRequest          r;

  dif_request_init (&r, DIF_TASK_INPAINT);
  r.context = 0;
  r.context_percent = DIF_MAX_PERCENT;
  there_and_back (row, &r);
  r.context = 3;
  r.context_percent = 12.5;
  there_and_back (row, &r);
  g_assert_true (dif_setting_from_text (row, &r, "25%", NULL));
  g_assert_cmpint (r.context, ==, 0);
  g_assert_cmpfloat (r.context_percent, ==, 25.0);
  g_assert_true (dif_setting_from_text (row, &r, "Whole", NULL));
  g_assert_cmpint (r.context, ==, DIF_MAX_SIZE);
  g_assert_cmpfloat (r.context_percent, ==, 0.0);
  g_assert_true (dif_setting_from_text (row, &r, "auto", NULL));
  g_assert_cmpint (r.context, ==, DIF_CONTEXT_FOLLOWS);
  mistyped (row, "%");
  mistyped (row, "+5%");
  mistyped (row, "5%+5");
  mistyped (row, "1001%");
  mistyped (dif_settings_find ("grow"), "5%");
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    {
      r.context_percent = percents[i];
      refused (row, &r);
    }
}

int
main (int argc, char **argv)
{
  guint             n;
  const DifSetting *rows = dif_settings (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/settings/row/%s", rows[i].id);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/settings/percent", test_percent);
  return g_test_run ();
}
