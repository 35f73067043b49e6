/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bound: how many bits a model needs for pictures, at most. */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/interrupt.h"
#include "core/base/save.h"
#include "core/checkpoint/store.h"
#include "core/cli/bound-plot.h"
#include "core/cli/cli.h"
#include "core/cli/train-data.h"
#include "core/io/json.h"
#include "core/train/bound-model.h"
#include "core/train/bound.h"

typedef struct
{
  char    *size, *crops, *draws, *variance, *seed, *svg, *json;
  gboolean exact, quiet;
  int      threads;

  guint64 n_size, n_crops, n_draws, n_seed; /* 0 where nothing is said */
} Options;

static void
options_clear (Options *o)
{
  char **texts[] = { &o->size, &o->crops, &o->draws, &o->variance, &o->seed, &o->svg, &o->json };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *o, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_STRING, &o->size,
      N_ ("pixels on a side that are cut out (the network's own)"), "N" },
    { "crops", 0, 0, G_OPTION_ARG_STRING, &o->crops, N_ ("so many of each picture (1)"), "N" },
    { "exact", 0, 0, G_OPTION_ARG_NONE, &o->exact, N_ ("look at all timesteps"), NULL },
    { "samples", 0, 0, G_OPTION_ARG_STRING, &o->draws,
      N_ ("timesteps drawn for each crop, by importance (16)"), "N" },
    { "variance", 0, 0, G_OPTION_ARG_STRING, &o->variance,
      N_ ("of steps back: small, large or learned (the model's)"), "ID" },
    { "svg", 0, 0, G_OPTION_ARG_FILENAME, &o->svg, N_ ("write a plot"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, N_ ("write the figures"), N_ ("FILE") },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o->seed, N_ ("of the random numbers (0)"), "N" },
    { "threads", 'j', 0, G_OPTION_ARG_INT, &o->threads, N_ ("threads (one per processor)"), "N" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, N_ ("no progress"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  return cli_parse (
      entries, _ ("MODEL PICTURES"),
      _ ("Says how many bits per dimension a model needs for pictures at most: the "
         "variational bound.  MODEL \"\" is the embedded one, PICTURES a folder of PNG "
         "files, or of folders named like labels."),
      2, argc, argv);
}

static int
check (Options *o)
{
  const struct
  {
    const char *name, *text;
    guint64    *count;
    guint64     least, most;
  } counts[] = { { "--size", o->size, &o->n_size, 1, 4096 },
                 { "--crops", o->crops, &o->n_crops, 1, 1000 },
                 { "--samples", o->draws, &o->n_draws, 2, 100000 },
                 { "--seed", o->seed, &o->n_seed, 0, G_MAXUINT64 } };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].text && ! g_ascii_string_to_unsigned (counts[i].text, 10, counts[i].least,
                                                        counts[i].most, counts[i].count, NULL))
      return cli_misused (_ ("%s takes a whole number from %" PRIu64 " to %" PRIu64 ", not “%s”."),
                          counts[i].name, counts[i].least, counts[i].most, counts[i].text);
  if (o->exact && o->draws)
    return cli_misused (_ ("Only one of --exact and --samples can be given."));
  if (o->threads < 0 || o->threads > 1024)
    return cli_misused (_ ("--threads takes a whole number from 0 to 1024."));
  return CLI_OK;
}

/* ---- what is told ---- */

static const char *const variances[] = { "small", "large", "learned" }; /* as #DifVariance */

static int
set_variance (const Options *o, const DifCheckpoint *checkpoint, DifBoundOptions *options)
{
  if (! o->variance)
    return CLI_OK;
  for (guint i = 0; i < G_N_ELEMENTS (variances); i++)
    if (g_str_equal (o->variance, variances[i]))
      {
        options->variance = (DifVariance) i;
        if (i == DIF_VARIANCE_LEARNED_RANGE && ! dif_checkpoint_learns_variance (checkpoint))
          return cli_misused (_ ("This network says nothing of a variance."));
        return CLI_OK;
      }
  return cli_misused (_ ("--variance takes small, large or learned, not “%s”."), o->variance);
}

static int
set_options (const Options *o, const DifCheckpoint *checkpoint, DifBoundOptions *options)
{
  dif_bound_options_init (options, checkpoint);
  if (o->n_size > 0)
    options->size = (guint) o->n_size;
  if (o->n_crops > 0)
    options->crops = (guint) o->n_crops;
  if (o->n_draws > 0)
    options->draws = (guint) o->n_draws;
  if (o->exact)
    options->draws = 0;
  options->seed = o->n_seed;
  return set_variance (o, checkpoint, options);
}

static void
print_part (const char *name, const DifBoundPart *part)
{
  const int        blanks = MAX (15 - (int) g_utf8_strlen (name, -1), 1);
  g_autofree char *error =
      isnan (part->error) ? g_strdup ("") : g_strdup_printf ("  ± %.4f", part->error);

  g_print ("%s%*s%7.4f%s\n", name, blanks, "", part->mean, error);
}

static void
print_variance (DifVariance variance)
{
  static const char *const names[] = { N_ ("the posterior's (small)"), N_ ("β (large)"),
                                       N_ ("learned") };

  g_print (_ ("variance:      %s\n"), _ (names[variance]));
}

static void
print (const DifBoundFigures *f, const DifBoundOptions *options, const DifDataset *dataset,
       guint n_known)
{
  g_auto (GStrv) labels = dif_dataset_labels (dataset);
  g_autofree char *span = g_strdup_printf ("L_1 … L_%u", f->n_levels - 1);

  g_print (_ ("pictures:      %u, %u crops of %u × %u pixels\n"), f->n_pictures, f->n_crops,
           options->size, options->size);
  if (*labels)
    g_print (_ ("labels:        %u of %u are the model's\n"), n_known, g_strv_length (labels));
  if (options->draws > 0)
    g_print (_ ("noise levels:  %u, %u of them drawn for each crop\n"), f->n_levels,
             options->draws);
  else
    g_print (_ ("noise levels:  %u, all of them\n"), f->n_levels);
  print_variance (options->variance);
  g_print ("\n%s\n", _ ("Bits per dimension, with standard errors over the pictures:"));
  print_part ("L_T", &f->prior);
  if (f->n_levels > 1)
    print_part (span, &f->steps);
  print_part ("L_0", &f->decoder);
  print_part (_ ("bound"), &f->total);
  if (! isnan (f->drawn))
    g_print (_ ("Of that, about %.4f comes from drawing timesteps.\n"), f->drawn);
}

static json_t *
number (double x)
{
  return isfinite (x) ? json_real (x) : json_null ();
}

static json_t *
part_to_json (const DifBoundPart *part)
{
  return json_pack ("{s:o, s:o}", "mean", number (part->mean), "error", number (part->error));
}

static json_t *
terms_to_json (const DifProcess *process, const DifBoundFigures *f)
{
  json_t *terms = json_array ();

  for (guint t = 0; t < f->n_levels; t++)
    {
      const DifStep step = dif_bound_level (process, t);

      json_array_append_new (terms, json_pack ("{s:f, s:f, s:f, s:o, s:o, s:f, s:i}", "t", step.t,
                                               "alpha", step.alpha, "sigma", step.sigma, "mean",
                                               number (f->terms[t].mean), "error",
                                               number (f->terms[t].error), "share", f->shares[t],
                                               "crops", (int) f->counts[t]));
    }
  return terms;
}

static json_t *
to_json (const DifProcess *process, const DifBoundFigures *f, const DifBoundOptions *options)
{
  return json_pack ("{s:i, s:i, s:i, s:i, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "pictures",
                    (int) f->n_pictures, "crops", (int) f->n_crops, "size", (int) options->size,
                    "levels", (int) f->n_levels, "variance", variances[options->variance],
                    "samples", (int) options->draws, "L_T", part_to_json (&f->prior), "steps",
                    part_to_json (&f->steps), "L_0", part_to_json (&f->decoder), "bound",
                    part_to_json (&f->total), "drawn", number (f->drawn), "terms",
                    terms_to_json (process, f));
}

static gboolean
write_all (const Options *o, const DifProcess *process, const DifBoundFigures *f,
           const DifBoundOptions *options, GError **error)
{
  json_t          *root = to_json (process, f, options);
  g_autofree char *json =
      root ? dif_json_dump (root, JSON_INDENT (1) | JSON_REAL_PRECISION (8)) : NULL;
  g_autofree char *lines = g_strconcat (json ? json : "", "\n", NULL);
  g_autofree char *svg = cli_bound_plot (f);
  const gboolean   written = (! o->svg || dif_save (o->svg, svg, strlen (svg), error)) &&
                           (! o->json || dif_save (o->json, lines, strlen (lines), error));

  json_decref (root);
  return written;
}

/* ---- the whole ---- */

static int
estimate (const Options *o, const DifCheckpoint *checkpoint, DifDataset *dataset)
{
  g_autoptr (DifProgress) progress = dif_progress_new (o->quiet ? NULL : cli_print_progress, NULL);
  g_auto (DifBoundFigures) figures = { 0 };
  DifBoundOptions options;
  GError         *error = NULL;
  int             code = set_options (o, checkpoint, &options);
  gboolean        done;

  if (code != CLI_OK)
    return code;
  dif_interrupt_watch (progress); /* so that what there is can be told */
  done = dif_bound_model (checkpoint, dataset, &options, (guint) o->threads, progress, &figures,
                          &error);
  dif_interrupt_watch (NULL);
  if (! o->quiet)
    g_printerr ("\n");
  if (! done || ! write_all (o, checkpoint->process, &figures, &options, &error))
    return cli_failed (error);
  print (&figures, &options, dataset, dif_bound_known_labels (checkpoint, dataset));
  return dif_progress_is_finishing (progress) ? CLI_STOPPED : CLI_OK;
}

static int
run (const Options *o, const char *model, const char *pictures)
{
  g_autofree char          *folder = NULL;
  g_autoptr (DifCheckpoint) checkpoint = NULL;
  g_autoptr (DifDataset)    dataset = NULL;
  GError                   *error = NULL;

  if ((o->svg && ! dif_save_check (o->svg, &error)) ||
      (o->json && ! dif_save_check (o->json, &error)))
    return cli_failed (error);
  folder = dif_resolve_model (model, &error);
  checkpoint = folder ? dif_checkpoint_open (folder, 0, &error) : NULL;
  dataset = checkpoint ? cli_dataset_read (pictures, NULL, &error) : NULL;
  if (! dataset)
    return cli_failed (error);
  return estimate (o, checkpoint, dataset);
}

int
cli_bound (int argc, char **argv)
{
  g_auto (Options) o = { 0 };
  int code;

  if (! parse (&o, &argc, &argv))
    return CLI_MISUSED;
  code = check (&o);
  return code == CLI_OK ? run (&o, argv[1], argv[2]) : code;
}
