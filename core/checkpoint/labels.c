/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/labels.h"

#include <math.h>
#include <string.h>

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
dif_labels_new (DifJsonReader *r, guint n_classes)
{
  g_autoptr (DifLabels) labels = g_new0 (DifLabels, 1);

  dif_json_require (r, "null", "labels", NULL);
  labels->null_label = dif_json_uint (r, "null", 0, 0, MAX (n_classes, 1) - 1);
  if (! r->error && dif_json_kind (r, "labels") != DIF_JSON_OBJECT)
    dif_json_reader_fail (r, DIF_ERROR_SCHEMA, "labels", _ ("this should be an object"));
  if (! r->error)
    read_labels (r, labels, n_classes);
  return r->error ? NULL : g_steal_pointer (&labels);
}

DifLabels *
dif_labels_load (const char *path, guint n_classes, GError **error)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;
  g_autoptr (DifLabels) labels = NULL;

  if (dif_json_reader_open (&reader, path))
    labels = dif_labels_new (&reader, n_classes);
  if (! dif_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&labels);
}

json_t *
dif_labels_to_json (const DifLabels *labels)
{
  json_t *rows = json_object ();

  for (guint i = 0; labels->names[i]; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", labels->ids[i]);

      json_object_set_new (rows, key, json_string (labels->names[i]));
    }
  return json_pack ("{s:I, s:o}", "null", (json_int_t) labels->null_label, "labels", rows);
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
dif_label_is_given (const char *label)
{
  while (label && g_ascii_isspace (*label))
    label++;
  return label && *label;
}

/* As labels are compared: without blanks at the ends and regard to case. */
static char *
fold (const char *label)
{
  g_autofree char *valid = g_utf8_make_valid (label, -1);

  return g_utf8_casefold (g_strstrip (valid), -1);
}

static gboolean
has_names (const DifLabels *labels)
{
  return labels && labels->names[0];
}

/* Numbers are only for who has no names: among names they are slips, and rows without a name are of
 * labels that were dropped. */
static gboolean
find (const DifLabels *labels, const char *label, guint n_classes, guint *id)
{
  g_autofree char *wanted = fold (label);
  guint64          number;

  for (guint i = 0; *wanted && has_names (labels) && labels->names[i]; i++)
    {
      g_autofree char *name = fold (labels->names[i]);

      if (g_str_equal (name, wanted))
        {
          *id = labels->ids[i];
          return TRUE;
        }
    }
  if (has_names (labels) || n_classes == 0 ||
      ! g_ascii_string_to_unsigned (wanted, 10, 0, n_classes - 1, &number, NULL))
    return FALSE;
  *id = (guint) number;
  return TRUE;
}

gboolean
dif_labels_find (const DifLabels *labels, const char *label, guint n_classes, guint *id,
                 GError **error)
{
  g_autofree char *all = NULL;

  if (find (labels, label, n_classes, id))
    return TRUE;
  if (has_names (labels))
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

/* "stone:0.7" to a row and what it counts. */
static gboolean
read_part (const DifLabels *labels, char *part, guint n_classes, guint *id, double *weight,
           GError **error)
{
  char *colon = strrchr (part, ':');
  char *end;

  *weight = 1.0;
  if (find (labels, part, n_classes, id) || ! colon)
    return dif_labels_find (labels, part, n_classes, id, error);
  *colon = '\0';
  *weight = g_ascii_strtod (g_strstrip (colon + 1), &end);
  if (end == colon + 1 || *end != '\0' || ! isfinite (*weight) || *weight < 0.0)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The weight of the label “%s” is “%s”, which is not a number from 0 on."),
                   part, colon + 1);
      return FALSE;
    }
  return dif_labels_find (labels, g_strstrip (part), n_classes, id, error);
}

static gboolean
add_to_mix (DifLabelMix *mix, guint id, double weight, GError **error)
{
  guint k = 0;

  while (k < mix->n && mix->ids[k] != id)
    k++;
  if (weight == 0.0)
    return TRUE;
  if (k == DIF_MAX_MIX)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST, _ ("No more than %u labels can be mixed."),
                   DIF_MAX_MIX);
      return FALSE;
    }
  mix->ids[k] = id;
  mix->weights[k] = k < mix->n ? mix->weights[k] + weight : weight;
  mix->n = MAX (mix->n, k + 1);
  return TRUE;
}

static gboolean
normalize (DifLabelMix *mix, const char *text, GError **error)
{
  double sum = 0.0;

  for (guint k = 0; k < mix->n; k++)
    sum += mix->weights[k];
  if (! (sum > 0.0) || ! isfinite (sum))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The weights of the labels “%s” do not add up to a number above 0."), text);
      return FALSE;
    }
  for (guint k = 0; k < mix->n; k++)
    mix->weights[k] /= sum;
  return TRUE;
}

/* "stone:0,5" is half of stone to many people, and would be none of it and all of number 5. */
static gboolean
check_commas (char **parts, const char *text, GError **error)
{
  for (guint i = 0; parts[i] && parts[i + 1]; i++)
    {
      const char *weight = strrchr (parts[i], ':');

      if (! weight || strspn (weight + 1, " 0123456789") < strlen (weight + 1) || ! *parts[i + 1] ||
          strspn (parts[i + 1], "0123456789") < strlen (parts[i + 1]))
        continue;
      g_set_error (
          error, DIF_ERROR, DIF_ERROR_REQUEST,
          _ ("In “%s” the number “%s” stands where a label should be.  Weights are written "
             "with a point: “%s.%s”."),
          text, parts[i + 1], parts[i], parts[i + 1]);
      return FALSE;
    }
  return TRUE;
}

gboolean
dif_labels_mix (const DifLabels *labels, const char *text, guint n_classes, DifLabelMix *mix,
                GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint id;

  *mix = (DifLabelMix) { 0 };
  if (find (labels, text, n_classes, &id))
    return add_to_mix (mix, id, 1.0, error);
  for (guint i = 0; parts[i]; i++)
    g_strstrip (parts[i]);
  if (n_classes > 0 && ! check_commas (parts, text, error))
    return FALSE;
  for (guint i = 0; parts[i]; i++)
    {
      double weight;

      if (! read_part (labels, parts[i], n_classes, &id, &weight, error) ||
          ! add_to_mix (mix, id, weight, error))
        return FALSE;
    }
  return normalize (mix, text, error);
}
