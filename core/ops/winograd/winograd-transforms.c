/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd/winograd-transforms.h"

#include "core/ops/winograd/winograd-form.h"
#include "core/ops/winograd/winograd-variants.h"

/* Compiled for each DifCpu with the width of its vectors; the name of what comes of it is given as
 * well. */
#define WIDTH DIF_WINOGRAD_WIDTH

/* Lanes anywhere in memory. */
typedef Lanes MemoryLanes __attribute__ ((aligned (4)));

/* One dimension of a transform: @n numbers to as many as the form has. */
typedef void (*Transform) (const Lanes *in, Lanes *out);

#define LOAD(x)         (*(const MemoryLanes *) (x))
#define STORE(x, value) (*(MemoryLanes *) (x) = (value))

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

/* Blocks of @from² pixels. */
DIF_INLINE void
pixels_2d (guint from, guint side, Transform transform, const float *const *d, gsize channel,
           gsize n, float *v, gsize point_step)
{
  for (gsize i = channel; i < channel + n; i += WIDTH, v += WIDTH)
    {
      Lanes columns[MAX_SIDE][MAX_SIDE]; /* [y][x], transformed along y */

      /* what is written next is fetched now: a line for each point, too many for the processor
       * to foresee */
      for (guint p = 0; (i - channel) % DIF_WINOGRAD_LANES == 0 && p < side * side; p++)
        __builtin_prefetch (v + p * point_step + DIF_WINOGRAD_LANES, 1);
      for (guint x = 0; x < from; x++)
        {
          Lanes in[MAX_SIDE];
          Lanes out[MAX_SIDE];

          for (guint y = 0; y < from; y++)
            in[y] = LOAD (d[y * from + x] + i);
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
taps_2d (guint side, Transform transform, const float *u, gsize point_step, gsize n, float *g,
         gsize tap_step)
{
  for (gsize i = 0; i < n; i += WIDTH)
    {
      Lanes columns[3][MAX_SIDE]; /* [y][x], transformed along y */

      for (guint x = 0; x < side; x++)
        {
          Lanes in[MAX_SIDE];
          Lanes out[3];

          for (guint y = 0; y < side; y++)
            in[y] = LOAD (u + (y * side + x) * point_step + i);
          transform (in, out);
          for (guint y = 0; y < 3; y++)
            columns[y][x] = out[y];
        }
      for (guint y = 0; y < 3; y++)
        {
          Lanes out[3];

          transform (columns[y], out);
          for (guint x = 0; x < 3; x++)
            STORE (g + (y * 3 + x) * tap_step + i, out[x]);
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
    pixels_2d (SIDE, SIDE, form##_input, d, channel, n, v, point_step);                            \
  }                                                                                                \
  static void form##_gradients (const float *const *d, gsize channel, gsize n, float *m,           \
                                gsize point_step)                                                  \
  {                                                                                                \
    pixels_2d (OUT, SIDE, form##_gradient, d, channel, n, m, point_step);                          \
  }                                                                                                \
  static void form##_taps (const float *u, gsize point_step, gsize n, float *g, gsize tap_step)    \
  {                                                                                                \
    taps_2d (SIDE, form##_tap, u, point_step, n, g, tap_step);                                     \
  }                                                                                                \
  static void form##_outputs (const float *m, gsize point_step, gsize n, float *y, gsize row_step, \
                              gsize pixel_step, const DifWinogradEpilogue *epilogue)               \
  {                                                                                                \
    outputs_2d (SIDE, OUT, form##_output, m, point_step, n, y, row_step, pixel_step, epilogue);    \
  }

DEFINE_FORM (f2, 4, 2)
DEFINE_FORM (f4, 6, 4)
DEFINE_FORM (f6, 8, 6)

#define FORM(form, kind, SIDE, OUT, GROUP)                                  \
  { kind,           OUT,           SIDE,           SIDE * SIDE,      GROUP, \
    form##_weights, form##_inputs, form##_outputs, form##_gradients, form##_taps }

const DifWinogradForm DIF_WINOGRAD_FORMS[DIF_N_WINOGRAD_FORMS] = {
  FORM (f2, DIF_WINOGRAD_F2, 4, 2, 32),
  FORM (f4, DIF_WINOGRAD_F4, 6, 4, 32),
  FORM (f6, DIF_WINOGRAD_F6, 8, 6, 24),
};
