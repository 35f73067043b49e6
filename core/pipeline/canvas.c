/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/canvas.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/image/patch.h"
#include "core/image/prefill.h"
#include "core/ops/elementwise.h"
#include "core/pipeline/known.h"

static guint
padded (guint side, guint multiple, guint smallest)
{
  return (MAX (side, smallest) + multiple - 1) / multiple * multiple;
}

/* i-th pixel of a row of n that is mirrored at its ends, end pixels twice */
static gsize
mirror (gsize i, gsize n)
{
  gsize at = i % (2 * n);

  return at < n ? at : 2 * n - 1 - at;
}

static void
fill_known (DifTensor *known, const DifInput *in)
{
  for (gsize to = 0; to < known->size; to += 3)
    {
      gsize y = mirror (to / 3 / known->dim[2], in->height);
      gsize x = mirror (to / 3 % known->dim[2], in->width);

      for (guint c = 0; c < 3; c++)
        known->data[to + c] =
            2.0f * CLAMP (in->pixels[3 * (y * in->width + x) + c], 0.0f, 1.0f) - 1.0f;
    }
}

/* What is unknown is made from the start, wherever it lies. */
static void
fill_mask (DifTensor *mask, const DifInput *in, gboolean soft)
{
  for (gsize to = 0; to < mask->size; to++)
    {
      gsize y = mirror (to / mask->dim[2], in->height);
      gsize x = mirror (to % mask->dim[2], in->width);
      gsize from = y * in->width + x;
      float coverage = dif_known_is_seen (in, from) ? in->mask[from] : 1.0f;

      mask->data[to] = soft ? CLAMP (coverage, 0.0f, 1.0f) : coverage > 0.0f ? 1.0f : 0.0f;
    }
}

static gboolean
wants_coverage (const DifInput *in)
{
  if (! dif_input_is_soft (in))
    return FALSE;
  for (gsize i = 0; i < (gsize) in->width * in->height; i++)
    if (in->mask[i] > 0.0f && in->mask[i] < 1.0f)
      return TRUE;
  return FALSE;
}

static gboolean
add_mask (DifCanvas *canvas, const DifInput *in, DifContext *context)
{
  const gsize    h = canvas->padded_height;
  const gsize    w = canvas->padded_width;
  DifCanvasSide *image = &canvas->image;

  image->mask = dif_context_nhwc (context, 1, h, w, 1);
  if (! image->mask)
    return FALSE;
  fill_mask (image->mask, in, FALSE);
  if (! wants_coverage (in))
    return TRUE;
  image->coverage = dif_context_nhwc (context, 1, h, w, 1);
  if (! image->coverage)
    return FALSE;
  fill_mask (image->coverage, in, TRUE);
  return TRUE;
}

/* Of pixels that join later, so much as their coverage says: they are known until then. */
static void
prefill (DifCanvas *canvas, const DifInput *in, DifContext *context)
{
  DifCanvasSide        *image = &canvas->image;
  g_autoptr (DifTensor) source = NULL;

  if (image->coverage)
    source = dif_sum (context, 1, (DifTerm[]) { { 1.0, image->known } });
  canvas->patched = image->mask && dif_request_may_patch (in->request) &&
                    dif_patch_fill_texture (context, image->known, image->mask);
  if (! canvas->patched)
    dif_prefill (context, image->known, image->mask, in->request->prefill, in->request->seed);
  if (source)
    image->known = dif_mix_over (context, image->known, source, image->known, image->coverage);
}

static gboolean
encode (DifCanvas *canvas, DifContext *context)
{
  const DifCanvasSide *image = &canvas->image;

  canvas->x = (DifCanvasSide) {
    dif_codec_encode (canvas->codec, context, image->known),
    dif_codec_shrink_mask (canvas->codec, context, image->mask),
    dif_codec_shrink_mask (canvas->codec, context, image->coverage),
  };
  return dif_context_ok (context);
}

/* A canvas of the right size. */
static DifCanvas *
measured (const DifInput *in, const DifCodec *codec, DifContext *context, guint multiple,
          guint smallest)
{
  const guint s = codec->shrink;
  DifCanvas  *canvas;
  GError     *error = NULL;

  if ((dif_request_tiles (in->request, DIF_TILE_Y) && in->height % s != 0) ||
      (dif_request_tiles (in->request, DIF_TILE_X) && in->width % s != 0))
    {
      dif_error_set_setting (
          &error, "tile",
          _ ("With this model, what is to tile has to be a multiple of %u pixels long."), s);
      dif_context_fail (context, error);
      return NULL;
    }
  canvas = g_new0 (DifCanvas, 1);
  canvas->codec = codec;
  canvas->width = in->width;
  canvas->height = in->height;
  canvas->padded_width = dif_request_tiles (in->request, DIF_TILE_X) ?
                             in->width :
                             padded (in->width, multiple * s, smallest * s);
  canvas->padded_height = dif_request_tiles (in->request, DIF_TILE_Y) ?
                              in->height :
                              padded (in->height, multiple * s, smallest * s);
  return canvas;
}

DifCanvas *
dif_canvas_new (const DifInput *in, const DifCodec *codec, DifContext *context, guint multiple,
                guint smallest)
{
  g_autoptr (DifCanvas) canvas = measured (in, codec, context, multiple, smallest);

  if (! canvas || ! in->task->reads_pixels)
    return g_steal_pointer (&canvas);
  canvas->image.known =
      dif_context_nhwc (context, 1, canvas->padded_height, canvas->padded_width, 3);
  if (! canvas->image.known)
    return NULL;
  fill_known (canvas->image.known, in);
  if (in->mask && ! add_mask (canvas, in, context))
    return NULL;
  if (in->task->fills)
    prefill (canvas, in, context);
  return encode (canvas, context) ? g_steal_pointer (&canvas) : NULL;
}

DifTensor *
dif_canvas_x (const DifCanvas *canvas, DifContext *context)
{
  const DifCodec *codec = canvas->codec;

  return dif_context_nhwc (context, 1, canvas->padded_height / codec->shrink,
                           canvas->padded_width / codec->shrink, codec->channels);
}

void
dif_canvas_side_clear (DifCanvasSide *side)
{
  g_clear_pointer (&side->known, dif_tensor_unref);
  g_clear_pointer (&side->mask, dif_tensor_unref);
  g_clear_pointer (&side->coverage, dif_tensor_unref);
}

void
dif_canvas_free (DifCanvas *canvas)
{
  if (! canvas)
    return;
  dif_canvas_side_clear (&canvas->image);
  dif_canvas_side_clear (&canvas->x);
  g_free (canvas);
}

/* What is left of @side where @padded become @now, rounded up. */
static guint
scaled_side (guint side, guint padded_side, gsize now)
{
  return (guint) ((side * now + padded_side - 1) / padded_side);
}

void
dif_canvas_measure (const DifCanvas *canvas, const DifTensor *image, guint *width, guint *height)
{
  *width = scaled_side (canvas->width, canvas->padded_width, image->dim[2]);
  *height = scaled_side (canvas->height, canvas->padded_height, image->dim[1]);
}

void
dif_canvas_to_pixels (const DifTensor *image, guint width, guint height, gboolean clip,
                      float *pixels)
{
  gsize row = 3 * image->dim[2];

  for (gsize y = 0; y < height; y++)
    for (gsize i = 0; i < 3 * (gsize) width; i++)
      {
        float v = 0.5f * image->data[y * row + i] + 0.5f;

        *pixels++ = clip ? CLAMP (v, 0.0f, 1.0f) : v;
      }
}
