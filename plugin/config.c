/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/config.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>

#include "plugin/choices.h"

/* ---- from arguments to the request -------------------------------------- */

static char *
read_words (GimpProcedureConfig *config, const char *name)
{
  char *words = NULL;

  g_object_get (config, name, &words, NULL);
  return words != NULL ? g_strstrip (words) : NULL;
}

/* A choice's id, NULL where it is left to the core. */
static char *
read_choice (GimpProcedureConfig *config, const char *name)
{
  char *id = NULL;

  g_object_get (config, name, &id, NULL);
  if (g_strcmp0 (id, DIF_CHOICE_DEFAULT) == 0)
    g_clear_pointer (&id, g_free);
  return id;
}

/* GIMP takes no other ids than those it was offered. */
static void
read_choice_into (DifRequest *request, const char *setting, const char *id)
{
  const DifSetting *row = dif_settings_find (setting);
  guint             index = 0;

  if (dif_setting_find_choice (row, id, &index))
    dif_setting_set_number (row, request, index);
}

static gboolean
check_palette (const char *name, guint n, GError **error)
{
  if (n >= 1 && n <= DIF_MAX_COLORS)
    return TRUE;

  if (n == 0)
    g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _ ("The palette “%s” has no colors."), name);
  else
    g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
                 _ ("The palette “%s” has %u colors. At most %u can be followed: choose a smaller "
                    "one."),
                 name, n, DIF_MAX_COLORS);
  return FALSE;
}

/* Palettes may hold colors that no sRGB screen shows: the nearest ones are taken. */
static gboolean
read_palette (DifSettings *settings, GimpProcedureConfig *config, GError **error)
{
  g_autoptr (GimpPalette) palette = NULL;
  g_autofree char        *name = NULL;
  GeglColor             **colors = NULL;
  guint                   n = 0;

  g_object_get (config, "palette", &palette, NULL);
  if (palette == NULL)
    return TRUE;

  name = gimp_resource_get_name (GIMP_RESOURCE (palette));
  colors = gimp_palette_get_colors (palette);
  while (colors != NULL && colors[n] != NULL)
    n++;
  settings->colors = g_new (float, 3 * (gsize) n);
  for (guint i = 0; i < n; i++)
    gegl_color_get_pixel (colors[i], babl_format ("R'G'B' float"), settings->colors + 3 * i);
  for (guint i = 0; i < 3 * n; i++)
    settings->colors[i] = CLAMP (settings->colors[i], 0.0f, 1.0f);
  gimp_color_array_free (colors);

  settings->request.palette = settings->colors;
  settings->request.n_palette = n;
  return check_palette (name, n, error);
}

static void
read_guidance (DifRequest *request, GimpProcedureConfig *config)
{
  g_object_get (config, "guidance", &request->guidance, "guidance-rescale",
                &request->guidance_rescale, "guidance-from", &request->guidance_from, "guidance-to",
                &request->guidance_to, "classifier-guidance", &request->classifier_guidance,
                "color-guidance", &request->color_guidance, "mean-color", &request->mean_color,
                NULL);
}

static gboolean
read_network (DifSettings *settings, GimpProcedureConfig *config, GError **error)
{
  DifRequest *request = &settings->request;
  gint        steps = 0;
  gint        stop_after = 0;
  gint        threads = 0;

  g_object_get (config, "steps", &steps, "stop-after", &stop_after, "threads", &threads, NULL);
  settings->label = read_words (config, "label");
  settings->negative = read_words (config, "negative");
  settings->sampler = read_choice (config, "sampler");
  settings->spacing = read_choice (config, "spacing");

  request->prompt = settings->label;
  request->negative_prompt = settings->negative;
  request->sampler = settings->sampler;
  request->spacing = settings->spacing;
  request->steps = steps;
  request->stop_after = stop_after;
  request->threads = threads;
  read_guidance (request, config);

  return read_palette (settings, config, error);
}

static void
read_selection (DifSettings *settings, GimpProcedureConfig *config)
{
  DifRequest      *request = &settings->request;
  g_autofree char *known = NULL;
  gint             feather = 0;
  gint             blend = 0;
  gint             detail = 0;
  gint             work_size = 0;

  g_object_get (config, "soft-selection", &request->soft_selection, "match-colors",
                &request->match_colors, "grow", &request->grow, "feather", &feather, "blend",
                &blend, "detail", &detail, "work-size", &work_size, "known", &known, NULL);
  request->feather = feather;
  request->blend = blend;
  request->detail = detail;
  request->work_size = work_size;
  read_choice_into (request, "known", known);
}

static void
read_prefill (DifSettings *settings, GimpProcedureConfig *config)
{
  g_autofree char *prefill = read_choice (config, "prefill");

  read_choice_into (&settings->request, "prefill", prefill);
}

static void
read_tile (DifSettings *settings, GimpProcedureConfig *config)
{
  g_autofree char *tile = NULL;

  g_object_get (config, "tile", &tile, NULL);
  read_choice_into (&settings->request, "tile", tile);
}

static gboolean
read_model (DifSettings *settings, GimpProcedureConfig *config, GError **error)
{
  g_object_get (config, "model", &settings->model, NULL);
  if (settings->model == NULL)
    settings->model = g_strdup ("");
  g_strstrip (settings->model);

  if (settings->model[0] == '\0')
    {
      settings->path = g_strdup ("");
    }
  else
    {
      settings->path = dif_resolve_model (settings->model, error);
      if (settings->path == NULL)
        return FALSE;
    }
  settings->request.model = settings->model; /* no folder of the user's goes into the image */

  return TRUE;
}

gboolean
dif_settings_is_visible (const DifProcedure *row, GimpProcedureConfig *config)
{
  g_autofree char *sample = NULL;
  g_autofree char *output = NULL;

  if (! (row->args & (DIF_ARG_SAMPLE | DIF_ARG_LEARN)))
    return FALSE;
  g_object_get (config, "sample", &sample, NULL);
  if (row->args & DIF_ARG_OUTPUT)
    g_object_get (config, "output", &output, NULL);
  return g_strcmp0 (sample, "visible") == 0 && g_strcmp0 (output, "replace") != 0;
}

DifSettings *
dif_settings_new (const DifProcedure *row, GimpProcedureConfig *config, GError **error)
{
  g_autoptr (DifSettings) settings = g_new0 (DifSettings, 1);
  g_autofree char        *output = NULL;

  settings->row = row;
  dif_request_init (&settings->request, row->task);

  if (! read_model (settings, config, error))
    return NULL;
  if ((row->args & DIF_ARG_NETWORK) && ! read_network (settings, config, error))
    return NULL;
  if (row->args & DIF_ARG_NOISE_LEVEL)
    g_object_get (config, "noise-level", &settings->request.noise_level, NULL);
  if (row->args & DIF_ARG_CONTEXT)
    g_object_get (config, "context", &settings->request.context, NULL);
  if (row->args & DIF_ARG_SELECTION)
    read_selection (settings, config);
  if (row->args & DIF_ARG_PREFILL)
    read_prefill (settings, config);
  if (row->args & DIF_ARG_TILE)
    read_tile (settings, config);
  settings->reach = (gint) dif_request_reach (&settings->request);
  if (settings->request.threads == 0)
    settings->request.threads = gimp_get_num_processors ();

  if (row->args & DIF_ARG_OUTPUT)
    g_object_get (config, "output", &output, NULL);
  settings->replace = g_strcmp0 (output, "replace") == 0;
  settings->visible = dif_settings_is_visible (row, config);

  return g_steal_pointer (&settings);
}

void
dif_settings_free (DifSettings *settings)
{
  if (settings == NULL)
    return;

  g_free (settings->model);
  g_free (settings->path);
  g_free (settings->label);
  g_free (settings->negative);
  g_free (settings->sampler);
  g_free (settings->spacing);
  g_free (settings->colors);
  g_free (settings);
}

void
dif_settings_choose_seed (DifSettings *settings, GimpProcedureConfig *config)
{
  gint     seed = 0;
  gboolean random = FALSE;

  g_object_get (config, "seed", &seed, "random-seed", &random, NULL);
  if (random || seed < 0)
    {
      seed = g_random_int () & G_MAXINT32;
      /* The dialog shows it: whoever likes the result unticks "random" and has it. */
      g_object_set (config, "seed", seed, NULL);
    }
  settings->request.seed = (guint) seed;
}

static char *
whole_name (const DifSettings *settings)
{
  const DifRequest *request = &settings->request;
  const DifSampler *sampler = NULL;
  const char       *what = _ (settings->row->layer_name);

  if (! (settings->row->args & DIF_ARG_NETWORK))
    return g_strdup_printf (_ ("%s, level %.2f, seed %u"), what, request->noise_level,
                            request->seed);

  /* named after a label it would be taken for a material itself */
  if (! (settings->row->args & DIF_ARG_MATERIALS) && request->prompt != NULL &&
      request->prompt[0] != '\0')
    what = request->prompt;
  sampler = dif_sampler_find (request->sampler);

  return g_strdup_printf (_ ("%s, %s, seed %u"), what,
                          sampler != NULL ? sampler->label : request->sampler, request->seed);
}

char *
dif_settings_layer_name (const DifSettings *settings)
{
  g_autofree char *name = whole_name (settings);

  if (settings->request.stop_after == 0)
    return g_steal_pointer (&name);
  return g_strdup_printf (_ ("%s, stopped after %u"), name, settings->request.stop_after);
}
