/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"

G_BEGIN_DECLS

/**
 * dif_prologue_record:
 * @context: the context, with or without a tape
 * @y: (nullable): what dif_prologue_apply() gave
 * @x: what it was given
 * @prologue: what was done
 *
 * Notes on the tape what was done.
 *
 * Thread: the context's
 */
void dif_prologue_record (DifContext *context, DifTensor *y, const DifTensor *x,
                          const DifPrologue *prologue);

G_END_DECLS
