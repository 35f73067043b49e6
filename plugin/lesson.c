/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/lesson.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "plugin/drawable.h"

/* Bytes of a layer's name that become a model's, which leaves room for a number, and the numbers
 * that are tried. */
#define MAX_BYTES   80
#define MAX_NUMBER  1000
#define MAX_ENDING  5
#define NOT_IN_NAME "/\\:*?\"<>|"

/* ---- the new model's name ----------------------------------------------- */

/* Layers are often called as the file they come from was. */
static void
drop_ending (char *name)
{
  char *dot = strrchr (name, '.');

  if (dot != NULL && g_ascii_isalpha (dot[1]) && strlen (dot) <= MAX_ENDING)
    *dot = '\0';
}

static char *
name_of_layer (GimpLayer *layer)
{
  g_autofree char *whole = gimp_item_get_name (GIMP_ITEM (layer));
  const char      *name = whole;
  char            *part = NULL;

  while (*name == '.' || g_ascii_isspace (*name))
    name++;
  if (strlen (name) > MAX_BYTES)
    part = g_strndup (name, (gsize) (g_utf8_find_prev_char (name, name + MAX_BYTES) - name));
  else
    part = g_strdup (name);
  drop_ending (part);
  g_strdelimit (part, NOT_IN_NAME, '-');
  for (char *c = part; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (part);
  if (*part != '\0')
    return part;

  g_free (part);
  return g_strdup (_ ("Material"));
}

/* The name that was asked for, or one like the layer's. */
static char *
read_wish (GimpProcedureConfig *config, GimpLayer *layer, gboolean *own)
{
  g_autofree char *wish = NULL;

  g_object_get (config, "name", &wish, NULL);
  *own = wish == NULL || *g_strstrip (wish) == '\0';
  return *own ? name_of_layer (layer) : g_steal_pointer (&wish);
}

/* "Bark", else "Bark 2", and so on. */
static char *
number_name (const char *wish, guint k)
{
  return k > 1 ? g_strdup_printf ("%s %u", wish, k) : g_strdup (wish);
}

/* Whether the name can be had, or another like it if it is but a layer's. */
static gboolean
check_name (const char *wish, gboolean own, GError **error)
{
  g_autofree char *folder = own ? g_strdup ("") : dif_new_model_folder (wish, error);

  return folder != NULL;
}

/* ---- the picture -------------------------------------------------------- */

/* What is not covered may be anything, and is made harmless. */
static gboolean
check_pixels (const DifRect *region, float *pixels, const float *cover, GError **error)
{
  const gsize n = (gsize) region->width * (gsize) region->height;

  for (gsize i = 0; i < 3 * n; i++)
    {
      if (isfinite (pixels[i]))
        continue;
      if (cover == NULL || cover[i / 3] > 0.0f)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                       _ ("The pixel at column %d, row %d is not a number. Paint over it first."),
                       region->x + (gint) (i / 3 % (gsize) region->width),
                       region->y + (gint) (i / 3 / (gsize) region->width));
          return FALSE;
        }
      pixels[i] = 0.0f;
    }
  return TRUE;
}

/* How much there is to learn from at each pixel: what is seen, as far as it is selected. */
static gboolean
read_cover (const DifTarget *target, const DifSource *source, float **cover, GError **error)
{
  const gsize       n = (gsize) target->region.width * (gsize) target->region.height;
  g_autofree float *seen = NULL;
  g_autofree float *selected = NULL;

  if (! dif_source_seen (source, n, &seen, error))
    return FALSE;
  if (target->selected && ! (selected = dif_drawable_read_mask (target, error)))
    return FALSE;
  for (gsize i = 0; seen != NULL && selected != NULL && i < n; i++)
    seen[i] *= CLAMP (selected[i], 0.0f, 1.0f);
  *cover = seen != NULL ? g_steal_pointer (&seen) : g_steal_pointer (&selected);
  return TRUE;
}

/* Where all is covered there is no need for a mask. */
static gboolean
check_cover (float **cover, gsize n, GError **error)
{
  float least = 1.0f;
  float most = 0.0f;

  if (*cover == NULL)
    return TRUE;
  for (gsize i = 0; i < n; i++)
    {
      least = MIN (least, (*cover)[i]);
      most = MAX (most, (*cover)[i]);
    }
  if (most <= 0.0f)
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _ ("There is nothing to learn from: all of it is transparent here."));
      return FALSE;
    }
  if (least >= 1.0f)
    g_clear_pointer (cover, g_free);
  return TRUE;
}

/* One lesson, under one of the names that are tried. */
typedef struct
{
  DifLearning learning;
  const char *wish;
  gboolean    own; /* it is the layer's, and may get a number */
  char       *name;
} Lesson;

/* Learns under this name, unless somebody has it. */
static gboolean
learn_as (Lesson *lesson, DifProgress *progress, GError **error)
{
  g_autofree char *folder = dif_new_model_folder (lesson->name, error);

  lesson->learning.folder = folder;
  return folder != NULL && dif_learn (&lesson->learning, progress, error);
}

/* The name is taken; or it is the layer's own, and as such none that a model can have. */
static gboolean
may_be_other_name (const GError *error, guint k)
{
  return g_error_matches (error, DIF_ERROR, DIF_ERROR_EXISTS) ||
         (k == 1 && g_error_matches (error, DIF_ERROR, DIF_ERROR_REQUEST));
}

/* A name is taken when learning begins, be it in another GIMP a moment ago. */
static gboolean
learn (gpointer data, DifProgress *progress, GError **error)
{
  Lesson *lesson = data;
  GError *own_error = NULL;

  for (guint k = 1; k <= MAX_NUMBER; k++)
    {
      g_clear_error (&own_error);
      g_free (lesson->name);
      lesson->name = number_name (lesson->wish, k);
      if (learn_as (lesson, progress, &own_error))
        return TRUE;
      if (! lesson->own || ! may_be_other_name (own_error, k))
        break;
    }
  g_propagate_error (error, own_error);
  return FALSE;
}

static void
read_wishes (GimpProcedureConfig *config, DifLearning *learning)
{
  gint seed = 0;
  gint threads = 0;

  g_object_get (config, "minutes", &learning->minutes, "turned", &learning->turned, "seed", &seed,
                "threads", &threads, NULL);
  learning->seed = (guint64) seed;
  learning->threads = (guint) (threads > 0 ? threads : gimp_get_num_processors ());
}

static char *
find_beginning (GimpProcedureConfig *config, GError **error)
{
  g_autofree char *model = NULL;

  g_object_get (config, "model", &model, NULL);
  return dif_resolve_model (model != NULL ? g_strstrip (model) : "", error);
}

/* What is transparent is not learnt from; nor is a color that nobody sees there looked at. */
static gboolean
hide (DifSource *source, guint width, guint height, GError **error)
{
  g_autofree float *seen = NULL;

  return dif_source_seen (source, (gsize) width * height, &seen, error) &&
         (seen == NULL || dif_fill_unseen (source->pixels, seen, width, height, error));
}

gboolean
dif_lesson_give (DifSession *session, const DifTarget *target, GError **error)
{
  Lesson            lesson = { 0 };
  DifLearning      *learning = &lesson.learning;
  g_autofree char  *wish = NULL;
  g_autofree char  *from = NULL;
  g_autofree float *cover = NULL;
  g_auto (DifSource) source = { NULL, NULL, NULL };
  gboolean done;

  dif_learning_init (learning);
  read_wishes (session->config, learning);
  learning->width = (guint) target->region.width;
  learning->height = (guint) target->region.height;

  wish = read_wish (session->config, target->layer, &lesson.own);
  if (! check_name (wish, lesson.own, error))
    return FALSE;
  from = find_beginning (session->config, error);
  if (from == NULL)
    return FALSE;
  if (! dif_source_read (target, &source, error) || ! read_cover (target, &source, &cover, error) ||
      ! check_cover (&cover, (gsize) learning->width * learning->height, error) ||
      ! check_pixels (&target->region, source.pixels, cover, error) ||
      ! hide (&source, learning->width, learning->height, error))
    return FALSE;

  lesson.wish = wish;
  learning->from = from;
  learning->pixels = source.pixels;
  learning->mask = cover;
  done = dif_session_compute (session, learn, &lesson, error);
  if (done)
    {
      g_free (session->model);
      session->model = g_steal_pointer (&lesson.name);
    }
  g_free (lesson.name);
  return done;
}
