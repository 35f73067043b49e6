/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/winograd/winograd-form.h"

G_BEGIN_DECLS

/* winograd-transforms.c as compiled for each #DifCpu. */
extern const DifWinogradForm dif_winograd_forms_plain[DIF_N_WINOGRAD_FORMS];
extern const DifWinogradForm dif_winograd_forms_avx2[DIF_N_WINOGRAD_FORMS];
extern const DifWinogradForm dif_winograd_forms_avx512[DIF_N_WINOGRAD_FORMS];

G_END_DECLS
