/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How often pictures are what was asked for: makes pictures of every label with several kinds of
 * guidance, and counts those that a classifier which had no part in it takes for the label.
 *
 *     bench-labels JUDGE N STEPS [GUIDANCE:SCALE[:SHEET.ppm]]…
 *
 * JUDGE is a classifier's folder, N pictures are made of each label in STEPS steps, GUIDANCE is
 * that without a classifier (0 knows no label, 1 is plain), SCALE that by the model's own.  A sheet
 * has a row for each label. */

#include <stdio.h>
#include <string.h>

#include "core/checkpoint/labels.h"
#include "core/dif.h"
#include "core/models/classifier.h"

#define SIDE  64
#define SHOWN 8u /* pictures in a row of a sheet */

typedef struct
{
  DifClassifier *judge;
  DifContext    *context;
  DifLabels     *labels;
  guint          n;
  guint          steps;
} Bench;

/* Whether the judge's first word for the picture is @label; adds what it gives to it. */
static gboolean
judge (const Bench *b, const DifResult *image, guint label, double *log_p)
{
  const double          t[] = { 0.0 };
  g_autoptr (DifTensor) x = dif_context_nhwc (b->context, 1, SIDE, SIDE, 3);
  g_autoptr (DifTensor) y = NULL;
  guint                 best = 0;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = 2.0f * CLAMP (image->pixels[i], 0.0f, 1.0f) - 1.0f;
  y = dif_classifier_forward (b->judge, b->context, x, t);
  for (guint k = 1; k < y->dim[1]; k++)
    if (y->data[k] > y->data[best])
      best = k;
  *log_p += y->data[label];
  return best == label;
}

static void
show (guint8 *sheet, guint row, guint column, const DifResult *image)
{
  for (gsize y = 0; y < SIDE; y++)
    for (gsize i = 0; i < 3 * SIDE; i++)
      sheet[((row * SIDE + y) * SHOWN + column) * 3 * SIDE + i] =
          (guint8) (CLAMP (image->pixels[y * 3 * SIDE + i], 0.0f, 1.0f) * 255.0f + 0.5f);
}

static DifResult *
make (const Bench *b, double guidance, double scale, const char *label, guint seed)
{
  g_autoptr (GError) error = NULL;
  DifRequest         r;
  DifResult         *image;

  dif_request_init (&r, DIF_TASK_GENERATE);
  r.prompt = (char *) label;
  r.steps = b->steps;
  r.guidance = guidance;
  r.classifier_guidance = scale;
  r.width = r.height = SIDE;
  r.seed = seed;
  image = dif_run (&r, NULL, &error);
  if (! image)
    g_printerr ("%s\n", error->message);
  return image;
}

/* One row of the table. */
static gboolean
measure (const Bench *b, double guidance, double scale, const char *path)
{
  const guint        n_labels = g_strv_length (b->labels->names);
  g_autofree guint8 *sheet = g_new0 (guint8, (gsize) n_labels * SIDE * SIDE * SHOWN * 3);
  GString           *each = g_string_new (NULL);
  guint              right = 0;
  double             log_p = 0.0;
  FILE              *file;

  for (guint k = 0; k < n_labels; k++)
    {
      guint own = 0;

      for (guint i = 0; i < b->n; i++)
        {
          g_autoptr (DifResult) image =
              make (b, guidance, scale, b->labels->names[k], 1000 * k + i);

          if (! image)
            return FALSE;
          own += judge (b, image, b->labels->ids[k], &log_p);
          if (i < SHOWN)
            show (sheet, k, i, image);
        }
      right += own;
      g_string_append_printf (each, " %s %u", b->labels->names[k], own);
    }
  g_print ("guidance %g, classifier %g: %u of %u (%.1f %%), mean log p %.2f;%s\n", guidance, scale,
           right, b->n * n_labels, 100.0 * right / (b->n * n_labels), log_p / (b->n * n_labels),
           each->str);
  g_string_free (each, TRUE);
  file = path ? fopen (path, "wb") : NULL;
  if (file)
    {
      fprintf (file, "P6 %u %u 255\n", SHOWN * SIDE, n_labels * SIDE);
      fwrite (sheet, 3 * SHOWN * SIDE * SIDE, n_labels, file);
      fclose (file);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError)        error = NULL;
  g_autofree char          *model = NULL;
  g_autofree char          *labels_path = NULL;
  g_autoptr (DifLabels)     labels = NULL;
  g_autoptr (DifClassifier) classifier = NULL;
  g_autoptr (DifContext)    context = dif_context_new (1, NULL);
  Bench                     b = { .context = context };

  if (argc < 5 || ! (model = dif_resolve_model (NULL, &error)))
    return 2;
  labels_path = g_build_filename (model, "labels.json", NULL);
  classifier = dif_classifier_open (argv[1], &error);
  if (classifier)
    labels = dif_labels_load (labels_path, dif_classifier_n_classes (classifier), &error);
  if (! labels)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  b.judge = classifier;
  b.labels = labels;
  b.n = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  b.steps = (guint) g_ascii_strtoull (argv[3], NULL, 10);
  for (int i = 4; i < argc; i++)
    {
      g_auto (GStrv) parts = g_strsplit (argv[i], ":", 3);

      if (! parts[0] || ! parts[1] ||
          ! measure (&b, g_ascii_strtod (parts[0], NULL), g_ascii_strtod (parts[1], NULL),
                     parts[2]))
        return 1;
    }
  return 0;
}
