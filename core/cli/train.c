/* SPDX-License-Identifier: GPL-3.0-or-later */

/* train: pictures to a model. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "core/base/claim.h"
#include "core/base/error.h"
#include "core/base/interrupt.h"
#include "core/checkpoint/store.h"
#include "core/cli/cli.h"
#include "core/cli/picture-file.h"
#include "core/cli/train-data.h"
#include "core/diffusion/process.h"
#include "core/train/trainer.h"

#define GRID         4  /* samples on a side */
#define SAMPLE_STEPS 20 /* of the network, for each */
#define MAX_COUNT    G_GUINT64_CONSTANT (1000000000)

typedef struct
{
  char    *data, *output, *from, *config, *labels, *resume, *samples, *losses;
  char    *steps, *batch, *size, *warmup, *save_every, *sample_every, *seed;
  char    *learning_rate, *minutes, *average, *dropout, *zoom, *jitter;
  char    *sigma_min, *sigma_max, *levels;
  char    *objective, *adapt, *flip;
  gboolean turn, half, quiet;
  int      threads;

  DifTrainSettings settings;
  guint64          n_save_every, n_sample_every;
  gboolean         limited; /* by an option, not by default */
  FILE            *losses_file;
  GError          *error; /* of what is done beside training */
} Options;

static void
options_clear (Options *o)
{
  char **texts[] = { &o->data,       &o->output,       &o->from,    &o->config,
                     &o->labels,     &o->resume,       &o->samples, &o->losses,
                     &o->steps,      &o->batch,        &o->size,    &o->warmup,
                     &o->save_every, &o->sample_every, &o->seed,    &o->learning_rate,
                     &o->minutes,    &o->average,      &o->dropout, &o->zoom,
                     &o->jitter,     &o->objective,    &o->adapt,   &o->flip,
                     &o->sigma_min,  &o->sigma_max,    &o->levels };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
  if (o->losses_file)
    fclose (o->losses_file);
  g_clear_error (&o->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *o, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &o->data,
      N_ ("folder of PNG files, or of folders named like labels"), N_ ("FOLDER") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, N_ ("folder of the new model"),
      N_ ("FOLDER") },
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &o->from, N_ ("model to begin with"), N_ ("MODEL") },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &o->config,
      N_ ("config.json of a network to begin anew (like the embedded model's)"), N_ ("FILE") },
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &o->labels, N_ ("lines “file,label”"), N_ ("FILE") },
    { "steps", 'n', 0, G_OPTION_ARG_STRING, &o->steps, N_ ("steps of training (1000)"), "N" },
    { "minutes", 0, 0, G_OPTION_ARG_STRING, &o->minutes, N_ ("or as many as fit into these"), "M" },
    { "batch", 'b', 0, G_OPTION_ARG_STRING, &o->batch, N_ ("pictures in each step (8)"), "N" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &o->size,
      N_ ("pixels on a side that are cut out (the network's own)"), "N" },
    { "learning-rate", 0, 0, G_OPTION_ARG_STRING, &o->learning_rate, N_ ("at its highest (0.0003)"),
      "X" },
    { "warmup", 0, 0, G_OPTION_ARG_STRING, &o->warmup, N_ ("steps until then (50)"), "N" },
    { "objective", 0, 0, G_OPTION_ARG_STRING, &o->objective, N_ ("what to learn from (simple)"),
      "ID" },
    { "sigma-min", 0, 0, G_OPTION_ARG_STRING, &o->sigma_min,
      N_ ("lowest noise level of objectives with a ladder of them, for pictures from -1 to 1 "
          "(0.01)"),
      "X" },
    { "sigma-max", 0, 0, G_OPTION_ARG_STRING, &o->sigma_max,
      N_ ("highest one (as the pictures need)"), "X" },
    { "levels", 0, 0, G_OPTION_ARG_STRING, &o->levels, N_ ("how many (likewise)"), "N" },
    { "ema", 0, 0, G_OPTION_ARG_STRING, &o->average,
      N_ ("how slowly the weights' average follows (0.999)"), "D" },
    { "dropout", 0, 0, G_OPTION_ARG_STRING, &o->dropout,
      N_ ("share of pictures shown without their label (0.1)"), "P" },
    { "adapt", 0, 0, G_OPTION_ARG_STRING, &o->adapt,
      N_ ("what may change: all, or norms (with biases and labels)"), "ID" },
    { "flip", 0, 0, G_OPTION_ARG_STRING, &o->flip,
      N_ ("which sides are alike: x, y, xy or none (x)"), "XY" },
    { "turn", 0, 0, G_OPTION_ARG_NONE, &o->turn, N_ ("rows and columns are alike"), NULL },
    { "zoom", 0, 0, G_OPTION_ARG_STRING, &o->zoom,
      N_ ("cut up to so many times larger and scale down (1)"), "X" },
    { "jitter", 0, 0, G_OPTION_ARG_STRING, &o->jitter, N_ ("how far colors stray (0)"), "X" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o->seed, N_ ("of the random numbers (0)"), "N" },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &o->resume, N_ ("go on from a state that was saved"),
      N_ ("FILE") },
    { "save-every", 0, 0, G_OPTION_ARG_STRING, &o->save_every,
      N_ ("steps between two states (200)"), "N" },
    { "sample-every", 0, 0, G_OPTION_ARG_STRING, &o->sample_every,
      N_ ("steps between two sheets of samples"), "N" },
    { "samples", 0, 0, G_OPTION_ARG_FILENAME, &o->samples, N_ ("where these go"), N_ ("PNG") },
    { "losses", 0, 0, G_OPTION_ARG_FILENAME, &o->losses, N_ ("lines “step,loss” are added here"),
      N_ ("FILE") },
    { "half", 0, 0, G_OPTION_ARG_NONE, &o->half, N_ ("save the model in half precision"), NULL },
    { "threads", 'j', 0, G_OPTION_ARG_INT, &o->threads, N_ ("threads (one per processor)"), "N" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, N_ ("no progress"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  return cli_parse (entries, _ ("-d PICTURES -o MODEL"), _ ("Lets a network learn from pictures."),
                    0, &argc, &argv);
}

/* ---- options to settings ---- */

static int
read_counts (Options *o)
{
  DifTrainSettings *s = &o->settings;
  guint64           batch = s->batch, size = 0, warmup = s->warmup, levels = 0;
  const struct
  {
    const char *name, *text;
    guint64    *count;
    guint64     least, most;
  } counts[] = { { "--steps", o->steps, &s->n_steps, 1, MAX_COUNT },
                 { "--batch", o->batch, &batch, 1, 4096 },
                 { "--size", o->size, &size, 1, 4096 },
                 { "--warmup", o->warmup, &warmup, 0, MAX_COUNT },
                 { "--levels", o->levels, &levels, 1, DIF_MAX_TRAIN_STEPS },
                 { "--save-every", o->save_every, &o->n_save_every, 0, MAX_COUNT },
                 { "--sample-every", o->sample_every, &o->n_sample_every, 0, MAX_COUNT },
                 { "--seed", o->seed, &s->seed, 0, G_MAXUINT64 } };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].text && ! g_ascii_string_to_unsigned (counts[i].text, 10, counts[i].least,
                                                        counts[i].most, counts[i].count, NULL))
      return cli_misused (_ ("%s takes a whole number from %" PRIu64 " to %" PRIu64 ", not “%s”."),
                          counts[i].name, counts[i].least, counts[i].most, counts[i].text);
  s->batch = (guint) batch;
  s->warmup = (guint) warmup;
  s->cropping.size = (guint) size;
  s->ladder.n_levels = (guint) levels;
  return CLI_OK;
}

static int
read_numbers (Options *o)
{
  DifTrainSettings *s = &o->settings;
  double            minutes = 0.0;
  const struct
  {
    const char *name, *text;
    double     *number;
    double      least, most;
  } numbers[] = { { "--minutes", o->minutes, &minutes, 0.001, 1e6 },
                  { "--learning-rate", o->learning_rate, &s->learning_rate, 1e-12, 100.0 },
                  { "--sigma-min", o->sigma_min, &s->ladder.sigma_min, 1e-6, 1e6 },
                  { "--sigma-max", o->sigma_max, &s->ladder.sigma_max, 1e-6, 1e6 },
                  { "--ema", o->average, &s->average, 0.0, 0.999999999 },
                  { "--dropout", o->dropout, &s->cropping.dropout, 0.0, 1.0 },
                  { "--zoom", o->zoom, &s->cropping.zoom, 1.0, 100.0 },
                  { "--jitter", o->jitter, &s->cropping.jitter, 0.0, 1.0 } };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].text &&
        (! cli_parse_number (numbers[i].text, numbers[i].number) ||
         ! (*numbers[i].number >= numbers[i].least && *numbers[i].number <= numbers[i].most)))
      return cli_misused (_ ("%s takes a number from %g to %g, not “%s”."), numbers[i].name,
                          numbers[i].least, numbers[i].most, numbers[i].text);
  s->seconds = 60.0 * minutes;
  if (o->minutes && ! o->steps)
    s->n_steps = 0;
  o->limited = o->minutes || o->steps;
  return CLI_OK;
}

static int
read_words (Options *o)
{
  DifTrainSettings *s = &o->settings;
  const char       *flip = o->flip ? o->flip : "x";
  const char       *adapt = o->adapt ? o->adapt : "all";
  const gboolean    none = g_str_equal (flip, "none");

  if (! none && ! g_str_equal (flip, "x") && ! g_str_equal (flip, "y") &&
      ! g_str_equal (flip, "xy"))
    return cli_misused (_ ("--flip takes x, y, xy or none, not “%s”."), flip);
  if (! g_str_equal (adapt, "all") && ! g_str_equal (adapt, "norms"))
    return cli_misused (_ ("--adapt takes all or norms, not “%s”."), adapt);
  s->cropping.flip_x = ! none && strchr (flip, 'x') != NULL;
  s->cropping.flip_y = ! none && strchr (flip, 'y') != NULL;
  s->cropping.turn = o->turn;
  s->adapt = g_str_equal (adapt, "norms") ? DIF_ADAPT_NORMS : DIF_ADAPT_ALL;
  if (o->objective)
    s->objective = o->objective;
  return CLI_OK;
}

static int
check (const Options *o)
{
  if (! o->data)
    return cli_misused (_ ("Which pictures?  Give --data FOLDER."));
  if (! o->output || ! *o->output)
    return cli_misused (_ ("Where should the model go?  Give -o FOLDER."));
  if (! ! o->from + ! ! o->config + ! ! o->resume > 1)
    return cli_misused (_ ("Only one of --from, --config and --resume can be given."));
  if (! o->samples != ! o->sample_every)
    return cli_misused (_ ("--sample-every and --samples go together."));
  if (o->threads < 0 || o->threads > 1024)
    return cli_misused (_ ("--threads takes a whole number from 0 to 1024."));
  return CLI_OK;
}

/* ---- where it goes ---- */

/* Nobody's model is written over: what is gone on with is a training's own folder, or a new one. */
static DifClaim *
claim_output (const Options *o, GError **error)
{
  g_autofree char *state = g_build_filename (o->output, DIF_TRAIN_STATE_FILE, NULL);
  g_autofree char *finished = g_build_filename (o->output, DIF_CLAIM_FINISHED, NULL);
  g_autofree char *display = g_filename_display_name (o->output);
  const gboolean   trained = g_file_test (state, G_FILE_TEST_EXISTS);

  if (! o->resume && trained && g_file_test (finished, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_EXISTS,
                   _ ("There is a model in “%s” already.  Choose another folder, or --resume."),
                   display);
      return NULL;
    }
  return dif_claim_new (o->output, o->resume && trained, error);
}

static gboolean
open_losses (Options *o, GError **error)
{
  g_autofree char *display = o->losses ? g_filename_display_name (o->losses) : NULL;

  if (! o->losses || (o->losses_file = g_fopen (o->losses, "a")))
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_IO, _ ("Could not write “%s”: %s."), display,
               g_strerror (errno));
  return FALSE;
}

/* Before pictures are read, which may take its time. */
static gboolean
check_targets (Options *o, GError **error)
{
  return (! o->samples || cli_target_check (o->samples, "--samples", error)) &&
         open_losses (o, error);
}

/* ---- what is done after each step ---- */

static gboolean
write_samples (DifTrainer *trainer, const Options *o, GError **error)
{
  const guint          size = 64;
  const gsize          n = (gsize) size * size * 3;
  g_autofree float    *pixels = g_new (float, GRID *GRID *n);
  g_autoptr (DifImage) sheet = dif_image_new (GRID * size, GRID * size, error);

  if (! sheet || ! dif_trainer_samples (trainer, GRID * GRID, size, SAMPLE_STEPS, o->settings.seed,
                                        pixels, error))
    return FALSE;
  for (gsize y = 0; y < GRID * size; y++)
    for (gsize k = 0; k < GRID; k++)
      memcpy (sheet->pixels + (y * GRID + k) * size * 3,
              pixels + (y / size * GRID + k) * n + y % size * size * 3, size * 3 * sizeof (float));
  return cli_image_write (sheet, o->samples, error);
}

static void
print_report (const DifTrainReport *r)
{
  g_autofree char *steps =
      r->n_steps ? g_strdup_printf (_ ("step %" PRIu64 " of %" PRIu64), r->step, r->n_steps) :
                   g_strdup_printf (_ ("step %" PRIu64), r->step);
  g_autofree char *rest = g_strdup_printf (_ ("loss %.4f, %.1f pictures/s, %.0f s left"),
                                           r->mean_loss, r->pictures_per_second, r->seconds_left);

  g_printerr ("\r%s, %s  ", steps, rest);
}

static void
after_step (DifTrainer *trainer, const DifTrainReport *report, gpointer data)
{
  Options *o = data;
  char     loss[G_ASCII_DTOSTR_BUF_SIZE];

  if (! o->quiet)
    print_report (report);
  if (o->losses_file)
    {
      fprintf (o->losses_file, "%" G_GUINT64_FORMAT ",%s\n", report->step,
               g_ascii_dtostr (loss, sizeof loss, report->loss));
      fflush (o->losses_file);
    }
  if (o->n_sample_every > 0 && report->step % o->n_sample_every == 0 && ! o->error)
    write_samples (trainer, o, &o->error);
}

/* A state keeps its objective, and the process that fits it. */
static gboolean
check_resumed (const Options *o, const DifTrainer *trainer, GError **error)
{
  const char *own = dif_trainer_objective (trainer);

  if (! o->objective || ! o->resume || g_str_equal (o->objective, own))
    return TRUE;
  g_set_error (
      error, DIF_ERROR, DIF_ERROR_REQUEST,
      _ ("That training has the objective “%s”, not “%s”, and --resume keeps it.  To go on "
         "with another, use --from."),
      own, o->objective);
  return FALSE;
}

static DifTrainer *
make_trainer (const Options *o, DifDataset *dataset, DifProgress *progress, GError **error)
{
  const guint      n_threads = (guint) o->threads;
  g_autofree char *folder = NULL;

  if (o->resume)
    return dif_trainer_resume (o->resume, o->limited ? &o->settings : NULL, dataset, n_threads,
                               progress, error);
  if (! o->from)
    return dif_trainer_new (o->config, &o->settings, dataset, n_threads, progress, error);
  folder = dif_resolve_model (o->from, error);
  return folder ? dif_trainer_new_from (folder, &o->settings, dataset, n_threads, progress, error) :
                  NULL;
}

static void
print_beginning (const DifTrainer *trainer, const DifDataset *dataset)
{
  g_printerr (_ ("%u of %u pictures are large enough, %.2f million numbers are trained."),
              dif_dataset_n_usable (dataset), dif_dataset_n_pictures (dataset),
              (double) dif_trainer_n_parameters (trainer) / 1e6);
  g_printerr ("\n");
}

static gboolean
train (Options *o, DifProgress *progress, GError **error)
{
  g_autoptr (DifClaim)   claim = claim_output (o, error);
  g_autoptr (DifDataset) dataset = NULL;
  g_autoptr (DifTrainer) trainer = NULL;
  gboolean               done;

  if (! claim || ! check_targets (o, error))
    return FALSE;
  dataset = cli_dataset_read (o->data, o->labels, error);
  trainer = dataset ? make_trainer (o, dataset, progress, error) : NULL;
  if (! trainer || ! check_resumed (o, trainer, error))
    return FALSE;
  dif_trainer_set_half (trainer, o->half);
  if (! o->quiet)
    print_beginning (trainer, dataset);
  dif_interrupt_watch (progress); /* so that what was learnt can be kept */
  done = dif_train (trainer, o->output, o->n_save_every, after_step, o, error);
  dif_interrupt_watch (NULL);
  if (! o->quiet)
    g_printerr ("\n");
  if (done && o->error)
    g_propagate_error (error, g_steal_pointer (&o->error));
  return done && ! (error && *error);
}

int
cli_train (int argc, char **argv)
{
  g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
  g_auto (Options) o = { .n_save_every = 200 };
  GError *error = NULL;
  int     code;

  dif_train_settings_init (&o.settings);
  if (! parse (&o, argc, argv))
    return CLI_MISUSED;
  code = check (&o);
  if (code == CLI_OK)
    code = read_counts (&o);
  if (code == CLI_OK)
    code = read_numbers (&o);
  if (code == CLI_OK)
    code = read_words (&o);
  if (code != CLI_OK)
    return code;
  if (! train (&o, progress, &error))
    return cli_failed (error);
  return dif_progress_is_finishing (progress) ? CLI_STOPPED : CLI_OK;
}
