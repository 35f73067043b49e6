/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How far textures are from one:
 *
 *     texture-distance [--halves] SOURCE.png [OTHER.png…]
 *
 * prints a line for each OTHER: the distance, and in brackets that of the colors and of the
 * features, from fine to coarse.  With --halves first a line for the two halves of SOURCE. */

#include <stdio.h>
#include <string.h>

#include "core/cli/picture-file.h"
#include "core/lab/texture-cut.h"
#include "core/lab/texture-distance.h"

static gboolean
print_distance (DifContext *context, const DifImage *source, const DifImage *other, GError **error)
{
  DifTextureDistance d;

  if (! dif_texture_distance (context, source, other, &d, error))
    return FALSE;
  printf ("%.4f (", d.distance);
  for (guint i = 0; i < DIF_TEXTURE_SCALES; i++)
    printf ("%s%.4f", i ? " " : "", d.apart[i] / d.spread[i]);
  printf (")\n");
  return TRUE;
}

static gboolean
print_halves (DifContext *context, const DifImage *source, GError **error)
{
  g_autoptr (DifImage) first = dif_texture_half (source, 0, error);
  g_autoptr (DifImage) second = first ? dif_texture_half (source, 1, error) : NULL;

  return second && print_distance (context, first, second, error);
}

static gboolean
print_all (DifContext *context, gboolean halves, char **paths, int n, GError **error)
{
  g_autoptr (DifImage) source = cli_image_read (paths[0], error);

  if (! source || (halves && ! print_halves (context, source, error)))
    return FALSE;
  for (int i = 1; i < n; i++)
    {
      g_autoptr (DifImage) other = cli_image_read (paths[i], error);

      if (! other || ! print_distance (context, source, other, error))
        return FALSE;
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  const gboolean         halves = argc > 1 && strcmp (argv[1], "--halves") == 0;
  const int              first = halves ? 2 : 1;
  g_autoptr (DifContext) context = dif_context_new (0, NULL);
  g_autoptr (GError)     error = NULL;

  if (argc <= first)
    {
      fprintf (stderr, "Usage: texture-distance [--halves] SOURCE.png [OTHER.png…]\n");
      return 2;
    }
  if (! print_all (context, halves, argv + first, argc - first, &error))
    {
      fprintf (stderr, "texture-distance: %s\n", error->message);
      return 1;
    }
  return 0;
}
