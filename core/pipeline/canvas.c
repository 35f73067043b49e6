/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/canvas.h"

#include "core/image/patch.h"
#include "core/ops/elementwise.h"
#include "core/pipeline/known.h"
#include "core/pipeline/prefill.h"

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
  const gsize h = canvas->padded_height;
  const gsize w = canvas->padded_width;

  canvas->mask = dif_context_nhwc (context, 1, h, w, 1);
  if (! canvas->mask)
    return FALSE;
  fill_mask (canvas->mask, in, FALSE);
  if (! wants_coverage (in))
    return TRUE;
  canvas->coverage = dif_context_nhwc (context, 1, h, w, 1);
  if (! canvas->coverage)
    return FALSE;
  fill_mask (canvas->coverage, in, TRUE);
  return TRUE;
}

/* Of pixels that join later, so much as their coverage says: they are known until then. */
static void
prefill (DifCanvas *canvas, const DifInput *in, DifContext *context)
{
  g_autoptr (DifTensor) source = NULL;

  if (canvas->coverage)
    source = dif_sum (context, 1, (DifTerm[]) { { 1.0, canvas->known } });
  canvas->patched = canvas->mask && dif_request_may_patch (in->request) &&
                    dif_patch_fill_texture (context, canvas->known, canvas->mask);
  if (! canvas->patched)
    dif_prefill (context, canvas->known, canvas->mask, in->request->prefill, in->request->seed);
  if (source)
    canvas->known = dif_mix_over (context, canvas->known, source, canvas->known, canvas->coverage);
}

DifCanvas *
dif_canvas_new (const DifInput *in, DifContext *context, guint multiple, guint smallest)
{
  g_autoptr (DifCanvas) canvas = g_new0 (DifCanvas, 1);
  guint h = dif_request_tiles (in->request, DIF_TILE_Y) ? in->height : padded (in->height, multiple, smallest);
  guint w = dif_request_tiles (in->request, DIF_TILE_X) ? in->width : padded (in->width, multiple, smallest);

  canvas->width = in->width;
  canvas->height = in->height;
  canvas->padded_width = w;
  canvas->padded_height = h;
  if (! in->task->reads_pixels)
    return g_steal_pointer (&canvas);
  canvas->known = dif_context_nhwc (context, 1, h, w, 3);
  if (! canvas->known)
    return NULL;
  fill_known (canvas->known, in);
  if (in->mask && ! add_mask (canvas, in, context))
    return NULL;
  if (in->task->fills)
    prefill (canvas, in, context);
  return canvas->known ? g_steal_pointer (&canvas) : NULL;
}

void
dif_canvas_clear (DifCanvas *canvas)
{
  g_clear_pointer (&canvas->known, dif_tensor_unref);
  g_clear_pointer (&canvas->mask, dif_tensor_unref);
  g_clear_pointer (&canvas->coverage, dif_tensor_unref);
}

void
dif_canvas_free (DifCanvas *canvas)
{
  if (! canvas)
    return;
  dif_canvas_clear (canvas);
  g_free (canvas);
}

void
dif_canvas_to_pixels (const DifCanvas *canvas, const DifTensor *x, gboolean clip, float *pixels)
{
  gsize row = 3 * x->dim[2];

  for (gsize y = 0; y < canvas->height; y++)
    for (gsize i = 0; i < 3 * (gsize) canvas->width; i++)
      {
        float v = 0.5f * x->data[y * row + i] + 0.5f;

        *pixels++ = clip ? CLAMP (v, 0.0f, 1.0f) : v;
      }
}
