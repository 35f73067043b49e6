/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/prologue-tape.h"

#include "core/ops/conv/prologue-backward.h"
#include "core/tensor/tape.h"

typedef struct
{
  DifPrologue prologue;
  DifTensor  *x;
} Record;

static void
record_clear (gpointer data)
{
  Record *record = data;

  dif_prologue_clear (&record->prologue);
  dif_tensor_unref (record->x);
}

static void
apply_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const Record *record = data;
  g_auto (DifPrologueGradient) gradient = { NULL };

  if (! dif_prologue_gradient (context, dy, record->x, NULL, &record->prologue,
                               dif_tape_wants (tape, record->x), &gradient))
    return;
  dif_tape_add (tape, context, record->prologue.scale, g_steal_pointer (&gradient.scale));
  dif_tape_add (tape, context, record->prologue.shift, g_steal_pointer (&gradient.shift));
  dif_tape_add (tape, context, record->x, g_steal_pointer (&gradient.x));
}

void
dif_prologue_record (DifContext *context, DifTensor *y, const DifTensor *x,
                     const DifPrologue *prologue)
{
  const gconstpointer inputs[] = { x, prologue->scale, prologue->shift };
  Record             *record =
      dif_tape_record (context, y, inputs, 3, sizeof *record, apply_backward, record_clear);

  if (! record)
    return;
  record->prologue = (DifPrologue) { dif_tensor_ref (prologue->scale),
                                     dif_tensor_ref (prologue->shift), prologue->activation };
  record->x = dif_tensor_ref ((DifTensor *) x);
}
