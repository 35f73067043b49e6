/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/process.h"

#include <string.h>

#include "tests/core/support/folder.h"

DifProcess *
test_process (const char *json, GError **error)
{
  g_autofree char *text = test_json (json);
  json_t          *root = dif_json_parse (text, strlen (text), "scheduler_config.json", error);
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;
  g_autoptr (DifProcess) process = NULL;

  g_assert_nonnull (root);
  if (! root)
    return NULL;
  dif_json_reader_init (&reader, root, "scheduler_config.json");
  json_decref (root);
  process = dif_process_new (&reader);
  if (! dif_json_reader_finish (&reader, error))
    {
      g_assert_null (process);
      return NULL;
    }
  return g_steal_pointer (&process);
}
