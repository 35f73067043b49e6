/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradients of convolutions with all that they can do, from the tape: against plain loops in double
 * and against central differences of the op itself. */

#include <math.h>
#include <string.h>

#include "core/ops/conv-gradient.h"
#include "core/tensor/tape.h"
#include "tests/core/support/numbers.h"

/* what is done besides */
enum
{
  BIAS = 1,
  SHIFT = 2,
  RESIDUAL = 4,
  SCALE = 8,
  PROLOGUE = 16,
  SILU = 32,
  EPILOGUE = BIAS | SHIFT | RESIDUAL | SCALE,
};

typedef struct
{
  gsize        n, h, w, c_own, c_beside, c_out;
  DifConvShape shape;
  guint        what;
} Case;

static const Case cases[] = {
  { 1, 1, 1, 1, 0, 1, { 1, 1, 0, 0, 0, 0 }, 0 },
  { 1, 1, 1, 1, 0, 1, { 3, 1, 1, 1, 0, 0 }, EPILOGUE },
  { 2, 1, 1, 3, 0, 2, { 3, 1, 1, 1, 0, 0 }, EPILOGUE | PROLOGUE | SILU },
  { 2, 7, 5, 3, 0, 4, { 3, 1, 1, 1, 0, 0 }, BIAS },
  { 2, 7, 5, 3, 4, 4, { 1, 1, 0, 0, 0, 0 }, BIAS },
  { 2, 7, 5, 17, 19, 33, { 1, 1, 0, 0, 0, 0 }, EPILOGUE },
  { 2, 6, 7, 5, 3, 6, { 1, 1, 0, 0, 0, 0 }, PROLOGUE | SILU },
  { 1, 9, 8, 6, 0, 7, { 3, 2, 1, 1, 0, 0 }, EPILOGUE },
  { 2, 8, 6, 3, 5, 5, { 3, 2, 0, 1, 0, 0 }, EPILOGUE | PROLOGUE | SILU },
  { 2, 9, 7, 3, 5, 5, { 3, 2, 0, 1, 0, 0 }, SHIFT },
  { 1, 5, 5, 2, 0, 2, { 3, 1, 0, 0, 0, 0 }, RESIDUAL },
  { 1, 7, 6, 3, 0, 2, { 1, 2, 0, 0, 0, 0 }, BIAS },
  { 1, 4, 4, 3, 0, 2, { 3, 1, 2, 0, 0, 0 }, SCALE },
  { 1, 6, 5, 2, 0, 3, { 5, 1, 2, 2, 0, 0 }, BIAS },
  { 2, 4, 3, 5, 0, 6, { 3, 1, 1, 1, 8, 6 }, EPILOGUE },
  { 2, 4, 3, 2, 3, 6, { 3, 1, 1, 1, 8, 6 }, EPILOGUE | PROLOGUE | SILU },
  { 1, 5, 4, 3, 0, 2, { 3, 1, 1, 1, 9, 7 }, BIAS },
  { 1, 9, 7, 3, 0, 2, { 3, 1, 1, 1, 5, 4 }, BIAS },
  { 1, 5, 7, 3, 0, 2, { 3, 2, 1, 1, 9, 14 }, BIAS },
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

/* What is read, in the order of the tensors below. */
enum
{
  X,
  BESIDE,
  WEIGHT,
  BIASES,
  SHIFTS,
  RESIDUALS,
  FACTORS,  /* the prologue's scale */
  SUMMANDS, /* its shift */
  N_INPUTS
};

typedef struct
{
  const Case *c;
  gsize       out_h, out_w;
  DifTensor  *input[N_INPUTS]; /* or NULL */
  DifTensor  *dy;
  DifWeight  *weight;
} Op;

static gsize
out_side (const Case *c, gsize side, gsize up)
{
  const DifConvShape *s = &c->shape;

  return ((up ? up : side) + s->pad_begin + s->pad_end - s->kernel) / s->stride + 1;
}

static DifTensor *
matrix (DifContext *context, guint64 seed, gsize n, gsize c)
{
  g_autoptr (DifTensor) x = test_random (context, seed, 1, 1, n, c);

  return dif_tensor_view (x, 2, (gsize[]) { n, c });
}

static void
pack (DifContext *context, Op *op)
{
  const Case                *c = op->c;
  DifAllocator              *allocator = dif_context_allocator (context);
  const gsize                c_in = c->c_own + c->c_beside;
  g_autoptr (DifWeightStore) store = dif_weight_store_new (allocator, G_MAXSIZE);

  op->weight = dif_weight_new_conv (allocator, op->input[WEIGHT]->data, c->c_out, c_in,
                                    c->shape.kernel, DIF_WEIGHT_F32, NULL);
  op->weight->backward = dif_weight_new_conv_backward (allocator, op->input[WEIGHT]->data, c->c_out,
                                                       c_in, c->shape.kernel, DIF_WEIGHT_F32, NULL);
  dif_weight_use_store (op->weight, store);
}

static void
op_init (Op *op, DifContext *context, const Case *c)
{
  const gsize c_in = c->c_own + c->c_beside;

  *op = (Op) { c, out_side (c, c->h, c->shape.up_h), out_side (c, c->w, c->shape.up_w) };
  op->input[X] = test_random (context, 1, c->n, c->h, c->w, c->c_own);
  if (c->c_beside)
    op->input[BESIDE] = test_random (context, 2, c->n, c->h, c->w, c->c_beside);
  op->input[WEIGHT] = test_random (context, 3, c->c_out, c_in, c->shape.kernel, c->shape.kernel);
  if (c->what & BIAS)
    op->input[BIASES] = matrix (context, 4, 1, c->c_out);
  if (c->what & SHIFT)
    op->input[SHIFTS] = matrix (context, 5, c->n, c->c_out);
  if (c->what & RESIDUAL)
    op->input[RESIDUALS] = test_random (context, 6, c->n, op->out_h, op->out_w, c->c_out);
  if (c->what & PROLOGUE)
    {
      op->input[FACTORS] = matrix (context, 7, c->n, c_in);
      op->input[SUMMANDS] = matrix (context, 8, c->n, c_in);
    }
  op->dy = test_random (context, 9, c->n, op->out_h, op->out_w, c->c_out);
  pack (context, op);
}

static void
op_clear (Op *op)
{
  for (guint i = 0; i < N_INPUTS; i++)
    dif_tensor_unref (op->input[i]);
  dif_tensor_unref (op->dy);
  dif_weight_free (op->weight);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Op, op_clear)

static double
scale_of (const Case *c)
{
  return c->what & SCALE ? 0.625 : 1.0;
}

static DifTensor *
op_run (const Op *op, DifContext *context)
{
  const Case       *c = op->c;
  const DifPrologue prologue = { op->input[FACTORS], op->input[SUMMANDS],
                                 c->what & SILU ? DIF_ACTIVATION_SILU : DIF_ACTIVATION_NONE };
  const DifEpilogue epilogue = { op->input[BIASES], op->input[SHIFTS], op->input[RESIDUALS],
                                 (float) scale_of (c), DIF_ACTIVATION_NONE };

  return dif_conv (
      context,
      &(DifConvInput) { op->input[X], op->input[BESIDE], c->what & PROLOGUE ? &prologue : NULL },
      op->weight, &c->shape, &epilogue);
}

static gconstpointer
key_of (const Op *op, guint input)
{
  return input == WEIGHT ? (gconstpointer) op->weight : op->input[input];
}

/* The gradients of <dy, op> that are asked for, from the tape. */
static void
differentiate (const Op *op, DifContext *context, guint wanted, DifTensor *gradient[N_INPUTS])
{
  g_autoptr (DifTape)   tape = dif_tape_new ();
  g_autoptr (DifTensor) y = NULL;

  for (guint i = 0; i < N_INPUTS; i++)
    if (op->input[i] && (wanted & 1u << i))
      dif_tape_watch (tape, key_of (op, i));
  dif_context_set_tape (context, tape);
  y = op_run (op, context);
  dif_context_set_tape (context, NULL);
  g_assert_true (dif_tape_backward (tape, context, y, dif_tensor_ref (op->dy)));
  for (guint i = 0; i < N_INPUTS; i++)
    gradient[i] = op->input[i] ? dif_tape_take (tape, key_of (op, i)) : NULL;
}

/* ---- the same by plain loops ---- */

/* One channel of a pixel as the kernel sees it, and where it and its gradients are. */
typedef struct
{
  double u, slope;
  double x;
  guint  tensor;
  gsize  at, norm_at;
} Pixel;

static Pixel
see (const Op *op, gsize picture, gsize y, gsize x, gsize channel)
{
  const Case *c = op->c;
  const guint tensor = channel < c->c_own ? X : BESIDE;
  const gsize width = tensor == X ? c->c_own : c->c_beside;
  const gsize own = tensor == X ? channel : channel - c->c_own;
  Pixel       p = { .tensor = tensor, .slope = 1.0 };

  p.at = ((picture * c->h + y) * c->w + x) * width + own;
  p.norm_at = picture * (c->c_own + c->c_beside) + channel;
  p.x = p.u = op->input[tensor]->data[p.at];
  if (c->what & PROLOGUE)
    p.u = p.x * op->input[FACTORS]->data[p.norm_at] + op->input[SUMMANDS]->data[p.norm_at];
  if (c->what & SILU)
    {
      const double logistic = 1.0 / (1.0 + exp (-p.u));

      p.slope = logistic * (1.0 + p.u * (1.0 - logistic));
      p.u *= logistic;
    }
  return p;
}

static void
back_through (const Op *op, const Pixel *p, double g, double *expected[N_INPUTS])
{
  g *= p->slope;
  if (op->c->what & PROLOGUE)
    {
      expected[FACTORS][p->norm_at] += g * p->x;
      expected[SUMMANDS][p->norm_at] += g;
      g *= op->input[FACTORS]->data[p->norm_at];
    }
  expected[p->tensor][p->at] += g;
}

/* All products of one output's at one tap. */
static void
back_tap (const Op *op, gsize picture, gsize sy, gsize sx, gsize k, gsize at,
          double *expected[N_INPUTS])
{
  const Case         *c = op->c;
  const DifConvShape *s = &c->shape;
  const gsize         c_in = c->c_own + c->c_beside;
  const gsize         seen_h = s->up_h ? s->up_h : c->h;
  const gsize         seen_w = s->up_w ? s->up_w : c->w;
  const double        dy = op->dy->data[at] * scale_of (c);

  if (sy < s->pad_begin || sx < s->pad_begin || sy - s->pad_begin >= seen_h ||
      sx - s->pad_begin >= seen_w)
    return;
  for (gsize in = 0; in < c_in; in++)
    {
      const gsize w = (at % c->c_out * c_in + in) * s->kernel * s->kernel + k;
      const Pixel p = see (op, picture, (sy - s->pad_begin) * c->h / seen_h,
                           (sx - s->pad_begin) * c->w / seen_w, in);

      expected[WEIGHT][w] += dy * p.u;
      back_through (op, &p, dy * op->input[WEIGHT]->data[w], expected);
    }
}

static void
differentiate_plainly (const Op *op, double *expected[N_INPUTS])
{
  const Case         *c = op->c;
  const DifConvShape *s = &c->shape;

  for (guint i = 0; i < N_INPUTS; i++)
    expected[i] = op->input[i] ? g_new0 (double, op->input[i]->size) : NULL;
  for (gsize at = 0; at < op->dy->size; at++)
    {
      const gsize  pixel = at / c->c_out;
      const gsize  picture = pixel / (op->out_h * op->out_w);
      const gsize  y = pixel / op->out_w % op->out_h * s->stride;
      const gsize  x = pixel % op->out_w * s->stride;
      const double dy = op->dy->data[at] * scale_of (c);

      if (expected[BIASES])
        expected[BIASES][at % c->c_out] += dy;
      if (expected[SHIFTS])
        expected[SHIFTS][picture * c->c_out + at % c->c_out] += dy;
      if (expected[RESIDUALS])
        expected[RESIDUALS][at] += dy;
      for (gsize k = 0; k < s->kernel * s->kernel; k++)
        back_tap (op, picture, y + k / s->kernel, x + k % s->kernel, k, at, expected);
    }
}

static void
clear_gradients (DifTensor *gradient[N_INPUTS])
{
  for (guint i = 0; i < N_INPUTS; i++)
    dif_tensor_unref (gradient[i]);
}

static void
test_loops (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Op) op = { NULL };
  DifTensor *gradient[N_INPUTS];
  double    *expected[N_INPUTS];

  op_init (&op, context, data);
  differentiate (&op, context, G_MAXUINT, gradient);
  differentiate_plainly (&op, expected);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      g_assert_true (! gradient[i] == ! expected[i]);
      if (gradient[i])
        {
          g_assert_cmpuint (gradient[i]->size, ==, op.input[i]->size);
          g_test_message ("input %u", i);
          test_assert_near (gradient[i]->data, expected[i], gradient[i]->size,
                            i == WEIGHT ? 1e-5 : 3e-5);
        }
      g_free (expected[i]);
    }
  clear_gradients (gradient);
}

/* The weight's gradient in each way that there is. */
static void
test_ways (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Op) op = { NULL };
  DifPrologue prologue;
  double     *expected[N_INPUTS];

  op_init (&op, context, c);
  differentiate_plainly (&op, expected);
  prologue = (DifPrologue) { op.input[FACTORS], op.input[SUMMANDS],
                             c->what & SILU ? DIF_ACTIVATION_SILU : DIF_ACTIVATION_NONE };
  for (gsize i = 0; i < op.dy->size; i++)
    op.dy->data[i] *= (float) scale_of (c);
  for (guint way = DIF_CONV_AUTO; way < DIF_N_CONV_ALGORITHMS; way++)
    {
      const DifConvInput    input = { op.input[X], op.input[BESIDE],
                                   c->what & PROLOGUE ? &prologue : NULL };
      g_autoptr (DifTensor) gradient =
          dif_conv_gradient_by (context, &input, op.dy, &c->shape, way);

      if (test_has_shape (gradient, c->c_out, c->c_own + c->c_beside, c->shape.kernel,
                          c->shape.kernel))
        test_assert_near (gradient->data, expected[WEIGHT], gradient->size, 1e-5);
    }
  for (guint i = 0; i < N_INPUTS; i++)
    g_free (expected[i]);
}

/* One input asked for at a time gives the same as all at once, and nothing else. */
static void
test_one (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Op) op = { NULL };
  DifTensor *all[N_INPUTS];

  op_init (&op, context, data);
  differentiate (&op, context, G_MAXUINT, all);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      DifTensor *one[N_INPUTS];

      if (! op.input[i])
        continue;
      differentiate (&op, context, 1u << i, one);
      for (guint j = 0; j < N_INPUTS; j++)
        g_assert_true (! one[j] == (i != j));
      if (one[i] && all[i])
        g_assert_cmpmem (one[i]->data, one[i]->size * sizeof (float), all[i]->data,
                         all[i]->size * sizeof (float));
      clear_gradients (one);
    }
  clear_gradients (all);
}

/* ---- central differences, along a random direction in each input ---- */

static double
dot (const DifTensor *a, const DifTensor *b)
{
  double sum = 0.0;

  for (gsize i = 0; i < a->size; i++)
    sum += (double) a->data[i] * b->data[i];
  return sum;
}

static double
loss_at (Op *op, DifContext *context, guint input, const DifTensor *direction, double step)
{
  DifTensor            *x = op->input[input];
  g_autoptr (DifTensor) before = dif_context_like (context, x);
  g_autoptr (DifTensor) y = NULL;

  memcpy (before->data, x->data, x->size * sizeof (float));
  for (gsize i = 0; i < x->size; i++)
    x->data[i] += (float) (step * direction->data[i]);
  if (input == WEIGHT)
    dif_weight_set (dif_context_allocator (context), op->weight, x->data, NULL);
  y = op_run (op, context);
  memcpy (x->data, before->data, x->size * sizeof (float));
  return dot (y, op->dy);
}

static void
test_differences (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Op) op = { NULL };
  DifTensor *gradient[N_INPUTS];

  op_init (&op, context, data);
  differentiate (&op, context, G_MAXUINT, gradient);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      g_autoptr (DifTensor) direction = NULL;
      double                up, down;

      if (! op.input[i])
        continue;
      direction = test_random (context, 20 + i, 1, 1, 1, op.input[i]->size);
      up = loss_at (&op, context, i, direction, 1e-2);
      down = loss_at (&op, context, i, direction, -1e-2);
      if (i == WEIGHT)
        dif_weight_set (dif_context_allocator (context), op.weight, op.input[i]->data, NULL);
      /* along a random direction a gradient has about its own length */
      g_assert_cmpfloat (fabs ((up - down) / 2e-2 - dot (gradient[i], direction)), <=,
                         1e-2 * sqrt (dot (gradient[i], gradient[i])));
    }
  clear_gradients (gradient);
}

/* ---- threads ---- */

/* All gradients, one after another. */
static DifTensor *
all_gradients (DifContext *context, gconstpointer data)
{
  g_auto (Op) op = { NULL };
  DifTensor *gradient[N_INPUTS];
  DifTensor *all;
  gsize      size = 0;

  op_init (&op, context, data);
  differentiate (&op, context, G_MAXUINT, gradient);
  for (guint i = 0; i < N_INPUTS; i++)
    size += gradient[i] ? gradient[i]->size : 0;
  all = dif_context_tensor (context, 1, &size);
  size = 0;
  for (guint i = 0; i < N_INPUTS; i++)
    if (gradient[i])
      {
        memcpy (all->data + size, gradient[i]->data, gradient[i]->size * sizeof (float));
        size += gradient[i]->size;
      }
  clear_gradients (gradient);
  return all;
}

static void
test_threads (gconstpointer data)
{
  test_same_over_threads (all_gradients, data);
}

/* ---- what is not recorded ---- */

static void
test_unwanted (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  other = test_random (context, 1, 1, 1, 1, 1);
  g_autoptr (DifTensor)  y = NULL;
  g_auto (Op) op = { NULL };

  op_init (&op, context, &cases[8]); /* it joins channels before */
  dif_tape_watch (tape, other);
  dif_context_set_tape (context, tape);
  y = op_run (&op, context);
  g_assert_true (dif_context_tape (context) == tape);
  g_assert_false (dif_tape_wants (tape, y));
  for (guint i = 0; i < N_INPUTS; i++)
    g_assert_true (! op.input[i] || ! dif_tensor_is_shared (op.input[i]) ||
                   op.input[i]->owner != NULL);
}

/* An activation at the end has no gradient: refused where one is wanted, else allowed. */
static void
test_activation (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  y = NULL;
  const DifEpilogue      epilogue = { .activation = DIF_ACTIVATION_SILU };
  g_auto (Op) op = { NULL };

  op_init (&op, context, &cases[7]);
  dif_context_set_tape (context, tape);
  y = dif_conv (context, &(DifConvInput) { .x = op.input[X] }, op.weight, &op.c->shape, &epilogue);
  g_assert_nonnull (y);
  dif_tape_watch (tape, op.weight);
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*dif_conv_can_record*");
  g_assert_null (
      dif_conv (context, &(DifConvInput) { .x = op.input[X] }, op.weight, &op.c->shape, &epilogue));
  g_test_assert_expected_messages ();
  dif_context_set_tape (context, NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char   *name;
    GTestDataFunc func;
  } all[] = { { "loops", test_loops },
              { "ways", test_ways },
              { "one", test_one },
              { "differences", test_differences },
              { "threads", test_threads } };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (all); j++)
      {
        g_autofree char *name = g_strdup_printf ("/backward/conv/%s/%u", all[j].name, i);

        g_test_add_data_func (name, &cases[i], all[j].func);
      }
  g_test_add_func ("/backward/conv/unwanted", test_unwanted);
  g_test_add_func ("/backward/conv/activation", test_activation);
  return g_test_run ();
}
