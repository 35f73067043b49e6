/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/labels.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"

static void
read_labels (DifJsonReader *r, DifLabels *labels, guint n_classes)
{
  json_t     *object = json_object_get (r->root, "labels");
  gsize       n = json_object_size (object);
  gsize       i = 0;
  const char *key;
  json_t     *value;

  if (n > n_classes)
    {
      dif_json_reader_fail (r, DIF_ERROR_VALUE, "labels",
                            _ ("%u labels are more than the network's %u"), (guint) n, n_classes);
      return;
    }
  labels->names = g_new0 (char *, n + 1);
  labels->ids = g_new0 (guint, n + 1);
  json_object_foreach (object, key, value)
  {
    guint64 id;

    if (! json_is_string (value) ||
        ! g_ascii_string_to_unsigned (key, 10, 0, n_classes - 1, &id, NULL))
      {
        dif_json_reader_fail (r, DIF_ERROR_SCHEMA, "labels",
                              _ ("“%s” should be a number below %u with a name"), key, n_classes);
        return;
      }
    labels->names[i] = g_strdup (json_string_value (value));
    labels->ids[i++] = (guint) id;
  }
}

DifLabels *
dif_labels_load (const char *path, guint n_classes, GError **error)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;
  g_autoptr (DifLabels) labels = g_new0 (DifLabels, 1);

  if (dif_json_reader_open (&reader, path))
    {
      dif_json_require (&reader, "null", "labels", NULL);
      labels->null_label = dif_json_uint (&reader, "null", 0, 0, MAX (n_classes, 1) - 1);
      if (! reader.error && dif_json_kind (&reader, "labels") != DIF_JSON_OBJECT)
        dif_json_reader_fail (&reader, DIF_ERROR_SCHEMA, "labels", _ ("this should be an object"));
      if (! reader.error)
        read_labels (&reader, labels, n_classes);
    }
  if (! dif_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&labels);
}

void
dif_labels_free (DifLabels *labels)
{
  if (! labels)
    return;
  g_strfreev (labels->names);
  g_free (labels->ids);
  g_free (labels);
}

gboolean
dif_labels_find (const DifLabels *labels, const char *label, guint n_classes, guint *id,
                 GError **error)
{
  g_autofree char *all = NULL;
  guint64          number;

  for (guint i = 0; labels && labels->names[i]; i++)
    if (g_ascii_strcasecmp (labels->names[i], label) == 0)
      {
        *id = labels->ids[i];
        return TRUE;
      }
  if (n_classes > 0 && g_ascii_string_to_unsigned (label, 10, 0, n_classes - 1, &number, NULL))
    {
      *id = (guint) number;
      return TRUE;
    }
  if (labels)
    all = g_strjoinv (", ", labels->names);
  if (n_classes == 0)
    g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                 _ ("This model has no labels, so it cannot be asked for “%s”."), label);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                 _ ("This model has no label “%s”.  It has: %s."), label,
                 all ? all : _ ("numbers only"));
  return FALSE;
}
