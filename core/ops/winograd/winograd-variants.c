/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd/winograd-variants.h"

#include "core/base/simd.h"

const DifWinogradForm *
dif_winograd_form (DifWinogradKind kind)
{
#if DIF_HAVE_X86_TARGETS
  if (dif_cpu () == DIF_CPU_AVX512)
    return &dif_winograd_forms_avx512[kind];
  if (dif_cpu () == DIF_CPU_AVX2)
    return &dif_winograd_forms_avx2[kind];
#endif
  return &dif_winograd_forms_plain[kind];
}
