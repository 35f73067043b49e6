/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/codec.h"

void
dif_codec_free (DifCodec *codec)
{
  if (codec)
    codec->free (codec);
}

DifTensor *
dif_codec_encode (const DifCodec *codec, DifContext *context, DifTensor *image)
{
  g_return_val_if_fail (! image || (image->dim[3] == 3 && image->dim[1] % codec->shrink == 0 &&
                                    image->dim[2] % codec->shrink == 0),
                        NULL);
  return image ? codec->encode (codec, context, image) : NULL;
}

DifTensor *
dif_codec_decode (const DifCodec *codec, DifContext *context, DifTensor *x)
{
  return x ? codec->decode (codec, context, x) : NULL;
}

DifTensor *
dif_codec_preview (const DifCodec *codec, DifContext *context, DifTensor *x)
{
  return x ? codec->preview (codec, context, x) : NULL;
}

DifTensor *
dif_codec_shrink_mask (const DifCodec *codec, DifContext *context, DifTensor *mask)
{
  const gsize s = codec->shrink;
  const gsize w = mask ? mask->dim[2] / s : 0;
  DifTensor  *out;

  if (! mask || s == 1)
    return mask ? dif_tensor_ref (mask) : NULL;
  out = dif_context_nhwc (context, mask->dim[0], mask->dim[1] / s, w, 1);
  for (gsize to = 0; out && to < out->size; to++)
    {
      /* rows of pictures of a batch follow each other in both */
      const float *first = mask->data + to / w * s * mask->dim[2] + to % w * s;
      float        most = first[0];

      for (gsize i = 0; i < s * s; i++)
        most = MAX (most, first[i / s * mask->dim[2] + i % s]);
      out->data[to] = most;
    }
  return out;
}

/* ---- pixels ---- */

static DifTensor *
pixels_same (const DifCodec *self G_GNUC_UNUSED, DifContext *context G_GNUC_UNUSED, DifTensor *x)
{
  return dif_tensor_ref (x);
}

static DifTensor *
pixels_decode (const DifCodec *self G_GNUC_UNUSED, DifContext *context G_GNUC_UNUSED, DifTensor *x)
{
  return x;
}

DifCodec *
dif_codec_new_pixels (void)
{
  DifCodec *codec = g_new (DifCodec, 1);

  *codec =
      (DifCodec) { 3, 1, pixels_same, pixels_decode, pixels_same, (void (*) (DifCodec *)) g_free };
  return codec;
}

gboolean
dif_codec_is_pixels (const DifCodec *codec)
{
  return codec->decode == pixels_decode;
}
