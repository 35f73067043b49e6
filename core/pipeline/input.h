/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/settings/request.h"

G_BEGIN_DECLS

/**
 * DifInput:
 * @request: whose settings count
 * @task: the row of its task
 * @width: pixels in a row
 * @height: rows
 * @pixels: (nullable): as #DifRequest has them; %NULL where the task reads none
 * @alpha: (nullable): likewise
 * @mask: (nullable): as it is worked on: grown and feathered, or what is transparent
 * @regions: (nullable) (array length=n_regions): as #DifRequest has them
 * @n_regions: how many
 * @origin_x: column of the first pixel in the picture that it was cut out of
 * @origin_y: its row there
 *
 * The pixels of a request, or of the part of it that is worked on.
 */
typedef struct
{
  const DifRequest *request;
  const DifTaskRow *task;
  guint             width;
  guint             height;
  const float      *pixels;
  const float      *alpha;
  const float      *mask;
  const DifRegion  *regions;
  guint             n_regions;
  gint              origin_x;
  gint              origin_y;
} DifInput;

/**
 * DifPart:
 * @x: left
 * @y: top
 * @width: columns
 * @height: rows
 *
 * A part of an input.
 */
typedef struct
{
  guint x;
  guint y;
  guint width;
  guint height;
} DifPart;

/**
 * dif_input_of:
 * @request: a request; outlives its input
 *
 * Returns: its pixels and mask, as they are given
 *
 * Thread: any
 */
DifInput dif_input_of (const DifRequest *request);

/**
 * dif_input_is_soft:
 * @input: an input
 *
 * Returns: whether a coverage between 0 and 1 is a noise level for its pixel
 *
 * Thread: any
 */
gboolean dif_input_is_soft (const DifInput *input);

/**
 * dif_input_measure:
 * @input: an input with pixels
 * @part: (out caller-allocates): what is masked, with the context around it that is wanted
 *
 * Thread: any
 */
void dif_input_measure (const DifInput *input, DifPart *part);

G_END_DECLS
