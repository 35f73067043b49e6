/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/speed.h"

#include <math.h>

#define GROUP "processor seconds for a megapixel step"

/* Seconds that reading the model and writing the layer take, about. */
#define AROUND 0.5

/* Reports come late by up to a fifth of a second. */
#define SHORTEST   0.8
#define LEAST_DONE 0.1

void
dif_speed_hear (DifSpeedWatch *watch, const DifProgressInfo *info)
{
  const gint64 now = g_get_monotonic_time ();

  if (info->step == 0)
    return;
  if (watch->begin == 0)
    {
      watch->begin = now;
      watch->begin_fraction = info->fraction;
    }
  watch->end = now;
  watch->end_fraction = info->fraction;
}

static char *
file_name (void)
{
  return g_build_filename (g_get_user_cache_dir (), "gimp-diffusion", "speed.ini", NULL);
}

/* A path is nobody's business, and might hold characters that a key may not. */
static char *
key_of (const char *what)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, what, -1);
}

static GKeyFile *
load (void)
{
  GKeyFile        *file = g_key_file_new ();
  g_autofree char *name = file_name ();

  g_key_file_load_from_file (file, name, G_KEY_FILE_NONE, NULL);
  return file;
}

static gdouble
look_up (GKeyFile *file, const char *what)
{
  g_autofree char *key = key_of (what);
  const gdouble    speed = g_key_file_get_double (file, GROUP, key, NULL);

  return isfinite (speed) && speed > 0.0 ? speed : 0.0;
}

/* Whoever has no cache to write to is told times all the same, but less well. */
static void
save (GKeyFile *file)
{
  g_autofree char *name = file_name ();
  g_autofree char *folder = g_path_get_dirname (name);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_key_file_save_to_file (file, name, NULL);
}

void
dif_speed_keep (const char *what, guint threads, gdouble megapixel_steps,
                const DifSpeedWatch *watch)
{
  const gdouble        seconds = (gdouble) (watch->end - watch->begin) / G_TIME_SPAN_SECOND;
  const gdouble        done = watch->end_fraction - watch->begin_fraction;
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char     *key = NULL;
  gdouble              speed = 0.0;
  gdouble              before = 0.0;

  if (watch->begin == 0 || seconds < SHORTEST || done < LEAST_DONE || ! (megapixel_steps > 0.0))
    return;

  file = load ();
  key = key_of (what);
  speed = seconds / done * threads / megapixel_steps;
  before = look_up (file, what);
  g_key_file_set_double (file, GROUP, key, before > 0.0 ? 0.5 * (before + speed) : speed);
  save (file);
}

gdouble
dif_speed_guess (const char *what, guint threads, gdouble megapixel_steps, gdouble first)
{
  g_autoptr (GKeyFile) file = load ();
  gdouble              speed = look_up (file, what);

  if (! (speed > 0.0))
    speed = first;
  if (! (speed > 0.0) || threads == 0)
    return -1.0;
  return AROUND + speed * megapixel_steps / threads;
}
