/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifCodec:
 * @channels: of x
 * @shrink: pixels of an image on a side of a pixel of x; sides of images are multiples of it
 * @encode: x of an image, or %NULL when the context failed
 * @decode: the image of an x, which it owns, or %NULL likewise
 * @preview: about what @decode gives, at little cost, as large or smaller
 * @free: frees the object
 *
 * What stands between images and x, what the diffusion process works on: nothing for models of
 * pixels, an autoencoder for models of latents.  Known pixels, fills and color matching are on the
 * image's side of it; noise, masks of the process and the network on that of x.
 */
typedef struct _DifCodec DifCodec;
struct _DifCodec
{
  guint channels;
  guint shrink;
  DifTensor *(*encode) (const DifCodec *self, DifContext *context, DifTensor *image);
  DifTensor *(*decode) (const DifCodec *self, DifContext *context, DifTensor *x);
  DifTensor *(*preview) (const DifCodec *self, DifContext *context, DifTensor *x);
  void (*free) (DifCodec *self);
};

/**
 * dif_codec_new_pixels:
 *
 * Returns: (transfer full): the codec of models whose x is the image
 *
 * Thread: any
 */
DifCodec *dif_codec_new_pixels (void);

/**
 * dif_codec_free:
 * @codec: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_codec_free (DifCodec *codec);

/**
 * dif_codec_is_pixels:
 * @codec: a codec
 *
 * Returns: whether x is the image, so that what knows pixels can look at x
 *
 * Thread: any
 */
gboolean dif_codec_is_pixels (const DifCodec *codec);

/**
 * dif_codec_encode:
 * @codec: a codec
 * @context: the context
 * @image: (nullable): in [-1, 1]
 *
 * Shapes: image [N, H, W, 3]; out [N, H / shrink, W / shrink, channels]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): x, which may be @image itself
 */
DifTensor *dif_codec_encode (const DifCodec *codec, DifContext *context, DifTensor *image);

/**
 * dif_codec_decode:
 * @codec: a codec
 * @context: the context
 * @x: (transfer full) (nullable): what a run ended with
 *
 * Shapes: x [N, h, w, channels]; out [N, h * shrink, w * shrink, 3]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the image, about in [-1, 1]
 */
DifTensor *dif_codec_decode (const DifCodec *codec, DifContext *context, DifTensor *x);

/**
 * dif_codec_preview:
 * @codec: a codec
 * @context: the context
 * @x: (nullable): a clean image as it is predicted
 *
 * Shapes: x [N, h, w, channels]; out [N, k h, k w, 3] with k of 1 to shrink
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): an image, about in [-1, 1], which may be @x itself
 */
DifTensor *dif_codec_preview (const DifCodec *codec, DifContext *context, DifTensor *x);

/**
 * dif_codec_shrink_mask:
 * @codec: a codec
 * @context: the context
 * @mask: (nullable): of an image: what is to be made, or by how much
 *
 * A pixel of x is made, or as much, as the most that any of its pixels of the image is, so that
 * none of these is lost.
 *
 * Shapes: mask [N, H, W, 1]; out [N, H / shrink, W / shrink, 1]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the mask of x, which may be @mask itself
 */
DifTensor *dif_codec_shrink_mask (const DifCodec *codec, DifContext *context, DifTensor *mask);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifCodec, dif_codec_free)

G_END_DECLS
