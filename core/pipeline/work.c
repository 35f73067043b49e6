/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/work.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/image/resample.h"
#include "core/pipeline/known.h"

static guint
scaled (guint side, guint longest, guint work_size)
{
  return work_size > 0 ? MAX ((guint) lrint ((double) side * work_size / longest), 1u) : side;
}

static float *
new_numbers (guint width, guint height, gsize channels, GError **error)
{
  float *numbers = g_try_new (float, (gsize) width *height *channels);

  if (! numbers)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                 _ ("There is not enough memory for %u × %u pixels."), width, height);
  return numbers;
}

static float *
cut (const DifWork *work, const float *from, gsize channels, GError **error)
{
  const gsize row = (gsize) work->part.width * channels;
  float      *part = new_numbers (work->part.width, work->part.height, channels, error);

  for (gsize y = 0; part && y < work->part.height; y++)
    memcpy (part + y * row,
            from + ((work->part.y + y) * work->whole->width + work->part.x) * channels,
            row * sizeof (float));
  return part;
}

static gboolean
is_scaled (const DifWork *work)
{
  return work->input.width != work->part.width || work->input.height != work->part.height;
}

/* A part at the size that is worked on. */
static float *
scale (const DifWork *work, float *cut_out, gsize channels, GError **error)
{
  const DifInput   *in = &work->input;
  g_autofree float *part = cut_out;
  const DifPlane    src = { work->part.width, work->part.height, channels, part };
  DifPlane          dst = { in->width, in->height, channels, NULL };

  if (! part || ! is_scaled (work))
    return g_steal_pointer (&part);
  dst.data = new_numbers (in->width, in->height, channels, error);
  if (dst.data && ! dif_resample (&src, &dst, error))
    g_clear_pointer (&dst.data, g_free);
  return dst.data;
}

/* Numbers of the whole at that size. */
static float *
take (const DifWork *work, const float *from, gsize channels, GError **error)
{
  return scale (work, cut (work, from, channels, error), channels, error);
}

static gboolean
take_regions (DifWork *work, GError **error)
{
  const DifInput *whole = work->whole;

  work->regions = g_new0 (DifRegion, whole->n_regions);
  for (guint i = 0; i < whole->n_regions; i++)
    {
      work->regions[i] =
          (DifRegion) { whole->regions[i].prompt, take (work, whole->regions[i].mask, 1, error) };
      if (! work->regions[i].mask)
        return FALSE;
    }
  work->input.regions = work->regions;
  return TRUE;
}

/* A mask of the part at the size that is worked on; nothing of it is lost. */
static float *
scale_mask (const DifWork *work, float *cut_out, GError **error)
{
  const DifInput   *in = &work->input;
  g_autofree float *part = cut_out;
  const DifPlane    src = { work->part.width, work->part.height, 1, part };
  DifPlane          dst = { in->width, in->height, 1, NULL };

  if (! part || ! is_scaled (work))
    return g_steal_pointer (&part);
  dst.data = new_numbers (in->width, in->height, 1, error);
  if (dst.data)
    dif_resample_largest (&src, &dst);
  return dst.data;
}

static void
turn (float *part, gsize n)
{
  for (gsize i = 0; part && i < n; i++)
    part[i] = 1.0f - part[i];
}

static gboolean
take_pixels (DifWork *work, GError **error)
{
  const DifInput *in = &work->input;
  float          *unknown = NULL;

  work->pixels = cut (work, work->whole->pixels, 3, error);
  if (! work->pixels ||
      ! dif_known_fill (work->whole, &work->part, work->pixels, &unknown, &work->beyond, error))
    return FALSE;
  work->pixels = scale (work, work->pixels, 3, error);
  if (! work->pixels || ! unknown)
    {
      g_free (unknown);
      return work->pixels != NULL;
    }
  work->alpha = scale_mask (work, unknown, error);
  turn (work->alpha, (gsize) in->width * in->height);
  return work->alpha != NULL;
}

gboolean
dif_work_init (DifWork *work, const DifInput *whole, GError **error)
{
  guint longest;

  *work = (DifWork) { .whole = whole, .input = *whole };
  work->part.width = whole->width;
  work->part.height = whole->height;
  if (! whole->task->reads_pixels)
    return TRUE;
  dif_input_measure (whole, &work->part);
  longest = MAX (work->part.width, work->part.height);
  work->input.width = scaled (work->part.width, longest, whole->request->work_size);
  work->input.height = scaled (work->part.height, longest, whole->request->work_size);
  if (work->part.width == whole->width && work->part.height == whole->height &&
      ! is_scaled (work) && dif_known_is_plain (whole))
    return TRUE;
  if (! take_pixels (work, error) || ! take_regions (work, error))
    return FALSE;
  if (whole->mask && ! (work->mask = scale_mask (work, cut (work, whole->mask, 1, error), error)))
    return FALSE;
  work->input.pixels = work->pixels;
  work->input.alpha = work->alpha;
  work->input.mask = work->mask;
  return TRUE;
}

/* Numbers of the network's size at the part's. */
static float *
scale_back (const DifWork *work, float *made, GError **error)
{
  const DifPlane src = { work->input.width, work->input.height, 3, made };
  DifPlane       dst = { work->part.width, work->part.height, 3, NULL };

  dst.data = new_numbers (work->part.width, work->part.height, 3, error);
  if (dst.data && ! dif_resample (&src, &dst, error))
    g_clear_pointer (&dst.data, g_free);
  return dst.data;
}

/* How much of what is beyond the network's range a pixel keeps.  A hole's is that of what is around
 * it. */
static float
share_kept (const DifWork *work, float coverage)
{
  const gboolean soft = dif_input_is_soft (work->whole);

  if (work->whole->task->fills)
    return 1.0f;
  if (! soft || coverage >= 1.0f)
    return (float) work->kept;
  return (float) (1.0 - coverage * (1.0 - work->kept));
}

/* Puts masked pixels into the picture; @lost is what scaling made of the source. */
static void
put (const DifWork *work, const float *made, const float *lost, DifImage *image)
{
  const DifInput *in = work->whole;

  for (gsize y = 0; y < work->part.height; y++)
    for (gsize x = 0; x < work->part.width; x++)
      {
        const gsize    from = y * work->part.width + x;
        const gsize    to = (work->part.y + y) * in->width + work->part.x + x;
        const float    coverage = in->mask ? CLAMP (in->mask[to], 0.0f, 1.0f) : 1.0f;
        const gboolean known = lost && dif_known_at (in, to);
        const float    share = work->beyond ? share_kept (work, coverage) : 0.0f;

        for (gsize k = 0; k < 3 && coverage > 0.0f; k++)
          {
            float v = made[3 * from + k];

            if (known)
              v += (1.0f - coverage) *
                   (CLAMP (in->pixels[3 * to + k], 0.0f, 1.0f) - lost[3 * from + k]);
            image->pixels[3 * to + k] = CLAMP (v, 0.0f, 1.0f);
            if (work->beyond)
              image->pixels[3 * to + k] += share * work->beyond[3 * from + k];
          }
      }
}

DifImage *
dif_work_finish (const DifWork *work, DifImage *made_image, GError **error)
{
  const DifInput      *in = work->whole;
  g_autoptr (DifImage) made = made_image;
  g_autoptr (DifImage) image = NULL;
  g_autofree float    *back = NULL;
  g_autofree float    *lost = NULL;

  if (! work->pixels)
    return g_steal_pointer (&made);
  image = dif_image_new (in->width, in->height, error);
  if (! image)
    return NULL;
  memcpy (image->pixels, in->pixels, (gsize) in->width * in->height * 3 * sizeof (float));
  if (is_scaled (work) && ! (back = scale_back (work, made->pixels, error)))
    return NULL;
  if (is_scaled (work) && dif_input_is_soft (in) &&
      ! (lost = scale_back (work, work->pixels, error)))
    return NULL;
  put (work, back ? back : made->pixels, lost, image);
  return g_steal_pointer (&image);
}

void
dif_work_clear (DifWork *work)
{
  g_clear_pointer (&work->pixels, g_free);
  g_clear_pointer (&work->alpha, g_free);
  g_clear_pointer (&work->mask, g_free);
  g_clear_pointer (&work->beyond, g_free);
  for (guint i = 0; work->regions && i < work->whole->n_regions; i++)
    g_free ((gpointer) work->regions[i].mask);
  g_clear_pointer (&work->regions, g_free);
}
