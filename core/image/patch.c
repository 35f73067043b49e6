/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/patch.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/image/fill.h"
#include "core/image/nearest.h"
#include "core/image/texture.h"

#define MAX_CHANNELS 4
#define PIECES       8
#define RING         6.0    /* pixels */
#define RING_SAMPLES 256    /* that are compared */
#define HOLE_SAMPLES 128    /* that have to be covered */
#define LEAST_RING   0.1    /* of the samples must have something to be compared with */
#define FURTHER      256    /* pixels that a piece may be away, beyond the hole's own extent */
#define DEARER       4.0    /* power by which less is dearer */
#define MUCH         0.6    /* of what any piece covers */
#define MOST_SHIFTS  200000 /* that are tried; where there are more, first every second, third … */
#define TONE         0.9    /* of a difference that is the same all over is forgiven */

/* Of pieces that are looked at all over. */
#define CANDIDATES   24
#define APART        8 /* pixels between their places */
#define MOST_STRANGE 0.02
#define WHOLE        0.97 /* of the hole must be covered by a piece that is to look like a texture */

typedef struct
{
  gint64 y, x;
} Shift;

typedef struct
{
  DifContext *context;
  DifTensor  *x;
  guint8     *left;  /* by pixel: still unknown */
  guint8     *piece; /* filled by the present one */
  gint64      h, w, c;
  guint32     ring[RING_SAMPLES], hole[HOLE_SAMPLES];
  guint       n_ring, n_hole;
  gint64      reach_y, reach_x;
  DifTexture *texture; /* that pieces must look like; NULL for any */
} Patching;

static void
patching_clear (Patching *p)
{
  g_free (p->left);
  g_free (p->piece);
  dif_texture_free (p->texture);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Patching, patching_clear)

/* Where a pixel's color would come from, or -1: that is unknown too. */
static gint64
source_of (const Patching *p, gint64 at, Shift shift)
{
  const gint64 y = at / p->w + shift.y;
  const gint64 x = at % p->w + shift.x;

  if (y < 0 || y >= p->h || x < 0 || x >= p->w || p->left[y * p->w + x])
    return -1;
  return y * p->w + x;
}

/* Keeps @most of @n numbers, evenly. */
static guint
thin (const guint32 *numbers, guint n, guint most, guint32 *kept)
{
  const guint n_kept = MIN (n, most);

  for (guint i = 0; i < n_kept; i++)
    kept[i] = numbers[(guint64) i * n / n_kept];
  return n_kept;
}

/* Samples of what is left and of its ring, and how far to look.  Returns FALSE without memory. */
static gboolean
take_samples (Patching *p)
{
  const gsize         n = (gsize) (p->h * p->w);
  g_autofree guint32 *nearest = g_try_new (guint32, n);
  g_autofree guint32 *list = g_try_new (guint32, n);
  gint64              top = p->h, left = p->w, bottom = 0, right = 0;
  guint               n_list = 0;

  if (! nearest || ! list)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (p->left[i])
      {
        list[n_list++] = (guint32) i;
        top = MIN (top, (gint64) i / p->w);
        bottom = MAX (bottom, (gint64) i / p->w);
        left = MIN (left, (gint64) i % p->w);
        right = MAX (right, (gint64) i % p->w);
      }
  p->n_hole = thin (list, n_list, HOLE_SAMPLES, p->hole);
  p->reach_y = MIN (p->h - 1, bottom - top + 1 + FURTHER);
  p->reach_x = MIN (p->w - 1, right - left + 1 + FURTHER);
  dif_nearest (p->left, (guint) p->w, (guint) p->h, nearest);
  n_list = 0;
  for (gsize i = 0; i < n; i++)
    if (! p->left[i] && dif_nearest_distance (nearest, (guint) p->w, i) <= RING)
      list[n_list++] = (guint32) i;
  p->n_ring = thin (list, n_list, RING_SAMPLES, p->ring);
  return TRUE;
}

static guint
count_covered (const Patching *p, Shift shift)
{
  guint n = 0;

  for (guint i = 0; i < p->n_hole; i++)
    n += source_of (p, p->hole[i], shift) >= 0;
  return n;
}

/* Mean square by which the rings differ, less most of what all pixels differ by alike. */
static double
compare_rings (const Patching *p, Shift shift)
{
  double squares = 0.0, tone = 0.0;
  double sum[MAX_CHANNELS] = { 0.0 };
  guint  n = 0;

  for (guint i = 0; i < p->n_ring; i++)
    {
      const gint64 from = source_of (p, p->ring[i], shift);
      const float *a = p->x->data + p->ring[i] * (gsize) p->c;
      const float *b = p->x->data + from * p->c;

      for (gint64 k = 0; from >= 0 && k < p->c; k++)
        {
          sum[k] += a[k] - b[k];
          squares += (a[k] - b[k]) * (a[k] - b[k]);
        }
      n += from >= 0;
    }
  if (n < LEAST_RING * p->n_ring)
    return G_MAXDOUBLE;
  for (gint64 k = 0; k < p->c; k++)
    tone += sum[k] * sum[k] / n;
  return (squares - TONE * tone) * p->n_ring / ((double) n * n);
}

/* Called for each shift that is tried. */
typedef void (*Visit) (const Patching *p, Shift shift, gpointer data);

static void
visit_shifts (const Patching *p, gint64 stride, Visit visit, gpointer data)
{
  for (gint64 y = -p->reach_y; y <= p->reach_y && dif_context_ok (p->context); y += stride)
    for (gint64 x = -p->reach_x; x <= p->reach_x; x += stride)
      visit (p, (Shift) { y, x }, data);
}

static void
most_covered (const Patching *p, Shift shift, gpointer data)
{
  guint *most = data;

  *most = MAX (*most, count_covered (p, shift));
}

typedef struct
{
  Shift  shift;
  double cost;
} Piece;

/* The best, from the best on. */
typedef struct
{
  Piece pieces[CANDIDATES];
  guint n;
  guint wanted;
  guint most; /* that any covers */
} Pieces;

/* Of pieces in about the same place only the best is kept. */
static void
keep_piece (Pieces *best, Piece piece)
{
  guint at = 0;

  for (guint i = 0; i < best->n; i++)
    if (ABS (best->pieces[i].shift.y - piece.shift.y) < APART &&
        ABS (best->pieces[i].shift.x - piece.shift.x) < APART)
      {
        if (best->pieces[i].cost <= piece.cost)
          return;
        best->n--;
        memmove (best->pieces + i, best->pieces + i + 1, (best->n - i) * sizeof (Piece));
        i--;
      }
  while (at < best->n && best->pieces[at].cost <= piece.cost)
    at++;
  if (at == best->wanted)
    return;
  best->n = MIN (best->n, best->wanted - 1);
  memmove (best->pieces + at + 1, best->pieces + at, (best->n - at) * sizeof (Piece));
  best->pieces[at] = piece;
  best->n++;
}

static void
best_fitting (const Patching *p, Shift shift, gpointer data)
{
  Pieces      *best = data;
  const double share = (double) count_covered (p, shift) / best->most;
  double       cost;

  if (share < (p->texture ? WHOLE : MUCH))
    return;
  cost = compare_rings (p, shift) / pow (share, DEARER);
  if (cost < G_MAXDOUBLE && (best->n < best->wanted || cost < best->pieces[best->n - 1].cost))
    keep_piece (best, (Piece) { shift, cost });
}

/* Of those that cover much the one that fits best; what covers less has to fit better.  Returns
 * FALSE if there is none. */
static gboolean
find_piece (const Patching *p, Shift *shift)
{
  Pieces best = { .wanted = p->texture ? CANDIDATES : 1 };
  gint64 stride = 1;
  guint  n;

  while ((2 * p->reach_y / stride + 1) * (2 * p->reach_x / stride + 1) > MOST_SHIFTS)
    stride++;
  visit_shifts (p, stride, most_covered, &best.most);
  if (best.most == 0 || (p->texture && best.most < WHOLE * p->n_hole))
    return FALSE;
  visit_shifts (p, stride, best_fitting, &best);
  n = best.n;
  for (guint i = 0; i < n; i++)
    {
      Pieces around = { .pieces = { best.pieces[i] }, .n = 1, .wanted = 1, .most = best.most };

      *shift = best.pieces[i].shift;
      for (gint64 y = 1 - stride; y < stride; y++)
        for (gint64 x = 1 - stride; x < stride; x++)
          best_fitting (p, (Shift) { shift->y + y, shift->x + x }, &around);
      *shift = around.pieces[0].shift;
      if (! p->texture ||
          dif_texture_strange (p->texture, p->x, p->left, shift->y, shift->x) <= MOST_STRANGE)
        return TRUE;
    }
  return FALSE;
}

static gboolean
touches_piece (const Patching *p, gint64 at)
{
  const gint64 y = at / p->w;
  const gint64 x = at % p->w;

  return (y > 0 && p->piece[at - p->w]) || (y + 1 < p->h && p->piece[at + p->w]) ||
         (x > 0 && p->piece[at - 1]) || (x + 1 < p->w && p->piece[at + 1]);
}

/* What a piece is off by, at known pixels beside it; between these as a membrane. */
static DifTensor *
measure_off (const Patching *p, Shift shift)
{
  g_autoptr (DifTensor) free = dif_context_nhwc (p->context, 1, (gsize) p->h, (gsize) p->w, 1);
  DifTensor            *off = dif_context_like (p->context, p->x);

  if (! free || ! off)
    {
      dif_tensor_unref (off);
      return NULL;
    }
  for (gint64 i = 0; i < p->h * p->w; i++)
    {
      const gint64 from = ! p->left[i] && touches_piece (p, i) ? source_of (p, i, shift) : -1;

      free->data[i] = from < 0 ? 1.0f : 0.0f;
      for (gint64 k = 0; k < p->c; k++)
        off->data[i * p->c + k] =
            from < 0 ? 0.0f : p->x->data[i * p->c + k] - p->x->data[from * p->c + k];
    }
  dif_fill (p->context, off, free, FALSE, FALSE);
  return off;
}

static void
put_piece (Patching *p, Shift shift)
{
  g_autoptr (DifTensor) off = NULL;

  for (gint64 i = 0; i < p->h * p->w; i++)
    p->piece[i] = p->left[i] && source_of (p, i, shift) >= 0;
  off = measure_off (p, shift);
  for (gint64 i = 0; off && i < p->h * p->w; i++)
    for (gint64 k = 0; k < p->c && p->piece[i]; k++)
      {
        const gint64 from = source_of (p, i, shift);

        p->x->data[i * p->c + k] =
            CLAMP (p->x->data[from * p->c + k] + off->data[i * p->c + k], -1.0f, 1.0f);
      }
  for (gint64 i = 0; i < p->h * p->w; i++)
    p->left[i] &= ! p->piece[i];
}

/* Smoothly, what no piece covered. */
static void
fill_rest (const Patching *p)
{
  g_autoptr (DifTensor) mask = dif_context_nhwc (p->context, 1, (gsize) p->h, (gsize) p->w, 1);

  if (! mask)
    return;
  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = p->left[i] ? 1.0f : 0.0f;
  dif_fill (p->context, p->x, mask, FALSE, FALSE);
}

/* Returns whether the first piece was found. */
static gboolean
fill (DifContext *context, DifTensor *x, const DifTensor *mask, gboolean texture)
{
  g_auto (Patching) p = { .context = context, .x = x };
  gboolean found = FALSE;

  if (! x)
    return FALSE;
  g_return_val_if_fail (x->dim[0] == 1 && x->dim[3] <= MAX_CHANNELS, FALSE);
  p.h = (gint64) x->dim[1];
  p.w = (gint64) x->dim[2];
  p.c = (gint64) x->dim[3];
  p.left = g_try_new (guint8, mask->size);
  p.piece = g_try_new (guint8, mask->size);
  for (gsize i = 0; p.left && i < mask->size; i++)
    p.left[i] = mask->data[i] != 0.0f;
  if (texture && p.left && ! (p.texture = dif_texture_new (x, p.left)))
    return FALSE;
  for (guint k = 0; k < PIECES && dif_context_ok (context); k++)
    {
      Shift shift;

      if (! p.left || ! p.piece || ! take_samples (&p))
        {
          dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM,
                                                          _ ("There is not enough memory to fill "
                                                             "the selection.")));
          return FALSE;
        }
      if (p.n_hole == 0)
        return found;
      if (! find_piece (&p, &shift))
        break;
      put_piece (&p, shift);
      found = TRUE;
    }
  if (found || ! texture)
    fill_rest (&p);
  return found;
}

void
dif_patch_fill (DifContext *context, DifTensor *x, const DifTensor *mask)
{
  fill (context, x, mask, FALSE);
}

gboolean
dif_patch_fill_texture (DifContext *context, DifTensor *x, const DifTensor *mask)
{
  return fill (context, x, mask, TRUE);
}
