/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Convolutions to be gone back through. */

#include "tests/core/support/gradient.h"

/* What is done besides: which inputs there are, and more. */
enum
{
  TEST_CONV_BIAS = 1u << REFERENCE_CONV_BIAS,
  TEST_CONV_SHIFT = 1u << REFERENCE_CONV_SHIFT,
  TEST_CONV_RESIDUAL = 1u << REFERENCE_CONV_RESIDUAL,
  TEST_CONV_PROLOGUE = 1u << REFERENCE_CONV_FACTOR | 1u << REFERENCE_CONV_SUMMAND,
  TEST_CONV_SCALE = 1u << REFERENCE_CONV_INPUTS,
  TEST_CONV_SILU = 2u << REFERENCE_CONV_INPUTS,
  TEST_CONV_EPILOGUE = TEST_CONV_BIAS | TEST_CONV_SHIFT | TEST_CONV_RESIDUAL | TEST_CONV_SCALE,
};

typedef struct
{
  gsize        n, h, w, c_own, c_beside, c_out;
  DifConvShape shape;
  guint        what;
} TestConv;

/* Those that differences in each number can be had of, and more. */
#define TEST_N_SMALL_CONVS 21
#define TEST_N_CONVS       38
extern const TestConv test_convs[TEST_N_CONVS];

ReferenceConv test_conv_reference (const TestConv *c);

/* Random inputs, NULL where there is none, and a gradient of the output. */
DifTensor *test_conv_inputs (DifContext *context, const TestConv *c,
                             DifTensor *x[REFERENCE_CONV_INPUTS]);
