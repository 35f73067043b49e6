/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/config.h"

#include <glib/gi18n-lib.h>

static void
read_network (DifSettings *settings, GimpProcedureConfig *config)
{
  gint    steps = 0;
  gint    threads = 0;
  gdouble guidance = 0.0;

  g_object_get (config, "label", &settings->label, "sampler", &settings->sampler, "steps", &steps,
                "guidance", &guidance, "threads", &threads, NULL);
  if (settings->label != NULL)
    g_strstrip (settings->label);

  settings->request.label = settings->label;
  settings->request.sampler = settings->sampler;
  settings->request.steps = steps;
  settings->request.guidance = guidance;
  settings->request.threads = threads;
}

static void
read_tile (DifSettings *settings, GimpProcedureConfig *config)
{
  g_autofree char *tile = NULL;

  g_object_get (config, "tile", &tile, NULL);
  settings->request.tile_x = g_strcmp0 (tile, "x") == 0 || g_strcmp0 (tile, "xy") == 0;
  settings->request.tile_y = g_strcmp0 (tile, "y") == 0 || g_strcmp0 (tile, "xy") == 0;
}

static guint64
read_seed (GimpProcedureConfig *config)
{
  gint     seed = 0;
  gboolean random = FALSE;

  g_object_get (config, "seed", &seed, "random-seed", &random, NULL);
  if (random)
    {
      seed = g_random_int () & G_MAXINT32;
      /* The dialog shows it: whoever likes the result unticks "random" and has it. */
      g_object_set (config, "seed", seed, NULL);
    }
  return seed;
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
  settings->request.model = settings->path;

  return TRUE;
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
  if (row->args & DIF_ARG_NETWORK)
    read_network (settings, config);
  if (row->args & DIF_ARG_NOISE_LEVEL)
    g_object_get (config, "noise-level", &settings->request.noise_level, NULL);
  if (row->args & DIF_ARG_CONTEXT)
    g_object_get (config, "context", &settings->context, NULL);
  if (row->args & DIF_ARG_SELECTION)
    g_object_get (config, "soft-selection", &settings->request.soft, "match-colors",
                  &settings->request.colour_match, NULL);
  if (row->args & DIF_ARG_TILE)
    read_tile (settings, config);
  if (settings->request.threads == 0)
    settings->request.threads = gimp_get_num_processors ();
  settings->request.seed = read_seed (config);

  if (! (row->args & DIF_ARG_MATERIALS))
    g_object_get (config, "output", &output, NULL);
  settings->replace = g_strcmp0 (output, "replace") == 0;
  /* GIMP blends by the selection itself when it takes pixels */
  if (settings->replace)
    settings->request.soft = FALSE;

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
  g_free (settings->sampler);
  g_free (settings);
}

char *
dif_settings_layer_name (const DifSettings *settings)
{
  const DifRequest *request = &settings->request;
  const DifSampler *sampler = NULL;
  const char       *what = _ (settings->row->layer_name);

  if (! (settings->row->args & DIF_ARG_NETWORK))
    return g_strdup_printf (_ ("%s, level %.2f, seed %u"), what, request->noise_level,
                            (guint) request->seed);

  /* named after a label it would be taken for a material itself */
  if (! (settings->row->args & DIF_ARG_MATERIALS) && request->label != NULL &&
      request->label[0] != '\0')
    what = request->label;
  sampler = dif_sampler_find (request->sampler);

  return g_strdup_printf (_ ("%s, %s, seed %u"), what,
                          sampler != NULL ? sampler->label : request->sampler,
                          (guint) request->seed);
}

char *
dif_settings_to_json (const DifSettings *settings)
{
  DifRequest request = settings->request;

  request.model = settings->model;
  return dif_request_to_json (&request);
}
