/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd-form.h"

#include "core/base/simd.h"
#include "core/ops/winograd-variants.h"

/* Compiled for each DifCpu with the width of its vectors; the name of what comes of it is given as
 * well. */
#define WIDTH DIF_WINOGRAD_WIDTH

typedef float Lanes __attribute__ ((vector_size (WIDTH * sizeof (float)), may_alias));

/* The same anywhere in memory. */
typedef Lanes MemoryLanes __attribute__ ((aligned (4)));

/* One dimension of a transform: @n numbers to as many as the form has. */
typedef void (*Transform) (const Lanes *in, Lanes *out);

#define LOAD(x)         (*(const MemoryLanes *) (x))
#define STORE(x, value) (*(MemoryLanes *) (x) = (value))

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

/* ---- both dimensions, for any form ---- */

#define MAX_SIDE 8
#define MAX_OUT  DIF_WINOGRAD_MAX_OUT

DIF_INLINE void
weights_2d (guint side, Transform transform, const float *g, gsize tap_step, gsize n, float *u,
            gsize point_step)
{
  for (gsize i = 0; i < n; i += WIDTH)
    {
      Lanes rows[3][MAX_SIDE]; /* [y], transformed along x */

      for (guint y = 0; y < 3; y++)
        {
          const float *row = g + y * 3 * tap_step + i;

          transform (
              (const Lanes[]) { LOAD (row), LOAD (row + tap_step), LOAD (row + 2 * tap_step) },
              rows[y]);
        }
      for (guint x = 0; x < side; x++)
        {
          Lanes column[MAX_SIDE];

          transform ((const Lanes[]) { rows[0][x], rows[1][x], rows[2][x] }, column);
          for (guint y = 0; y < side; y++)
            STORE (u + (y * side + x) * point_step + i, column[y]);
        }
    }
}

DIF_INLINE void
inputs_2d (guint side, Transform transform, const float *const *d, gsize channel, gsize n, float *v,
           gsize point_step)
{
  for (gsize i = channel; i < channel + n; i += WIDTH, v += WIDTH)
    {
      Lanes columns[MAX_SIDE][MAX_SIDE]; /* [y][x], transformed along y */

      /* what is written next is fetched now: a line for each point, too many for the processor
       * to foresee */
      for (guint p = 0; (i - channel) % DIF_WINOGRAD_LANES == 0 && p < side * side; p++)
        __builtin_prefetch (v + p * point_step + DIF_WINOGRAD_LANES, 1);
      for (guint x = 0; x < side; x++)
        {
          Lanes in[MAX_SIDE];
          Lanes out[MAX_SIDE];

          for (guint y = 0; y < side; y++)
            in[y] = LOAD (d[y * side + x] + i);
          transform (in, out);
          for (guint y = 0; y < side; y++)
            columns[y][x] = out[y];
        }
      for (guint y = 0; y < side; y++)
        {
          Lanes out[MAX_SIDE];

          transform (columns[y], out);
          for (guint x = 0; x < side; x++)
            STORE (v + (y * side + x) * point_step, out[x]);
        }
    }
}

DIF_INLINE void
outputs_2d (guint side, guint out, Transform transform, const float *m, gsize point_step, gsize n,
            float *y, gsize row_step, gsize pixel_step, const DifWinogradEpilogue *epilogue)
{
  const float scale = epilogue->scale;

  for (gsize i = 0; i < n; i += WIDTH)
    {
      Lanes columns[MAX_SIDE][MAX_OUT]; /* [x], transformed along y */
      Lanes offset = LOAD (epilogue->offset + i);
      Lanes pivot = { 0 };
      Lanes sum = { 0 };
      Lanes squares = { 0 };

      if (epilogue->moments)
        pivot = LOAD (epilogue->moments + i);

      for (guint x = 0; x < side; x++)
        {
          Lanes column[MAX_SIDE];

          for (guint r = 0; r < side; r++)
            column[r] = LOAD (m + (r * side + x) * point_step + i);
          transform (column, columns[x]);
        }
      for (guint r = 0; r < out; r++)
        {
          Lanes row[MAX_SIDE];
          Lanes pixels[MAX_OUT];

          for (guint x = 0; x < side; x++)
            row[x] = columns[x][r];
          transform (row, pixels);
          for (guint x = 0; x < out; x++)
            {
              gsize at = r * row_step + x * pixel_step + i;
              Lanes pixel = pixels[x] + offset;

              if (epilogue->residual)
                pixel += LOAD (epilogue->residual + at);
              pixel *= scale;
              STORE (y + at, pixel);
              pixel -= pivot;
              sum += pixel;
              squares += pixel * pixel;
            }
        }
      if (epilogue->moments)
        {
          float *sums = epilogue->moments + epilogue->moments_step + i;

          STORE (sums, LOAD (sums) + sum);
          sums += epilogue->moments_step;
          STORE (sums, LOAD (sums) + squares);
        }
    }
}

#define DEFINE_FORM(form, SIDE, OUT)                                                               \
  static void form##_weights (const float *g, gsize tap_step, gsize n, float *u, gsize point_step) \
  {                                                                                                \
    weights_2d (SIDE, form##_weight, g, tap_step, n, u, point_step);                               \
  }                                                                                                \
  static void form##_inputs (const float *const *d, gsize channel, gsize n, float *v,              \
                             gsize point_step)                                                     \
  {                                                                                                \
    inputs_2d (SIDE, form##_input, d, channel, n, v, point_step);                                  \
  }                                                                                                \
  static void form##_outputs (const float *m, gsize point_step, gsize n, float *y, gsize row_step, \
                              gsize pixel_step, const DifWinogradEpilogue *epilogue)               \
  {                                                                                                \
    outputs_2d (SIDE, OUT, form##_output, m, point_step, n, y, row_step, pixel_step, epilogue);    \
  }

DEFINE_FORM (f2, 4, 2)
DEFINE_FORM (f4, 6, 4)
DEFINE_FORM (f6, 8, 6)

const DifWinogradForm DIF_WINOGRAD_FORMS[DIF_N_WINOGRAD_FORMS] = {
  { DIF_WINOGRAD_F2, 2, 4, 16, 32, f2_weights, f2_inputs, f2_outputs },
  { DIF_WINOGRAD_F4, 4, 6, 36, 32, f4_weights, f4_inputs, f4_outputs },
  { DIF_WINOGRAD_F6, 6, 8, 64, 24, f6_weights, f6_inputs, f6_outputs },
};
