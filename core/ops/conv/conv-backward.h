/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/conv-shape.h"
#include "core/ops/conv/epilogue.h"
#include "core/ops/weight.h"

G_BEGIN_DECLS

/**
 * dif_conv_can_record:
 * @context: the context, with or without a tape
 * @input: what is to be convolved
 * @weight: packed
 * @epilogue: (nullable): bias and more
 *
 * Activations in epilogues have no gradients.
 *
 * Returns: whether what is wanted of it can be had
 *
 * Thread: the context's
 */
gboolean dif_conv_can_record (DifContext *context, const DifConvInput *input,
                              const DifWeight *weight, const DifEpilogue *epilogue);

/**
 * dif_conv_record:
 * @context: the context, with or without a tape
 * @y: (nullable): what came out
 * @input: what was convolved
 * @weight: packed; outlives the tape
 * @shape: geometry
 * @epilogue: (nullable): bias and more
 *
 * Notes on the tape what was done.
 *
 * Thread: the context's
 */
void dif_conv_record (DifContext *context, DifTensor *y, const DifConvInput *input,
                      const DifWeight *weight, const DifConvShape *shape,
                      const DifEpilogue *epilogue);

G_END_DECLS
