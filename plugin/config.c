/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/config.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>

/* ---- from arguments to settings ----------------------------------------- */

static gboolean
has (GimpProcedureConfig *config, const char *id)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (config), id) != NULL;
}

static void
read_text (GimpProcedureConfig *config, const DifSetting *s, gpointer object)
{
  g_autofree char *text = NULL;

  g_object_get (config, s->id, &text, NULL);
  dif_setting_set_string (s, object, text != NULL ? g_strstrip (text) : NULL);
}

/* GIMP takes no other ids than those it was offered. */
static void
read_choice (GimpProcedureConfig *config, const DifSetting *s, gpointer object)
{
  g_autofree char *id = NULL;
  guint            index = 0;

  g_object_get (config, s->id, &id, NULL);
  if (dif_setting_find_choice (s, id, &index))
    dif_setting_set_number (s, object, index);
}

static void
read_number (GimpProcedureConfig *config, const DifSetting *s, gpointer object)
{
  gdouble number = 0.0;
  gint    whole = 0;

  if (s->kind == DIF_SETTING_REAL)
    g_object_get (config, s->id, &number, NULL);
  else
    g_object_get (config, s->id, &whole, NULL);
  dif_setting_set_number (s, object, s->kind == DIF_SETTING_REAL ? number : whole);
}

/* Palettes may hold colors that no sRGB screen shows: the nearest ones are taken. */
static gboolean
read_palette (GimpProcedureConfig *config, const DifSetting *s, gpointer object, GError **error)
{
  g_autoptr (GimpPalette) palette = NULL;
  g_autofree char        *name = NULL;
  GeglColor             **colors = NULL;
  float                  *numbers = NULL;
  guint                   n = 0;

  g_object_get (config, s->id, &palette, NULL);
  if (palette == NULL)
    return TRUE;

  name = gimp_resource_get_name (GIMP_RESOURCE (palette));
  colors = gimp_palette_get_colors (palette);
  while (colors != NULL && colors[n] != NULL)
    n++;
  numbers = g_new (float, 3 * (gsize) MAX (n, 1));
  for (guint i = 0; i < n; i++)
    gegl_color_get_pixel (colors[i], babl_format ("R'G'B' float"), numbers + 3 * i);
  for (guint i = 0; i < 3 * n; i++)
    numbers[i] = CLAMP (numbers[i], 0.0f, 1.0f);
  gimp_color_array_free (colors);
  dif_setting_take_palette (s, object, numbers, n);
  if (n > 0)
    return TRUE;

  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _ ("The palette “%s” has no colors."), name);
  return FALSE;
}

gboolean
dif_config_read (GimpProcedureConfig *config, const DifSetting *s, gpointer object, GError **error)
{
  if (! has (config, s->id))
    return TRUE;
  switch (s->kind)
    {
    case DIF_SETTING_TEXT:
    case DIF_SETTING_PROMPT:
    case DIF_SETTING_MODEL:
    case DIF_SETTING_NAME:
      read_text (config, s, object);
      return TRUE;
    case DIF_SETTING_CHOICE:
      read_choice (config, s, object);
      return TRUE;
    case DIF_SETTING_WHOLE:
    case DIF_SETTING_REAL:
    case DIF_SETTING_SWITCH:
      read_number (config, s, object);
      return TRUE;
    case DIF_SETTING_PALETTE:
      return read_palette (config, s, object, error);
    }
  g_return_val_if_reached (FALSE);
}

/* ---- all of them -------------------------------------------------------- */

static void
read_own (DifOwnSettings *own, GimpProcedureConfig *config)
{
  guint             n = 0;
  const DifSetting *rows = dif_arguments_own (&n);

  *own = (DifOwnSettings) { NULL };
  for (guint i = 0; i < n; i++)
    dif_config_read (config, &rows[i], own, NULL);
}

static void
clear_own (DifOwnSettings *own)
{
  g_free (own->settings);
}

/* What was kept with a layer says it all again, its seed too. */
static gboolean
read_kept (DifConfig *c, GError **error)
{
  const guint none = G_MAXUINT;

  if (c->own.settings == NULL)
    return TRUE;
  c->request.seed = none;
  if (! dif_request_from_json (&c->request, c->own.settings, error))
    return FALSE;
  if (c->request.seed != none)
    {
      c->own.seed = (gint) c->request.seed;
      c->own.random_seed = FALSE;
    }
  return TRUE;
}

static gboolean
read_request (DifConfig *c, GimpProcedureConfig *config, GError **error)
{
  guint             n = 0;
  const DifSetting *rows = dif_settings (&n);

  dif_request_init (&c->request, c->row->task);
  for (guint i = 0; i < n; i++)
    if (! dif_config_read (config, &rows[i], &c->request, error))
      return FALSE;
  if (c->request.threads == 0)
    c->request.threads = gimp_get_num_processors ();
  return read_kept (c, error);
}

/* A model that is not there is known before anything begins. */
static gboolean
check_model (const DifConfig *c, GError **error)
{
  g_autofree char *path = NULL;

  if (c->request.model == NULL)
    return TRUE;
  path = dif_resolve_model (c->request.model, error);
  return path != NULL;
}

DifConfig *
dif_config_new (const DifProcedure *row, GimpProcedureConfig *config, GError **error)
{
  g_autoptr (DifConfig) c = g_new0 (DifConfig, 1);

  c->row = row;
  read_own (&c->own, config);
  if (! read_request (c, config, error) || ! check_model (c, error))
    return NULL;
  c->reach = (gint) dif_request_reach (&c->request);
  c->visible = dif_config_is_visible (row, config);
  return g_steal_pointer (&c);
}

void
dif_config_free (DifConfig *c)
{
  if (c == NULL)
    return;

  dif_request_clear (&c->request);
  clear_own (&c->own);
  g_free (c);
}

gboolean
dif_config_replaces (const DifProcedure *row, GimpProcedureConfig *config)
{
  DifOwnSettings own;
  gboolean       replaces = FALSE;

  read_own (&own, config);
  replaces = (row->args & DIF_ARG_OUTPUT) != 0 && own.output == DIF_OUTPUT_REPLACE;
  clear_own (&own);
  return replaces;
}

gboolean
dif_config_is_visible (const DifProcedure *row, GimpProcedureConfig *config)
{
  DifOwnSettings own;
  gboolean       visible = FALSE;

  read_own (&own, config);
  visible = (row->args & (DIF_ARG_SAMPLE | DIF_ARG_LEARN)) != 0 &&
            own.sample == DIF_SAMPLE_VISIBLE && ! dif_config_replaces (row, config);
  clear_own (&own);
  return visible;
}

void
dif_config_choose_seed (DifConfig *c, GimpProcedureConfig *config)
{
  if (c->own.random_seed || c->own.seed < 0)
    {
      c->own.seed = g_random_int () & G_MAXINT32;
      /* The dialog shows it: whoever likes the result unticks "random" and has it. */
      g_object_set (config, "seed", c->own.seed, NULL);
    }
  c->request.seed = (guint) c->own.seed;
}

const DifSampler *
dif_config_sampler (const DifRequest *request)
{
  const DifSampler        *own = dif_sampler_find (request->sampler);
  g_autoptr (DifModelInfo) info = NULL;

  if (own == NULL)
    info = dif_model_info_load (request->model, NULL);
  if (info != NULL && info->sampler != NULL)
    return dif_sampler_find (info->sampler);
  return own != NULL ? own : dif_request_sampler (request, NULL);
}

/* ---- what a layer is called --------------------------------------------- */

static char *
whole_name (const DifConfig *c)
{
  const DifRequest *request = &c->request;
  const char       *what = _ (c->row->layer_name);

  if (! dif_task_row (request->task)->denoises)
    return g_strdup_printf (_ ("%s, level %.2f, seed %u"), what, request->noise_level,
                            request->seed);

  /* named after a label it would be taken for a material itself */
  if ((c->row->args & DIF_ARG_MATERIALS) == 0 && request->prompt != NULL)
    what = request->prompt;
  return g_strdup_printf (_ ("%s, %s, seed %u"), what, dif_config_sampler (request)->label,
                          request->seed);
}

char *
dif_config_layer_name (const DifConfig *c)
{
  g_autofree char *name = whole_name (c);

  if (c->request.stop_after == 0)
    return g_steal_pointer (&name);
  return g_strdup_printf (_ ("%s, stopped after %u"), name, c->request.stop_after);
}
