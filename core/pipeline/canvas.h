/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/checkpoint/codec.h"
#include "core/image/image.h"
#include "core/pipeline/input.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifCanvasSide:
 * @known: (nullable): [1, H, W, C] what is there; %NULL where nothing is given
 * @mask: (nullable): [1, H, W, 1] 1 where it is to be made, else 0; %NULL for 1 everywhere
 * @coverage: (nullable): [1, H, W, 1] the request's, in [0, 1], where it is soft and the request
 *   wants it to be a noise level for each pixel; else %NULL
 *
 * A canvas as an image, or as the x that a codec makes of it.
 */
typedef struct
{
  DifTensor *known;
  DifTensor *mask;
  DifTensor *coverage;
} DifCanvasSide;

/**
 * DifCanvas:
 * @codec: between its sides
 * @width: of the request
 * @height: of the request
 * @padded_width: columns of the image, from which the network can take x
 * @padded_height: rows
 * @image: the request's pixels in [-1, 1], mirrored into the padding and, where a hole is to be
 *   inpainted, filled; its mask and coverage
 * @x: what the process works on: the same where the codec is that of pixels
 * @patched: whether a hole was filled with a piece of the picture, which only wants a little noise
 *
 * What the network works on, of a size it can take.
 */
typedef struct
{
  const DifCodec *codec;
  guint           width;
  guint           height;
  guint           padded_width;
  guint           padded_height;
  DifCanvasSide   image;
  DifCanvasSide   x;
  gboolean        patched;
} DifCanvas;

/**
 * dif_canvas_new:
 * @input: pixels and mask; where a task reads none neither is looked at
 * @codec: outlives the canvas
 * @context: the context
 * @multiple: sides of x become multiples of it
 * @smallest: and are at least this long, but where the request tiles, which windows that wrap
 *   around take care of
 *
 * Errors: sticky in @context; %DIF_ERROR_REQUEST where a side that tiles is no whole number of
 *   pixels of x
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the canvas
 */
DifCanvas *dif_canvas_new (const DifInput *input, const DifCodec *codec, DifContext *context,
                           guint multiple, guint smallest);

/**
 * dif_canvas_x:
 * @canvas: the canvas
 * @context: the context
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): an x of its size that is not filled
 */
DifTensor *dif_canvas_x (const DifCanvas *canvas, DifContext *context);

/**
 * dif_canvas_side_clear:
 * @side: of a canvas; forgets its tensors
 *
 * Thread: any
 */
void dif_canvas_side_clear (DifCanvasSide *side);

/**
 * dif_canvas_free:
 * @canvas: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_canvas_free (DifCanvas *canvas);

/**
 * dif_canvas_measure:
 * @canvas: the canvas
 * @image: its image, or one that is smaller by a whole factor
 * @width: (out): columns that are not padding
 * @height: (out): rows
 *
 * Thread: any
 */
void dif_canvas_measure (const DifCanvas *canvas, const DifTensor *image, guint *width,
                         guint *height);

/**
 * dif_canvas_to_pixels:
 * @image: in [-1, 1]
 * @width: columns that are not padding
 * @height: rows
 * @clip: whether to bring the result into [0, 1]
 * @pixels: (out caller-allocates): width * height * 3 numbers
 *
 * Cuts the padding off and brings the range to that of pixels.
 *
 * Shapes: image [1, H, W, 3]
 * Thread: any
 */
void dif_canvas_to_pixels (const DifTensor *image, guint width, guint height, gboolean clip,
                           float *pixels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifCanvas, dif_canvas_free)

G_END_DECLS
