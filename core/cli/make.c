/* SPDX-License-Identifier: GPL-3.0-or-later */

/* generate, reimagine, inpaint and noise: one request from options to a file. */

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/cli/cli.h"
#include "core/cli/picture-file.h"
#include "core/cli/regions.h"
#include "core/cli/settings.h"
#include "core/dif.h"

#define MAX_SETTINGS 1000000 /* bytes of a file of them */

typedef struct
{
  CliSettings *settings;
  char        *kept; /* file of settings as they are kept with a layer */
  char        *size;
  char        *input;
  char        *mask;
  char        *output;
  CliRegions   regions;
  gboolean     quiet;
} Options;

static void
options_clear (Options *o)
{
  cli_settings_free (o->settings);
  g_free (o->kept);
  g_free (o->size);
  g_free (o->input);
  g_free (o->mask);
  g_free (o->output);
  cli_regions_clear (&o->regions);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *o, DifTask task, int argc, char **argv)
{
  const GOptionEntry own[] = {
    { "input", 'i', 0, G_OPTION_ARG_FILENAME, &o->input,
      N_ ("picture to work on; what is transparent is unknown"), N_ ("PNG") },
    { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask,
      N_ ("the selection: white, or any color, where to work (all; of inpaint what is "
          "transparent)"),
      N_ ("PNG") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
      N_ ("picture to write, like the input in depth, colors and the rest; - for a pipe"),
      N_ ("PNG") },
    { "size", 0, 0, G_OPTION_ARG_STRING, &o->size, N_ ("of a generated picture (256x256)"),
      N_ ("WxH") },
    { "region", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->regions.given,
      N_ ("prompt for the white part of a mask; may be given several times"), N_ ("TEXT=PNG") },
    { "settings", 0, 0, G_OPTION_ARG_FILENAME, &o->kept,
      N_ ("settings as they are kept with a layer; options override them"), N_ ("JSON") },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, N_ ("no progress"), NULL },
  };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  guint              n;
  const DifSetting  *rows = dif_settings (&n);

  o->settings = cli_settings_new (rows, n, task);
  g_array_append_vals (entries, own, G_N_ELEMENTS (own));
  cli_settings_add (o->settings, entries);
  return cli_parse ((const GOptionEntry *) (const void *) entries->data, _ ("-o PICTURE.png"),
                    _ ("Makes a picture."), 0, &argc, &argv);
}

static gboolean
parse_size (const char *text, guint *width, guint *height)
{
  g_auto (GStrv) sides = g_strsplit (text, "x", 2);
  guint64 w, h;

  if (! sides[0] || ! g_ascii_string_to_unsigned (sides[0], 10, 1, DIF_MAX_SIZE, &w, NULL) ||
      ! g_ascii_string_to_unsigned (sides[1] ? sides[1] : sides[0], 10, 1, DIF_MAX_SIZE, &h, NULL))
    return FALSE;
  *width = (guint) w;
  *height = (guint) h;
  return TRUE;
}

/* What goes together; 0 or an exit code. */
static int
check_files (const Options *o, const DifRequest *r)
{
  const gboolean reads = dif_task_row (r->task)->reads_pixels;

  if (! o->output || ! *o->output)
    return cli_misused (_ ("Where should the picture go?  Give -o PICTURE.png."));
  if (reads && ! o->input)
    return cli_misused (_ ("Which picture?  Give --input PICTURE.png."));
  if (! reads && (o->input || o->mask))
    return cli_misused (
        _ ("generate makes a picture from nothing, without --input and --mask.  Use "
           "reimagine or inpaint."));
  if (reads && o->size)
    return cli_misused (
        _ ("--size is for generate: the size of a picture that is worked on stays."));
  return CLI_OK;
}

static gboolean
read_kept (const Options *o, DifRequest *r, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *display = NULL;

  if (! o->kept)
    return TRUE;
  text = dif_file_load (o->kept, MAX_SETTINGS, NULL, error);
  if (text && dif_request_from_json (r, text, error))
    return TRUE;
  display = g_filename_display_name (o->kept);
  if (text)
    g_prefix_error (error, "%s: ", display);
  return FALSE;
}

/* Options to request; 0 or an exit code. */
static int
fill_request (const Options *o, DifRequest *r)
{
  GError *error = NULL;
  int     code = check_files (o, r);

  if (code != CLI_OK)
    return code;
  if (! parse_size (o->size ? o->size : "256", &r->width, &r->height))
    return cli_misused (_ ("--size takes something like 256x256, not “%s”."), o->size);
  if (! read_kept (o, r, &error) || ! cli_settings_apply (o->settings, r, &error))
    return cli_failed (error);
  if (dif_request_check_settings (r, &error))
    return CLI_OK;
  cli_settings_name (o->settings, error);
  return cli_failed (error);
}

static void
print_progress (const DifProgressInfo *info, gpointer data)
{
  cli_print_progress (info, data);
  if (info->step == info->n_steps)
    g_printerr ("\n");
}

static DifResult *
run (const DifRequest *request, gboolean quiet, GError **error)
{
  g_autoptr (DifProgress) progress = dif_progress_new (quiet ? NULL : print_progress, NULL);
  DifResult              *result;

  dif_interrupt_watch (progress); /* so that what there is can be kept */
  result = dif_run (request, progress, error);
  dif_interrupt_watch (NULL);
  if (result && result->stopped_after > 0 && ! quiet)
    {
      g_printerr ("\n");
      g_printerr (_ ("Stopped after step %u."), result->stopped_after);
      g_printerr ("\n");
    }
  return result;
}

/* ---- the result over the picture ---- */

/* Filled holes are opaque; what only changed keeps its shape. */
static gboolean
keeps_alpha (const DifRequest *r)
{
  return ! dif_task_row (r->task)->fills;
}

/* The result is at full strength wherever it is new: blend it in softly. */
static void
blend (const DifRequest *r, DifResult *result, float **alpha)
{
  const gsize n = (gsize) r->width * r->height;

  *alpha = r->alpha ? g_memdup2 (r->alpha, n * sizeof (float)) : NULL;
  for (gsize i = 0; i < n && (result->weights || *alpha); i++)
    {
      const float *own = r->pixels + 3 * i;
      float       *made = result->pixels + 3 * i;
      float        pixel[4] = { own[0], own[1], own[2], *alpha ? (*alpha)[i] : 1.0f };

      dif_mix_pixel (made, keeps_alpha (r) ? pixel[3] : 1.0f,
                     result->weights ? result->weights[i] : 1.0f, pixel);
      memcpy (made, pixel, 3 * sizeof (float));
      if (*alpha)
        (*alpha)[i] = pixel[3];
    }
}

/* ---- files ---- */

/* Without a mask, what is transparent is filled. */
static gboolean
read_mask (const Options *o, const CliPicture *input, DifTask task, float **mask, gboolean *empty,
           GError **error)
{
  *mask = NULL;
  if (o->mask)
    *mask = cli_mask_read (o->mask, input->width, input->height, empty, error);
  else
    return TRUE;
  return *mask != NULL;
}

static gboolean
read_input (const Options *o, DifRequest *r, CliPicture **input, float **mask, gboolean *empty,
            GError **error)
{
  if (r->task == DIF_TASK_GENERATE)
    return TRUE;
  *input = cli_picture_read (o->input, error);
  if (! *input || ! read_mask (o, *input, r->task, mask, empty, error))
    return FALSE;
  r->width = (*input)->width;
  r->height = (*input)->height;
  r->pixels = (*input)->pixels;
  r->alpha = (*input)->alpha;
  r->mask = *mask;
  return TRUE;
}

/* Whoever runs through a pile of pictures and masks wants each picture, and to hear of it. */
static gboolean
write_unchanged (const Options *o, CliPicture *input, GError **error)
{
  g_autofree char *display = g_filename_display_name (o->mask);

  g_printerr (_ ("The mask selects nothing: “%s” is black or transparent all over. The picture is "
                 "written as it was."),
              display);
  g_printerr ("\n");
  return cli_picture_write (input, input->pixels, NULL, o->output, error);
}

static gboolean
write_result (const Options *o, const DifRequest *r, CliPicture *input, DifResult *result,
              GError **error)
{
  const DifImage    image = { result->width, result->height, result->pixels };
  g_autofree float *alpha = NULL;

  if (! input)
    return cli_image_write (&image, o->output, error);
  blend (r, result, &alpha);
  return cli_picture_write (input, result->pixels, alpha, o->output, error);
}

int
cli_make (int argc, char **argv)
{
  g_auto (Options) o = { NULL };
  g_autoptr (CliPicture) input = NULL;
  g_autoptr (DifResult)  result = NULL;
  g_autofree float      *mask = NULL;
  gboolean               empty = FALSE;
  DifTask                task;
  g_auto (DifRequest) request = { 0 };
  GError *error = NULL;
  int     code;

  if (! dif_task_find (argv[0], &task))
    g_return_val_if_reached (CLI_MISUSED);
  dif_request_init (&request, task);
  if (! parse (&o, task, argc, argv))
    return CLI_MISUSED;
  code = fill_request (&o, &request);
  if (code != CLI_OK)
    return code;
  if (! cli_target_check (o.output, "--output", &error) ||
      ! read_input (&o, &request, &input, &mask, &empty, &error) ||
      ! cli_regions_read (&o.regions, &request, ! input && ! o.size, &error))
    return cli_failed (error);
  if (empty)
    return write_unchanged (&o, input, &error) ? CLI_OK : cli_failed (error);
  result = run (&request, o.quiet, &error);
  cli_settings_name (o.settings, error);
  if (! result || ! write_result (&o, &request, input, result, &error))
    return cli_failed (error);
  return result->stopped_after > 0 && request.stop_after == 0 ? CLI_STOPPED : CLI_OK;
}
