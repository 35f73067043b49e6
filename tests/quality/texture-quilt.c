/* SPDX-License-Identifier: GPL-3.0-or-later */

/* More of a texture by copying patches, the baseline that learning is shown against:
 *
 *     texture-quilt SOURCE.png OUT.png SIZE SEED
 *
 * makes SIZE x SIZE pixels.  Patches are laid row by row so that they overlap; each is picked at
 * random among the places of the source that fit what lies there already nearly best, and is joined
 * to it along the path where they differ least (Efros & Freeman 2001, Image Quilting for Texture
 * Synthesis and Transfer, section 2). */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/pool.h"
#include "core/base/rng.h"
#include "core/cli/picture-file.h"
#include "core/lab/texture-cut.h"

#define PATCH     64u
#define OVERLAP   11u /* a sixth of a patch, as in the paper */
#define STEP      (PATCH - OVERLAP)
#define TOLERANCE 1.1f /* of the least error, as in the paper */
#define MAX_SIZE  8192u

/* One patch to be laid. */
typedef struct
{
  const DifImage *source;
  const DifImage *out;
  guint           left; /* in @out */
  guint           top;
  guint           columns; /* places in @source */
  guint           rows;
  float          *errors; /* of each place */
} Patch;

static float *
pixel (const DifImage *image, gsize x, gsize y)
{
  return image->pixels + (y * image->width + x) * 3;
}

static float
difference (const float *a, const float *b)
{
  float r = a[0] - b[0], g = a[1] - b[1], blue = a[2] - b[2];

  return r * r + g * g + blue * blue;
}

/* What the patch at @x, @y of the source differs from what is already laid. */
static float
overlap_error (const Patch *p, guint x, guint y)
{
  float error = 0.0f;

  for (guint v = 0; v < PATCH; v++)
    {
      const guint  to = p->top && v < OVERLAP ? PATCH : p->left ? OVERLAP : 0;
      const float *a = pixel (p->source, x, y + v);
      const float *b = pixel (p->out, p->left, p->top + v);

      for (guint u = 0; u < to; u++)
        error += difference (a + 3 * u, b + 3 * u);
    }
  return error;
}

static void
fill_errors (gsize row, guint worker, gpointer data)
{
  const Patch *p = data;

  for (guint x = 0; x < p->columns; x++)
    p->errors[row * p->columns + x] = overlap_error (p, x, (guint) row);
}

/* A place of the source at random among those with little error. */
static gsize
pick (const Patch *p, guint64 seed, guint64 which)
{
  const gsize n = (gsize) p->columns * p->rows;
  float       least = p->errors[0];
  float       normal;
  gsize       n_good = 0;
  gsize       skip;

  for (gsize i = 1; i < n; i++)
    least = MIN (least, p->errors[i]);
  for (gsize i = 0; i < n; i++)
    n_good += p->errors[i] <= TOLERANCE * least;
  dif_rng_normal (seed, 0, which, &normal, 1);
  skip = (gsize) (0.5 * erfc (normal * -G_SQRT2 / 2.0) * (double) n_good);
  skip = MIN (skip, n_good - 1);
  for (gsize i = 0;; i++)
    if (p->errors[i] <= TOLERANCE * least && skip-- == 0)
      return i;
}

/* The path of least error along a strip, one place in each of PATCH rows. */
static void
find_cut (float error[PATCH][OVERLAP], guint cut[PATCH])
{
  guint at = 0;

  for (guint v = 1; v < PATCH; v++)
    for (guint u = 0; u < OVERLAP; u++)
      {
        float before = error[v - 1][u];

        if (u > 0)
          before = MIN (before, error[v - 1][u - 1]);
        if (u + 1 < OVERLAP)
          before = MIN (before, error[v - 1][u + 1]);
        error[v][u] += before;
      }
  for (guint u = 1; u < OVERLAP; u++)
    if (error[PATCH - 1][u] < error[PATCH - 1][at])
      at = u;
  cut[PATCH - 1] = at;
  for (guint v = PATCH - 1; v-- > 0;)
    {
      const guint first = at > 0 ? at - 1 : 0;
      const guint last = MIN (at + 1, OVERLAP - 1);

      at = first;
      for (guint u = first; u <= last; u++)
        if (error[v][u] < error[v][at])
          at = u;
      cut[v] = at;
    }
}

/* Copies the patch at @x, @y of the source, up to the cuts. */
static void
lay (const Patch *p, guint x, guint y)
{
  float left_error[PATCH][OVERLAP], top_error[PATCH][OVERLAP];
  guint left_cut[PATCH] = { 0 }, top_cut[PATCH] = { 0 };

  for (guint along = 0; along < PATCH; along++)
    for (guint across = 0; across < OVERLAP; across++)
      {
        left_error[along][across] = difference (pixel (p->source, x + across, y + along),
                                                pixel (p->out, p->left + across, p->top + along));
        top_error[along][across] = difference (pixel (p->source, x + along, y + across),
                                               pixel (p->out, p->left + along, p->top + across));
      }
  if (p->left)
    find_cut (left_error, left_cut);
  if (p->top)
    find_cut (top_error, top_cut);
  for (guint v = 0; v < PATCH; v++)
    for (guint u = 0; u < PATCH; u++)
      if (u >= left_cut[v] && v >= top_cut[u])
        memcpy (pixel (p->out, p->left + u, p->top + v), pixel (p->source, x + u, y + v),
                3 * sizeof (float));
}

static DifImage *
quilt (const DifImage *source, guint size, guint64 seed, GError **error)
{
  const guint          n = size > PATCH ? (size - OVERLAP + STEP - 1) / STEP : 1;
  const guint          side = n * STEP + OVERLAP;
  g_autoptr (DifPool)  pool = dif_pool_new (0);
  g_autoptr (DifImage) out = dif_image_new (side, side, error);
  g_autofree float    *errors = NULL;
  Patch                p = { .source = source,
                             .out = out,
                             .columns = source->width - PATCH + 1,
                             .rows = source->height - PATCH + 1 };

  if (! out)
    return NULL;
  p.errors = errors = g_new0 (float, (gsize) p.columns *p.rows);
  for (guint row = 0; row < n; row++)
    for (guint column = 0; column < n; column++)
      {
        gsize place;

        p.left = column * STEP;
        p.top = row * STEP;
        dif_pool_run (pool, p.rows, fill_errors, &p);
        place = pick (&p, seed, row * n + column);
        lay (&p, (guint) (place % p.columns), (guint) (place / p.columns));
      }
  return dif_texture_cut (out, 0, 0, size, size, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifImage) source = NULL;
  g_autoptr (DifImage) out = NULL;
  guint64              size, seed;

  if (argc != 5 || ! g_ascii_string_to_unsigned (argv[3], 10, 1, MAX_SIZE, &size, NULL) ||
      ! g_ascii_string_to_unsigned (argv[4], 10, 0, G_MAXUINT64, &seed, NULL))
    {
      fprintf (stderr, "Usage: texture-quilt SOURCE.png OUT.png SIZE SEED\n");
      return 2;
    }
  source = cli_image_read (argv[1], &error);
  if (source && MIN (source->width, source->height) < PATCH)
    {
      fprintf (stderr, "texture-quilt: a patch of %u × %u pixels is cut from the source.\n", PATCH,
               PATCH);
      return 1;
    }
  if (source)
    out = quilt (source, (guint) size, seed, &error);
  if (! out || ! cli_image_write (out, argv[2], &error))
    {
      fprintf (stderr, "texture-quilt: %s\n", error->message);
      return 1;
    }
  return 0;
}
