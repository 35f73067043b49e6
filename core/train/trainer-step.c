/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One step: batch, noise, network, loss, and back. */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/streams.h"
#include "core/diffusion/unit-range.h"
#include "core/image/fill.h"
#include "core/ops/elementwise.h"
#include "core/tensor/tape.h"
#include "core/train/trainer-parts.h"

/* Known pixels only have to stay consistent. */
#define KNOWN_WEIGHT 0.1

/* Larger batches' feature maps are made twice instead of being kept: some gigabytes of them. */
#define MAX_KEPT_PIXELS 262144

/* The running mean forgets over so many steps. */
#define MEAN_STEPS 100

typedef struct
{
  guint64    seed;
  guint64    stream;
  DifTensor *noise;
} NoiseJob;

static void
draw_noise (gsize k, guint worker G_GNUC_UNUSED, gpointer data)
{
  const NoiseJob *job = data;
  const gsize     n = job->noise->size / job->noise->dim[0];

  /* a block of the generator is four numbers, which pictures do not share */
  dif_rng_normal (job->seed, job->stream, k * ((n + 3) / 4 * 4), job->noise->data + k * n, n);
}

static DifTensor *
noise_like (DifTrainer *trainer, guint64 stream, const DifTensor *x)
{
  DifTensor *noise = dif_context_like (trainer->context, x);
  NoiseJob   job = { trainer->settings.seed, stream | trainer->step, noise };

  if (noise)
    dif_pool_run (dif_context_pool (trainer->context), noise->dim[0], draw_noise, &job);
  return noise;
}

/* For two views, random signs: of all directions they leave an estimated trace the least variance
 * (Hutchinson 1990). */
static DifTensor *
direction_like (DifTrainer *trainer, const DifTensor *x)
{
  DifTensor *signs = dif_objective_views (trainer->objective) > 1 ?
                         noise_like (trainer, DIF_STREAM_DIRECTION, x) :
                         NULL;

  for (gsize i = 0; signs && i < signs->size; i++)
    signs->data[i] = signs->data[i] < 0.0f ? -1.0f : 1.0f;
  return signs;
}

static gboolean
prepare (DifTrainer *trainer, const DifBatch *batch, const DifTensor *base, DifLesson *lesson)
{
  const gsize           n = batch->x0->dim[0];
  g_autofree DifStep   *steps = g_new (DifStep, n);
  g_autofree double    *draws = g_new (double, n);
  g_autoptr (DifTensor) noise = noise_like (trainer, DIF_STREAM_NOISE, batch->x0);
  g_autoptr (DifTensor) direction = direction_like (trainer, batch->x0);
  g_autoptr (DifTensor) rest = NULL;

  dif_rng_uniform (trainer->settings.seed, DIF_STREAM_LEVEL | trainer->step, 0, draws, n);
  for (gsize k = 0; k < n; k++)
    steps[k] = dif_objective_draw (trainer->objective, &trainer->args, draws[k]);
  if (base)
    rest = dif_sum (trainer->context, 2, (DifTerm[]) { { 1.0, batch->x0 }, { -1.0, base } });
  return dif_objective_prepare (trainer->objective, &trainer->args, trainer->context,
                                base ? rest : batch->x0, noise, direction, steps, lesson);
}

/* The same for each view. */
static DifTensor *
for_views (DifContext *context, DifTensor *x, guint views)
{
  DifTensor *all;

  if (! x || views == 1)
    return x ? dif_tensor_ref (x) : NULL;
  all = dif_context_nhwc (context, views * x->dim[0], x->dim[1], x->dim[2], x->dim[3]);
  for (guint v = 0; all && v < views; v++)
    memcpy (all->data + v * x->size, x->data, x->size * sizeof (float));
  return all;
}

/* What the network reads: x_t, or [x_t, mask, base]. */
static DifTensor *
network_input (DifTrainer *trainer, const DifBatch *batch, const DifTensor *base,
               const DifLesson *lesson)
{
  DifContext           *context = trainer->context;
  g_autoptr (DifTensor) condition = NULL;
  g_autoptr (DifTensor) conditions = NULL;
  g_autoptr (DifTensor) x = trainer->process->unit_range ?
                                dif_unit_range_of (context, lesson->x_t) :
                                dif_tensor_ref (lesson->x_t);

  if (! batch->mask)
    return g_steal_pointer (&x);
  condition = dif_inpainting_condition (context, base, batch->mask, batch->x0->dim[3]);
  conditions = for_views (context, condition, lesson->views);
  return dif_concat_channels (context, x, conditions);
}

static DifTensor *
forward (DifTrainer *trainer, const DifBatch *batch, const DifTensor *base, const DifLesson *lesson)
{
  g_autoptr (DifTensor) input = network_input (trainer, batch, base, lesson);
  g_autoptr (DifTensor) output = NULL;
  const gsize           n = lesson->views * lesson->n;
  g_autofree double    *t = g_new (double, n);
  g_autofree guint     *labels = g_new (guint, n);

  for (gsize k = 0; k < n; k++)
    {
      t[k] = lesson->steps[k % lesson->n].t;
      labels[k] = batch->labels[k % lesson->n];
    }
  output = dif_model_forward_labels (trainer->model, trainer->context, input, t, labels);
  if (! trainer->process->unit_range)
    return g_steal_pointer (&output);
  return dif_sum (trainer->context, 1, (DifTerm[]) { { 1.0 / DIF_UNIT_RANGE, output } });
}

static double
pixel_weight (const DifBatch *batch, gsize at)
{
  const double known = batch->mask ? 1.0 - batch->mask->data[at] : 0.0;
  const double covered = batch->coverage ? batch->coverage->data[at] : 1.0;

  return covered * (1.0 - known + KNOWN_WEIGHT * known);
}

/* How much a picture's pixels count in a mean over it, 1 in the mean. */
static void
pixel_shares (const DifBatch *batch, gsize picture, gsize n, double *shares)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += pixel_weight (batch, picture * n + i);
  for (gsize i = 0; i < n; i++)
    shares[i] = sum > 0.0 ? pixel_weight (batch, picture * n + i) * (double) n / sum : 0.0;
}

static DifTensor *
shares_of (DifContext *context, const DifBatch *batch)
{
  const DifTensor   *x = batch->x0;
  const gsize        n = x->dim[1] * x->dim[2];
  DifTensor         *share = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], 1);
  g_autofree double *shares = g_new (double, n);

  for (gsize k = 0; share && k < x->dim[0]; k++)
    {
      pixel_shares (batch, k, n, shares);
      for (gsize i = 0; i < n; i++)
        share->data[k * n + i] = (float) shares[i];
    }
  return share;
}

/* x times the roots of the pixels' shares; with @from, from + (x - from) times these.  Channels
 * that @from does not have, the variance, stay. */
static DifTensor *
weigh (DifContext *context, const DifTensor *x, const DifTensor *from, const DifBatch *batch)
{
  DifTensor         *y = dif_context_like (context, x);
  const gsize        n = x->dim[1] * x->dim[2];
  const gsize        c = x->dim[3];
  const gsize        c_from = from ? from->dim[3] : c;
  g_autofree double *shares = g_new (double, n);

  for (gsize k = 0; y && k < x->dim[0]; k++)
    {
      pixel_shares (batch, k % batch->x0->dim[0], n, shares);
      for (gsize i = 0; i < n * c; i++)
        {
          const gsize at = k * n * c + i;
          const gsize channel = MIN (i % c, c_from - 1);
          const float base = from ? from->data[(k * n + i / c) * c_from + channel] : 0.0f;
          const float root = (float) sqrt (shares[i / c]);

          y->data[at] = i % c < c_from ? base + root * (x->data[at] - base) : x->data[at];
        }
    }
  return y;
}

/* The loss and its gradient.  Numbers are weighted by stretching how far the output is off, and the
 * direction between two views; the bound, which is no square of these, weighs for itself. */
static DifTensor *
loss_gradient (DifTrainer *trainer, const DifBatch *batch, const DifLesson *lesson,
               const DifTensor *output, double *loss)
{
  DifContext           *context = trainer->context;
  DifLesson             weighted = *lesson; /* borrows */
  g_autoptr (DifTensor) shown = NULL;
  g_autoptr (DifTensor) direction = NULL;
  g_autoptr (DifTensor) share = NULL;
  g_autoptr (DifTensor) dy = NULL;
  const gboolean        weighs = batch->mask || batch->coverage;

  if (! output)
    return NULL;
  if (weighs && trainer->objective->learns_variance)
    weighted.share = share = shares_of (context, batch);
  if (! weighs || share)
    return dif_objective_loss (trainer->objective, &trainer->args, context, &weighted, output, loss,
                               NULL);
  shown = weigh (context, output, lesson->target, batch);
  if (lesson->direction)
    weighted.direction = direction = weigh (context, lesson->direction, NULL, batch);
  dy = dif_objective_loss (trainer->objective, &trainer->args, context, &weighted, shown, loss,
                           NULL);
  return dy ? weigh (context, dy, NULL, batch) : NULL;
}

static gconstpointer
leaf_of (const DifParam *param)
{
  return param->weight ? (gconstpointer) param->weight : param->value;
}

/* Fills the slots' gradients. */
static gboolean
find_gradients (DifTrainer *trainer, const DifBatch *batch, double *loss)
{
  DifContext           *context = trainer->context;
  g_autoptr (DifTape)   tape = dif_tape_new ();
  g_autoptr (DifTensor) base = dif_inpainting_base (context, batch->x0, batch->mask, FALSE, FALSE);
  g_autoptr (DifTensor) output = NULL;
  g_auto (DifLesson) lesson = { 0 };
  DifTensor *dy;

  if (! prepare (trainer, batch, base, &lesson))
    return FALSE;
  for (guint i = 0; i < trainer->n_slots; i++)
    dif_tape_watch (tape, leaf_of (&trainer->params[trainer->slot_params[i]]));
  dif_tape_set_sparse (tape, lesson.x_t->dim[0] * lesson.x_t->dim[1] * lesson.x_t->dim[2] >
                                 MAX_KEPT_PIXELS);
  dif_context_set_tape (context, tape);
  output = forward (trainer, batch, base, &lesson);
  dif_context_set_tape (context, NULL);
  dy = loss_gradient (trainer, batch, &lesson, output, loss);
  if (! dy || ! dif_tape_backward (tape, context, output, dy))
    return FALSE;
  for (guint i = 0; i < trainer->n_slots; i++)
    {
      dif_tensor_unref (trainer->slots[i].gradient);
      trainer->slots[i].gradient =
          dif_tape_take (tape, leaf_of (&trainer->params[trainer->slot_params[i]]));
    }
  return TRUE;
}

static double
done_fraction (const DifTrainer *trainer, guint64 step)
{
  const DifTrainSettings *s = &trainer->settings;
  double                  fraction = 0.0;

  if (s->n_steps > 0)
    fraction = (double) step / (double) s->n_steps;
  if (s->seconds > 0.0)
    fraction = fmax (fraction, trainer->seconds / s->seconds);
  return fmin (fraction, 1.0);
}

static gboolean
descend (DifTrainer *trainer, double loss, GError **error)
{
  const DifTrainSettings *s = &trainer->settings;
  DifPool                *pool = dif_context_pool (trainer->context);
  const double            norm = dif_slots_norm (pool, trainer->slots, trainer->n_slots);
  const double cosine = dif_warmup_cosine (0.0, 1.0, done_fraction (trainer, trainer->step));
  const double rise = fmin (1.0, (double) (trainer->step + 1) / (s->warmup + 1.0));
  DifUpdate    update;

  if (! isfinite (loss) || ! isfinite (norm))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                   _ ("Step %" PRIu64 " gave numbers that are not finite.  A lower "
                      "learning rate may help."),
                   trainer->step + 1);
      return FALSE;
    }
  trainer->learning_rate = s->learning_rate * rise * cosine;
  dif_update_init (&update, &s->rule, trainer->step + 1, trainer->learning_rate, norm);
  dif_slots_step (pool, trainer->slots, trainer->n_slots, &update,
                  dif_average_decay (s->average, trainer->step + 2));
  return dif_params_update (dif_model_params (trainer->model), pool, error);
}

gboolean
dif_trainer_step (DifTrainer *trainer, GError **error)
{
  const gint64 start = g_get_monotonic_time ();
  g_auto (DifBatch) batch = { 0 };
  double loss = NAN;
  double share;

  if (! dif_dataset_batch (trainer->dataset, trainer->context, trainer->settings.seed,
                           trainer->step, trainer->settings.batch, &batch) ||
      ! find_gradients (trainer, &batch, &loss))
    {
      if (! dif_context_take_error (trainer->context, error))
        g_set_error_literal (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                             _ ("This network cannot be trained."));
      return FALSE;
    }
  if (! descend (trainer, loss, error))
    return FALSE;
  trainer->step++;
  share = fmax (1.0 / (double) trainer->step, 1.0 / MEAN_STEPS);
  trainer->loss = loss;
  trainer->mean_loss += share * (loss - trainer->mean_loss);
  trainer->seconds += (double) (g_get_monotonic_time () - start) * 1e-6;
  return TRUE;
}

gboolean
dif_trainer_done (const DifTrainer *trainer)
{
  return dif_progress_is_finishing (trainer->progress) ||
         done_fraction (trainer, trainer->step) >= 1.0;
}

void
dif_trainer_report (const DifTrainer *trainer, DifTrainReport *report)
{
  const DifTrainSettings *s = &trainer->settings;
  const double            n = (double) (trainer->step - trainer->begun_step);
  const double            took = trainer->seconds - trainer->earlier_seconds;
  double                  left = G_MAXDOUBLE;

  if (s->n_steps > 0 && n > 0.0)
    left = took / n * (double) (s->n_steps - MIN (s->n_steps, trainer->step));
  if (s->seconds > 0.0)
    left = fmin (left, fmax (0.0, s->seconds - trainer->seconds));
  *report = (DifTrainReport) { .step = trainer->step,
                               .n_steps = s->n_steps,
                               .loss = trainer->loss,
                               .mean_loss = trainer->mean_loss,
                               .learning_rate = trainer->learning_rate,
                               .fraction = done_fraction (trainer, trainer->step),
                               .pictures_per_second = took > 0.0 ? n * s->batch / took : 0.0,
                               .seconds_left = left < G_MAXDOUBLE ? left : 0.0 };
}
