/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd-form.h"

#include "core/base/simd.h"

#define LANES DIF_WINOGRAD_LANES

/* The compiler cuts it to the vectors there are. */
typedef float Lanes __attribute__ ((vector_size (LANES * sizeof (float)), aligned (4), may_alias));

/* One dimension of a transform: @n numbers to as many as the form has. */
typedef void (*Transform) (const Lanes *in, Lanes *out);

#define LOAD(x)         (*(const Lanes *) (x))
#define STORE(x, value) (*(Lanes *) (x) = (value))

/* ---- F(4 x 4): the rows of Bᵀ, G and Aᵀ ---- */

/* The first half of the rows, then the other: so few numbers are held in registers at once. */
DIF_INLINE void
f4_input_top (const Lanes d[6], Lanes v[3])
{
  Lanes a = d[4] - 4.0f * d[2];
  Lanes b = d[3] - 4.0f * d[1];

  v[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
  v[1] = a + b;
  v[2] = a - b;
}

DIF_INLINE void
f4_input_bottom (const Lanes d[6], Lanes v[3])
{
  Lanes a = d[4] - d[2];
  Lanes b = 2.0f * (d[3] - d[1]);

  v[0] = a + b;
  v[1] = a - b;
  v[2] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

DIF_INLINE void
f4_weight (const Lanes g[3], Lanes u[6])
{
  Lanes sum = (g[0] + g[2]) * (-1.0f / 6.0f);
  Lanes middle = g[1] * (1.0f / 6.0f);
  Lanes far = g[0] * (1.0f / 24.0f) + g[2] * (1.0f / 6.0f);
  Lanes near = g[1] * (1.0f / 12.0f);

  u[0] = g[0] * 0.25f;
  u[1] = sum - middle;
  u[2] = sum + middle;
  u[3] = far + near;
  u[4] = far - near;
  u[5] = g[2];
}

DIF_INLINE void
f4_output (const Lanes m[6], Lanes y[4])
{
  Lanes sum12 = m[1] + m[2];
  Lanes dif12 = m[1] - m[2];
  Lanes sum34 = m[3] + m[4];
  Lanes dif34 = m[3] - m[4];

  y[0] = m[0] + sum12 + sum34;
  y[1] = dif12 + 2.0f * dif34;
  y[2] = sum12 + 4.0f * sum34;
  y[3] = dif12 + 8.0f * dif34 + m[5];
}

/* ---- F(2 x 2) ---- */

DIF_INLINE void
f2_input_top (const Lanes d[4], Lanes v[2])
{
  v[0] = d[0] - d[2];
  v[1] = d[1] + d[2];
}

DIF_INLINE void
f2_input_bottom (const Lanes d[4], Lanes v[2])
{
  v[0] = d[2] - d[1];
  v[1] = d[1] - d[3];
}

DIF_INLINE void
f2_weight (const Lanes g[3], Lanes u[4])
{
  Lanes sum = (g[0] + g[2]) * 0.5f;
  Lanes middle = g[1] * 0.5f;

  u[0] = g[0];
  u[1] = sum + middle;
  u[2] = sum - middle;
  u[3] = g[2];
}

DIF_INLINE void
f2_output (const Lanes m[4], Lanes y[2])
{
  y[0] = m[0] + m[1] + m[2];
  y[1] = m[1] - m[2] - m[3];
}

/* ---- both dimensions, for either form ---- */

#define MAX_SIDE 6
#define MAX_HALF 3
#define MAX_OUT  DIF_WINOGRAD_MAX_OUT

DIF_INLINE void
weights_2d (guint side, Transform transform, const float *g, gsize tap_step, gsize n, float *u,
            gsize point_step)
{
  for (gsize i = 0; i < n; i += LANES)
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

/* Rows @first … first + side / 2 of the transformed block. */
DIF_INLINE void
half_inputs (guint side, Transform half, Transform top, Transform bottom, const float *const *d,
             gsize channel, float *v, gsize point_step)
{
  Lanes columns[MAX_SIDE][MAX_HALF]; /* [x], transformed along y */

  for (guint x = 0; x < side; x++)
    {
      Lanes column[MAX_SIDE];

      for (guint y = 0; y < side; y++)
        column[y] = LOAD (d[y * side + x] + channel);
      half (column, columns[x]);
    }
  for (guint y = 0; y < side / 2; y++)
    {
      Lanes row[MAX_SIDE];
      Lanes out[MAX_SIDE];

      for (guint x = 0; x < side; x++)
        row[x] = columns[x][y];
      top (row, out);
      bottom (row, out + side / 2);
      for (guint x = 0; x < side; x++)
        STORE (v + (y * side + x) * point_step, out[x]);
    }
}

DIF_INLINE void
inputs_2d (guint side, Transform top, Transform bottom, const float *const *d, gsize channel,
           gsize n, float *v, gsize point_step)
{
  for (gsize i = 0; i < n; i += LANES, v += LANES)
    {
      /* what is written next is fetched now: a line for each point, too many for the processor
       * to foresee */
      for (guint p = 0; p < side * side; p++)
        __builtin_prefetch (v + p * point_step + LANES, 1);
      half_inputs (side, top, top, bottom, d, channel + i, v, point_step);
      half_inputs (side, bottom, top, bottom, d, channel + i, v + side / 2 * side * point_step,
                   point_step);
    }
}

DIF_INLINE void
outputs_2d (guint side, guint out, Transform transform, const float *m, gsize point_step, gsize n,
            float *y, gsize row_step, gsize pixel_step, const DifWinogradEpilogue *epilogue)
{
  const float scale = epilogue->scale;

  for (gsize i = 0; i < n; i += LANES)
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

/* ---- the two forms for each processor ---- */

#define DEFINE_FORM(form, SIDE, OUT)                                                            \
  DIF_INLINE void form##_weights_body (const float *g, gsize tap_step, gsize n, float *u,       \
                                       gsize point_step)                                        \
  {                                                                                             \
    weights_2d (SIDE, form##_weight, g, tap_step, n, u, point_step);                            \
  }                                                                                             \
  DIF_INLINE void form##_inputs_body (const float *const *d, gsize channel, gsize n, float *v,  \
                                      gsize point_step)                                         \
  {                                                                                             \
    inputs_2d (SIDE, form##_input_top, form##_input_bottom, d, channel, n, v, point_step);      \
  }                                                                                             \
  DIF_INLINE void form##_outputs_body (const float *m, gsize point_step, gsize n, float *y,     \
                                       gsize row_step, gsize pixel_step,                        \
                                       const DifWinogradEpilogue *epilogue)                     \
  {                                                                                             \
    outputs_2d (SIDE, OUT, form##_output, m, point_step, n, y, row_step, pixel_step, epilogue); \
  }                                                                                             \
  DIF_VARIANTS (static, void, form##_weights,                                                   \
                (const float *g, gsize tap_step, gsize n, float *u, gsize point_step),          \
                (g, tap_step, n, u, point_step))                                                \
  DIF_VARIANTS (static, void, form##_inputs,                                                    \
                (const float *const *d, gsize channel, gsize n, float *v, gsize point_step),    \
                (d, channel, n, v, point_step))                                                 \
  DIF_VARIANTS (static, void, form##_outputs,                                                   \
                (const float *m, gsize point_step, gsize n, float *y, gsize row_step,           \
                 gsize pixel_step, const DifWinogradEpilogue *epilogue),                        \
                (m, point_step, n, y, row_step, pixel_step, epilogue))                          \
  const DifWinogradForm dif_winograd_##form = { OUT,           SIDE,                            \
                                                SIDE * SIDE,   form##_weights,                  \
                                                form##_inputs, form##_outputs };

DEFINE_FORM (f2, 4, 2)
DEFINE_FORM (f4, 6, 4)
