/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The ops in double with their ways back, written by hand from the derivatives. */

#include "tests/core/support/reference-forward.h"

/* Adds to dx what a loss with the gradient dy of y gets from each input; NULL where it is not
 * wanted. */
typedef void (*ReferenceBackward) (const double *const *x, const double *dy, double *const *dx,
                                   gconstpointer op);

typedef struct
{
  ReferenceForward  forward;
  ReferenceBackward backward;
} Reference;

extern const Reference exact_activate;
extern const Reference exact_sum;
extern const Reference exact_prologue;
extern const Reference exact_concat;
extern const Reference exact_slice;
extern const Reference exact_upsample;
extern const Reference exact_pool;
extern const Reference exact_rows;
extern const Reference exact_conv;
extern const Reference exact_group_norm;
extern const Reference exact_fold;
extern const Reference exact_attention;
