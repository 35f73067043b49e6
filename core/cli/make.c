/* SPDX-License-Identifier: GPL-3.0-or-later */

/* generate, reimagine, inpaint and noise: one request from options to a file. */

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/interrupt.h"
#include "core/cli/canvas.h"
#include "core/cli/cli.h"
#include "core/cli/guides.h"
#include "core/cli/picture-file.h"
#include "core/dif.h"

typedef struct
{
  char     *model;
  char     *label;
  char     *sampler;
  char     *spacing;
  char     *size;
  char     *seed;
  char     *input;
  char     *mask;
  char     *output;
  char     *guidance; /* as text: GLib's own doubles follow the locale */
  char     *noise_level;
  Guides    guides;
  CliCanvas canvas;
  int       steps;
  int       stop_after;
  int       threads;
  gboolean  quiet;
} Options;

static void
options_clear (Options *o)
{
  g_free (o->model);
  g_free (o->label);
  g_free (o->sampler);
  g_free (o->spacing);
  g_free (o->size);
  g_free (o->seed);
  g_free (o->input);
  g_free (o->mask);
  g_free (o->output);
  g_free (o->guidance);
  g_free (o->noise_level);
  guides_clear (&o->guides);
  cli_canvas_clear (&o->canvas);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *o, int argc, char **argv)
{
  CliCanvas         *c = &o->canvas;
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, N_ ("folder or name of a model"),
      N_ ("MODEL") },
    { "label", 'l', 0, G_OPTION_ARG_STRING, &o->label,
      N_ ("one of the model's labels, or a mixture: stone:0.7,grass:0.3"), N_ ("NAME") },
    { "steps", 'n', 0, G_OPTION_ARG_INT, &o->steps, N_ ("network steps (20)"), "N" },
    { "stop-after", 0, 0, G_OPTION_ARG_INT, &o->stop_after,
      N_ ("end after so many of them with the picture as it is then, as Ctrl+C does"), "N" },
    { "sampler", 0, 0, G_OPTION_ARG_STRING, &o->sampler, N_ ("way from noise to picture"), "ID" },
    { "schedule-spacing", 0, 0, G_OPTION_ARG_STRING, &o->spacing,
      N_ ("which timesteps: see list spacings, or 999,750,500,20"), "ID" },
    { "guidance", 'g', 0, G_OPTION_ARG_STRING, &o->guidance,
      N_ ("how strictly to follow the label (2; of inpaint 1)"), "S" },
    { "guidance-rescale", 0, 0, G_OPTION_ARG_STRING, &o->guides.rescale,
      N_ ("how much of the contrast that guidance adds to take back, 0 to 1 (0)"), "PHI" },
    { "guidance-interval", 0, 0, G_OPTION_ARG_STRING, &o->guides.interval,
      N_ ("noise levels between which to guide (1:0)"), "A:B" },
    { "classifier-guidance", 0, 0, G_OPTION_ARG_STRING, &o->guides.classifier,
      N_ ("how strictly to follow what the model's classifier takes for the label (0)"), "S" },
    { "negative", 0, 0, G_OPTION_ARG_STRING, &o->guides.negative, N_ ("label to lead away from"),
      N_ ("NAME") },
    { "region", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->guides.regions,
      N_ ("label for the white part of a mask; may be given several times"), N_ ("NAME=PNG") },
    { "colors", 0, 0, G_OPTION_ARG_STRING, &o->guides.colors, N_ ("colors to use: #aabbcc,#ddeeff"),
      N_ ("LIST") },
    { "color-guidance", 0, 0, G_OPTION_ARG_STRING, &o->guides.color_guidance,
      N_ ("how strictly to use these colors, 0 to 1 (0.1)"), "S" },
    { "mean-color", 0, 0, G_OPTION_ARG_NONE, &o->guides.mean_color,
      N_ ("guide the mean color, not each pixel's"), NULL },
    { "noise-level", 't', 0, G_OPTION_ARG_STRING, &o->noise_level,
      N_ ("how far to noise, above 0 to 1"), "T" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o->seed, N_ ("of the random numbers (0)"), "N" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &o->size, N_ ("of a generated picture (256x256)"),
      N_ ("WxH") },
    { "input", 'i', 0, G_OPTION_ARG_FILENAME, &o->input,
      N_ ("picture to work on; what is transparent is unknown"), N_ ("PNG") },
    { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask,
      N_ ("white, or any color, where to work (all; of inpaint what is transparent)"), N_ ("PNG") },
    { "soft", 0, 0, G_OPTION_ARG_STRING, &c->soft,
      N_ ("whether grey of the mask is a noise level: yes or no"), "YES" },
    { "grow", 0, 0, G_OPTION_ARG_STRING, &c->grow,
      N_ ("pixels to enlarge the mask by; below 0 to shrink it (0)"), "N" },
    { "feather", 0, 0, G_OPTION_ARG_STRING, &c->feather,
      N_ ("pixels to soften the mask's edge over (0)"), "N" },
    { "blend", 0, 0, G_OPTION_ARG_STRING, &c->blend,
      N_ ("pixels inside the edge to blend the result in over (0)"), "N" },
    { "detail", 0, 0, G_OPTION_ARG_STRING, &c->detail,
      N_ ("pixels; what is coarser stays (inpaint 16, else 0: no limit)"), "N" },
    { "prefill", 0, 0, G_OPTION_ARG_STRING, &c->prefill,
      N_ ("what a hole begins as: auto, smooth, patch, keep, mean, border, noise (auto)"), "ID" },
    { "color-match", 0, 0, G_OPTION_ARG_STRING, &c->color_match,
      N_ ("whether to take out a drift of color: yes or no"), "YES" },
    { "context", 0, 0, G_OPTION_ARG_STRING, &c->context,
      N_ ("what the network sees around the mask: pixels, 25%, whole, or auto: as far as the mask "
          "is "
          "wide (auto)"),
      "N" },
    { "work-size", 0, 0, G_OPTION_ARG_STRING, &c->work_size,
      N_ ("pixels to scale the longer side of that to, and back (its own)"), "N" },
    { "known", 0, 0, G_OPTION_ARG_STRING, &c->known,
      N_ ("where known pixels are put in at each step: xt or x0 (xt)"), "X" },
    { "tile", 0, 0, G_OPTION_ARG_STRING, &c->tile,
      N_ ("fit onto itself side by side (x), one above the other (y), both (xy)"), "XY" },
    { "threads", 'j', 0, G_OPTION_ARG_INT, &o->threads, N_ ("threads (one per processor)"), "N" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
      N_ ("picture to write, like the input in depth, colors and the rest; - for a pipe"),
      N_ ("PNG") },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, N_ ("no progress"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  return cli_parse (entries, _ ("-o PICTURE.png"), _ ("Makes a picture."), 0, &argc, &argv);
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

/* Options to request; 0 or an exit code. */
static int
fill_request (Options *o, DifRequest *r)
{
  guint64 seed = 0;
  int     code;

  if (! o->output || ! *o->output)
    return cli_misused (_ ("Where should the picture go?  Give -o PICTURE.png."));
  if (o->steps < 1)
    return cli_misused (_ ("--steps takes a whole number from 1 to %u."), DIF_MAX_STEPS);
  if (o->stop_after < 0)
    return cli_misused (_ ("--stop-after takes a whole number from 0 on."));
  if (o->threads < 0 || o->threads > (int) DIF_MAX_THREADS)
    return cli_misused (_ ("--threads takes a whole number from 0 to %u."), DIF_MAX_THREADS);
  if (o->seed && ! g_ascii_string_to_unsigned (o->seed, 10, 0, G_MAXINT32, &seed, NULL))
    return cli_misused (_ ("--seed takes a whole number from 0 to %d, not “%s”."), G_MAXINT32,
                        o->seed);
  if (! parse_size (o->size ? o->size : "256", &r->width, &r->height))
    return cli_misused (_ ("--size takes something like 256x256, not “%s”."), o->size);
  if (! cli_parse_number (o->guidance, &r->guidance))
    return cli_misused (_ ("--guidance takes a number, not “%s”."), o->guidance);
  if (! cli_parse_number (o->noise_level, &r->noise_level))
    return cli_misused (_ ("--noise-level takes a number, not “%s”."), o->noise_level);
  if (r->task != DIF_TASK_GENERATE && ! o->input)
    return cli_misused (_ ("Which picture?  Give --input PICTURE.png."));
  if (r->task == DIF_TASK_GENERATE && (o->input || o->mask))
    return cli_misused (
        _ ("generate makes a picture from nothing, without --input and --mask.  Use "
           "reimagine or inpaint."));
  if (r->task != DIF_TASK_GENERATE && o->size)
    return cli_misused (
        _ ("--size is for generate: the size of a picture that is worked on stays."));
  r->model = o->model;
  r->prompt = o->label;
  r->sampler = o->sampler;
  r->spacing = o->spacing;
  r->steps = (guint) o->steps;
  r->stop_after = (guint) o->stop_after;
  r->threads = (guint) o->threads;
  r->seed = (guint) seed;
  code = guides_fill (&o->guides, r);
  if (code != CLI_OK)
    return code;
  return cli_canvas_fill (&o->canvas, r);
}

static void
print_progress (const DifProgressInfo *info, gpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;

  if (info->seconds_left >= 0.0)
    {
      text = g_strdup_printf (_ ("step %u of %u, %.0f s left"), info->step, info->n_steps,
                              info->seconds_left);
      g_printerr ("\r%s ", text);
    }
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
  g_auto (Options) o = { .steps = 20 };
  g_autoptr (CliPicture) input = NULL;
  g_autoptr (DifResult)  result = NULL;
  g_autofree float      *mask = NULL;
  gboolean               empty = FALSE;
  DifTask                task;
  DifRequest             request;
  GError                *error = NULL;
  int                    code;

  if (! dif_task_find (argv[0], &task))
    g_return_val_if_reached (CLI_MISUSED);
  dif_request_init (&request, task);
  if (! parse (&o, argc, argv))
    return CLI_MISUSED;
  code = fill_request (&o, &request);
  if (code != CLI_OK)
    return code;
  if (! cli_target_check (o.output, "--output", &error) ||
      ! read_input (&o, &request, &input, &mask, &empty, &error) ||
      ! guides_read (&o.guides, &request, request.task == DIF_TASK_GENERATE && ! o.size, &error))
    return cli_failed (error);
  if (empty)
    return write_unchanged (&o, input, &error) ? CLI_OK : cli_failed (error);
  result = run (&request, o.quiet, &error);
  if (! result || ! write_result (&o, &request, input, result, &error))
    return cli_failed (error);
  return result->stopped_after > 0 && o.stop_after == 0 ? CLI_STOPPED : CLI_OK;
}
