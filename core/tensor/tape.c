/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tensor/tape.h"

#define TILE_NUMBERS 32768

typedef struct
{
  DifTensor      *output; /* held: nothing else gets its address */
  DifTensor      *other;  /* likewise; may be NULL */
  DifTapeBackward backward;
  GDestroyNotify  clear;
  gpointer        own;
} Record;

struct _DifTape
{
  DifTape    *outer; /* whose leaves are wanted too */
  gboolean    sparse;
  GHashTable *leaves;    /* watched */
  GHashTable *made;      /* outputs of records */
  GHashTable *gradients; /* of both, DifTensor */
  GPtrArray  *records;
};

static void
record_free (gpointer data)
{
  Record *record = data;

  if (record->clear)
    record->clear (record->own);
  g_free (record->own);
  dif_tensor_unref (record->output);
  dif_tensor_unref (record->other);
  g_free (record);
}

DifTape *
dif_tape_new (void)
{
  DifTape *tape = g_new0 (DifTape, 1);

  tape->leaves = g_hash_table_new (NULL, NULL);
  tape->made = g_hash_table_new (NULL, NULL);
  tape->gradients = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) dif_tensor_unref);
  tape->records = g_ptr_array_new_with_free_func (record_free);
  return tape;
}

void
dif_tape_free (DifTape *tape)
{
  if (! tape)
    return;
  g_ptr_array_unref (tape->records);
  g_hash_table_unref (tape->gradients);
  g_hash_table_unref (tape->made);
  g_hash_table_unref (tape->leaves);
  g_free (tape);
}

void
dif_tape_watch (DifTape *tape, gconstpointer leaf)
{
  g_hash_table_add (tape->leaves, (gpointer) leaf);
}

gboolean
dif_tape_wants (const DifTape *tape, gconstpointer of)
{
  for (; tape && of; tape = tape->outer)
    if (g_hash_table_contains (tape->leaves, of) || g_hash_table_contains (tape->made, of))
      return TRUE;
  return FALSE;
}

static gpointer
record_new (DifTape *tape, DifTensor *output, gsize size, DifTapeBackward backward,
            GDestroyNotify clear)
{
  Record *record = g_new (Record, 1);

  *record = (Record) { dif_tensor_ref (output), NULL, backward, clear, g_malloc0 (size) };
  g_ptr_array_add (tape->records, record);
  g_hash_table_add (tape->made, output);
  return record->own;
}

gpointer
dif_tape_record (DifContext *context, DifTensor *output, const gconstpointer *inputs,
                 guint n_inputs, gsize size, DifTapeBackward backward, GDestroyNotify clear)
{
  DifTape *tape = dif_context_tape (context);

  for (guint i = 0; tape && output && i < n_inputs; i++)
    if (dif_tape_wants (tape, inputs[i]))
      return record_new (tape, output, size, backward, clear);
  return NULL;
}

void
dif_tape_also_made (DifContext *context, DifTensor *output)
{
  DifTape *tape = dif_context_tape (context);
  Record  *record = g_ptr_array_index (tape->records, tape->records->len - 1);

  record->other = dif_tensor_ref (output);
  g_hash_table_add (tape->made, output);
}

gconstpointer
dif_tape_key (DifContext *context, gconstpointer of)
{
  return dif_tape_wants (dif_context_tape (context), of) ? of : NULL;
}

typedef struct
{
  float       *sum; /* may be one of them */
  const float *a, *b;
  gsize        n;
} AddJob;

static void
add_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const AddJob *job = data;
  const gsize   last = MIN ((tile + 1) * TILE_NUMBERS, job->n);

  for (gsize i = tile * TILE_NUMBERS; i < last; i++)
    job->sum[i] = job->a[i] + job->b[i];
}

/* Into one of them where nobody else looks. */
static DifTensor *
add (DifContext *context, DifTensor *a, DifTensor *b)
{
  g_autoptr (DifTensor) one = a;
  g_autoptr (DifTensor) other = b;
  g_autoptr (DifTensor) sum = NULL;
  AddJob                job = { NULL, a->data, b->data, a->size };

  g_return_val_if_fail (a->size == b->size, NULL);
  if (! dif_tensor_is_shared (one))
    sum = dif_tensor_ref (one);
  else if (! dif_tensor_is_shared (other))
    sum = dif_tensor_ref (other);
  else
    sum = dif_context_like (context, one);
  if (! sum)
    return NULL;
  dif_tensor_set_summary (sum, NULL);
  job.sum = sum->data;
  dif_pool_run (dif_context_pool (context), (job.n + TILE_NUMBERS - 1) / TILE_NUMBERS, add_tile,
                &job);
  return g_steal_pointer (&sum);
}

void
dif_tape_add (DifTape *tape, DifContext *context, gconstpointer of, DifTensor *gradient)
{
  g_autoptr (DifTensor) part = gradient;
  gpointer              before = NULL;

  while (tape && of && ! g_hash_table_contains (tape->leaves, of) &&
         ! g_hash_table_contains (tape->made, of))
    tape = tape->outer;
  if (! tape || ! of || ! part)
    return;
  if (g_hash_table_steal_extended (tape->gradients, of, NULL, &before) && before)
    part = add (context, before, g_steal_pointer (&part));
  if (part)
    g_hash_table_insert (tape->gradients, (gpointer) of, g_steal_pointer (&part));
}

DifTensor *
dif_tape_take (DifTape *tape, gconstpointer leaf)
{
  gpointer gradient = NULL;

  g_hash_table_steal_extended (tape->gradients, leaf, NULL, &gradient);
  return gradient;
}

/* Goes a record backwards, if anything depended on what the op made. */
static void
walk (DifTape *tape, DifContext *context, Record *record)
{
  DifTensor *dy = dif_tape_take (tape, record->output);

  g_hash_table_remove (tape->made, record->output);
  if (record->other)
    g_hash_table_remove (tape->made, record->other);
  if ((dy || (record->other && g_hash_table_contains (tape->gradients, record->other))) &&
      dif_context_ok (context))
    record->backward (record->own, context, tape, dy);
  else
    dif_tensor_unref (dy);
  if (record->other)
    g_hash_table_remove (tape->gradients, record->other);
}

gboolean
dif_tape_backward (DifTape *tape, DifContext *context, const DifTensor *output, DifTensor *dy)
{
  DifTape *before = dif_context_tape (context);

  dif_context_set_tape (context, NULL);
  dif_tape_add (tape, context, output, dy);
  while (tape->records->len > 0)
    {
      Record *record = g_ptr_array_steal_index (tape->records, tape->records->len - 1);

      walk (tape, context, record);
      record_free (record);
    }
  dif_context_set_tape (context, before);
  return dif_context_ok (context);
}

/* ---- doing things twice ---- */

typedef struct
{
  DifTapeFunc   func;
  gconstpointer data;
  DifTensor    *inputs[DIF_TAPE_MAX_INPUTS];
  guint         n_inputs;
} Again;

static void
again_clear (gpointer data)
{
  Again *again = data;

  for (guint i = 0; i < again->n_inputs; i++)
    dif_tensor_unref (again->inputs[i]);
}

/* Inputs' gradients so far go along, so that the ops' parts are added in the order they would be
 * added in on the tape itself. */
static void
again_backward (gpointer record, DifContext *context, DifTape *tape, DifTensor *dy)
{
  Again                *again = record;
  g_autoptr (DifTape)   inner = dif_tape_new ();
  g_autoptr (DifTensor) y = NULL;

  inner->outer = tape;
  for (guint i = 0; i < again->n_inputs; i++)
    if (dif_tape_wants (tape, again->inputs[i]))
      {
        dif_tape_watch (inner, again->inputs[i]);
        dif_tape_add (inner, context, again->inputs[i], dif_tape_take (tape, again->inputs[i]));
      }
  dif_context_set_tape (context, inner);
  y = again->func (again->data, context, again->inputs);
  dif_context_set_tape (context, NULL);
  if (! y)
    {
      dif_tensor_unref (dy);
      return;
    }
  dif_tape_backward (inner, context, y, dy);
  for (guint i = 0; i < again->n_inputs; i++)
    if (again->inputs[i])
      dif_tape_add (tape, context, again->inputs[i], dif_tape_take (inner, again->inputs[i]));
}

DifTensor *
dif_tape_checkpoint (DifContext *context, DifTapeFunc func, gconstpointer data,
                     DifTensor *const *inputs, guint n_inputs)
{
  DifTape   *tape = dif_context_tape (context);
  DifTensor *y;
  Again     *again;

  g_return_val_if_fail (n_inputs <= DIF_TAPE_MAX_INPUTS, NULL);
  dif_context_set_tape (context, NULL);
  y = func (data, context, inputs);
  dif_context_set_tape (context, tape);
  if (! tape || ! y)
    return y;
  again = record_new (tape, y, sizeof *again, again_backward, again_clear);
  *again = (Again) { func, data, { NULL }, n_inputs };
  for (guint i = 0; i < n_inputs; i++)
    again->inputs[i] = inputs[i] ? dif_tensor_ref (inputs[i]) : NULL;
  return y;
}

void
dif_tape_set_sparse (DifTape *tape, gboolean sparse)
{
  tape->sparse = sparse;
}

DifTensor *
dif_tape_block (DifContext *context, DifTapeFunc func, gconstpointer data, DifTensor *const *inputs,
                guint n_inputs)
{
  DifTape *tape = dif_context_tape (context);

  if (tape && tape->sparse)
    return dif_tape_checkpoint (context, func, data, inputs, n_inputs);
  return func (data, context, inputs);
}
