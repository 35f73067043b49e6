/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a classifier of clean pictures takes pictures for:
 *
 *     label-judge FOLDER LABELS.json PICTURE.png…
 *
 * prints a line for each: the three labels it finds likeliest, the first first, each with its
 * probability.  LABELS.json names the classifier's classes. */

#include <math.h>
#include <stdio.h>

#include "core/checkpoint/labels.h"
#include "core/cli/picture-file.h"
#include "core/models/classifier.h"

#define WORDS 3u

typedef struct
{
  DifClassifier *classifier;
  DifLabels     *labels;
  DifContext    *context;
} Judge;

static const char *
name_of (const DifLabels *labels, guint id)
{
  for (guint i = 0; labels->names[i]; i++)
    if (labels->ids[i] == id)
      return labels->names[i];
  return "-";
}

/* The likeliest label yet, which is then out of the race. */
static void
print_best (const DifLabels *labels, DifTensor *log_p, char end)
{
  gsize best = 0;

  for (gsize k = 1; k < log_p->size; k++)
    if (log_p->data[k] > log_p->data[best])
      best = k;
  printf ("%s %.4f%c", name_of (labels, (guint) best), exp (log_p->data[best]), end);
  log_p->data[best] = -INFINITY;
}

static gboolean
judge (const Judge *j, const char *path, GError **error)
{
  const double          t[] = { 0.0 };
  g_autoptr (DifImage)  image = cli_image_read (path, error);
  g_autoptr (DifTensor) x = NULL;
  g_autoptr (DifTensor) y = NULL;

  if (! image)
    return FALSE;
  x = dif_context_nhwc (j->context, 1, image->height, image->width, 3);
  for (gsize i = 0; x && i < x->size; i++)
    x->data[i] = 2.0f * image->pixels[i] - 1.0f;
  y = dif_classifier_forward (j->classifier, j->context, x, t);
  if (dif_context_take_error (j->context, error))
    return FALSE;
  for (guint i = 0; i < WORDS; i++)
    print_best (j->labels, y, i + 1 < WORDS ? ' ' : '\n');
  return TRUE;
}

static gboolean
judge_all (const char *folder, const char *labels_path, char **paths, int n, GError **error)
{
  g_autoptr (DifContext)    context = dif_context_new (0, NULL);
  g_autoptr (DifClassifier) classifier = dif_classifier_open (folder, error);
  g_autoptr (DifLabels)     labels = NULL;

  if (! classifier ||
      ! (labels = dif_labels_load (labels_path, dif_classifier_n_classes (classifier), error)))
    return FALSE;
  for (int i = 0; i < n; i++)
    if (! judge (&(const Judge) { classifier, labels, context }, paths[i], error))
      return FALSE;
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc < 4)
    {
      fprintf (stderr, "Usage: label-judge FOLDER LABELS.json PICTURE.png…\n");
      return 2;
    }
  if (! judge_all (argv[1], argv[2], argv + 3, argc - 3, &error))
    {
      fprintf (stderr, "label-judge: %s\n", error->message);
      return 1;
    }
  return 0;
}
