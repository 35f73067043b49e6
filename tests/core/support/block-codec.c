/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/block-codec.h"

#include <string.h>

/* Where pixel @i of an image of @w columns stands in x. */
static gsize
place_of (gsize i, gsize w)
{
  const gsize row = i / w;
  const gsize column = i % w;

  return (row / 2 * (w / 2) + column / 2) * BLOCK_CODEC_CHANNELS + (row % 2 * 2 + column % 2) * 3;
}

static DifTensor *
encode (const DifCodec *self, DifContext *context, DifTensor *image)
{
  DifTensor *x = dif_context_nhwc (context, image->dim[0], image->dim[1] / 2, image->dim[2] / 2,
                                   BLOCK_CODEC_CHANNELS);

  for (gsize i = 0; x && i < image->size / 3; i++)
    memcpy (x->data + place_of (i, image->dim[2]), image->data + 3 * i, 3 * sizeof (float));
  return x;
}

static DifTensor *
decode (const DifCodec *self, DifContext *context, DifTensor *x)
{
  DifTensor *image = dif_context_nhwc (context, x->dim[0], x->dim[1] * 2, x->dim[2] * 2, 3);

  for (gsize i = 0; image && i < image->size / 3; i++)
    memcpy (image->data + 3 * i, x->data + place_of (i, image->dim[2]), 3 * sizeof (float));
  dif_tensor_unref (x);
  return image;
}

static DifTensor *
preview (const DifCodec *self, DifContext *context, DifTensor *x)
{
  DifTensor *image = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], 3);

  for (gsize i = 0; image && i < image->size / 3; i++)
    memcpy (image->data + 3 * i, x->data + BLOCK_CODEC_CHANNELS * i, 3 * sizeof (float));
  return image;
}

DifCodec *
block_codec_new (void)
{
  DifCodec *codec = g_new (DifCodec, 1);

  *codec = (DifCodec) { BLOCK_CODEC_CHANNELS,          2, encode, decode, preview,
                        (void (*) (DifCodec *)) g_free };
  return codec;
}
