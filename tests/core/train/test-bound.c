/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The bound of pictures whose numbers are independent and normal, by the exact denoiser: all of it
 * is known in closed form. */

#include <math.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/diffusion/sampler.h"
#include "core/train/bound-estimate.h"
#include "core/train/bound.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

#define SIZE     16
#define N        (SIZE * SIZE * 3)
#define PICTURES 40
#define REPEATS  48

static const Ideal ideal = { 0.05, 0.25 };

/* Of each kind, without a level as low as the width of a byte, at which bytes are no longer
 * normal. */
static const char *const processes[] = {
  "{'num_train_timesteps': 40, 'beta_start': 0.002, 'beta_end': 0.3, 'beta_schedule': 'linear'}",
  "{'_class_name': 'ScoreSdeVeScheduler', 'num_train_timesteps': 30, 'sigma_min': 0.04,"
  " 'sigma_max': 3}",
  "{'_class_name': 'EDMEulerScheduler', 'num_train_timesteps': 30, 'sigma_min': 0.04,"
  " 'sigma_max': 10}",
  "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'num_train_timesteps': 25}",
};

/* ---- the pictures ---- */

static void
add (DifDataset *dataset, guint64 seed, guint width, const guint8 *coverage)
{
  const gsize           n = (gsize) width * SIZE * 3;
  g_autofree float     *numbers = g_new (float, n);
  g_autofree guint8    *bytes = g_new (guint8, n);
  const DifTrainPicture picture = { width, SIZE, bytes, coverage, NULL };

  dif_rng_normal (seed, 1, 0, numbers, n);
  for (gsize i = 0; i < n; i++)
    {
      const double x = 127.5 * (ideal.mean + ideal.deviation * numbers[i] + 1.0);

      bytes[i] = (guint8) lrint (CLAMP (x, 0.0, 255.0));
    }
  g_assert_true (dif_dataset_add (dataset, &picture, NULL));
}

static DifDataset *
prepared (DifDataset *dataset)
{
  const DifCropping cropping = { .size = SIZE, .zoom = 1.0 };

  g_assert_true (dif_dataset_prepare (dataset, &cropping, NULL, 0, NULL));
  return dataset;
}

static DifDataset *
pictures (guint64 seed)
{
  DifDataset *dataset = dif_dataset_new ();

  for (guint k = 0; k < PICTURES; k++)
    add (dataset, seed * PICTURES + k, SIZE, NULL);
  return prepared (dataset);
}

/* Up to a byte's upper end. */
static double
up_to (guint byte)
{
  const double z = ((byte + 0.5) / 127.5 - 1.0 - ideal.mean) / ideal.deviation;

  return byte < 255 ? 0.5 * erfc (-z / G_SQRT2) : 1.0;
}

static double
entropy (void)
{
  double bits = 0.0;

  for (guint byte = 0; byte < 256; byte++)
    {
      const double p = up_to (byte) - (byte > 0 ? up_to (byte - 1) : 0.0);

      bits -= p > 0.0 ? p * log2 (p) : 0.0;
    }
  return bits;
}

/* ---- the denoiser ---- */

/* A level where alpha² + sigma² = 1; before the first comes the clean picture. */
static DifStep
level (const DifProcess *process, int index)
{
  const DifStep step = dif_bound_level (process, (guint) MAX (index, 0));
  const double  length = hypot (step.alpha, step.sigma);

  return index < 0 ? (DifStep) { 0.0, 1.0, 0.0 } :
                     (DifStep) { step.t, step.alpha / length, step.sigma / length };
}

static double
fixed_variance (const DifProcess *process, guint index, DifVariance variance)
{
  const DifStep from = level (process, (int) index), to = level (process, (int) index - 1);
  double        beta;
  const double  posterior = dif_posterior_variance (&from, &to, &beta);

  if (variance == DIF_VARIANCE_FIXED_SMALL && index == 0)
    return fixed_variance (process, 1, variance);
  return variance == DIF_VARIANCE_FIXED_SMALL ? posterior : beta;
}

/* Of x_{t-1} given x_t, both of which are normal. */
static double
true_variance (const DifProcess *process, guint index)
{
  const DifStep from = level (process, (int) index), to = level (process, (int) index - 1);
  const double  d2 = ideal.deviation * ideal.deviation;
  const double  before = to.alpha * to.alpha * d2 + to.sigma * to.sigma;
  const double  after = from.alpha * from.alpha * d2 + from.sigma * from.sigma;

  return before * fixed_variance (process, index, DIF_VARIANCE_FIXED_LARGE) / after;
}

typedef struct
{
  const DifProcess *process;
  gboolean          silent; /* says nothing of the variance */
  gboolean          broken;
} Network;

typedef struct
{
  DifDenoiser    parent;
  DifDenoiser   *inner;
  const Network *network;
} Teller;

static double
fraction (const DifProcess *process, double t)
{
  guint  index = 0;
  double low, high;

  while (dif_bound_level (process, index).t != t)
    index++;
  low = log (fixed_variance (process, index, DIF_VARIANCE_FIXED_SMALL));
  high = log (fixed_variance (process, index, DIF_VARIANCE_FIXED_LARGE));
  return 2.0 * (log (true_variance (process, index)) - low) / (high - low) - 1.0;
}

static void
denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
         DifPrediction *out)
{
  const Teller *teller = (const Teller *) self;
  const double  told = fraction (teller->network->process, step->t);

  dif_denoise (teller->inner, context, x, step, out);
  out->variance = teller->network->silent ? NULL : dif_context_like (context, x);
  for (gsize i = 0; out->variance && i < x->size; i++)
    out->variance->data[i] = (float) told;
  if (teller->network->broken)
    out->x0->data[7] = NAN;
}

static void
teller_free (DifDenoiser *self)
{
  dif_denoiser_free (((Teller *) self)->inner);
  g_free (self);
}

static DifDenoiser *
chain (DifContext *context G_GNUC_UNUSED, const guint *rows G_GNUC_UNUSED, guint n G_GNUC_UNUSED,
       gpointer data)
{
  Teller *teller = g_new (Teller, 1);

  *teller = (Teller) { { denoise, teller_free }, ideal_denoiser_new (&ideal), data };
  return &teller->parent;
}

static DifBoundSettings
settings_for (Network *network, DifVariance variance, guint draws, guint64 seed)
{
  return (DifBoundSettings) {
    .process = network->process,
    .chain = chain,
    .data = network,
    .variance = variance,
    .crops = 1,
    .draws = draws,
    .seed = seed,
  };
}

static DifBoundFigures
figures_of (const DifProcess *process, const DifDataset *dataset, DifVariance variance, guint draws,
            guint64 seed)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  Network                network = { .process = process };
  const DifBoundSettings settings = settings_for (&network, variance, draws, seed);
  DifBoundFigures        figures = { 0 };

  g_assert_true (dif_bound_estimate (&settings, dataset, context, &figures));
  return figures;
}

/* ---- what is known ---- */

/* The end of the forward process from pure noise, of all pictures together. */
static double
known_prior (const DifProcess *process)
{
  const DifStep top = level (process, (int) dif_bound_n_levels (process) - 1);
  const double  mean = top.alpha * ideal.mean;
  const double  variance = pow (top.alpha * ideal.deviation, 2.0) + top.sigma * top.sigma;

  return 0.5 * (variance + mean * mean - 1.0 - log (variance)) / G_LN2;
}

/* A byte's probability under a normal distribution around a place between bytes, no less than
 * counts. */
static double
byte_chance (double byte, double variance)
{
  const double per = 1.0 / (127.5 * sqrt (2.0 * variance));
  const double far = fabs (byte);

  return fmax (0.5 * (erfc ((far - 0.5) * per) - erfc ((far + 0.5) * per)), 1e-12);
}

/* The decoder's cost of one variance in place of another, wherever its mean lies between bytes: a
 * byte, which noise was added to, is as likely as the density in its middle says. */
static double
decoder_gap (double right, double wrong)
{
  const double width = sqrt (right) * 127.5;
  const int    far = (int) ceil (6.0 * width);
  double       bits = 0.0;

  for (guint place = 0; place < 16; place++)
    for (int byte = -far; byte <= far; byte++)
      {
        const double off = byte + (place + 0.5) / 16.0;
        const double chance =
            exp (-0.5 * off * off / (width * width)) / (width * sqrt (2.0 * G_PI));

        bits += chance * log2 (byte_chance (off, right) / byte_chance (off, wrong)) / 16.0;
      }
  return bits;
}

/* What a fixed variance costs: divergences of normal distributions around the same mean. */
static double
known_gap (const DifProcess *process, DifVariance variance)
{
  double bits = decoder_gap (true_variance (process, 0),
                             fixed_variance (process, 0, DIF_VARIANCE_FIXED_SMALL));

  for (guint t = 1; t < dif_bound_n_levels (process); t++)
    {
      const double ratio = true_variance (process, t) / fixed_variance (process, t, variance);

      bits += 0.5 * (ratio - 1.0 - log (ratio)) / G_LN2;
    }
  return bits;
}

/* With the true variance the bound is the entropy; with another it is more by what is known. */
static void
test_entropy (gconstpointer data)
{
  g_autoptr (DifProcess) process = test_process (data, NULL);
  g_autoptr (DifDataset) dataset = pictures (77);
  g_auto (DifBoundFigures) learned =
      figures_of (process, dataset, DIF_VARIANCE_LEARNED_RANGE, 0, 0);
  const double known = entropy () + known_prior (process);
  double       sum = 0.0;

  g_test_message ("bound %g ± %g, entropy %g, prior %g", learned.total.mean, learned.total.error,
                  entropy (), known_prior (process));
  g_assert_cmpuint (learned.n_pictures, ==, PICTURES);
  g_assert_cmpfloat (learned.total.error, >, 0.001);
  g_assert_cmpfloat (learned.total.error, <, 0.02);
  g_assert_cmpfloat_with_epsilon (learned.total.mean, known, 2.5 * learned.total.error);
  for (guint t = 0; t < learned.n_levels; t++)
    {
      g_assert_cmpuint (learned.counts[t], ==, PICTURES);
      g_assert_cmpfloat (learned.terms[t].mean, >=, 0.0);
      sum += learned.terms[t].mean;
    }
  g_assert_cmpfloat_with_epsilon (learned.prior.mean + sum, learned.total.mean, 1e-9);
  g_assert_cmpfloat_with_epsilon (learned.terms[0].mean + learned.steps.mean, sum, 1e-9);
  for (DifVariance v = DIF_VARIANCE_FIXED_SMALL; v <= DIF_VARIANCE_FIXED_LARGE; v++)
    {
      g_auto (DifBoundFigures) fixed = figures_of (process, dataset, v, 0, 0);
      const double gap = known_gap (process, v);

      g_test_message ("%s: gap %g, known %g; bound %g ± %g, known %g", dif_process_name (process),
                      fixed.total.mean - learned.total.mean, gap, fixed.total.mean,
                      fixed.total.error, known + gap);

      g_assert_cmpfloat (gap, >, 0.02);
      g_assert_cmpfloat_with_epsilon (fixed.total.mean - learned.total.mean, gap, 0.02 * gap);
      g_assert_cmpfloat_with_epsilon (fixed.total.mean, known + gap, 2.5 * fixed.total.error);
    }
}

/* A process seen through the bridge: at equal signal-to-noise ratios all terms are the same. */
static void
test_bridge (void)
{
  g_autoptr (DifProcess) ve = test_process (processes[1], NULL);
  g_autoptr (GString)    betas = g_string_new ("{'trained_betas': [");
  g_autoptr (DifProcess) vp = NULL;
  g_autoptr (DifDataset) dataset = pictures (1);
  char                   text[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint t = 0; t < ve->n_train_steps; t++)
    g_string_append_printf (
        betas, "%s%s", t > 0 ? ", " : "",
        g_ascii_dtostr (text, sizeof text, fixed_variance (ve, t, DIF_VARIANCE_FIXED_LARGE)));
  g_string_append (betas, "]}");
  vp = test_process (betas->str, NULL);
  g_assert_cmpfloat_with_epsilon (dif_bound_level (ve, 0).sigma, 0.04, 1e-12);
  g_assert_cmpfloat_with_epsilon (dif_bound_level (ve, ve->n_train_steps - 1).sigma, 3.0, 1e-12);
  for (DifVariance v = DIF_VARIANCE_FIXED_SMALL; v <= DIF_VARIANCE_LEARNED_RANGE; v++)
    for (guint draws = 0; draws <= 8; draws += 8)
      {
        g_auto (DifBoundFigures) of_ve = figures_of (ve, dataset, v, draws, 3);
        g_auto (DifBoundFigures) of_vp = figures_of (vp, dataset, v, draws, 3);

        g_assert_cmpuint (of_ve.n_levels, ==, of_vp.n_levels);
        g_assert_cmpfloat_with_epsilon (of_ve.prior.mean, of_vp.prior.mean, 1e-9);
        g_assert_cmpfloat_with_epsilon (of_ve.total.mean, of_vp.total.mean, 1e-5);
        g_assert_cmpfloat_with_epsilon (of_ve.total.error, of_vp.total.error, 1e-5);
        for (guint t = 0; t < of_ve.n_levels; t++)
          {
            g_assert_cmpuint (of_ve.counts[t], ==, of_vp.counts[t]);
            if (of_ve.counts[t] > 0)
              g_assert_cmpfloat_with_epsilon (of_ve.terms[t].mean, of_vp.terms[t].mean, 1e-5);
          }
      }
}

/* ---- draws ---- */

typedef struct
{
  double mean, deviation;
} Moments;

static Moments
moments (const double *x)
{
  Moments m = { 0.0, 0.0 };

  for (guint k = 0; k < REPEATS; k++)
    m.mean += x[k] / REPEATS;
  for (guint k = 0; k < REPEATS; k++)
    m.deviation += pow (x[k] - m.mean, 2.0) / (REPEATS - 1);
  m.deviation = sqrt (m.deviation);
  return m;
}

/* On the same pictures, estimates scatter around the whole, as far as they say. */
static void
test_draws (void)
{
  g_autoptr (DifProcess) process = test_process (processes[0], NULL);
  g_autoptr (DifDataset) dataset = pictures (2);
  g_auto (DifBoundFigures) whole = figures_of (process, dataset, DIF_VARIANCE_FIXED_SMALL, 0, 0);
  double  steps[REPEATS], shares[REPEATS], said[REPEATS];
  Moments m;

  g_assert_true (isnan (whole.drawn));
  for (guint k = 0; k < REPEATS; k++)
    {
      g_auto (DifBoundFigures) few =
          figures_of (process, dataset, DIF_VARIANCE_FIXED_SMALL, 4, k + 1);

      steps[k] = few.steps.mean;
      said[k] = few.drawn;
      shares[k] = 0.0;
      for (guint t = 1; t < 4; t++)
        shares[k] += few.shares[t] / (whole.shares[1] + whole.shares[2] + whole.shares[3]);
    }
  m = moments (steps);
  g_assert_cmpfloat_with_epsilon (m.mean, whole.steps.mean, 3.0 * m.deviation / sqrt (REPEATS));
  g_test_message ("steps %g, deviation %g, said %g", m.mean, m.deviation, moments (said).mean);
  g_assert_cmpfloat (m.deviation, <, 0.05 * whole.steps.mean);
  g_assert_cmpfloat (moments (said).mean / m.deviation, >, 0.75);
  g_assert_cmpfloat (moments (said).mean / m.deviation, <, 2.0);
  m = moments (shares); /* of terms that have noise of their own in the whole */
  g_assert_cmpfloat_with_epsilon (m.mean, 1.0, 3.0 * m.deviation / sqrt (REPEATS) + 0.01);
}

/* On other pictures each time, estimates scatter around the entropy as far as they say. */
static void
test_pictures (void)
{
  g_autoptr (DifProcess) process = test_process (processes[0], NULL);
  double                 total[REPEATS], said[REPEATS];
  Moments                m;

  for (guint k = 0; k < REPEATS; k++)
    {
      g_autoptr (DifDataset) dataset = pictures (k + 10);
      g_auto (DifBoundFigures) few =
          figures_of (process, dataset, DIF_VARIANCE_LEARNED_RANGE, 4, k);

      total[k] = few.total.mean;
      said[k] = few.total.error;
    }
  m = moments (total);
  g_assert_cmpfloat_with_epsilon (m.mean, entropy () + known_prior (process),
                                  3.0 * m.deviation / sqrt (REPEATS));
  g_test_message ("total %g, deviation %g, said %g", m.mean, m.deviation, moments (said).mean);
  g_assert_cmpfloat (moments (said).mean / m.deviation, >, 0.75);
  g_assert_cmpfloat (moments (said).mean / m.deviation, <, 1.33);
}

/* ---- what is left out ---- */

/* Crops of one picture count as one; what nobody sees does not count. */
static void
test_crops (void)
{
  g_autoptr (DifProcess) process = test_process (processes[0], NULL);
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  guint8                 coverage[SIZE * SIZE] = { 0 };
  Network                network = { .process = process };
  DifBoundSettings       settings = settings_for (&network, DIF_VARIANCE_FIXED_SMALL, 3, 0);
  g_auto (DifBoundFigures) figures = { 0 };

  add (dataset, 1, 2 * SIZE, NULL);
  add (dataset, 2, SIZE, coverage);
  add (dataset, 3, SIZE, NULL);
  settings.crops = 3;
  g_assert_true (dif_bound_estimate (&settings, prepared (dataset), context, &figures));
  g_assert_cmpuint (figures.n_pictures, ==, 2);
  g_assert_cmpuint (figures.n_crops, ==, 6);
  g_assert_cmpuint (figures.counts[0], ==, 6);
}

static void
fails (const DifBoundSettings *settings, const DifDataset *dataset, DifProgress *progress,
       gint code)
{
  g_autoptr (DifContext) context = dif_context_new (1, progress);
  DifBoundFigures        figures = { 0 };

  g_assert_false (dif_bound_estimate (settings, dataset, context, &figures));
  g_assert_null (figures.terms);
  test_assert_failed (context, code);
}

static void
test_errors (void)
{
  g_autoptr (DifProcess)  process = test_process (processes[0], NULL);
  g_autoptr (DifDataset)  dataset = pictures (3);
  g_autoptr (DifDataset)  unseen = dif_dataset_new ();
  g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
  guint8                  coverage[SIZE * SIZE] = { 0 };
  Network                 network = { .process = process, .silent = TRUE };
  DifBoundSettings        settings = settings_for (&network, DIF_VARIANCE_LEARNED_RANGE, 0, 0);

  fails (&settings, dataset, NULL, DIF_ERROR_MISMATCH);
  settings.variance = DIF_VARIANCE_FIXED_LARGE;
  add (unseen, 2, SIZE, coverage);
  fails (&settings, prepared (unseen), NULL, DIF_ERROR_REQUEST);
  network.broken = TRUE;
  fails (&settings, dataset, NULL, DIF_ERROR_NONFINITE);
  network.broken = FALSE;
  dif_progress_finish (progress);
  fails (&settings, dataset, progress, DIF_ERROR_CANCELLED);
  dif_progress_cancel (progress);
  fails (&settings, dataset, progress, DIF_ERROR_CANCELLED);
}

static void
finish_in_the_middle (const DifProgressInfo *info, gpointer data)
{
  if (info->fraction > 0.5)
    dif_progress_finish (*(DifProgress **) data);
}

/* What was looked at until then is told. */
static void
test_finish (void)
{
  g_autoptr (DifProcess)  process = test_process (processes[0], NULL);
  g_autoptr (DifDataset)  dataset = pictures (4);
  DifProgress            *self;
  g_autoptr (DifProgress) progress = self = dif_progress_new (finish_in_the_middle, &self);
  g_autoptr (DifContext)  context = dif_context_new (1, progress);
  Network                 network = { .process = process };
  const DifBoundSettings  settings = settings_for (&network, DIF_VARIANCE_FIXED_SMALL, 0, 0);
  g_auto (DifBoundFigures) figures = { 0 };

  g_assert_true (dif_bound_estimate (&settings, dataset, context, &figures));
  g_assert_cmpuint (figures.n_pictures, ==, PICTURES / 2);
}

/* One level, two, and a process that knows one only. */
static void
test_few_levels (void)
{
  static const char *const few[] = {
    "{'trained_betas': [0.9]}",
    "{'trained_betas': [0.01, 0.9]}",
    "{'_class_name': 'ScoreSdeVeScheduler', 'num_train_timesteps': 1, 'sigma_min': 0.04,"
    " 'sigma_max': 3}",
  };
  g_autoptr (DifDataset) dataset = pictures (5);

  for (guint k = 0; k < G_N_ELEMENTS (few); k++)
    for (guint draws = 0; draws <= 2; draws += 2)
      {
        g_autoptr (DifProcess) process = test_process (few[k], NULL);
        g_auto (DifBoundFigures) figures =
            figures_of (process, dataset, DIF_VARIANCE_FIXED_LARGE, draws, 0);

        g_assert_cmpfloat (figures.total.mean, >, entropy ());
        g_assert_cmpuint (figures.n_levels, ==, k == 1 ? 2 : 1);
      }
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "vp", "ve", "edm", "flow" };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint k = 0; k < G_N_ELEMENTS (processes); k++)
    {
      g_autofree char *path = g_strconcat ("/bound/entropy/", names[k], NULL);

      g_test_add_data_func (path, processes[k], test_entropy);
    }
  g_test_add_func ("/bound/bridge", test_bridge);
  g_test_add_func ("/bound/draws", test_draws);
  g_test_add_func ("/bound/pictures", test_pictures);
  g_test_add_func ("/bound/crops", test_crops);
  g_test_add_func ("/bound/errors", test_errors);
  g_test_add_func ("/bound/finish", test_finish);
  g_test_add_func ("/bound/few-levels", test_few_levels);
  return g_test_run ();
}
