/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The ops in double, of tensors. */

#include "tests/core/support/reference-forward.h"

/* NULL of NULL. */
double *reference_widen (const DifTensor *x);

/* weight [c_out, c_in, kernel, kernel]; out has the op's own shape */
double *reference_conv (const DifTensor *x, const float *weight, gsize c_out,
                        const DifConvShape *shape, const DifEpilogue *epilogue, gsize *n);

/* weight [c_out, c_in] */
double *reference_linear (const DifTensor *x, const float *weight, gsize c_out,
                          const DifEpilogue *epilogue);

double *reference_group_norm (const DifTensor *x, guint n_groups, const DifTensor *gamma,
                              const DifTensor *beta, double eps, const DifTensor *modulation,
                              DifActivation activation);

double *reference_attention (const DifTensor *q, const DifTensor *k, const DifTensor *v,
                             guint n_heads);
