/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/rng.h"

#include <math.h>

#define PHILOX_M0     0xD2511F53u
#define PHILOX_M1     0xCD9E8D57u
#define PHILOX_W0     0x9E3779B9u
#define PHILOX_W1     0xBB67AE85u
#define PHILOX_ROUNDS 10

/* One block of four random words for a counter and a key. */
static void
philox (guint64 block, guint64 stream, guint64 seed, guint32 out[4])
{
  guint32 c[4] = { (guint32) block, (guint32) (block >> 32), (guint32) stream,
                   (guint32) (stream >> 32) };
  guint32 k0 = (guint32) seed;
  guint32 k1 = (guint32) (seed >> 32);

  for (int round = 0; round < PHILOX_ROUNDS; round++)
    {
      guint64 p0 = (guint64) PHILOX_M0 * c[0];
      guint64 p1 = (guint64) PHILOX_M1 * c[2];
      guint32 n0 = (guint32) (p1 >> 32) ^ c[1] ^ k0;
      guint32 n2 = (guint32) (p0 >> 32) ^ c[3] ^ k1;

      c[1] = (guint32) p1;
      c[3] = (guint32) p0;
      c[0] = n0;
      c[2] = n2;
      k0 += PHILOX_W0;
      k1 += PHILOX_W1;
    }
  for (int i = 0; i < 4; i++)
    out[i] = c[i];
}

/* Two words to two normals; u1 is in (0, 1], so the logarithm is finite. */
static void
box_muller (guint32 a, guint32 b, float out[2])
{
  double u1 = (a + 1.0) * 0x1p-32;
  double u2 = b * 0x1p-32;
  double r = sqrt (-2.0 * log (u1));

  out[0] = (float) (r * cos (2.0 * G_PI * u2));
  out[1] = (float) (r * sin (2.0 * G_PI * u2));
}

void
dif_rng_normal (guint64 seed, guint64 stream, guint64 index, float *out, gsize n)
{
  guint32 words[4];
  float   normals[4];
  guint64 current = G_MAXUINT64;

  for (gsize i = 0; i < n; i++)
    {
      guint64 block = (index + i) / 4;

      if (block != current)
        {
          philox (block, stream, seed, words);
          box_muller (words[0], words[1], normals);
          box_muller (words[2], words[3], normals + 2);
          current = block;
        }
      out[i] = normals[(index + i) % 4];
    }
}

void
dif_rng_uniform (guint64 seed, guint64 stream, guint64 index, double *out, gsize n)
{
  guint32 words[4];
  guint64 current = G_MAXUINT64;

  for (gsize i = 0; i < n; i++)
    {
      guint64 block = (index + i) / 4;

      if (block != current)
        {
          philox (block, stream, seed, words);
          current = block;
        }
      out[i] = words[(index + i) % 4] * 0x1p-32;
    }
}
