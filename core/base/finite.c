/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/finite.h"

#include <string.h>

#include "core/base/simd.h"

DIF_INLINE gboolean
dif_all_finite_body (const float *x, gsize n)
{
  guint32 bad = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, &x[i], sizeof bits);
      bad |= (bits & 0x7f800000u) == 0x7f800000u;
    }
  return bad == 0;
}

DIF_VARIANTS (extern, gboolean, dif_all_finite, (const float *x, gsize n), (x, n))
