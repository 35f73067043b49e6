/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/bound-estimate.h"

#include <math.h>
#include <stdlib.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/finite.h"
#include "core/base/rng.h"
#include "core/base/streams.h"
#include "core/train/bound.h"
#include "core/train/importance.h"

/* Crops that the network sees together. */
#define TOGETHER 4

/* The look that the chances come from: so many pictures, at so many levels of each of two spacings.
 */
#define N_LOOKED 8
#define N_LEVELS 16

/* Which noise of a crop: L_0's is the first, that of a step its number, and those of the first look
 * lie beyond.  There are at most DIF_MAX_TRAIN_STEPS steps. */
#define CROP_BITS 24
#define AT_LOOK   (1u << 20)

typedef struct
{
  guint          id;
  guint          row;
  float         *pixels;
  double        *x0;
  DifBoundRecord record;
} Crop;

typedef struct
{
  const DifBoundSettings *settings;
  const DifDataset       *dataset;
  DifContext             *context;
  DifObjectiveArgs        args;
  guint                   size;
  gsize                   n; /* numbers of a crop */
  guint                   n_levels;
  guint                   done, in_all; /* crops times steps */
  DifImportance          *importance;   /* NULL where all steps are looked at */
  DifBoundTally          *tally;
} Work;

static void
crop_clear (gpointer data)
{
  Crop *crop = data;

  g_free (crop->pixels);
  g_free (crop->x0);
  dif_bound_record_clear (&crop->record);
}

/* Adds a crop, unless there is something in it that nobody sees. */
static void
cut (Work *work, guint picture, guint k, GArray *crops)
{
  Crop crop = { .id = picture * work->settings->crops + k,
                .pixels = g_new (float, work->n),
                .x0 = g_new (double, work->n) };

  dif_bound_record_init (&crop.record, work->n_levels);
  if (! dif_dataset_cut (work->dataset, work->settings->seed, picture, k, crop.pixels, &crop.row))
    {
      crop_clear (&crop);
      return;
    }
  for (gsize i = 0; i < work->n; i++)
    crop.x0[i] = crop.pixels[i];
  crop.record.prior = dif_bound_prior (work->settings->process, work->n, crop.x0);
  g_array_append_val (crops, crop);
}

static GArray *
crops_new (void)
{
  GArray *crops = g_array_new (FALSE, FALSE, sizeof (Crop));

  g_array_set_clear_func (crops, crop_clear);
  return crops;
}

/* ---- one evaluation ---- */

static DifTensor *
noised (const Work *work, const Crop *crops, guint n, const DifStep *step, guint draw)
{
  DifTensor        *x = dif_context_nhwc (work->context, n, work->size, work->size, 3);
  g_autofree float *noise = g_new (float, work->n);

  for (guint k = 0; x && k < n; k++)
    {
      const guint64 stream = (guint64) crops[k].id << CROP_BITS | draw;

      dif_rng_normal (work->settings->seed, DIF_STREAM_NOISE | stream, 0, noise, work->n);
      for (gsize i = 0; i < work->n; i++)
        x->data[k * work->n + i] = (float) (step->alpha * crops[k].x0[i] + step->sigma * noise[i]);
    }
  return x;
}

static gboolean
check (const Work *work, const DifPrediction *p, guint index)
{
  GError *error = NULL;

  if (! dif_all_finite (p->x0->data, p->x0->size))
    error = g_error_new (DIF_ERROR, DIF_ERROR_NONFINITE,
                         _ ("The model's output at timestep %u has numbers that are not finite."),
                         index);
  else if (work->settings->variance == DIF_VARIANCE_LEARNED_RANGE && ! p->variance)
    error = g_error_new_literal (DIF_ERROR, DIF_ERROR_MISMATCH,
                                 _ ("This network says nothing of a variance."));
  if (error)
    dif_context_fail (work->context, error);
  return error == NULL;
}

/* The terms of crops whose x was @x and of which the denoiser said @p. */
static void
terms_of (const Work *work, const Crop *crops, guint index, const DifStep *step, const DifTensor *x,
          const DifPrediction *p, double *terms)
{
  const gsize        n = work->n;
  g_autofree double *room = g_new (double, 3 * n);

  for (gsize k = 0; k < x->dim[0]; k++)
    {
      const DifExample example = { *step, n, crops[k].x0, NULL, room };
      const DifOutput  output = { room + n, room + 2 * n, NULL, NULL };

      for (gsize i = 0; i < n; i++)
        {
          room[i] = x->data[k * n + i];
          room[n + i] = p->x0->data[k * n + i];
          room[2 * n + i] = p->variance ? p->variance->data[k * n + i] : 0.0;
        }
      terms[k] = dif_bound_term (&work->args, index, &example, &output);
    }
}

static gboolean
evaluate (Work *work, const Crop *crops, guint n, guint index, guint draw, double *terms)
{
  const DifStep           step = dif_bound_level (work->settings->process, index);
  g_autofree guint       *rows = g_new (guint, n);
  g_autoptr (DifTensor)   x = noised (work, crops, n, &step, draw);
  g_autoptr (DifDenoiser) chain = NULL;
  g_auto (DifPrediction) p = { 0 };

  for (guint k = 0; k < n; k++)
    rows[k] = crops[k].row;
  chain = work->settings->chain (work->context, rows, n, work->settings->data);
  if (! chain || ! dif_denoise (chain, work->context, x, &step, &p) || ! check (work, &p, index))
    return FALSE;
  terms_of (work, crops, index, &step, x, &p, terms);
  work->done += n;
  dif_progress_report (dif_context_progress (work->context), work->done, work->in_all, NULL, 0, 0);
  return ! dif_progress_is_finishing (dif_context_progress (work->context));
}

/* ---- the chances of steps ---- */

static int
compare_levels (gconstpointer a, gconstpointer b)
{
  return (int) *(const guint *) a - (int) *(const guint *) b;
}

/* Steps from 1 to T - 1, evenly spread over them and over their logarithms; none twice. */
static guint
choose_levels (guint n_levels, guint *levels)
{
  const double last = n_levels - 1.0;
  guint        n = 0;

  for (guint k = 0; k < N_LEVELS; k++)
    {
      const double share = (double) k / (N_LEVELS - 1);

      levels[2 * k] = (guint) lrint (1.0 + share * (last - 1.0));
      levels[2 * k + 1] = (guint) lrint (pow (last, share));
    }
  qsort (levels, 2 * (gsize) N_LEVELS, sizeof *levels, compare_levels);
  for (guint k = 0; k < 2 * N_LEVELS; k++)
    if (n == 0 || levels[k] != levels[n - 1])
      levels[n++] = levels[k];
  return n;
}

static gboolean
look (Work *work)
{
  const guint        n_pictures = dif_dataset_n_usable (work->dataset);
  const guint        n = MIN (n_pictures, N_LOOKED);
  guint              levels[2 * N_LEVELS];
  double             squares[2 * N_LEVELS] = { 0.0 };
  double             terms[N_LOOKED];
  const guint        n_levels = choose_levels (work->n_levels, levels);
  g_autoptr (GArray) crops = crops_new ();

  for (guint k = 0; k < n; k++)
    cut (work, (guint) ((guint64) k * n_pictures / n), 0, crops);
  work->in_all += n_levels * crops->len;
  for (guint i = 0; i < n_levels; i++)
    {
      if (crops->len > 0 && ! evaluate (work, (const Crop *) crops->data, crops->len, levels[i],
                                        AT_LOOK + levels[i], terms))
        return FALSE;
      for (guint k = 0; k < crops->len; k++)
        squares[i] += terms[k] * terms[k] / crops->len;
    }
  work->importance = dif_importance_new (work->n_levels - 1, n_levels, levels, squares);
  return TRUE;
}

/* ---- pictures ---- */

static gboolean
all_steps (Work *work, Crop *crops, guint n)
{
  g_autofree double *terms = g_new (double, n);

  for (guint t = 1; t < work->n_levels; t++)
    {
      if (! evaluate (work, crops, n, t, t, terms))
        return FALSE;
      for (guint k = 0; k < n; k++)
        dif_bound_record_step (&crops[k].record, t, terms[k], 1.0);
    }
  return TRUE;
}

static gboolean
drawn_steps (Work *work, Crop *crop)
{
  const guint        n = work->settings->draws;
  g_autofree double *u = g_new (double, n);

  dif_rng_uniform (work->settings->seed, DIF_STREAM_LEVEL | crop->id, 0, u, n);
  for (guint k = 0; k < n; k++)
    {
      double      chance, term;
      const guint t = dif_importance_draw (work->importance, (k + u[k]) / n, &chance);

      if (! evaluate (work, crop, 1, t, k + 1, &term))
        return FALSE;
      dif_bound_record_step (&crop->record, t, term, 1.0 / (n * chance));
    }
  return TRUE;
}

static gboolean
find_terms (Work *work, Crop *crops, guint n)
{
  g_autofree double *terms = g_new (double, n);

  if (! evaluate (work, crops, n, 0, 0, terms))
    return FALSE;
  for (guint k = 0; k < n; k++)
    crops[k].record.decoder = terms[k];
  if (! work->importance)
    return all_steps (work, crops, n);
  for (guint k = 0; k < n; k++)
    if (! drawn_steps (work, &crops[k]))
      return FALSE;
  return TRUE;
}

/* Whole pictures, so many that the network sees some crops together. */
static gboolean
look_at_group (Work *work, guint first, guint n)
{
  g_autoptr (GArray)         crops = crops_new ();
  g_autofree guint          *ends = g_new (guint, n);
  g_autofree DifBoundRecord *records = NULL;
  guint                      from = 0;

  for (guint p = 0; p < n; p++)
    {
      for (guint k = 0; k < work->settings->crops; k++)
        cut (work, first + p, k, crops);
      ends[p] = crops->len;
    }
  if (crops->len > 0 && ! find_terms (work, (Crop *) crops->data, crops->len))
    return FALSE;
  records = g_new (DifBoundRecord, crops->len);
  for (guint k = 0; k < crops->len; k++)
    records[k] = g_array_index (crops, Crop, k).record;
  for (guint p = 0; p < n; from = ends[p++])
    dif_bound_tally_add (work->tally, ends[p] - from, records + from);
  return TRUE;
}

static gboolean
look_at_all (Work *work)
{
  const DifBoundSettings *s = work->settings;
  const guint             n = dif_dataset_n_usable (work->dataset);
  const guint             group = MAX (TOGETHER / s->crops, 1);
  const guint             steps = s->draws > 0 ? s->draws : work->n_levels - 1;

  work->in_all = n * s->crops * (steps + 1);
  dif_progress_report (dif_context_progress (work->context), 0, work->in_all, NULL, 0, 0);
  if (s->draws > 0 && work->n_levels > 1 && ! look (work))
    return FALSE;
  for (guint first = 0; first < n; first += group)
    if (! look_at_group (work, first, MIN (group, n - first)))
      return FALSE;
  return TRUE;
}

/* Where it was to finish, with what there is. */
static void
conclude (Work *work, gboolean looked, DifBoundFigures *figures)
{
  dif_bound_tally_figures (work->tally, figures);
  if (! work->importance)
    figures->drawn = NAN; /* neighbors are no draws of the same */
  if (figures->n_pictures > 0 || ! dif_context_ok (work->context))
    return;
  if (looked)
    dif_context_fail (work->context,
                      g_error_new_literal (DIF_ERROR, DIF_ERROR_REQUEST,
                                           _ ("All pictures are transparent somewhere.")));
  else
    dif_context_fail (work->context,
                      g_error_new_literal (DIF_ERROR, DIF_ERROR_CANCELLED, _ ("Cancelled.")));
}

gboolean
dif_bound_estimate (const DifBoundSettings *settings, const DifDataset *dataset,
                    DifContext *context, DifBoundFigures *figures)
{
  const guint size = dif_dataset_size (dataset);
  Work        work = { .settings = settings,
                       .dataset = dataset,
                       .context = context,
                       .size = size,
                       .n = (gsize) size * size * 3,
                       .n_levels = dif_bound_n_levels (settings->process) };
  gboolean    looked;

  g_return_val_if_fail (settings->crops > 0 && settings->draws != 1, FALSE);
  dif_objective_args_init (&work.args, settings->process);
  work.args.prediction = DIF_PREDICTION_SAMPLE; /* the chain has made that of it */
  work.args.variance = settings->variance;
  work.args.exact_cdf = TRUE;
  work.tally = dif_bound_tally_new (work.n_levels);
  looked = look_at_all (&work);
  conclude (&work, looked, figures);
  dif_bound_tally_free (work.tally);
  dif_importance_free (work.importance);
  if (dif_context_ok (context))
    return TRUE;
  dif_bound_figures_clear (figures);
  return FALSE;
}
