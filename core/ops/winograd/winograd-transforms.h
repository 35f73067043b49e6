/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/simd.h"

/* One dimension of each form's transforms, on vectors as wide as the file that includes this has
 * them. */

typedef float Lanes __attribute__ ((vector_size (DIF_WINOGRAD_WIDTH * sizeof (float)), may_alias));

/* ---- F(4 x 4): Bᵀ, G and Aᵀ, for points in the order 0, infinity, 1, -1, 2, -2 ---- */

DIF_INLINE void
f4_input (const Lanes d[6], Lanes v[6])
{
  Lanes a1 = d[4] - 4.0f * d[2];
  Lanes b1 = d[3] - 4.0f * d[1];
  Lanes a2 = d[4] - d[2];
  Lanes b2 = 2.0f * (d[3] - d[1]);

  v[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
  v[1] = 4.0f * d[1] - 5.0f * d[3] + d[5];
  v[2] = a1 + b1;
  v[3] = a1 - b1;
  v[4] = a2 + b2;
  v[5] = a2 - b2;
}

DIF_INLINE void
f4_weight (const Lanes g[3], Lanes u[6])
{
  Lanes sum = (g[0] + g[2]) * (-1.0f / 6.0f);
  Lanes middle = g[1] * (1.0f / 6.0f);
  Lanes far = g[0] * (1.0f / 24.0f) + g[2] * (1.0f / 6.0f);
  Lanes near = g[1] * (1.0f / 12.0f);

  u[0] = g[0] * 0.25f;
  u[1] = g[2];
  u[2] = sum - middle;
  u[3] = sum + middle;
  u[4] = far + near;
  u[5] = far - near;
}

DIF_INLINE void
f4_output (const Lanes m[6], Lanes y[4])
{
  Lanes sum1 = m[2] + m[3];
  Lanes dif1 = m[2] - m[3];
  Lanes sum2 = m[4] + m[5];
  Lanes dif2 = m[4] - m[5];

  y[0] = m[0] + sum1 + sum2;
  y[1] = dif1 + 2.0f * dif2;
  y[2] = sum1 + 4.0f * sum2;
  y[3] = dif1 + 8.0f * dif2 + m[1];
}

/* Aᵀ and G the other way round, for gradients. */
DIF_INLINE void
f4_gradient (const Lanes y[4], Lanes m[6])
{
  Lanes even1 = y[0] + y[2];
  Lanes odd1 = y[1] + y[3];
  Lanes even2 = y[0] + 4.0f * y[2];
  Lanes odd2 = 2.0f * y[1] + 8.0f * y[3];

  m[0] = y[0];
  m[1] = y[3];
  m[2] = even1 + odd1;
  m[3] = even1 - odd1;
  m[4] = even2 + odd2;
  m[5] = even2 - odd2;
}

DIF_INLINE void
f4_tap (const Lanes u[6], Lanes g[3])
{
  Lanes sum = (u[2] + u[3]) * (1.0f / 6.0f);
  Lanes far = u[4] + u[5];

  g[0] = 0.25f * u[0] - sum + far * (1.0f / 24.0f);
  g[1] = (u[3] - u[2]) * (1.0f / 6.0f) + (u[4] - u[5]) * (1.0f / 12.0f);
  g[2] = u[1] - sum + far * (1.0f / 6.0f);
}

/* ---- F(6 x 6), for points in the order 0, infinity, 1, -1, 2, -2, 1/2, -1/2 ---- */

DIF_INLINE void
f6_input (const Lanes d[8], Lanes v[8])
{
  Lanes a1 = d[2] + d[6] - 4.25f * d[4];
  Lanes b1 = d[1] + d[5] - 4.25f * d[3];
  Lanes a2 = d[6] - 1.25f * d[4] + 0.25f * d[2];
  Lanes b2 = d[5] - 1.25f * d[3] + 0.25f * d[1];
  Lanes a3 = d[6] - 5.0f * d[4] + 4.0f * d[2];
  Lanes b3 = d[5] - 5.0f * d[3] + 4.0f * d[1];

  v[0] = d[0] - d[6] + 5.25f * (d[4] - d[2]);
  v[1] = d[7] - d[1] + 5.25f * (d[3] - d[5]);
  v[2] = a1 + b1;
  v[3] = a1 - b1;
  v[4] = a2 + 2.0f * b2;
  v[5] = a2 - 2.0f * b2;
  v[6] = a3 + 0.5f * b3;
  v[7] = a3 - 0.5f * b3;
}

DIF_INLINE void
f6_weight (const Lanes g[3], Lanes u[8])
{
  Lanes one = (g[0] + g[2]) * (-2.0f / 9.0f);
  Lanes two = g[0] * (1.0f / 90.0f) + g[2] * (2.0f / 45.0f);
  Lanes half = g[0] * (1.0f / 45.0f) + g[2] * (1.0f / 180.0f);

  u[0] = g[0];
  u[1] = g[2];
  u[2] = one - g[1] * (2.0f / 9.0f);
  u[3] = one + g[1] * (2.0f / 9.0f);
  u[4] = two + g[1] * (1.0f / 45.0f);
  u[5] = two - g[1] * (1.0f / 45.0f);
  u[6] = half + g[1] * (1.0f / 90.0f);
  u[7] = half - g[1] * (1.0f / 90.0f);
}

DIF_INLINE void
f6_output (const Lanes m[8], Lanes y[6])
{
  Lanes sum1 = m[2] + m[3];
  Lanes dif1 = m[2] - m[3];
  Lanes sum2 = m[4] + m[5];
  Lanes dif2 = m[4] - m[5];
  Lanes sum3 = m[6] + m[7];
  Lanes dif3 = m[6] - m[7];

  y[0] = m[0] + sum1 + sum2 + 32.0f * sum3;
  y[1] = dif1 + 2.0f * dif2 + 16.0f * dif3;
  y[2] = sum1 + 4.0f * sum2 + 8.0f * sum3;
  y[3] = dif1 + 8.0f * dif2 + 4.0f * dif3;
  y[4] = sum1 + 16.0f * sum2 + 2.0f * sum3;
  y[5] = m[1] + dif1 + 32.0f * dif2 + dif3;
}

DIF_INLINE void
f6_gradient (const Lanes y[6], Lanes m[8])
{
  Lanes even1 = y[0] + y[2] + y[4];
  Lanes odd1 = y[1] + y[3] + y[5];
  Lanes even2 = y[0] + 4.0f * y[2] + 16.0f * y[4];
  Lanes odd2 = 2.0f * y[1] + 8.0f * y[3] + 32.0f * y[5];
  Lanes even3 = 32.0f * y[0] + 8.0f * y[2] + 2.0f * y[4];
  Lanes odd3 = 16.0f * y[1] + 4.0f * y[3] + y[5];

  m[0] = y[0];
  m[1] = y[5];
  m[2] = even1 + odd1;
  m[3] = even1 - odd1;
  m[4] = even2 + odd2;
  m[5] = even2 - odd2;
  m[6] = even3 + odd3;
  m[7] = even3 - odd3;
}

DIF_INLINE void
f6_tap (const Lanes u[8], Lanes g[3])
{
  Lanes one = (u[2] + u[3]) * (2.0f / 9.0f);
  Lanes two = u[4] + u[5];
  Lanes half = u[6] + u[7];

  g[0] = u[0] - one + two * (1.0f / 90.0f) + half * (1.0f / 45.0f);
  g[1] = (u[3] - u[2]) * (2.0f / 9.0f) + (u[4] - u[5]) * (1.0f / 45.0f) +
         (u[6] - u[7]) * (1.0f / 90.0f);
  g[2] = u[1] - one + two * (2.0f / 45.0f) + half * (1.0f / 180.0f);
}

/* ---- F(2 x 2) ---- */

DIF_INLINE void
f2_input (const Lanes d[4], Lanes v[4])
{
  v[0] = d[0] - d[2];
  v[1] = d[1] - d[3];
  v[2] = d[1] + d[2];
  v[3] = d[2] - d[1];
}

DIF_INLINE void
f2_weight (const Lanes g[3], Lanes u[4])
{
  Lanes sum = (g[0] + g[2]) * 0.5f;
  Lanes middle = g[1] * 0.5f;

  u[0] = g[0];
  u[1] = g[2];
  u[2] = sum + middle;
  u[3] = sum - middle;
}

DIF_INLINE void
f2_output (const Lanes m[4], Lanes y[2])
{
  y[0] = m[0] + m[2] + m[3];
  y[1] = m[2] - m[3] - m[1];
}

DIF_INLINE void
f2_gradient (const Lanes y[2], Lanes m[4])
{
  m[0] = y[0];
  m[1] = -y[1];
  m[2] = y[0] + y[1];
  m[3] = y[0] - y[1];
}

DIF_INLINE void
f2_tap (const Lanes u[4], Lanes g[3])
{
  Lanes sum = (u[2] + u[3]) * 0.5f;

  g[0] = u[0] + sum;
  g[1] = (u[2] - u[3]) * 0.5f;
  g[2] = u[1] + sum;
}
