/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/habits.h"

#include <string.h>

#include "plugin/arguments.h"

static char *
name_of (GimpProcedureConfig *config, const char *ending)
{
  return g_strconcat (G_OBJECT_TYPE_NAME (config), ending, NULL);
}

/* Whether GIMP remembers settings for this image itself. */
static gboolean
has_own (GimpProcedureConfig *config, GimpImage *image)
{
  g_autofree char *name = name_of (config, "-last");
  GimpParasite    *parasite = gimp_image_get_parasite (image, name);
  const gboolean   there = parasite != NULL;

  if (there)
    gimp_parasite_free (parasite);
  return there;
}

/* An image's number and the settings; no two images of a session have the same number. */
static char *
read_tried (GimpProcedureConfig *config, gint *image_id)
{
  g_autofree char *name = name_of (config, "-tried");
  GimpParasite    *parasite = gimp_get_parasite (name);
  g_autofree char *text = NULL;
  const char      *data = NULL;
  char            *settings = NULL;
  guint32          size = 0;

  if (parasite == NULL)
    return NULL;
  data = gimp_parasite_get_data (parasite, &size);
  text = g_strndup (data, size);
  gimp_parasite_free (parasite);

  *image_id = (gint) g_ascii_strtoll (text, &settings, 10);
  return g_strdup (settings);
}

static void
become_default (GimpProcedureConfig *config, const char *name)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (config), name);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (pspec));
  g_param_value_set_default (pspec, &value);
  g_object_set_property (G_OBJECT (config), name, &value);
}

/* What is set for one picture; all else is how one likes to work. */
static void
forget_picture (const DifProcedure *row, GimpProcedureConfig *config)
{
  g_autoptr (GPtrArray) list = dif_arguments_list (row);

  for (guint i = 0; i < list->len; i++)
    {
      const DifSetting *s = g_ptr_array_index (list, i);

      if (s->per_image)
        become_default (config, s->id);
    }
}

void
dif_habits_recall (const DifProcedure *row, GimpProcedureConfig *config, GimpImage *image,
                   gboolean fresh)
{
  gint             tried_on = -1;
  g_autofree char *tried = read_tried (config, &tried_on);
  gboolean         own = has_own (config, image);

  if (tried != NULL && (tried_on == gimp_image_get_id (image) || ! own))
    {
      gimp_config_deserialize_string (GIMP_CONFIG (config), tried, -1, NULL, NULL);
      own = tried_on == gimp_image_get_id (image);
    }
  if (fresh && ! own)
    forget_picture (row, config);
}

void
dif_habits_keep (GimpProcedureConfig *config, GimpImage *image)
{
  g_autofree char *name = name_of (config, "-tried");
  g_autofree char *settings = gimp_config_serialize_to_string (GIMP_CONFIG (config), NULL);
  g_autofree char *text = g_strdup_printf ("%d\n%s", gimp_image_get_id (image), settings);
  GimpParasite    *parasite = gimp_parasite_new (name, 0, strlen (text), text);

  gimp_attach_parasite (parasite);
  gimp_parasite_free (parasite);
}

void
dif_habits_forget (GimpProcedureConfig *config)
{
  g_autofree char *name = name_of (config, "-tried");

  gimp_detach_parasite (name);
}
