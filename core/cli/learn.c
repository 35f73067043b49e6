/* SPDX-License-Identifier: GPL-3.0-or-later */

/* learn: one picture of a material to a model that makes more of it. */

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/interrupt.h"
#include "core/checkpoint/store.h"
#include "core/cli/cli.h"
#include "core/cli/picture-file.h"
#include "core/cli/settings.h"
#include "core/train/learn.h"

typedef struct
{
  CliSettings *settings;
  char        *source;
  char        *mask;
  char        *name;
  char        *output;
  char        *samples;
  gboolean     handed;
  gboolean     quiet;
  gboolean     told; /* something, on a line that is to end */
  DifImage     shown;
} Options;

static void
options_clear (Options *o)
{
  cli_settings_free (o->settings);
  g_free (o->mask);
  g_free (o->name);
  g_free (o->output);
  g_free (o->samples);
  g_free (o->shown.pixels);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* There is no layer whose name the model could have. */
static gboolean
parse (Options *o, int argc, char **argv)
{
  const GOptionEntry own[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &o->name,
      N_ ("of the new model, which then is found by it"), N_ ("NAME") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
      N_ ("folder of the new model, instead of a name; there is none yet, or an empty one"),
      N_ ("FOLDER") },
    { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask,
      N_ ("white, or any color, where to learn from (all that is not transparent)"), N_ ("PNG") },
    { "handed", 0, 0, G_OPTION_ARG_NONE, &o->handed, N_ ("left and right are not alike"), NULL },
    { "samples", 0, 0, G_OPTION_ARG_FILENAME, &o->samples,
      N_ ("where samples of what was learnt go"), N_ ("PNG") },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, N_ ("no progress"), NULL },
  };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  guint              n;
  const DifSetting  *rows = dif_learning_settings (&n);

  o->settings = cli_settings_new (rows, n, 0);
  g_array_append_vals (entries, own, G_N_ELEMENTS (own));
  cli_settings_add (o->settings, entries);
  if (! cli_parse ((const GOptionEntry *) (const void *) entries->data, _ ("PICTURE.png"),
                   _ ("Learns a material from a picture."), 1, &argc, &argv))
    return FALSE;
  o->source = argv[1];
  return TRUE;
}

static int
fill (const Options *o, DifLearning *l)
{
  GError *error = NULL;

  if (! o->name == ! (o->output && *o->output))
    return cli_misused (_ ("What is the new model to be called?  Give --name NAME or -o FOLDER."));
  if (! cli_settings_apply (o->settings, l, &error))
    return cli_failed (error);
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

/* A model that is not there is known before anything is read. */
static gboolean
check_model (const DifLearning *l, GError **error)
{
  g_autofree char *path = dif_resolve_model (l->model, error);

  return path != NULL;
}

int
cli_learn (int argc, char **argv)
{
  g_auto (Options) o = { NULL };
  g_autoptr (CliPicture) picture = NULL;
  g_autofree float      *mask = NULL;
  g_autofree char       *folder = NULL;
  g_auto (DifLearning) learning;
  GError *error = NULL;
  int     code;

  dif_learning_init (&learning);
  if (! parse (&o, argc, argv))
    return CLI_MISUSED;
  code = fill (&o, &learning);
  if (code != CLI_OK)
    return code;
  folder = o.name ? dif_new_model_folder (o.name, &error) : g_strdup (o.output);
  if (! folder || ! check_model (&learning, &error) ||
      (o.samples && ! cli_target_check (o.samples, "--samples", &error)) ||
      ! read_picture (&o, &learning, &picture, &mask, &error))
    return cli_failed (error);
  learning.folder = folder;
  return learn (&o, &learning);
}
