/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/bench/op.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/bench/fma.h"
#include "core/ops/activate.h"
#include "core/ops/attention/attention.h"
#include "core/ops/conv/conv.h"
#include "core/ops/elementwise.h"
#include "core/ops/linear.h"
#include "core/ops/norm/group-norm.h"

/* What an op works on. */
typedef struct
{
  gsize         n, size, in, out, tokens, keys, heads, width;
  DifConvShape  shape;
  DifActivation activation;
  DifTensor    *x, *k, *v, *gamma, *beta;
  DifWeight    *weight;
  guint64       stream; /* of the next random numbers */
} Op;

static void
op_clear (Op *op)
{
  g_clear_pointer (&op->x, dif_tensor_unref);
  g_clear_pointer (&op->k, dif_tensor_unref);
  g_clear_pointer (&op->v, dif_tensor_unref);
  g_clear_pointer (&op->gamma, dif_tensor_unref);
  g_clear_pointer (&op->beta, dif_tensor_unref);
  g_clear_pointer (&op->weight, dif_weight_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Op, op_clear)

static DifTensor *
numbers (Op *op, DifContext *context, gsize n, gsize h, gsize w, gsize c)
{
  DifTensor *x = dif_context_nhwc (context, n, h, w, c);

  if (x)
    dif_rng_normal (0, op->stream++, 0, x->data, x->size);
  return x;
}

static gboolean
make_picture (Op *op, DifContext *context, GError **error G_GNUC_UNUSED)
{
  op->x = numbers (op, context, op->n, op->size, op->size, op->in);
  op->gamma = numbers (op, context, 1, 1, 1, op->in);
  op->beta = numbers (op, context, 1, 1, 1, op->in);
  return op->beta != NULL;
}

static gboolean
make_conv (Op *op, DifContext *context, GError **error)
{
  g_autoptr (DifTensor) oihw =
      numbers (op, context, op->out, op->in, op->shape.kernel, op->shape.kernel);
  g_autoptr (DifWeightStore) store = NULL;

  op->x = numbers (op, context, op->n, op->size, op->size, op->in);
  op->beta = numbers (op, context, 1, 1, 1, op->out);
  if (op->beta)
    op->weight = dif_weight_new_conv (dif_context_allocator (context), oihw->data, op->out, op->in,
                                      op->shape.kernel, DIF_WEIGHT_F32, error);
  if (! op->weight)
    return FALSE;
  store = dif_weight_store_new (dif_context_allocator (context), G_MAXSIZE);
  dif_weight_use_store (op->weight, store);
  return TRUE;
}

static gboolean
make_linear (Op *op, DifContext *context, GError **error)
{
  g_autoptr (DifTensor) matrix = numbers (op, context, 1, 1, op->out, op->in);

  op->x = numbers (op, context, op->n, 1, op->tokens, op->in);
  op->beta = numbers (op, context, 1, 1, 1, op->out);
  if (op->beta)
    op->weight = dif_weight_new_linear (dif_context_allocator (context), matrix->data, op->out,
                                        op->in, DIF_WEIGHT_F32, error);
  return op->weight != NULL;
}

static gboolean
make_attention (Op *op, DifContext *context, GError **error G_GNUC_UNUSED)
{
  op->x = numbers (op, context, op->n, 1, op->tokens, op->heads * op->width);
  op->k = numbers (op, context, op->n, 1, op->keys, op->heads * op->width);
  op->v = numbers (op, context, op->n, 1, op->keys, op->heads * op->width);
  return op->v != NULL;
}

static DifTensor *
run_conv (const Op *op, DifContext *context)
{
  return dif_conv (context, &(DifConvInput) { op->x, NULL, NULL }, op->weight, &op->shape,
                   &(DifEpilogue) { .bias = op->beta });
}

static DifTensor *
run_linear (const Op *op, DifContext *context)
{
  return dif_linear (context, op->x, op->weight, &(DifEpilogue) { .bias = op->beta });
}

static DifTensor *
run_attention (const Op *op, DifContext *context)
{
  return dif_attention (context, op->x, op->k, op->v, (guint) op->heads);
}

/* 32 groups, or as many as there can be. */
static DifTensor *
run_norm (const Op *op, DifContext *context)
{
  g_autoptr (DifTensor) x = dif_tensor_view (op->x, 4, op->x->dim); /* whose moments nobody knows */
  guint                 n_groups = (guint) MIN (op->in, 32);

  while (op->in % n_groups)
    n_groups--;
  return dif_group_norm (context, x, n_groups, op->gamma, op->beta, 1e-5, NULL, op->activation);
}

static DifTensor *
run_activation (const Op *op, DifContext *context)
{
  return dif_activate (context, op->x, op->activation);
}

static DifTensor *
run_add (const Op *op, DifContext *context)
{
  return dif_sum (context, 2, (const DifTerm[]) { { 1.0, op->x }, { 1.0, op->x } });
}

typedef struct
{
  const char *name;
  gboolean (*make) (Op *op, DifContext *context, GError **error);
  DifTensor *(*run) (const Op *op, DifContext *context);
  DifConvShape  shape;
  DifActivation activation;
  gboolean      enlarges; /* the picture to twice its size first */
} Kind;

static const Kind kinds[] = {
  { "conv3x3", make_conv, run_conv, { 3, 1, 1, 1, 0, 0 }, DIF_ACTIVATION_NONE, FALSE },
  { "conv3x3-stride2", make_conv, run_conv, { 3, 2, 1, 1, 0, 0 }, DIF_ACTIVATION_NONE, FALSE },
  { "conv3x3-upsample", make_conv, run_conv, { 3, 1, 1, 1, 0, 0 }, DIF_ACTIVATION_NONE, TRUE },
  { "conv1x1", make_conv, run_conv, { 1, 1, 0, 0, 0, 0 }, DIF_ACTIVATION_NONE, FALSE },
  { "linear", make_linear, run_linear, { 0 }, DIF_ACTIVATION_NONE, FALSE },
  { "attention", make_attention, run_attention, { 0 }, DIF_ACTIVATION_NONE, FALSE },
  { "group-norm", make_picture, run_norm, { 0 }, DIF_ACTIVATION_NONE, FALSE },
  { "group-norm-silu", make_picture, run_norm, { 0 }, DIF_ACTIVATION_SILU, FALSE },
  { "silu", make_picture, run_activation, { 0 }, DIF_ACTIVATION_SILU, FALSE },
  { "add", make_picture, run_add, { 0 }, DIF_ACTIVATION_NONE, FALSE },
  { "peak", NULL, NULL, { 0 }, DIF_ACTIVATION_NONE, FALSE },
};

typedef struct
{
  const Kind *kind;
  Op         *op;
} Job;

static gboolean
evaluate (DifContext *context, gpointer data)
{
  const Job            *job = data;
  g_autoptr (DifTensor) y = job->kind->run (job->op, context);

  return y != NULL;
}

static const Kind *
find_kind (const char *name, char **known)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_str_equal (kinds[i].name, name))
        return &kinds[i];
      g_string_append_printf (names, i ? ", %s" : "%s", kinds[i].name);
    }
  *known = g_string_free (g_steal_pointer (&names), FALSE);
  return NULL;
}

static Op
op_new (const Kind *kind, const DifBenchOptions *o)
{
  Op op = { .n = (gsize) o->batch, .shape = kind->shape, .activation = kind->activation };

  op.size = o->size ? (gsize) o->size : 32;
  op.in = o->in ? (gsize) o->in : 64;
  op.out = o->out ? (gsize) o->out : op.in;
  op.tokens = o->tokens ? (gsize) o->tokens : 1024;
  op.keys = o->keys ? (gsize) o->keys : op.tokens;
  op.heads = o->heads ? (gsize) o->heads : 8;
  op.width = o->width ? (gsize) o->width : 64;
  if (kind->enlarges)
    op.shape.up_h = op.shape.up_w = 2 * op.size;
  return op;
}

/* What matters for this op. */
static json_t *
describe (const Kind *kind, const Op *op)
{
  json_t *what = json_pack ("{s:s}", "op", kind->name);

  if (! kind->make)
    return what;
  json_object_set_new (what, "batch", json_integer ((json_int_t) op->n));
  if (kind->make == make_attention || kind->make == make_linear)
    json_object_set_new (what, "tokens", json_integer ((json_int_t) op->tokens));
  else
    json_object_set_new (what, "size", json_integer ((json_int_t) op->size));
  if (kind->make == make_attention)
    {
      json_object_set_new (what, "keys", json_integer ((json_int_t) op->keys));
      json_object_set_new (what, "heads", json_integer ((json_int_t) op->heads));
      json_object_set_new (what, "width", json_integer ((json_int_t) op->width));
      return what;
    }
  json_object_set_new (what, "in", json_integer ((json_int_t) op->in));
  if (op->weight)
    json_object_set_new (what, "out", json_integer ((json_int_t) op->out));
  return what;
}

static gboolean
measure (const Kind *kind, Op *op, DifContext *context, guint runs, DifBenchFigures *figures,
         GError **error)
{
  if (! kind->make)
    return dif_bench_measure (context, runs, dif_bench_fma, NULL, figures, error);
  return kind->make (op, context, error) &&
         dif_bench_measure (context, runs, evaluate, &(Job) { kind, op }, figures, error);
}

gboolean
dif_bench_op (const char *name, const DifBenchOptions *options, DifBenchResult *result,
              GError **error)
{
  g_autofree char       *known = NULL;
  const Kind            *kind = find_kind (name, &known);
  g_autoptr (DifContext) context = NULL;
  g_auto (Op) op = { 0 };

  if (! kind)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST, _ ("There is no op “%s”; there are: %s."),
                   name, known);
      return FALSE;
    }
  context = dif_context_new ((guint) options->threads, NULL);
  op = op_new (kind, options);
  if (! measure (kind, &op, context, (guint) options->runs, &result->figures, error))
    {
      if (error && ! *error)
        dif_context_take_error (context, error);
      return FALSE;
    }
  result->what = describe (kind, &op);
  return TRUE;
}
