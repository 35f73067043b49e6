/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/lesson.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plugin/config.h"
#include "plugin/drawable-read.h"
#include "plugin/source.h"

/* Bytes of a layer's name that become a model's, which leaves room for a number, and the numbers
 * that are tried. */
#define MAX_BYTES   80
#define MAX_NUMBER  1000
#define MAX_ENDING  5
#define NOT_IN_NAME "/\\:*?\"<>|"

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
name_wish (const DifLearning *learning, GimpLayer *layer, gboolean *own)
{
  *own = learning->name == NULL;
  return *own ? name_of_layer (layer) : g_strdup (learning->name);
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

/* One lesson, under one of the names that are tried. */
typedef struct
{
  DifLearning learning;
  const char *wish;
  gboolean    own; /* it is the layer's, and may get a number */
  char       *name;
} Lesson;

static void
lesson_clear (Lesson *lesson)
{
  dif_learning_clear (&lesson->learning);
  g_free (lesson->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lesson, lesson_clear)

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

static gboolean
read_settings (GimpProcedureConfig *config, DifLearning *learning, GError **error)
{
  guint             n = 0;
  const DifSetting *rows = dif_learning_settings (&n);
  g_autofree char  *model = NULL;

  for (guint i = 0; i < n; i++)
    if (! dif_config_read (config, &rows[i], learning, error))
      return FALSE;
  if (learning->threads == 0)
    learning->threads = gimp_get_num_processors ();
  model = dif_resolve_model (learning->model, error); /* known before anything is read */
  return model != NULL;
}

gboolean
dif_lesson_make (DifSession *session, GError **error)
{
  const DifAim aim = dif_session_aim (session);
  DifTarget    target;
  g_auto (Lesson) lesson = { 0 };
  DifLearning      *learning = &lesson.learning;
  g_autofree char  *wish = NULL;
  g_autofree float *seen = NULL;
  g_autofree float *mask = NULL;
  g_auto (DifSource) source = { NULL, NULL, NULL };
  gboolean done;

  dif_learning_init (learning);
  if (! dif_session_find_target (session, &aim, &target, error))
    return FALSE;
  if (! read_settings (session->config, learning, error))
    return FALSE;
  learning->width = (guint) target.region.width;
  learning->height = (guint) target.region.height;
  learning->origin_x = target.region.x;
  learning->origin_y = target.region.y;

  wish = name_wish (learning, target.layer, &lesson.own);
  if (! check_name (wish, lesson.own, error))
    return FALSE;
  if (! dif_source_read (&target, &source, error) ||
      ! dif_source_seen (&source, (gsize) learning->width * learning->height, &seen, error))
    return FALSE;
  if (target.selected && ! (mask = dif_drawable_read_mask (&target, error)))
    return FALSE;

  lesson.wish = wish;
  learning->pixels = source.pixels;
  learning->alpha = seen;
  learning->mask = mask;
  done = dif_session_compute (session, learn, &lesson, error);
  if (done)
    {
      g_free (session->model);
      session->model = g_steal_pointer (&lesson.name);
    }
  return done;
}
