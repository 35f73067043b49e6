/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/profile.h"

const char *
dif_op_name (DifOpKind kind)
{
  static const char *const names[DIF_N_OPS] = {
    [DIF_OP_WINOGRAD] = "winograd",     [DIF_OP_IM2ROW] = "im2row",
    [DIF_OP_POINTWISE] = "pointwise",   [DIF_OP_LINEAR] = "linear",
    [DIF_OP_ATTENTION] = "attention",   [DIF_OP_NORM] = "norm",
    [DIF_OP_ACTIVATION] = "activation", [DIF_OP_ELEMENTWISE] = "elementwise",
    [DIF_OP_RESAMPLE] = "resample",     [DIF_OP_EMBEDDING] = "embedding",
  };

  return names[kind];
}
