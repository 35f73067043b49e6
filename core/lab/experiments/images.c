/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/sampler.h"
#include "core/lab/experiment.h"
#include "core/lab/sheet.h"
#include "core/lab/texture-cut.h"
#include "core/lab/texture-distance.h"
#include "core/lab/texture-model.h"
#include "core/lab/two-scores.h"
#include "core/train/bound-model.h"

#define N_RATIOS     8
#define LOWEST       0.02 /* of them, of noise to picture */
#define HIGHEST      10.0
#define MIDDLE_FROM  0.1 /* where the claim about scores is made */
#define MIDDLE_TO    5.0
#define N_TILES      64 /* of the picture, for bounds and scores */
#define N_SCORED     16
#define BOUND_DRAWS  16
#define MOST_SHOWN   2 /* pictures by each sampler */
#define GAP          4
#define WHOLE_EFFORT 0.25 /* less is not enough for a network of 1.7 million parameters */

/* The network and what it learns from. */
typedef struct
{
  const char *config;
  guint       size; /* of crops */
  guint       batch;
  double      n_steps; /* at an effort of 1 */
  double      rate;
  double      average; /* Song & Ermon 2020, technique 5 */
  guint       side;    /* of the pictures that are made */
  guint       shown;
  guint       evaluations; /* of the network for each; samplers that need more take these */
} Form;

static const Form whole = {
  .config = "{\"_class_name\": \"UNet2DModel\", \"_diffusers_version\": \"0.30.0\","
            " \"in_channels\": 3, \"out_channels\": 3, \"sample_size\": 32,"
            " \"add_attention\": false, \"block_out_channels\": [32, 64, 96],"
            " \"down_block_types\": [\"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\"],"
            " \"up_block_types\": [\"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\"],"
            " \"layers_per_block\": 1, \"norm_num_groups\": 8}",
  .size = 32,
  .batch = 16,
  .n_steps = 1400.0,
  .rate = 3e-4,
  .average = 0.999,
  .side = 80,
  .shown = MOST_SHOWN,
  .evaluations = 400,
};

static const Form tiny = {
  .config = "{\"_class_name\": \"UNet2DModel\", \"_diffusers_version\": \"0.30.0\","
            " \"in_channels\": 3, \"out_channels\": 3, \"sample_size\": 16,"
            " \"add_attention\": false, \"block_out_channels\": [16, 16],"
            " \"down_block_types\": [\"DownBlock2D\", \"DownBlock2D\"],"
            " \"up_block_types\": [\"UpBlock2D\", \"UpBlock2D\"],"
            " \"layers_per_block\": 1, \"norm_num_groups\": 4}",
  .size = 16,
  .batch = 4,
  .n_steps = 6000.0,
  .rate = 2e-3,
  .average = 0.99,
  .side = DIF_TEXTURE_MIN_SIDE,
  .shown = 1,
  .evaluations = 20,
};

/* Who learns; an objective of two views has the network look twice at each step. */
enum
{
  DDPM,
  LADDER,
  ONE_LEVEL,
  N_PUPILS,
};

static const struct
{
  const char *name;
  const char *objective;
  double      share; /* of the steps */
} pupils[N_PUPILS] = {
  { N_ ("L_simple"), "simple", 1.0 },
  { N_ ("ladder"), "ncsn", 1.0 },
  { N_ ("one level"), "fd-ssm", 0.5 },
};

/* The sheet, from left to right and from above; without a sampler pieces of the picture itself. */
static const struct
{
  guint       pupil;
  const char *sampler;
  double      most; /* of the texture distance, at an effort of 1 */
} shows[] = {
  { DDPM, "ddim", 0.2 },
  { LADDER, "ddim",
    0.4 }, /* set after 0.30 was found: nothing takes back what a score is wrong by */
  { DDPM, "annealed-langevin", 0.2 },
  { LADDER, "annealed-langevin", 0.2 },
  { DDPM, "consistent-annealed", 0.2 },
  { LADDER, "consistent-annealed", 0.2 },
  { DDPM, "predictor-corrector", 0.2 },
  { LADDER, "predictor-corrector", 0.2 },
  { DDPM, NULL, 0.2 },
  { ONE_LEVEL, "langevin", 0.8 },
};

#define N_SHOWS G_N_ELEMENTS (shows)

typedef struct
{
  DifContext     *context;
  const Form     *form;
  double          effort;
  const DifImage *picture;
  DifFindings    *findings;
  DifImage       *tiles[N_TILES];
  DifTensor      *scored; /* some of them, in [-1, 1] */
  DifCheckpoint  *models[N_PUPILS];
  DifImage       *made[N_SHOWS * MOST_SHOWN];
} Work;

static void
work_clear (Work *work)
{
  for (guint i = 0; i < N_TILES; i++)
    g_clear_pointer (&work->tiles[i], dif_image_free);
  for (guint i = 0; i < N_PUPILS; i++)
    g_clear_pointer (&work->models[i], dif_checkpoint_free);
  for (guint i = 0; i < N_SHOWS * MOST_SHOWN; i++)
    g_clear_pointer (&work->made[i], dif_image_free);
  g_clear_pointer (&work->scored, dif_tensor_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

/* With less effort less is learned, and less is claimed. */
static double
weaker (const Work *work, double most)
{
  return most / pow (work->effort, 0.25);
}

/* ---- the picture ---- */

static gboolean
check (const Work *work)
{
  const guint least = MAX (work->form->side, DIF_TEXTURE_MIN_SIDE);

  if (MIN (work->picture->width, work->picture->height) >= least)
    return TRUE;
  dif_context_fail (work->context,
                    g_error_new (DIF_ERROR, DIF_ERROR_REQUEST,
                                 _ ("The picture has %u × %u pixels; at least %u × %u are needed."),
                                 work->picture->width, work->picture->height, least, least));
  return FALSE;
}

/* The k-th of n pieces from all over the picture. */
static DifImage *
piece (const Work *work, guint size, guint k, guint n)
{
  const guint columns = work->picture->width / size;
  const guint rows = work->picture->height / size;
  const guint at = (guint) ((guint64) k * columns * rows / n);
  const guint left = at % columns * size, top = at / columns * size;
  GError     *error = NULL;
  DifImage   *image = dif_texture_cut (work->picture, left, top, size, size, &error);

  if (error)
    dif_context_fail (work->context, error);
  return image;
}

static gboolean
cut (Work *work)
{
  const guint size = work->form->size;
  const gsize n = 3 * (gsize) size * size;

  work->scored = dif_context_nhwc (work->context, N_SCORED, size, size, 3);
  for (guint k = 0; work->scored && k < N_TILES; k++)
    {
      const guint every = N_TILES / N_SCORED;

      work->tiles[k] = piece (work, size, k, N_TILES);
      for (gsize i = 0; work->tiles[k] && k % every == 0 && i < n; i++)
        work->scored->data[k / every * n + i] = 2.0f * work->tiles[k]->pixels[i] - 1.0f;
    }
  return dif_context_ok (work->context);
}

static DifDataset *
dataset_of (const Work *work, const DifImage *const *images, guint n)
{
  GError     *error = NULL;
  DifDataset *dataset = dif_texture_dataset_new (images, n, &error);

  if (error)
    dif_context_fail (work->context, error);
  return dataset;
}

/* ---- learning ---- */

static void
learn (Work *work, guint pupil)
{
  g_autoptr (DifDataset) dataset = dataset_of (work, &work->picture, 1);
  DifTrainSettings       settings;

  if (! dataset)
    return;
  dif_train_settings_init (&settings);
  settings.objective = pupils[pupil].objective;
  settings.n_steps = (guint64) fmax (work->form->n_steps * pupils[pupil].share * work->effort, 1.0);
  settings.batch = work->form->batch;
  settings.learning_rate = work->form->rate;
  settings.average = work->form->average;
  settings.seed = 50;
  settings.cropping = (DifCropping) { .size = work->form->size, .zoom = 1.0 };
  work->models[pupil] =
      dif_texture_model_new (work->context, work->form->config, &settings, dataset);
}

/* ---- pictures ---- */

static double
distance_of (const Work *work, const DifImage *image)
{
  DifTextureDistance distance = { 0.0 };
  GError            *error = NULL;

  if (! dif_texture_distance (work->context, work->picture, image, &distance, &error))
    dif_context_fail (work->context, error);
  return distance.distance;
}

static char *
name_of (guint show)
{
  const DifSampler *sampler = dif_sampler_find (shows[show].sampler);

  if (! sampler)
    return g_strdup (_ ("pieces of the picture itself: texture distance"));
  return g_strdup_printf (_ ("%s, %s: texture distance"), _ (pupils[shows[show].pupil].name),
                          _ (sampler->label));
}

static void
make (Work *work, guint show)
{
  const guint shown = work->form->shown;
  double      distance = 0.0;

  for (guint k = 0; k < shown && dif_context_ok (work->context); k++)
    {
      const guint side = work->form->side;
      DifImage   *image =
          shows[show].sampler ?
                dif_texture_model_make (work->context, work->models[shows[show].pupil],
                                        shows[show].sampler, work->form->evaluations, side, 60 + k) :
                piece (work, side, k, shown);

      work->made[show * shown + k] = image;
      distance += image ? distance_of (work, image) / shown : 0.0;
    }
  if (dif_context_ok (work->context))
    dif_findings_add (work->findings, 0.0, distance, weaker (work, shows[show].most),
                      name_of (show));
}

static void
lay_out (Work *work)
{
  const guint shown = work->form->shown;
  GError     *error = NULL;

  work->findings->sheet =
      dif_sheet_new ((const DifImage *const *) work->made, N_SHOWS * shown, 2 * shown, GAP, &error);
  if (error)
    dif_context_fail (work->context, error);
}

/* ---- bounds ---- */

static void
bound (Work *work, guint pupil, double most)
{
  const DifCheckpoint   *model = work->models[pupil];
  const guint            n_threads = dif_pool_n_workers (dif_context_pool (work->context));
  g_autoptr (DifDataset) dataset =
      dataset_of (work, (const DifImage *const *) work->tiles, N_TILES);
  g_auto (DifBoundFigures) figures = { 0 };
  DifBoundOptions options;
  GError         *error = NULL;

  if (! dataset || ! dif_context_ok (work->context))
    return;
  dif_bound_options_init (&options, model);
  options.size = work->form->size;
  options.draws = BOUND_DRAWS;
  if (! dif_bound_model (model, dataset, &options, n_threads, dif_context_progress (work->context),
                         &figures, &error))
    {
      dif_context_fail (work->context, error);
      return;
    }
  dif_findings_add (work->findings, 0.0, figures.total.mean, weaker (work, most),
                    g_strdup_printf (_ ("%s: bound, in bits per dimension (± %.2f)"),
                                     _ (pupils[pupil].name), figures.total.error));
  dif_findings_add (work->findings, 0.0, figures.decoder.mean, weaker (work, 0.8 * most),
                    g_strdup_printf (_ ("%s: L_0 of that"), _ (pupils[pupil].name)));
}

/* ---- scores ---- */

static void
curve (DifPlot *plot, const double *x, const double *y, gsize step, DifPlotColor color)
{
  double points[2 * N_RATIOS];

  for (guint i = 0; i < N_RATIOS; i++)
    {
      points[2 * i] = x[i];
      points[2 * i + 1] = y[i * step];
    }
  dif_plot_curve (plot, N_RATIOS, points, color, FALSE);
  dif_plot_dots (plot, N_RATIOS, points, color, 5.0);
}

static void
show_scores (DifFindings *findings, const double *x, const DifTwoScores *scores)
{
  const gsize  step = sizeof *scores / sizeof (double);
  const double range[] = { x[0], x[N_RATIOS - 1] };
  const double one[] = { 0.0, 1.05 };

  findings->plot = dif_plot_new (_ ("The ladder's score and −ε/√(1 − ᾱ) of L_simple"), 200.0);
  dif_plot_panel (findings->plot, _ ("cosine between them"), "log₁₀ σ/α", 240.0, range, one);
  curve (findings->plot, x, &scores->cosine, step, DIF_PLOT_GREEN);
  dif_plot_panel (findings->plot, _ ("difference, of the ladder's"), "log₁₀ σ/α", 240.0, range,
                  one);
  curve (findings->plot, x, &scores->difference, step, DIF_PLOT_GREEN);
  dif_plot_panel (findings->plot, _ ("share of the noise that is not seen"),
                  _ ("log₁₀ σ/α; blue: L_simple, orange: ladder"), 240.0, range, one);
  curve (findings->plot, x, &scores->unseen[0], step, DIF_PLOT_BLUE);
  curve (findings->plot, x, &scores->unseen[1], step, DIF_PLOT_ORANGE);
}

static void
compare (Work *work)
{
  DifTwoScores scores[N_RATIOS];
  double       x[N_RATIOS];

  for (guint i = 0; i < N_RATIOS; i++)
    {
      const double ratio = LOWEST * pow (HIGHEST / LOWEST, i / (N_RATIOS - 1.0));

      x[i] = log10 (ratio);
      if (! dif_two_scores_compare (work->context, work->models[DDPM], work->models[LADDER],
                                    work->scored, ratio, 70 + i, &scores[i]))
        return;
      if (ratio < MIDDLE_FROM || ratio > MIDDLE_TO)
        continue;
      dif_findings_add (work->findings, 1.0 - weaker (work, 0.1), scores[i].cosine, 1.0,
                        g_strdup_printf (_ ("σ/α = %.2f: cosine between the two scores"), ratio));
      dif_findings_add (work->findings, 0.0, scores[i].difference, weaker (work, 0.3),
                        g_strdup_printf (_ ("σ/α = %.2f: difference of the two scores"), ratio));
    }
  show_scores (work->findings, x, scores);
}

/* What learned of points alone, and what was told the noise, at the level of the former. */
static void
compare_one_level (Work *work)
{
  const double level = dif_process_ratio (work->models[ONE_LEVEL]->process, 0.0);
  DifTwoScores scores;

  if (! dif_two_scores_compare (work->context, work->models[ONE_LEVEL], work->models[LADDER],
                                work->scored, level, 69, &scores))
    return;
  dif_findings_add (
      work->findings, 1.0 - weaker (work, 0.1), scores.cosine, 1.0,
      g_strdup_printf (_ ("one level, σ/α = %.2f: cosine to the ladder's score"), level));
  dif_findings_add (work->findings, 0.0, scores.unseen[0], weaker (work, 0.4),
                    g_strdup (_ ("one level: share of the noise that is not seen")));
  dif_findings_add (work->findings, 0.0, scores.unseen[1], weaker (work, 0.3),
                    g_strdup (_ ("ladder, there: share of the noise that is not seen")));
}

static void
run (DifContext *context, double effort, const DifImage *picture, DifFindings *findings)
{
  g_auto (Work) work = { .context = context,
                         .form = effort < WHOLE_EFFORT ? &tiny : &whole,
                         .effort = effort,
                         .picture = picture,
                         .findings = findings };

  if (! check (&work) || ! cut (&work))
    return;
  for (guint i = 0; i < N_PUPILS && dif_context_ok (context); i++)
    learn (&work, i);
  for (guint i = 0; i < N_SHOWS && dif_context_ok (context); i++)
    make (&work, i);
  if (! dif_context_ok (context))
    return;
  lay_out (&work);
  bound (&work, DDPM, 5.0);
  bound (&work, LADDER, 7.0);
  compare (&work);
  compare_one_level (&work);
  if (dif_progress_is_finishing (dif_context_progress (context)))
    dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_CANCELLED,
                                                    _ ("The experiment was ended.")));
}

const DifExperiment dif_experiment_images = {
  .id = "images",
  .label =
      N_ ("Networks for pictures learn one score too, and each sampler makes the texture of it"),
  .citation = "Song & Ermon 2019 and 2020; Ho et al. 2020; Pang et al. 2020; "
              "Jolicoeur-Martineau et al. 2021",
  .needs_picture = TRUE,
  .run = run,
};
