/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How well a network denoises pictures it was not shown:
 *
 *     denoising-loss MODEL FOLDER CROPS SEED
 *
 * cuts as many crops of 64 x 64 pixels from the PNG files in the folders LABEL of FOLDER, noises
 * them to ten levels, and prints a line for each: t, alpha, and the mean squared error of v = alpha
 * eps - sigma x_0, once told the label and once told none.  That can be compared whatever the
 * network predicts: of x_0 it is that times sigma², of eps times alpha².  Networks that are
 * conditioned on masked pictures see none.  Crops and noise depend on the seed and the folder
 * alone. */

#include <math.h>
#include <stdio.h>

#include "core/base/rng.h"
#include "core/checkpoint/checkpoint.h"
#include "core/cli/train-data.h"
#include "core/diffusion/evaluator.h"
#include "core/diffusion/network.h"

#define SIDE   64u
#define LEVELS 10u
#define BATCH  8u
#define MOST   100000u
#define NOISE  (G_GUINT64_CONSTANT (1) << 40) /* streams; crops have lower ones */

typedef struct
{
  DifCheckpoint *checkpoint;
  DifDataset    *dataset;
  DifContext    *context;
  guint64        seed;
  guint64        n_batches;
  double         sum[LEVELS][2]; /* of the error, with labels and without */
} Loss;

static DifStep
level_step (const Loss *l, guint level)
{
  const DifProcess *process = l->checkpoint->process;
  const DifStep s = dif_process_step (process, dif_process_start (process, (level + 0.5) / LEVELS));
  const double  scale = 1.0 / hypot (s.alpha, s.sigma);

  return (DifStep) { s.t, s.alpha * scale, s.sigma * scale };
}

/* The network as a denoiser, told these labels. */
static DifDenoiser *
open_denoiser (const Loss *l, const guint *labels)
{
  const DifModelFacts  *facts = dif_model_facts (l->checkpoint->model);
  const DifWindowSizes  sizes = { .most = SIDE, .overlap = 0, .multiple = facts->multiple };
  g_autoptr (DifTensor) extra = NULL;
  DifCondition         *conditions[BATCH];
  DifEvaluator         *evaluator;

  for (guint i = 0; i < BATCH; i++)
    conditions[i] = dif_condition_new_label (labels[i]);
  if (l->checkpoint->inpainting != DIF_INPAINTING_NONE)
    {
      extra = dif_context_nhwc (l->context, 1, 1, 1,
                                facts->in_channels - l->checkpoint->codec->channels);
      for (gsize i = 0; i < extra->size; i++)
        extra->data[i] = i == 0; /* all is to be made: nothing of the picture is seen */
    }
  evaluator = dif_network_new (l->checkpoint->model, conditions, BATCH);
  for (guint i = 0; i < BATCH; i++)
    dif_condition_unref (conditions[i]);
  return dif_predict_for (dif_windows_new (evaluator, &sizes, extra), l->checkpoint->process);
}

/* Mean squared error of v. */
static double
error_of_v (const DifStep *step, const DifTensor *x0, const DifTensor *eps,
            const DifPrediction *seen)
{
  double sum = 0.0;

  for (gsize i = 0; i < x0->size; i++)
    {
      const double wanted = step->alpha * eps->data[i] - step->sigma * x0->data[i];
      const double said = step->alpha * seen->eps->data[i] - step->sigma * seen->x0->data[i];

      sum += (said - wanted) * (said - wanted);
    }
  return sum / (double) x0->size;
}

static double
measure_level (Loss *l, DifDenoiser *denoiser, guint level, const DifTensor *x0,
               const DifTensor *eps)
{
  const DifStep step = level_step (l, level);
  g_auto (DifPrediction) seen = { 0 };
  g_autoptr (DifTensor) x = dif_context_like (l->context, x0);

  if (! x)
    return NAN;
  for (gsize i = 0; i < x->size; i++)
    x->data[i] = (float) (step.alpha * x0->data[i] + step.sigma * eps->data[i]);
  if (! dif_denoise (denoiser, l->context, x, &step, &seen))
    return NAN;
  return error_of_v (&step, x0, eps, &seen);
}

static gboolean
measure_batch (Loss *l, guint64 which)
{
  g_auto (DifBatch) batch = { 0 };
  g_autoptr (DifTensor) eps = NULL;
  guint                 none[BATCH] = { 0 };

  if (! dif_dataset_batch (l->dataset, l->context, l->seed, which, BATCH, &batch) ||
      ! (eps = dif_context_like (l->context, batch.x0)))
    return FALSE;
  dif_rng_normal (l->seed, NOISE | which, 0, eps->data, eps->size);
  for (guint i = 0; i < BATCH && l->checkpoint->labels; i++)
    none[i] = l->checkpoint->labels->null_label;
  for (guint kind = 0; kind < 2; kind++)
    {
      g_autoptr (DifDenoiser) denoiser = open_denoiser (l, kind == 0 ? batch.labels : none);

      for (guint level = 0; level < LEVELS && dif_context_ok (l->context); level++)
        l->sum[level][kind] += measure_level (l, denoiser, level, batch.x0, eps);
    }
  return dif_context_ok (l->context);
}

/* The network's row of each of the pictures' labels; of one that it does not know, that of none. */
static guint *
rows_of_labels (const Loss *l, guint null_label)
{
  const DifLabels *labels = l->checkpoint->labels;
  g_auto (GStrv) names = dif_dataset_labels (l->dataset);
  guint *rows = g_new (guint, g_strv_length (names) + 1);

  for (guint i = 0; names[i]; i++)
    {
      rows[i] = null_label;
      for (guint k = 0; labels && labels->names[k]; k++)
        if (g_str_equal (labels->names[k], names[i]))
          rows[i] = labels->ids[k];
    }
  return rows;
}

static gboolean
measure (Loss *l, const char *model, const char *folder, GError **error)
{
  const DifCropping cropping = { .size = SIDE, .zoom = 1.0 };
  g_autofree guint *rows = NULL;
  guint             null_label;

  l->checkpoint = dif_checkpoint_open (model, 0, error);
  if (! l->checkpoint || ! dif_checkpoint_check (l->checkpoint, error) ||
      ! (l->dataset = cli_dataset_read (folder, NULL, error)))
    return FALSE;
  null_label = l->checkpoint->labels ? l->checkpoint->labels->null_label : 0;
  rows = rows_of_labels (l, null_label);
  if (! dif_dataset_prepare (l->dataset, &cropping, rows, null_label, error))
    return FALSE;
  for (guint64 i = 0; i < l->n_batches && measure_batch (l, i); i++)
    continue;
  return ! dif_context_take_error (l->context, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (DifContext)    context = dif_context_new (0, NULL);
  g_autoptr (DifCheckpoint) checkpoint = NULL;
  g_autoptr (DifDataset)    dataset = NULL;
  Loss                      l = { .context = context };
  guint64                   n;
  gboolean                  done;

  if (argc != 5 || ! g_ascii_string_to_unsigned (argv[3], 10, 1, MOST, &n, NULL) ||
      ! g_ascii_string_to_unsigned (argv[4], 10, 0, G_MAXUINT64, &l.seed, NULL))
    {
      fprintf (stderr, "Usage: denoising-loss MODEL FOLDER CROPS SEED\n");
      return 2;
    }
  l.n_batches = (n + BATCH - 1) / BATCH;
  done = measure (&l, argv[1], argv[2], &error);
  checkpoint = l.checkpoint;
  dataset = l.dataset;
  if (! done)
    {
      fprintf (stderr, "denoising-loss: %s\n", error->message);
      return 1;
    }
  for (guint level = 0; level < LEVELS; level++)
    {
      const DifStep step = level_step (&l, level);

      printf ("%g %.6f %.6f %.6f\n", step.t, step.alpha, l.sum[level][0] / (double) l.n_batches,
              l.sum[level][1] / (double) l.n_batches);
    }
  return 0;
}
