/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/canvas.h"

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
fill (DifCanvas *canvas, const DifRequest *r)
{
  gsize h = canvas->known->dim[1];
  gsize w = canvas->known->dim[2];

  for (gsize y = 0; y < h; y++)
    for (gsize x = 0; x < w; x++)
      {
        gsize  from = mirror (y, r->height) * r->width + mirror (x, r->width);
        gsize  to = y * w + x;
        float *known = canvas->known->data + 3 * to;

        canvas->mask->data[to] = ! r->mask || r->mask[from] > 0.0f ? 1.0f : 0.0f;
        for (guint c = 0; c < 3; c++)
          known[c] = 2.0f * CLAMP (r->pixels[3 * from + c], 0.0f, 1.0f) - 1.0f;
      }
}

static void
fill_blank (DifCanvas *canvas)
{
  for (gsize i = 0; i < canvas->known->size; i++)
    canvas->known->data[i] = 0.0f;
  for (gsize i = 0; i < canvas->mask->size; i++)
    canvas->mask->data[i] = 1.0f;
}

DifCanvas *
dif_canvas_new (const DifRequest *r, DifContext *context, guint multiple, guint smallest)
{
  g_autoptr (DifCanvas) canvas = g_new0 (DifCanvas, 1);
  guint                 h = padded (r->height, multiple, smallest);
  guint                 w = padded (r->width, multiple, smallest);

  canvas->width = r->width;
  canvas->height = r->height;
  canvas->known = dif_context_nhwc (context, 1, h, w, 3);
  canvas->mask = dif_context_nhwc (context, 1, h, w, 1);
  if (! canvas->known || ! canvas->mask)
    return NULL;
  if (r->task == DIF_TASK_GENERATE)
    fill_blank (canvas);
  else
    fill (canvas, r);
  if (r->task == DIF_TASK_INPAINT)
    dif_prefill (context, canvas->known, canvas->mask);
  return g_steal_pointer (&canvas);
}

void
dif_canvas_free (DifCanvas *canvas)
{
  if (! canvas)
    return;
  dif_tensor_unref (canvas->known);
  dif_tensor_unref (canvas->mask);
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
