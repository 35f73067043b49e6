/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifOpKind:
 *
 * What an op's time is booked under, see DIF_OP_TIMER().
 */
typedef enum
{
  DIF_OP_WINOGRAD,  /* 3x3 convolutions through Winograd's products */
  DIF_OP_IM2ROW,    /* convolutions through gathered rows */
  DIF_OP_POINTWISE, /* 1x1 convolutions */
  DIF_OP_LINEAR,
  DIF_OP_ATTENTION,
  DIF_OP_NORM, /* with the activation after it */
  DIF_OP_ACTIVATION,
  DIF_OP_ELEMENTWISE,
  DIF_OP_RESAMPLE,
  DIF_OP_EMBEDDING,
  DIF_N_OPS,
} DifOpKind;

/**
 * dif_op_name:
 * @kind: which
 *
 * Returns: a word for figures, "winograd"
 *
 * Thread: any
 */
const char *dif_op_name (DifOpKind kind);

G_END_DECLS
