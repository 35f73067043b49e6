/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/conv.h"

#include "core/ops/conv/conv-backward.h"
#include "core/ops/conv/conv-forward.h"

DifTensor *
dif_conv_by (DifContext *context, const DifConvInput *input, const DifWeight *weight,
             const DifConvShape *shape, const DifEpilogue *epilogue, DifConvAlgorithm algorithm)
{
  DifTensor *y;

  g_return_val_if_fail (dif_conv_can_record (context, input, weight, epilogue), NULL);
  y = dif_conv_forward (context, input, weight, shape, epilogue, algorithm);
  dif_conv_record (context, y, input, weight, shape, epilogue);
  return y;
}

DifTensor *
dif_conv (DifContext *context, const DifConvInput *input, const DifWeight *weight,
          const DifConvShape *shape, const DifEpilogue *epilogue)
{
  return dif_conv_by (context, input, weight, shape, epilogue, DIF_CONV_AUTO);
}
