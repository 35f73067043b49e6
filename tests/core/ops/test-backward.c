/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradients of ops by their definitions: a convolution's by plain loops, a scale, shift and
 * activation's by central differences. */

#include <math.h>

#include "core/base/error.h"
#include "core/ops/conv-backward.h"
#include "core/ops/prologue.h"
#include "tests/core/support/numbers.h"

typedef struct
{
  gsize        n, h, w, c_in, c_out;
  DifConvShape shape;
  gboolean     residual;
} Case;

static const Case cases[] = {
  { 1, 1, 1, 1, 1, { 1, 1, 0, 0, 0, 0 }, FALSE },
  { 1, 1, 1, 3, 2, { 3, 1, 1, 1, 0, 0 }, FALSE },
  { 2, 7, 5, 3, 4, { 3, 1, 1, 1, 0, 0 }, TRUE },
  { 1, 9, 8, 6, 7, { 3, 2, 1, 1, 0, 0 }, FALSE },
  { 2, 8, 9, 6, 7, { 3, 2, 1, 1, 0, 0 }, TRUE },
  { 2, 8, 6, 3, 5, { 3, 2, 0, 1, 0, 0 }, FALSE },
  { 1, 5, 7, 2, 2, { 3, 1, 0, 0, 0, 0 }, FALSE },
  { 1, 7, 6, 3, 2, { 1, 2, 0, 0, 0, 0 }, FALSE },
  { 1, 10, 9, 2, 3, { 5, 3, 2, 2, 0, 0 }, FALSE },
  { 1, 9, 9, 2, 3, { 2, 3, 0, 0, 0, 0 }, FALSE },
  { 1, 4, 4, 3, 2, { 3, 1, 2, 0, 0, 0 }, FALSE },
  { 1, 33, 47, 32, 40, { 3, 1, 1, 1, 0, 0 }, TRUE },
  { 1, 33, 47, 32, 40, { 3, 2, 1, 1, 0, 0 }, FALSE },
};

static gsize
out_side (const DifConvShape *shape, gsize side)
{
  return (side + shape->pad_begin + shape->pad_end - shape->kernel) / shape->stride + 1;
}

/* Every product of the convolution gives its share back. */
static double *
scattered (const Case *c, const DifTensor *dy, const float *weight, const DifTensor *residual)
{
  const DifConvShape *s = &c->shape;
  double             *dx = g_new0 (double, c->n * c->h * c->w * c->c_in);

  for (gsize i = 0; residual && i < residual->size; i++)
    dx[i] = residual->data[i];
  for (gsize at = 0; at < dy->size; at++)
    for (gsize k = 0; k < s->kernel * s->kernel; k++)
      {
        const gsize out = at % c->c_out;
        const gsize ox = at / c->c_out % dy->dim[2];
        const gsize oy = at / c->c_out / dy->dim[2] % dy->dim[1];
        const gsize picture = at / c->c_out / dy->dim[2] / dy->dim[1];
        const gsize x = ox * s->stride + k % s->kernel; /* pads counted in */
        const gsize y = oy * s->stride + k / s->kernel;

        if (x < s->pad_begin || y < s->pad_begin || x - s->pad_begin >= c->w ||
            y - s->pad_begin >= c->h)
          continue;
        for (gsize in = 0; in < c->c_in; in++)
          dx[((picture * c->h + y - s->pad_begin) * c->w + x - s->pad_begin) * c->c_in + in] +=
              (double) weight[(out * c->c_in + in) * s->kernel * s->kernel + k] * dy->data[at];
      }
  return dx;
}

static DifTensor *
make_weight (DifContext *context, const Case *c)
{
  return test_random (context, 2, c->c_out, c->c_in, c->shape.kernel, c->shape.kernel);
}

static DifTensor *
conv_op (DifContext *context, gconstpointer data)
{
  const Case           *c = data;
  g_autoptr (DifTensor) dy = test_random (context, 1, c->n, out_side (&c->shape, c->h),
                                          out_side (&c->shape, c->w), c->c_out);
  g_autoptr (DifTensor) raw = make_weight (context, c);
  g_autoptr (DifTensor) residual =
      c->residual ? test_random (context, 3, c->n, c->h, c->w, c->c_in) : NULL;
  g_autoptr (DifWeight) weight =
      dif_weight_new_conv_backward (dif_context_allocator (context), raw->data, c->c_out, c->c_in,
                                    c->shape.kernel, DIF_WEIGHT_F32, NULL);

  return dif_conv_backward (context, dy, weight, &c->shape, c->h, c->w, residual);
}

static void
test_conv (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case            *c = &cases[i];
      g_autoptr (DifContext) context = dif_context_new (2, NULL);
      g_autoptr (DifTensor)  dy = test_random (context, 1, c->n, out_side (&c->shape, c->h),
                                               out_side (&c->shape, c->w), c->c_out);
      g_autoptr (DifTensor)  weight = make_weight (context, c);
      g_autoptr (DifTensor)  residual =
          c->residual ? test_random (context, 3, c->n, c->h, c->w, c->c_in) : NULL;
      g_autofree double    *expected = scattered (c, dy, weight->data, residual);
      g_autoptr (DifTensor) dx = conv_op (context, c);

      if (test_has_shape (dx, c->n, c->h, c->w, c->c_in))
        test_assert_near (dx->data, expected, dx->size, 2e-5);
      test_same_over_threads (conv_op, c);
    }
}

/* ---- scale, shift, activation ---- */

typedef struct
{
  gsize         n, h, w, c;
  DifActivation activation;
} Prologue;

static DifTensor *
row (DifContext *context, guint64 seed, const Prologue *p)
{
  g_autoptr (DifTensor) x = test_random (context, seed, 1, 1, p->n, p->c);

  return dif_tensor_view (x, 2, (gsize[]) { p->n, p->c });
}

static DifTensor *
prologue_op (DifContext *context, gconstpointer data)
{
  const Prologue       *p = data;
  g_autoptr (DifTensor) x = test_random (context, 1, p->n, p->h, p->w, p->c);
  g_auto (DifPrologue) prologue = { row (context, 3, p), row (context, 4, p), p->activation };

  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= 5.0f;
  return dif_prologue_backward (context, test_random (context, 2, p->n, p->h, p->w, p->c), x,
                                &prologue);
}

static double
apply (const Prologue *p, double x, double scale, double shift)
{
  const double u = x * scale + shift;

  return p->activation == DIF_ACTIVATION_SILU ? u / (1.0 + exp (-u)) : u;
}

static void
check_prologue (const Prologue *p)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, p->n, p->h, p->w, p->c);
  g_autoptr (DifTensor)  dy = test_random (context, 2, p->n, p->h, p->w, p->c);
  g_autoptr (DifTensor)  scale = row (context, 3, p);
  g_autoptr (DifTensor)  shift = row (context, 4, p);
  g_autoptr (DifTensor)  dx = prologue_op (context, p);
  g_autofree double     *expected = g_new (double, x->size);

  for (gsize i = 0; i < x->size; i++)
    {
      const gsize  at = i / (p->h * p->w * p->c) * p->c + i % p->c;
      const double s = scale->data[at];
      const double b = shift->data[at];
      const double middle = 5.0 * x->data[i];

      expected[i] =
          dy->data[i] * (apply (p, middle + 1e-5, s, b) - apply (p, middle - 1e-5, s, b)) / 2e-5;
    }
  if (test_has_shape (dx, p->n, p->h, p->w, p->c))
    test_assert_near (dx->data, expected, dx->size, 1e-6);
  test_same_over_threads (prologue_op, p);
}

static void
test_prologue (void)
{
  check_prologue (&(Prologue) { 1, 1, 1, 1, DIF_ACTIVATION_SILU });
  check_prologue (&(Prologue) { 2, 9, 7, 5, DIF_ACTIVATION_SILU });
  check_prologue (&(Prologue) { 2, 41, 37, 33, DIF_ACTIVATION_SILU });
  check_prologue (&(Prologue) { 2, 9, 7, 5, DIF_ACTIVATION_NONE });
}

/* Far from 0 its slope is 0 or 1, and never not a number. */
static void
test_far (void)
{
  static const float     far[] = { -1e30f, -200.0f, -90.0f, 90.0f, 200.0f, 1e30f };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const Prologue         p = { 1, 1, 6, 1, DIF_ACTIVATION_SILU };
  g_auto (DifPrologue)
      prologue = { row (context, 3, &p), row (context, 4, &p), DIF_ACTIVATION_SILU };
  g_autoptr (DifTensor) x = test_random (context, 1, 1, 1, 6, 1);
  g_autoptr (DifTensor) dy = test_random (context, 1, 1, 1, 6, 1);
  g_autoptr (DifTensor) dx = NULL;

  prologue.scale->data[0] = 1.0f;
  prologue.shift->data[0] = 0.0f;
  for (guint i = 0; i < 6; i++)
    {
      x->data[i] = far[i];
      dy->data[i] = 2.0f;
    }
  dx = dif_prologue_backward (context, dif_tensor_ref (dy), x, &prologue);
  for (guint i = 0; dx && i < 6; i++)
    g_assert_cmpfloat_with_epsilon (dx->data[i], i < 3 ? 0.0 : 2.0, 1e-6);
  g_assert_cmpfloat (dy->data[0], ==, 2.0f); /* held by others: not written to */
}

static void
test_failure (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const Prologue         p = { 1, 2, 2, 3, DIF_ACTIVATION_SILU };
  g_auto (DifPrologue) prologue = { row (context, 3, &p), row (context, 4, &p), p.activation };
  g_autoptr (DifTensor) x = test_random (context, 1, 1, 2, 2, 3);

  g_assert_null (dif_prologue_backward (context, NULL, x, &prologue));
  g_assert_null (dif_prologue_backward (context, dif_tensor_ref (x), NULL, &prologue));
  g_assert_null (dif_conv_backward (context, NULL, NULL, &cases[0].shape, 1, 1, NULL));
  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_null (dif_prologue_backward (context, dif_tensor_ref (x), x, &prologue));
  test_assert_failed (context, DIF_ERROR_NOMEM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/backward/conv", test_conv);
  g_test_add_func ("/backward/prologue", test_prologue);
  g_test_add_func ("/backward/far", test_far);
  g_test_add_func ("/backward/failure", test_failure);
  return g_test_run ();
}
