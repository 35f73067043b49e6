/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/checkpoint/codec.h"
#include "tests/core/support/block-codec.h"
#include "tests/core/support/numbers.h"

/* Nothing is copied. */
static void
test_pixels (void)
{
  g_autoptr (DifCodec)   codec = dif_codec_new_pixels ();
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  image = test_random (context, 1, 2, 5, 7, 3);
  g_autoptr (DifTensor)  mask = test_random (context, 2, 2, 5, 7, 1);
  g_autoptr (DifTensor)  x = dif_codec_encode (codec, context, image);
  g_autoptr (DifTensor)  seen = dif_codec_preview (codec, context, x);
  g_autoptr (DifTensor)  shrunk = dif_codec_shrink_mask (codec, context, mask);
  g_autoptr (DifTensor)  end = dif_codec_decode (codec, context, dif_tensor_ref (x));

  g_assert_true (dif_codec_is_pixels (codec));
  g_assert_cmpuint (codec->channels, ==, 3);
  g_assert_cmpuint (codec->shrink, ==, 1);
  g_assert_true (x == image && seen == image && end == image && shrunk == mask);
  g_assert_null (dif_codec_encode (codec, context, NULL));
  g_assert_null (dif_codec_decode (codec, context, NULL));
  g_assert_null (dif_codec_preview (codec, context, NULL));
  g_assert_null (dif_codec_shrink_mask (codec, context, NULL));
  dif_codec_free (NULL);
}

/* The codec that other tests take instead is one. */
static void
test_blocks (void)
{
  g_autoptr (DifCodec)   codec = block_codec_new ();
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  image = test_random (context, 1, 2, 6, 4, 3);
  g_autoptr (DifTensor)  x = dif_codec_encode (codec, context, image);
  g_autoptr (DifTensor)  seen = dif_codec_preview (codec, context, x);
  g_autoptr (DifTensor)  end = NULL;

  g_assert_false (dif_codec_is_pixels (codec));
  if (! test_has_shape (x, 2, 3, 2, 12) || ! test_has_shape (seen, 2, 3, 2, 3))
    return;
  for (gsize i = 0; i < 2 * 3 * 2; i++)
    g_assert_cmpmem (seen->data + 3 * i, 3 * sizeof (float),
                     image->data + 3 * (i / 2 * 2 * 4 + i % 2 * 2), 3 * sizeof (float));
  end = dif_codec_decode (codec, context, g_steal_pointer (&x));
  if (test_has_shape (end, 2, 6, 4, 3))
    g_assert_cmpmem (end->data, end->size * sizeof (float), image->data,
                     image->size * sizeof (float));
}

/* One pixel of the image is enough for one of x, in each picture of a batch. */
static void
test_shrink_mask (void)
{
  const DifCodec         codec = { .channels = 4, .shrink = 3 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);

  for (gsize at = 0; at < 2 * 6 * 9; at++)
    {
      g_autoptr (DifTensor) mask = dif_context_nhwc (context, 2, 6, 9, 1);
      g_autoptr (DifTensor) x = NULL;

      for (gsize i = 0; i < mask->size; i++)
        mask->data[i] = i == at ? 0.75f : 0.25f;
      x = dif_codec_shrink_mask (&codec, context, mask);
      for (gsize i = 0; test_has_shape (x, 2, 2, 3, 1) && i < x->size; i++)
        g_assert_cmpfloat (x->data[i], ==, i == at / 27 * 3 + at % 9 / 3 ? 0.75f : 0.25f);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/codec/pixels", test_pixels);
  g_test_add_func ("/codec/blocks", test_blocks);
  g_test_add_func ("/codec/shrink-mask", test_shrink_mask);
  return g_test_run ();
}
