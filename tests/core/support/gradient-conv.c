/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/gradient-conv.h"

#include "tests/core/support/numbers.h"

#define BIAS     TEST_CONV_BIAS
#define SHIFT    TEST_CONV_SHIFT
#define RESIDUAL TEST_CONV_RESIDUAL
#define SCALE    TEST_CONV_SCALE
#define EPILOGUE TEST_CONV_EPILOGUE
#define PROLOGUE TEST_CONV_PROLOGUE
#define SILU     TEST_CONV_SILU

const TestConv test_convs[TEST_N_CONVS] = {
  { 1, 1, 1, 1, 0, 1, { 1, 1, 0, 0, 0, 0 }, 0 },
  { 1, 1, 1, 1, 0, 1, { 3, 1, 1, 1, 0, 0 }, EPILOGUE },
  { 2, 1, 1, 3, 0, 2, { 3, 1, 1, 1, 0, 0 }, EPILOGUE | PROLOGUE | SILU },
  { 2, 7, 5, 3, 0, 4, { 3, 1, 1, 1, 0, 0 }, BIAS },
  { 2, 7, 5, 3, 4, 4, { 1, 1, 0, 0, 0, 0 }, BIAS },
  { 2, 6, 7, 5, 3, 6, { 1, 1, 0, 0, 0, 0 }, PROLOGUE | SILU },
  { 1, 9, 8, 6, 0, 7, { 3, 2, 1, 1, 0, 0 }, EPILOGUE },
  { 2, 8, 6, 3, 5, 5, { 3, 2, 0, 1, 0, 0 }, EPILOGUE | PROLOGUE | SILU },
  { 2, 9, 7, 3, 5, 5, { 3, 2, 0, 1, 0, 0 }, SHIFT },
  { 1, 5, 5, 2, 0, 2, { 3, 1, 0, 0, 0, 0 }, RESIDUAL },
  { 1, 7, 6, 3, 0, 2, { 1, 2, 0, 0, 0, 0 }, BIAS },
  { 1, 4, 4, 3, 0, 2, { 3, 1, 2, 0, 0, 0 }, SCALE },
  { 1, 6, 5, 2, 0, 3, { 5, 1, 2, 2, 0, 0 }, BIAS },
  { 1, 10, 9, 2, 0, 3, { 5, 3, 2, 2, 0, 0 }, PROLOGUE },
  { 1, 9, 9, 2, 0, 3, { 2, 3, 0, 0, 0, 0 }, PROLOGUE | SILU },
  { 2, 4, 3, 5, 0, 6, { 3, 1, 1, 1, 8, 6 }, EPILOGUE },
  { 2, 4, 3, 2, 3, 6, { 3, 1, 1, 1, 8, 6 }, EPILOGUE | PROLOGUE | SILU },
  { 1, 5, 4, 3, 0, 2, { 3, 1, 1, 1, 9, 7 }, BIAS },
  { 1, 9, 7, 3, 0, 2, { 3, 1, 1, 1, 5, 4 }, BIAS },
  { 1, 5, 7, 3, 0, 2, { 3, 2, 1, 1, 9, 14 }, BIAS },
  { 3, 5, 1, 7, 0, 4, { 1, 1, 0, 0, 0, 0 }, EPILOGUE },
  /* large */
  { 2, 7, 5, 17, 19, 33, { 1, 1, 0, 0, 0, 0 }, EPILOGUE },
  { 2, 13, 11, 40, 0, 3, { 3, 1, 1, 1, 0, 0 }, EPILOGUE | PROLOGUE | SILU },
  { 2, 13, 11, 3, 0, 40, { 3, 1, 1, 1, 0, 0 }, EPILOGUE },
  { 2, 13, 11, 7, 0, 40, { 3, 1, 1, 1, 0, 0 }, EPILOGUE },
  { 2, 9, 6, 33, 0, 40, { 3, 1, 1, 1, 0, 0 }, EPILOGUE | PROLOGUE },
  { 2, 10, 9, 33, 31, 40, { 3, 1, 1, 1, 0, 0 }, EPILOGUE | PROLOGUE | SILU },
  { 2, 10, 9, 20, 50, 70, { 3, 1, 1, 1, 0, 0 }, EPILOGUE },
  { 3, 4, 4, 70, 0, 66, { 3, 1, 1, 1, 0, 0 }, BIAS },
  { 3, 1, 3, 70, 0, 66, { 3, 1, 1, 1, 0, 0 }, BIAS },
  { 1, 41, 29, 64, 0, 32, { 3, 1, 1, 1, 0, 0 }, BIAS | PROLOGUE | SILU },
  { 1, 5, 4, 40, 0, 24, { 3, 1, 1, 1, 10, 8 }, EPILOGUE },
  { 2, 16, 17, 24, 0, 25, { 3, 1, 1, 1, 32, 34 }, EPILOGUE },
  { 1, 7, 9, 129, 0, 65, { 3, 1, 1, 1, 0, 0 }, EPILOGUE | PROLOGUE | SILU },
  { 1, 33, 47, 24, 0, 40, { 3, 2, 1, 1, 0, 0 }, EPILOGUE },
  { 2, 50, 45, 65, 0, 66, { 3, 1, 1, 1, 0, 0 }, BIAS },
  { 30, 5, 6, 26, 0, 24, { 3, 1, 1, 1, 0, 0 }, SHIFT },
  { 1, 61, 70, 24, 0, 130, { 1, 1, 0, 0, 0, 0 }, BIAS },
};

ReferenceConv
test_conv_reference (const TestConv *c)
{
  return (ReferenceConv) { .n = c->n,
                           .h = c->h,
                           .w = c->w,
                           .c_own = c->c_own,
                           .c_beside = c->c_beside,
                           .c_out = c->c_out,
                           .shape = c->shape,
                           .scale = c->what & SCALE ? 0.625 : 1.0,
                           .before = c->what & SILU ? DIF_ACTIVATION_SILU : DIF_ACTIVATION_NONE };
}

static DifTensor *
matrix (DifContext *context, guint64 seed, gsize n, gsize c)
{
  g_autoptr (DifTensor) x = test_random (context, seed, 1, 1, n, c);

  return dif_tensor_view (x, 2, (gsize[]) { n, c });
}

DifTensor *
test_conv_inputs (DifContext *context, const TestConv *c, DifTensor *x[REFERENCE_CONV_INPUTS])
{
  const ReferenceConv op = test_conv_reference (c);
  const gsize         c_in = c->c_own + c->c_beside;
  const gsize         out_h = reference_conv_side (&op, c->h, c->shape.up_h);
  const gsize         out_w = reference_conv_side (&op, c->w, c->shape.up_w);

  for (guint i = 0; i < REFERENCE_CONV_INPUTS; i++)
    x[i] = NULL;
  x[REFERENCE_CONV_X] = test_random (context, 1, c->n, c->h, c->w, c->c_own);
  if (c->c_beside)
    x[REFERENCE_CONV_BESIDE] = test_random (context, 2, c->n, c->h, c->w, c->c_beside);
  x[REFERENCE_CONV_WEIGHT] =
      test_random (context, 3, c->c_out, c_in, c->shape.kernel, c->shape.kernel);
  if (c->what & BIAS)
    x[REFERENCE_CONV_BIAS] = matrix (context, 4, 1, c->c_out);
  if (c->what & SHIFT)
    x[REFERENCE_CONV_SHIFT] = matrix (context, 5, c->n, c->c_out);
  if (c->what & RESIDUAL)
    x[REFERENCE_CONV_RESIDUAL] = test_random (context, 6, c->n, out_h, out_w, c->c_out);
  if (c->what & PROLOGUE)
    {
      x[REFERENCE_CONV_FACTOR] = matrix (context, 7, c->n, c_in);
      x[REFERENCE_CONV_SUMMAND] = matrix (context, 8, c->n, c_in);
    }
  return test_random (context, 9, c->n, out_h, out_w, c->c_out);
}
