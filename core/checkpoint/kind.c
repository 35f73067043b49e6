/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/kind.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"

static const DifCheckpointKind kinds[] = {
  { "DDPMPipeline", dif_checkpoint_open_pixels },
  { "DDIMPipeline", dif_checkpoint_open_pixels },
  { "PNDMPipeline", dif_checkpoint_open_pixels },
  { "ScoreSdeVePipeline", dif_checkpoint_open_pixels },
};

/* All files in one folder, without one that says of what they are the parts. */
static const DifCheckpointKind flat = { NULL, dif_checkpoint_open_pixels };

static const DifCheckpointKind *
find_class (DifJsonReader *index)
{
  const char *class_name = dif_json_string (index, "_class_name", "");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (class_name, kinds[i].class_name))
      return &kinds[i];
  dif_json_reader_fail (index, DIF_ERROR_UNSUPPORTED, "_class_name",
                        _ ("pipelines of the class “%s” are not supported"), class_name);
  return NULL;
}

/* A pipeline folder says what its parts are; other pipelines have a unet/ folder too, and
 * their networks would fail with a less helpful message. */
const DifCheckpointKind *
dif_checkpoint_kind_find (const char *folder, GError **error)
{
  g_autofree char         *path = g_build_filename (folder, "model_index.json", NULL);
  const DifCheckpointKind *kind = &flat;
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;

  if (! g_file_test (path, G_FILE_TEST_EXISTS))
    return kind;
  if (dif_json_reader_open (&reader, path))
    kind = find_class (&reader);
  return dif_json_reader_finish (&reader, error) ? kind : NULL;
}
