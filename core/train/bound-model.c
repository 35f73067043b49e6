/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/bound-model.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/network.h"
#include "core/image/fill.h"

#define DEFAULT_SIZE  64
#define DEFAULT_DRAWS 16
#define MOST_PIXELS   4096 /* on a side of a crop */

typedef struct
{
  const DifCheckpoint *checkpoint;
  DifContext          *context;
  DifCondition       **conditions; /* of the dataset's labels, and at the end without one */
  guint                n_conditions;
  DifTensor           *inpainting; /* what such a network reads behind x */
} Model;

static void
model_clear (Model *model)
{
  for (guint i = 0; i < model->n_conditions; i++)
    if (model->conditions[i])
      dif_condition_unref (model->conditions[i]);
  g_free (model->conditions);
  if (model->inpainting)
    dif_tensor_unref (model->inpainting);
  dif_context_free (model->context);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Model, model_clear)

void
dif_bound_options_init (DifBoundOptions *options, const DifCheckpoint *checkpoint)
{
  const DifModelFacts *facts = dif_model_facts (checkpoint->model);
  const gboolean       large = checkpoint->process && checkpoint->process->large_variance;
  const guint          size = facts->sample_size > 0 ? facts->sample_size : DEFAULT_SIZE;

  *options = (DifBoundOptions) {
    .size = MAX (size / facts->multiple, 1) * facts->multiple,
    .variance = large ? DIF_VARIANCE_FIXED_LARGE : DIF_VARIANCE_FIXED_SMALL,
    .crops = 1,
    .draws = DEFAULT_DRAWS,
  };
  if (dif_checkpoint_learns_variance (checkpoint))
    options->variance = DIF_VARIANCE_LEARNED_RANGE;
}

/* ---- what the network is told ---- */

static DifCondition *
condition_of (const DifCheckpoint *checkpoint, const char *label)
{
  if (dif_model_facts (checkpoint->model)->n_classes == 0)
    return NULL;
  return dif_conditioner_read (checkpoint->conditioner, label, NULL);
}

guint
dif_bound_known_labels (const DifCheckpoint *checkpoint, const DifDataset *dataset)
{
  g_auto (GStrv) names = dif_dataset_labels (dataset);
  guint n = 0;

  for (guint i = 0; names[i]; i++)
    {
      g_autoptr (DifCondition) condition = condition_of (checkpoint, names[i]);

      n += condition != NULL;
    }
  return n;
}

/* Labels that the network does not have are none. */
static guint *
find_conditions (Model *model, const DifDataset *dataset)
{
  g_auto (GStrv) names = dif_dataset_labels (dataset);
  const guint n = g_strv_length (names);
  guint      *rows = g_new (guint, n + 1);

  model->conditions = g_new0 (DifCondition *, n + 1);
  model->n_conditions = n + 1;
  for (guint i = 0; i < n; i++)
    {
      model->conditions[i] = condition_of (model->checkpoint, names[i]);
      rows[i] = model->conditions[i] ? i : n;
    }
  return rows;
}

static DifCondition *
no_label (Model *model)
{
  DifCondition **none = &model->conditions[model->n_conditions - 1];
  GError        *error = NULL;

  if (! *none)
    *none = dif_conditioner_read (model->checkpoint->conditioner, NULL, &error);
  if (error)
    dif_context_fail (model->context, error);
  return *none;
}

/* Without guidance: clip (predict (windows (network))) */
static DifDenoiser *
chain (DifContext *context G_GNUC_UNUSED, const guint *rows, guint n, gpointer data)
{
  Model                    *model = data;
  const DifCheckpoint      *checkpoint = model->checkpoint;
  const DifProcess         *process = checkpoint->process;
  const DifWindowSizes      sizes = { .most = G_MAXSIZE,
                                      .multiple = dif_model_facts (checkpoint->model)->multiple };
  g_autofree DifCondition **own = g_new (DifCondition *, n);
  DifEvaluator             *evaluator;
  DifDenoiser              *denoiser;

  for (guint i = 0; i < n; i++)
    {
      own[i] = rows[i] + 1 < model->n_conditions ? model->conditions[rows[i]] : no_label (model);
      if (! own[i])
        return NULL;
    }
  evaluator = dif_network_new (checkpoint->model, own, n);
  if (model->inpainting)
    evaluator = dif_windows_new (evaluator, &sizes, model->inpainting);
  denoiser = dif_predict_for (evaluator, process);
  if (process->thresholding)
    return dif_threshold_new (denoiser, process->threshold_ratio, process->threshold_most);
  return process->clip ? dif_clip_new (denoiser, process->clip_range) : denoiser;
}

/* ---- the whole ---- */

static gboolean
check (const DifCheckpoint *checkpoint, const DifDataset *dataset, const DifBoundOptions *options,
       GError **error)
{
  const guint multiple = dif_model_facts (checkpoint->model)->multiple;

  if (! dif_checkpoint_check (checkpoint, error))
    return FALSE;
  if (! dif_codec_is_pixels (checkpoint->codec))
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                           _ ("A network that works on compressed images has no bound on the bits "
                              "of pictures."));
      return FALSE;
    }
  if (dif_dataset_n_pictures (dataset) == 0)
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_REQUEST, _ ("There are no pictures."));
  else if (options->size == 0 || options->size % multiple || options->size > MOST_PIXELS)
    g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                 _ ("The size %u is not a multiple of %u, as this network needs, or too large."),
                 options->size, multiple);
  else
    return TRUE;
  return FALSE;
}

gboolean
dif_bound_model (const DifCheckpoint *checkpoint, DifDataset *dataset,
                 const DifBoundOptions *options, guint n_threads, DifProgress *progress,
                 DifBoundFigures *figures, GError **error)
{
  const DifCropping cropping = { .size = options->size, .zoom = 1.0 };
  DifBoundSettings  settings = { .process = checkpoint->process,
                                 .chain = chain,
                                 .variance = options->variance,
                                 .crops = options->crops,
                                 .draws = options->draws,
                                 .seed = options->seed };
  g_auto (Model) model = { .checkpoint = checkpoint };
  g_autofree guint *rows = NULL;

  model.context = dif_context_new (n_threads, progress);
  settings.data = &model;
  rows = find_conditions (&model, dataset);
  if (! check (checkpoint, dataset, options, error) ||
      ! dif_dataset_prepare (dataset, &cropping, rows, model.n_conditions - 1, error))
    return FALSE;
  if (checkpoint->inpainting != DIF_INPAINTING_NONE)
    model.inpainting = dif_inpainting_condition (model.context, NULL, NULL, 3);
  if (dif_bound_estimate (&settings, dataset, model.context, figures))
    return TRUE;
  dif_context_take_error (model.context, error);
  return FALSE;
}
