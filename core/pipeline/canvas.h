/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/image/image.h"
#include "core/pipeline/input.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifCanvas:
 * @width: of the input
 * @height: of the input
 * @padded_width: W, which the network can take
 * @padded_height: H
 * @known: (nullable): [1, H, W, 3] the input's pixels in [-1, 1], mirrored into the padding;
 *   %NULL where none are given
 * @mask: (nullable): [1, H, W, 1] 1 where pixels are to be made, else 0; %NULL for 1 everywhere
 * @coverage: (nullable): [1, H, W, 1] the mask, in [0, 1], where it is soft and the request
 *   wants it to be a noise level for each pixel; else %NULL
 * @patched: whether a hole was filled with a piece of the picture, which only wants a little noise
 *
 * What the network works on, of a size it can take.
 */
typedef struct
{
  guint      width;
  guint      height;
  guint      padded_width;
  guint      padded_height;
  DifTensor *known;
  DifTensor *mask;
  DifTensor *coverage;
  gboolean   patched;
} DifCanvas;

/**
 * dif_canvas_new:
 * @input: pixels and mask; where a task reads none neither is looked at
 * @context: the context
 * @multiple: sides become multiples of it
 * @smallest: and are at least this long, but where the request tiles, which windows that wrap
 *   around take care of
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the canvas
 */
DifCanvas *dif_canvas_new (const DifInput *input, DifContext *context, guint multiple, guint smallest);

/**
 * dif_canvas_clear:
 * @canvas: forgets its tensors and keeps its size
 *
 * Thread: any
 */
void dif_canvas_clear (DifCanvas *canvas);

/**
 * dif_canvas_free:
 * @canvas: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_canvas_free (DifCanvas *canvas);

/**
 * dif_canvas_to_pixels:
 * @canvas: the canvas
 * @x: pictures of its size in [-1, 1]
 * @clip: whether to bring the result into [0, 1]
 * @pixels: (out caller-allocates): width * height * 3 numbers
 *
 * Cuts the padding off and brings the range to that of pixels.
 *
 * Shapes: x [1, H, W, 3]
 * Thread: any
 */
void dif_canvas_to_pixels (const DifCanvas *canvas, const DifTensor *x, gboolean clip,
                           float *pixels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifCanvas, dif_canvas_free)

G_END_DECLS
