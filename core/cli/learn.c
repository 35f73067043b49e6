/* SPDX-License-Identifier: GPL-3.0-or-later */

/* learn: one picture of a material to a model that makes more of it. */

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/interrupt.h"
#include "core/checkpoint/store.h"
#include "core/cli/cli.h"
#include "core/cli/guides.h"
#include "core/cli/picture-file.h"
#include "core/pipeline/known.h"
#include "core/train/learn.h"

typedef struct
{
  char    *source;
  char    *mask;
  char    *from;
  char    *name;
  char    *output;
  char    *samples;
  char    *minutes;
  char    *seed;
  gboolean turned;
  gboolean handed;
  gboolean quiet;
  gboolean told; /* something, on a line that is to end */
  int      threads;
  DifImage shown;
} Options;

static void
options_clear (Options *o)
{
  g_free (o->mask);
  g_free (o->from);
  g_free (o->name);
  g_free (o->output);
  g_free (o->samples);
  g_free (o->minutes);
  g_free (o->seed);
  g_free (o->shown.pixels);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *o, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &o->name,
      N_ ("of the new model, which then is found by it"), N_ ("NAME") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
      N_ ("folder of the new model, instead of a name; there is none yet, or an empty one"),
      N_ ("FOLDER") },
    { "minutes", 0, 0, G_OPTION_ARG_STRING, &o->minutes, N_ ("how long to learn, up to 1440 (5)"),
      "M" },
    { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask,
      N_ ("white, or any color, where to learn from (all that is not transparent)"), N_ ("PNG") },
    { "from", 'm', 0, G_OPTION_ARG_FILENAME, &o->from,
      N_ ("model to begin with (the one that comes with the plug-in)"), N_ ("MODEL") },
    { "turned", 0, 0, G_OPTION_ARG_NONE, &o->turned,
      N_ ("the material looks the same from all sides"), NULL },
    { "handed", 0, 0, G_OPTION_ARG_NONE, &o->handed, N_ ("left and right are not alike"), NULL },
    { "samples", 0, 0, G_OPTION_ARG_FILENAME, &o->samples,
      N_ ("where samples of what was learnt go"), N_ ("PNG") },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o->seed, N_ ("of the random numbers (0)"), "N" },
    { "threads", 'j', 0, G_OPTION_ARG_INT, &o->threads, N_ ("threads (one per processor)"), "N" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, N_ ("no progress"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (! cli_parse (entries, _ ("PICTURE.png"), _ ("Learns a material from a picture."), 1, &argc,
                   &argv))
    return FALSE;
  o->source = argv[1];
  return TRUE;
}

static int
fill (const Options *o, DifLearning *l)
{
  if (! o->name == ! (o->output && *o->output))
    return cli_misused (_ ("What is the new model to be called?  Give --name NAME or -o FOLDER."));
  if (! cli_parse_number (o->minutes, &l->minutes))
    return cli_misused (_ ("--minutes takes a number, not “%s”."), o->minutes);
  if (o->seed && ! g_ascii_string_to_unsigned (o->seed, 10, 0, G_MAXUINT64, &l->seed, NULL))
    return cli_misused (_ ("--seed takes a whole number from 0 on, not “%s”."), o->seed);
  if (o->threads < 0 || o->threads > 1024)
    return cli_misused (_ ("--threads takes a whole number from 0 to 1024."));
  l->threads = (guint) o->threads;
  l->turned = o->turned;
  l->mirrored = ! o->handed;
  return CLI_OK;
}

/* Keeps the last samples, which are written at the end. */
static void
report (const DifProgressInfo *info, gpointer data)
{
  Options    *o = data;
  const gsize size = 3 * (gsize) info->width * info->height * sizeof (float);

  if (info->preview && o->samples)
    {
      g_free (o->shown.pixels);
      o->shown = (DifImage) { info->width, info->height, g_memdup2 (info->preview, size) };
    }
  if (! o->quiet)
    {
      o->told = TRUE;
      g_printerr ("\r");
      g_printerr (_ ("step %u, %.0f s left"), info->step, MAX (info->seconds_left, 0.0));
      g_printerr (" ");
    }
}

static int
learn (Options *o, DifLearning *l)
{
  g_autoptr (DifProgress) progress = NULL;
  GError                 *error = NULL;
  gboolean                done;

  progress = dif_progress_new (o->quiet && ! o->samples ? NULL : report, o);
  dif_interrupt_watch (progress); /* so that what was learnt can be kept */
  done = dif_learn (l, progress, &error);
  dif_interrupt_watch (NULL);
  if (o->told)
    g_printerr ("\n");
  if (! done)
    return cli_failed (error);
  if (o->shown.pixels && ! cli_image_write (&o->shown, o->samples, &error))
    return cli_failed (error);
  return CLI_OK;
}

static gboolean
read_picture (const Options *o, DifLearning *l, CliPicture **picture, float **mask, GError **error)
{
  CliPicture *p = *picture = cli_picture_read (o->source, error);

  if (! p || (o->mask && ! (*mask = cli_mask_read (o->mask, p->width, p->height, NULL, error))))
    return FALSE;
  l->width = p->width;
  l->height = p->height;
  l->pixels = p->pixels;
  l->alpha = p->alpha;
  l->mask = *mask;
  return TRUE;
}

int
cli_learn (int argc, char **argv)
{
  g_auto (Options) o = { NULL };
  g_autoptr (CliPicture) picture = NULL;
  g_autofree float      *mask = NULL;
  g_autofree char       *from = NULL;
  g_autofree char       *folder = NULL;
  DifLearning            learning;
  GError                *error = NULL;
  int                    code;

  dif_learning_init (&learning);
  if (! parse (&o, argc, argv))
    return CLI_MISUSED;
  code = fill (&o, &learning);
  if (code != CLI_OK)
    return code;
  folder = o.name ? dif_new_model_folder (o.name, &error) : g_strdup (o.output);
  from = folder ? dif_resolve_model (o.from, &error) : NULL;
  if (! from || (o.samples && ! cli_target_check (o.samples, "--samples", &error)) ||
      ! read_picture (&o, &learning, &picture, &mask, &error))
    return cli_failed (error);
  learning.from = from;
  learning.folder = folder;
  return learn (&o, &learning);
}
