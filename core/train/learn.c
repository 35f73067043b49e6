/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/learn.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/claim.h"
#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/info.h"
#include "core/checkpoint/store.h"
#include "core/image/fill.h"
#include "core/train/trainer.h"

#define MINUTE 60.0

/* Four pictures, so large that more than a crop is seen of each. */
#define SAMPLES      4u
#define SAMPLE_SIDE  96u
#define SAMPLE_STEPS 10u
#define SAMPLE_SHARE 0.08 /* of the time may go into them */

typedef struct
{
  DifProgress *progress;
  gint64       last; /* when samples were made, and how long that took */
  gint64       taken;
  float        grid[3 * SAMPLES * SAMPLE_SIDE * SAMPLE_SIDE];
  gboolean     has_grid;
} Show;

static gboolean
check (const DifLearning *l, GError **error)
{
  if (l->width < DIF_LEARN_MIN_SIDE || l->height < DIF_LEARN_MIN_SIDE)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("%u × %u pixels are too few to learn from: at least %u × %u are needed."),
                   l->width, l->height, DIF_LEARN_MIN_SIDE, DIF_LEARN_MIN_SIDE);
      return FALSE;
    }
  return dif_learning_check_settings (l, error);
}

static guint8 *
to_bytes (const float *x, gsize n)
{
  guint8 *bytes = g_try_malloc (n);

  for (gsize i = 0; bytes && i < n; i++)
    bytes[i] = (guint8) lrintf (CLAMP (x[i], 0.0f, 1.0f) * 255.0f);
  return bytes;
}

static gboolean
no_memory (const DifLearning *l, GError **error)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
               _ ("There is not enough memory for %u × %u pixels."), l->width, l->height);
  return FALSE;
}

/* How much there is to learn from at a pixel: what is seen, as far as it is selected. */
static float
coverage_at (const DifLearning *l, gsize i)
{
  const float seen = l->alpha ? l->alpha[i] : 1.0f;
  const float selected = l->mask ? CLAMP (l->mask[i], 0.0f, 1.0f) : 1.0f;

  return seen >= DIF_LEAST_ALPHA ? MIN (seen, 1.0f) * selected : 0.0f;
}

/* %NULL without an error where all of the picture is covered. */
static gboolean
find_coverage (const DifLearning *l, guint8 **coverage, GError **error)
{
  const gsize        n = (gsize) l->width * l->height;
  g_autofree guint8 *found = NULL;
  gboolean           any = FALSE;

  *coverage = NULL;
  if (! l->alpha && ! l->mask)
    return TRUE;
  found = g_try_malloc (n);
  if (! found)
    return no_memory (l, error);
  for (gsize i = 0; i < n; i++)
    {
      found[i] = (guint8) lrintf (coverage_at (l, i) * 255.0f);
      any = any || found[i] > 0;
    }
  if (! any)
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_REQUEST,
                           _ ("There is nothing to learn from: all of the picture is transparent "
                              "or outside the mask."));
      return FALSE;
    }
  *coverage = g_steal_pointer (&found);
  return TRUE;
}

/* What is not learnt from may be anything, and is made harmless. */
static float *
find_pixels (const DifLearning *l, GError **error)
{
  const gsize       n = (gsize) l->width * l->height;
  g_autofree float *pixels = g_try_malloc_n (n, 3 * sizeof (float));

  if (! pixels)
    {
      no_memory (l, error);
      return NULL;
    }
  memcpy (pixels, l->pixels, 3 * n * sizeof (float));
  for (gsize i = 0; i < 3 * n; i++)
    {
      const gsize at = i / 3;

      if (isfinite (pixels[i]))
        continue;
      if (coverage_at (l, at) > 0.0f)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                       _ ("The pixel at column %d, row %d is not a number. Paint over it first."),
                       l->origin_x + (gint) (at % l->width), l->origin_y + (gint) (at / l->width));
          return NULL;
        }
      pixels[i] = 0.0f;
    }
  if (l->alpha && ! dif_fill_unseen (pixels, l->alpha, l->width, l->height, error))
    return NULL;
  return g_steal_pointer (&pixels);
}

static DifDataset *
make_dataset (const DifLearning *l, GError **error)
{
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  g_autofree guint8     *coverage = NULL;
  g_autofree guint8     *bytes = NULL;
  g_autofree float      *pixels = NULL;

  if (! find_coverage (l, &coverage, error) || ! (pixels = find_pixels (l, error)))
    return NULL;
  bytes = to_bytes (pixels, 3 * (gsize) l->width * l->height);
  if (! bytes)
    {
      no_memory (l, error);
      return NULL;
    }
  if (! dif_dataset_add (
          dataset, &(const DifTrainPicture) { l->width, l->height, bytes, coverage, NULL }, error))
    return NULL;
  return g_steal_pointer (&dataset);
}

/* A network that says its variance is to go on saying it. */
static const char *
objective_for (const char *model)
{
  g_autoptr (DifModelInfo) info = dif_model_info_load (model, NULL);

  return info && info->learns_variance && info->n_train_steps > 0 ? "hybrid" : "simple";
}

static void
choose (const DifLearning *l, const char *model, DifTrainSettings *settings)
{
  dif_train_settings_init (settings);
  settings->n_steps = 0;
  settings->seconds = l->minutes * MINUTE;
  settings->objective = objective_for (model);
  settings->batch = 8;
  settings->learning_rate = 5e-4;
  settings->warmup = 20;
  settings->average = 0.98;
  settings->seed = l->seed;
  settings->cropping.zoom = 1.0;
  settings->cropping.flip_x = l->mirrored;
  settings->cropping.flip_y = l->turned;
  settings->cropping.turn = l->turned;
  settings->cropping.jitter = 0.0;
  settings->cropping.dropout = 0.0;
}

/* [n, side, side, 3] to two rows of pictures. */
static void
lay_out (const float *pixels, float *grid)
{
  const gsize row = 3 * SAMPLE_SIDE;

  for (gsize k = 0; k < SAMPLES; k++)
    for (gsize y = 0; y < SAMPLE_SIDE; y++)
      memcpy (grid + ((k / 2 * SAMPLE_SIDE + y) * 2 + k % 2) * row,
              pixels + (k * SAMPLE_SIDE + y) * row, row * sizeof (float));
}

/* As often as their share of the time allows; a failure shows when training goes on. */
static void
make_samples (Show *show, DifTrainer *trainer)
{
  const gint64      begin = g_get_monotonic_time ();
  g_autofree float *pixels = NULL;

  if (show->has_grid && begin - show->last < show->taken / SAMPLE_SHARE)
    return;
  pixels = g_new (float, G_N_ELEMENTS (show->grid));
  if (dif_trainer_samples (trainer, SAMPLES, SAMPLE_SIDE, SAMPLE_STEPS, 1, pixels, NULL))
    {
      lay_out (pixels, show->grid);
      show->has_grid = TRUE;
    }
  show->last = g_get_monotonic_time ();
  show->taken = show->last - begin;
}

static void
on_step (DifTrainer *trainer, const DifTrainReport *report, gpointer data)
{
  Show           *show = data;
  DifProgressInfo info = { .fraction = report->fraction,
                           .step = (guint) report->step,
                           .n_steps = (guint) report->n_steps,
                           .seconds_left = report->seconds_left };

  if (! dif_progress_wants_preview (show->progress))
    return;
  make_samples (show, trainer);
  if (show->has_grid)
    {
      info.preview = show->grid;
      info.width = 2 * SAMPLE_SIDE;
      info.height = SAMPLES / 2 * SAMPLE_SIDE;
    }
  dif_progress_tell (show->progress, &info);
}

static gboolean
train (DifTrainer *trainer, DifProgress *progress, GError **error)
{
  g_autofree Show *show = g_new0 (Show, 1);
  DifTrainReport   report;

  show->progress = progress;
  while (! dif_trainer_done (trainer))
    {
      if (! dif_trainer_step (trainer, error))
        return FALSE;
      dif_trainer_report (trainer, &report);
      on_step (trainer, &report, show);
    }
  return dif_progress_check (progress, error);
}

/* A state would be of no use once the time is over.  The folder is ours; but who copies a model
 * over it nevertheless keeps it. */
static gboolean
save (const DifLearning *l, DifTrainer *trainer, GError **error)
{
  g_autofree char *finished = g_build_filename (l->folder, DIF_CLAIM_FINISHED, NULL);
  g_autofree char *display = g_filename_display_name (l->folder);

  if (g_file_test (finished, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_EXISTS,
                   _ ("Somebody else has put a model into “%s” in the meantime."), display);
      return FALSE;
    }
  if (dif_trainer_save (trainer, l->folder, error))
    return TRUE;
  dif_checkpoint_unsave (l->folder);
  return FALSE;
}

gboolean
dif_learn (const DifLearning *l, DifProgress *progress, GError **error)
{
  g_autoptr (DifDataset) dataset = NULL;
  g_autoptr (DifTrainer) trainer = NULL;
  g_autoptr (DifClaim)   claim = NULL;
  g_autofree char       *model = NULL;
  DifTrainSettings       settings;

  if (! check (l, error))
    return FALSE;
  model = dif_resolve_model (l->model, error);
  if (! model)
    {
      dif_error_name_setting (error, "model");
      return FALSE;
    }
  choose (l, model, &settings);
  dataset = make_dataset (l, error);
  claim = dataset ? dif_claim_new (l->folder, FALSE, error) : NULL;
  if (! claim)
    return FALSE;
  trainer = dif_trainer_new_from (model, &settings, dataset, l->threads, progress, error);
  return trainer && train (trainer, progress, error) && save (l, trainer, error);
}
