/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd.h"

#include <string.h>

#include "core/base/simd.h"
#include "core/ops/product.h"

#define SIDE        6 /* of an input block */
#define OUT         4 /* of an output block */
#define POINTS      (SIDE * SIDE)
#define LANES       16           /* channels transformed together */
#define BLOCK_BYTES (640 * 1024) /* of one tile's transformed inputs and products */
#define MIN_BLOCKS  8
#define MAX_BLOCKS  128

gboolean
dif_winograd_pays (gsize c_in)
{
  return c_in >= 24;
}

/* ---- weights: U = G g Gᵀ for each pair of channels ---- */

static void
transform_kernel (const double g[3], double u[SIDE])
{
  u[0] = g[0] / 4.0;
  u[1] = -(g[0] + g[1] + g[2]) / 6.0;
  u[2] = -(g[0] - g[1] + g[2]) / 6.0;
  u[3] = g[0] / 24.0 + g[1] / 12.0 + g[2] / 6.0;
  u[4] = g[0] / 24.0 - g[1] / 12.0 + g[2] / 6.0;
  u[5] = g[2];
}

static void
transform_kernel_2d (const float *g, gsize step, double u[SIDE][SIDE])
{
  double columns[3][SIDE];

  for (guint y = 0; y < 3; y++)
    transform_kernel (
        (double[]) { g[(3 * y) * step], g[(3 * y + 1) * step], g[(3 * y + 2) * step] }, columns[y]);
  for (guint x = 0; x < SIDE; x++)
    {
      double column[SIDE];

      transform_kernel ((double[]) { columns[0][x], columns[1][x], columns[2][x] }, column);
      for (guint y = 0; y < SIDE; y++)
        u[y][x] = column[y];
    }
}

DifTensor *
dif_winograd_pack (DifAllocator *allocator, const DifTensor *matrix, GError **error)
{
  const gsize           c_in = matrix->dim[0] / 9;
  const gsize           c_out = matrix->dim[1];
  const gsize           one = dif_panels_size (c_in, c_out);
  const gsize           dim[] = { POINTS, one };
  g_autoptr (DifTensor) plain =
      dif_tensor_new (allocator, 2, (gsize[]) { POINTS, c_in * c_out }, error);
  DifTensor *packed = plain ? dif_tensor_new (allocator, 2, dim, error) : NULL;

  if (! packed)
    return NULL;
  for (gsize at = 0; at < c_in * c_out; at++)
    {
      double u[SIDE][SIDE];

      transform_kernel_2d (matrix->data + at, c_in * c_out, u);
      for (guint p = 0; p < POINTS; p++)
        plain->data[p * c_in * c_out + at] = (float) u[p / SIDE][p % SIDE];
    }
  for (guint p = 0; p < POINTS; p++)
    dif_panels_pack (c_in, c_out, plain->data + p * c_in * c_out, packed->data + p * one);
  return packed;
}

/* LANES channels at once; the compiler cuts it to the vectors there are. */
typedef float Lanes __attribute__ ((vector_size (LANES * sizeof (float)), aligned (4), may_alias));

/* ---- inputs: V = Bᵀ d B ---- */

DIF_INLINE void
transform_input (const Lanes d[SIDE], Lanes v[SIDE])
{
  Lanes a = d[4] - 4.0f * d[2];
  Lanes b = d[3] - 4.0f * d[1];
  Lanes c = d[4] - d[2];
  Lanes e = 2.0f * (d[3] - d[1]);

  v[0] = 4.0f * (d[0] - d[2]) + c;
  v[1] = a + b;
  v[2] = a - b;
  v[3] = c + e;
  v[4] = c - e;
  v[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

/* d[y * SIDE + x] points at the channels of a pixel. */
DIF_INLINE void
transform_block_body (const float *const d[POINTS], gsize channel, float *v, gsize point_step)
{
  Lanes columns[SIDE][SIDE]; /* [x], transformed along y */

  for (guint x = 0; x < SIDE; x++)
    {
      Lanes column[SIDE];

      for (guint y = 0; y < SIDE; y++)
        column[y] = *(const Lanes *) (d[y * SIDE + x] + channel);
      transform_input (column, columns[x]);
    }
  for (guint y = 0; y < SIDE; y++)
    {
      Lanes row[SIDE];
      Lanes out[SIDE];

      for (guint x = 0; x < SIDE; x++)
        row[x] = columns[x][y];
      transform_input (row, out);
      for (guint x = 0; x < SIDE; x++)
        *(Lanes *) (v + (y * SIDE + x) * point_step) = out[x];
    }
}

DIF_VARIANTS (static, void, transform_block,
              (const float *const d[POINTS], gsize channel, float *v, gsize point_step),
              (d, channel, v, point_step))

/* ---- outputs: Y = Aᵀ m A ---- */

DIF_INLINE void
transform_output (const Lanes m[SIDE], Lanes y[OUT])
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

DIF_INLINE void
untransform_block_body (const float *m, gsize point_step, float *out, gsize pixel_step)
{
  Lanes columns[SIDE][OUT];

  for (guint x = 0; x < SIDE; x++)
    {
      Lanes column[SIDE];

      for (guint y = 0; y < SIDE; y++)
        column[y] = *(const Lanes *) (m + (y * SIDE + x) * point_step);
      transform_output (column, columns[x]);
    }
  for (guint y = 0; y < OUT; y++)
    {
      Lanes row[SIDE];
      Lanes pixels[OUT];

      for (guint x = 0; x < SIDE; x++)
        row[x] = columns[x][y];
      transform_output (row, pixels);
      for (guint x = 0; x < OUT; x++)
        *(Lanes *) (out + (y * OUT + x) * pixel_step) = pixels[x];
    }
}

DIF_VARIANTS (static, void, untransform_block,
              (const float *m, gsize point_step, float *out, gsize pixel_step),
              (m, point_step, out, pixel_step))

/* ---- a tile: some blocks of one picture after another ---- */

typedef struct
{
  const DifWinogradInput *input;
  const float            *weight;
  gsize                   weight_step; /* of one point */
  float                  *out;
  gsize                   c_out;
  gsize                   blocks_y, blocks_x; /* of one picture */
  gsize                   n_blocks;
  gsize                   tile_blocks;
  gsize                   padded_in, padded_out; /* channels, to whole LANES */
  float                  *scratch;
  gsize                   scratch_size;
  const float            *zeros; /* padded_in of them */
  DifEpilogueJob          epilogue;
} Job;

/* Rows (or columns) of the picture that a block's six read, -1 beyond its edge. */
static void
find_side (gsize block, gsize seen, gsize real, gssize at[SIDE])
{
  for (guint i = 0; i < SIDE; i++)
    {
      gssize p = (gssize) (block * OUT + i) - 1;

      if (p < 0 || (gsize) p >= seen)
        at[i] = -1;
      else
        at[i] = seen == real ? p : (gssize) ((gsize) p * real / seen);
    }
}

/* Where the pixels of a block are; beyond the picture's edge there are zeros. */
static void
find_pixels (const Job *job, gsize block, const float *d[POINTS])
{
  const DifWinogradInput *in = job->input;
  const float *picture = in->x + block / (job->blocks_y * job->blocks_x) * in->h * in->w * in->c;
  gssize       y[SIDE];
  gssize       x[SIDE];

  find_side (block / job->blocks_x % job->blocks_y, in->seen_h, in->h, y);
  find_side (block % job->blocks_x, in->seen_w, in->w, x);
  for (guint p = 0; p < POINTS; p++)
    {
      gssize py = y[p / SIDE];
      gssize px = x[p % SIDE];

      d[p] = py < 0 || px < 0 ? job->zeros : picture + ((gsize) py * in->w + (gsize) px) * in->c;
    }
}

/* Channels beyond the last whole LANES are copied out, so that nothing is read past them. */
static void
transform_rest (const Job *job, const float *const d[POINTS], gsize channel, float *v, gsize step)
{
  gsize        rest = job->input->c - channel;
  float        copy[POINTS][LANES];
  const float *copies[POINTS];

  memset (copy, 0, sizeof copy);
  for (guint p = 0; p < POINTS; p++)
    {
      memcpy (copy[p], d[p] + channel, rest * sizeof (float));
      copies[p] = copy[p];
    }
  transform_block (copies, 0, v, step);
}

/* @pixels has room for a block of outputs. */
static void
write_block (const Job *job, gsize block, const float *m, gsize step, float *pixels)
{
  const DifWinogradInput *in = job->input;
  gsize                   picture = block / (job->blocks_y * job->blocks_x);
  gsize                   y0 = block / job->blocks_x % job->blocks_y * OUT;
  gsize                   x0 = block % job->blocks_x * OUT;
  gsize                   h = MIN (OUT, in->seen_h - y0);
  gsize                   w = MIN (OUT, in->seen_w - x0);

  for (gsize channel = 0; channel < job->c_out; channel += LANES)
    untransform_block (m + channel, step, pixels + channel, job->padded_out);
  for (gsize y = 0; y < h; y++)
    for (gsize x = 0; x < w; x++)
      {
        gsize row = (picture * in->seen_h + y0 + y) * in->seen_w + x0 + x;

        dif_epilogue_row (&job->epilogue, picture, row, 0, job->c_out,
                          pixels + (y * OUT + x) * job->padded_out, job->out + row * job->c_out);
      }
}

/* From one point's matrix to the next.  A line more than their size: at powers of two the
 * 36 streams of a transform would fight for the same few places in the cache. */
static gsize
point_step (gsize blocks, gsize channels)
{
  return blocks * channels + LANES;
}

static void
do_tile (gsize tile, guint worker, gpointer data)
{
  const Job *job = data;
  gsize      first = tile * job->tile_blocks;
  gsize      n = MIN (job->tile_blocks, job->n_blocks - first);
  gsize      c_in = job->input->c;
  gsize      v_step = point_step (job->tile_blocks, job->padded_in);
  gsize      m_step = point_step (job->tile_blocks, job->padded_out);
  float     *v = job->scratch + worker * job->scratch_size;
  float     *m = v + POINTS * v_step;
  float     *pixels = m + POINTS * m_step;

  for (gsize b = 0; b < n; b++)
    {
      const float *d[POINTS];
      gsize        channel = 0;

      find_pixels (job, first + b, d);
      for (; channel + LANES <= c_in; channel += LANES)
        transform_block (d, channel, v + b * job->padded_in + channel, v_step);
      if (channel < c_in)
        transform_rest (job, d, channel, v + b * job->padded_in + channel, v_step);
    }
  for (guint p = 0; p < POINTS; p++)
    dif_product (n, job->c_out, c_in, v + p * v_step, job->padded_in,
                 job->weight + p * job->weight_step, m + p * m_step, job->padded_out, FALSE);
  for (gsize b = 0; b < n; b++)
    write_block (job, first + b, m + b * job->padded_out, m_step, pixels);
}

static gsize
whole_lanes (gsize channels)
{
  return (channels + LANES - 1) / LANES * LANES;
}

gboolean
dif_winograd_conv (DifContext *context, const DifWinogradInput *input, const DifWeight *weight,
                   DifTensor *out, const DifEpilogue *epilogue)
{
  DifPool              *pool = dif_context_pool (context);
  g_autoptr (DifTensor) scratch = NULL;
  gsize                 fit;
  Job                   job = { 0 };

  if (! out)
    return FALSE;
  job.input = input;
  job.weight = weight->winograd->data;
  job.weight_step = weight->winograd->dim[1];
  job.out = out->data;
  job.c_out = weight->n;
  job.blocks_y = (input->seen_h + OUT - 1) / OUT;
  job.blocks_x = (input->seen_w + OUT - 1) / OUT;
  job.n_blocks = input->n * job.blocks_y * job.blocks_x;
  job.padded_in = whole_lanes (input->c);
  job.padded_out = whole_lanes (job.c_out);
  fit = BLOCK_BYTES / (POINTS * sizeof (float) * (job.padded_in + job.padded_out));
  job.tile_blocks = CLAMP (fit / 8 * 8, MIN_BLOCKS, MAX_BLOCKS);
  job.scratch_size = POINTS * (point_step (job.tile_blocks, job.padded_in) +
                               point_step (job.tile_blocks, job.padded_out)) +
                     OUT * OUT * job.padded_out;
  scratch = dif_context_tensor (
      context, 1, (gsize[]) { dif_pool_n_workers (pool) * job.scratch_size + job.padded_in });
  if (! scratch || ! dif_epilogue_prepare (context, epilogue, out, &job.epilogue))
    return FALSE;
  job.scratch = scratch->data;
  job.zeros = scratch->data + dif_pool_n_workers (pool) * job.scratch_size;
  memset (scratch->data + dif_pool_n_workers (pool) * job.scratch_size, 0,
          job.padded_in * sizeof (float));

  dif_context_count (context,
                     18.0 * input->n * input->seen_h * input->seen_w * input->c * job.c_out);
  dif_pool_run (pool, (job.n_blocks + job.tile_blocks - 1) / job.tile_blocks, do_tile, &job);
  dif_epilogue_clear (&job.epilogue);
  return TRUE;
}
