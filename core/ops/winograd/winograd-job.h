/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/matmul.h"
#include "core/ops/product.h"
#include "core/ops/winograd/winograd-types.h"

G_BEGIN_DECLS

/* What the files of dif_winograd_conv() share. */

#define DIF_WINOGRAD_PART  64 /* input channels multiplied together */
#define DIF_WINOGRAD_AHEAD 2  /* blocks between fetching and use */

/**
 * DifWinogradJob:
 * @form: how
 * @input: what is convolved
 * @weight: by what
 * @stored: (nullable): its transformed form
 * @out: where to
 * @c_in: inputs
 * @c_out: outputs
 * @blocks_y: rows of blocks of a picture
 * @blocks_x: columns of blocks
 * @group: room for blocks in a group, which are transformed and multiplied together
 * @group_y: rows of blocks in a group
 * @group_x: columns of blocks in a group
 * @groups_y: rows of groups of a picture
 * @groups_x: columns of groups
 * @group_pictures: pictures in a group; more than one only if it holds them whole
 * @n_groups: of all pictures
 * @n_workers: who take groups
 * @chunk: groups whose inputs are transformed for all workers to use, 0 where each worker has its
 *   own
 * @first_group: of the chunk at work
 * @v: transformed inputs of each group of the chunk, or of each worker
 * @v_size: of one
 * @scratch: of each worker, see dif_winograd_scratch()
 * @scratch_size: of one
 * @zeros: at least @c_in, and a panel's
 * @epilogue: done to each block of outputs
 * @moments: (nullable): of each group: a pivot, sums and squares of each output
 *
 * One convolution at work.
 */
typedef struct
{
  const DifWinogradForm  *form;
  const DifWinogradInput *input;
  const DifWeight        *weight;
  const float            *stored;
  float                  *out;
  gsize                   c_in, c_out;
  gsize                   blocks_y, blocks_x;
  gsize                   group;
  gsize                   group_y, group_x;
  gsize                   groups_y, groups_x;
  gsize                   group_pictures;
  gsize                   n_groups;
  guint                   n_workers;
  gsize                   chunk;
  gsize                   first_group;
  float                  *v;
  gsize                   v_size;
  float                  *scratch;
  gsize                   scratch_size;
  const float            *zeros;
  DifEpilogueJob          epilogue;
  float                  *moments;
} DifWinogradJob;

/**
 * DifWinogradGroup:
 * @picture: the first
 * @n_pictures: how many
 * @y: first row of blocks
 * @x: first column of blocks
 * @h: rows of blocks
 * @w: columns of blocks
 * @n: blocks in all, picture by picture and row by row
 *
 * Blocks that are transformed and multiplied together: as square as can be, since neighbors share
 * inputs.
 */
typedef struct
{
  gsize picture, n_pictures;
  gsize y, x, h, w;
  gsize n;
} DifWinogradGroup;

/**
 * DifWinogradScratch:
 * @stage: inputs of a group after the prologue
 * @pixels: a block of outputs of a panel
 * @taps: weights as floats
 * @u: transformed weights of a part of a panel
 * @m: products of a group with each panel at work: [panel][point][block, DIF_PANEL]
 *
 * A worker's own memory.
 */
typedef struct
{
  float *stage;
  float *pixels;
  float *taps;
  float *u;
  float *m;
} DifWinogradScratch;

/**
 * dif_winograd_whole_lanes:
 * @channels: a number of channels
 *
 * Returns: at least as many, whole lanes
 */
static inline gsize
dif_winograd_whole_lanes (gsize channels)
{
  return (channels + DIF_WINOGRAD_LANES - 1) / DIF_WINOGRAD_LANES * DIF_WINOGRAD_LANES;
}

/**
 * dif_winograd_point_step:
 * @rows: of one point's matrix
 * @columns: of it
 *
 * Returns: from one point's numbers to the next: a line more than their size, since at powers of
 *   two the streams of a transform would fight for the same few places in the cache
 */
static inline gsize
dif_winograd_point_step (gsize rows, gsize columns)
{
  return rows * columns + DIF_WINOGRAD_LANES;
}

/**
 * dif_winograd_n_parts:
 * @c_in: inputs
 *
 * Returns: parts that they are cut into
 */
static inline gsize
dif_winograd_n_parts (gsize c_in)
{
  return (c_in + DIF_WINOGRAD_PART - 1) / DIF_WINOGRAD_PART;
}

/**
 * dif_winograd_n_panels:
 * @c_out: outputs
 *
 * Returns: panels that they are cut into
 */
static inline gsize
dif_winograd_n_panels (gsize c_out)
{
  return (c_out + DIF_PANEL - 1) / DIF_PANEL;
}

/**
 * dif_winograd_part_size:
 * @job: the job
 *
 * Returns: room for a part of a group's transformed inputs
 */
static inline gsize
dif_winograd_part_size (const DifWinogradJob *job)
{
  return job->form->points * dif_winograd_point_step (job->group, DIF_WINOGRAD_PART);
}

/**
 * dif_winograd_is_zero:
 * @job: the job
 * @point: a point
 *
 * Where each pixel is seen twice in a row, the fourth row (or column) of transformed inputs, that
 * of -1, is a sum of differences of d1 and d2, of d3 and d4, and so on: it is 0 and so are its
 * products.
 *
 * Returns: whether all inputs are 0 there
 *
 * Thread: any
 */
gboolean dif_winograd_is_zero (const DifWinogradJob *job, guint point);

/**
 * dif_winograd_cut_groups:
 * @job: the job; its groups are planned
 * @group: at most so many blocks in each
 *
 * Thread: any
 */
void dif_winograd_cut_groups (DifWinogradJob *job, gsize group);

/**
 * dif_winograd_stored:
 * @context: the context
 * @form: how
 * @weight: of a 3 x 3 convolution
 *
 * Transforms weights the first time, if there is room in their store.
 *
 * Returns: (transfer none) (nullable): for @stored of a job, %NULL if there is no room
 *
 * Thread: the context's; contexts may share @weight
 */
const float *dif_winograd_stored (DifContext *context, const DifWinogradForm *form,
                                  const DifWeight *weight);

/**
 * dif_winograd_weights:
 * @job: the job
 * @panel: which panel of outputs
 * @part: which part of the channels
 * @scratch: the worker's
 *
 * Returns: (transfer none): transformed, [point][channels of the part, DIF_PANEL] with
 *   dif_winograd_point_step() between points: the stored ones or, in @scratch, made now
 *
 * Thread: any
 */
const float *dif_winograd_weights (const DifWinogradJob *job, gsize panel, gsize part,
                                   const DifWinogradScratch *scratch);

/**
 * dif_winograd_find_group:
 * @job: the job
 * @index: 0 … n_groups - 1
 *
 * Returns: where it is
 *
 * Thread: any
 */
DifWinogradGroup dif_winograd_find_group (const DifWinogradJob *job, gsize index);

/**
 * dif_winograd_stage_size:
 * @job: the job
 *
 * Returns: room that dif_winograd_inputs() needs for a group's inputs, 0 if it needs none
 *
 * Thread: any
 */
gsize dif_winograd_stage_size (const DifWinogradJob *job);

/**
 * DifWinogradRegion:
 * @data: channel of the first pixel
 * @h: rows
 * @w: pixels in a row
 * @n: channels
 * @pixel_step: from pixel to pixel
 * @row_step: from row to row
 *
 * A part of a picture.
 */
typedef struct
{
  const float *data;
  gsize        h, w, n;
  gsize        pixel_step;
  gsize        row_step;
} DifWinogradRegion;

/**
 * dif_winograd_input_region:
 * @job: the job
 * @group: a group
 * @part: which part of the channels
 *
 * Returns: what dif_winograd_inputs() will read, of the first picture
 *
 * Thread: any
 */
DifWinogradRegion dif_winograd_input_region (const DifWinogradJob   *job,
                                             const DifWinogradGroup *group, gsize part);

/**
 * dif_winograd_output_region:
 * @job: the job
 * @group: a group
 * @picture: the output or what is like it, the residual
 *
 * Returns: what dif_winograd_outputs() will write or read, of the first picture
 *
 * Thread: any
 */
DifWinogradRegion dif_winograd_output_region (const DifWinogradJob   *job,
                                              const DifWinogradGroup *group, const float *picture);

/**
 * dif_winograd_fetch:
 * @region: what will soon be needed
 * @to_write: whether it will be written to
 * @share: 0 … n_shares - 1
 * @n_shares: in how many shares it is fetched
 *
 * Has memory brought to the cache, some at a time between products, while memory would be idle.
 *
 * Thread: any
 */
void dif_winograd_fetch (const DifWinogradRegion *region, gboolean to_write, gsize share,
                         gsize n_shares);

/**
 * dif_winograd_inputs:
 * @job: the job
 * @group: whose inputs
 * @part: which part of the channels
 * @first_row: first row of blocks, counted over the group's pictures
 * @n_rows: how many rows of blocks
 * @stage: see dif_winograd_stage_size()
 * @v: (out caller-allocates): [point][block, channels of the part] of the whole group, of which the
 *   rows' blocks are filled
 *
 * Reads inputs, through the prologue if there is one, and transforms them.
 *
 * Thread: any
 */
void dif_winograd_inputs (const DifWinogradJob *job, const DifWinogradGroup *group, gsize part,
                          gsize first_row, gsize n_rows, float *stage, float *v);

/**
 * dif_winograd_outputs:
 * @job: the job
 * @index: the group's, for its moments
 * @group: the group
 * @panel: which panel of outputs
 * @m: [point][block, DIF_PANEL], products
 * @pixels: room for a block
 *
 * Transforms products to outputs, with the epilogue, and sums up their moments.
 *
 * Thread: any
 */
void dif_winograd_outputs (const DifWinogradJob *job, gsize index, const DifWinogradGroup *group,
                           gsize panel, const float *m, float *pixels);

G_END_DECLS
