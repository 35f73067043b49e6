/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/conv-backward.h"

#include "core/ops/conv/conv-input-backward.h"
#include "core/ops/conv/conv-weight-backward.h"
#include "core/ops/conv/epilogue-backward.h"
#include "core/ops/conv/prologue-backward.h"
#include "core/ops/elementwise.h"

/* Tensors are held where their numbers are needed; keys are of what gradients are wanted of. */
typedef struct
{
  DifTensor        *x, *beside;
  DifPrologue       prologue;
  gboolean          has_prologue;
  gconstpointer     x_key, beside_key, weight_key, scale_key, shift_key;
  const DifWeight  *weight;
  DifConvShape      shape;
  gsize             h, w, c; /* of x */
  DifEpilogueRecord epilogue;
} Record;

#define MAX_INPUTS 8

/* All that one reads. */
static void
list_inputs (const DifConvInput *input, const DifWeight *weight, const DifEpilogue *epilogue,
             gconstpointer inputs[MAX_INPUTS])
{
  inputs[0] = input->x;
  inputs[1] = input->beside;
  inputs[2] = weight;
  inputs[3] = input->prologue ? input->prologue->scale : NULL;
  inputs[4] = input->prologue ? input->prologue->shift : NULL;
  inputs[5] = epilogue ? epilogue->bias : NULL;
  inputs[6] = epilogue ? epilogue->shift : NULL;
  inputs[7] = epilogue ? epilogue->residual : NULL;
}

gboolean
dif_conv_can_record (DifContext *context, const DifConvInput *input, const DifWeight *weight,
                     const DifEpilogue *epilogue)
{
  gconstpointer inputs[MAX_INPUTS];
  gboolean      wanted = FALSE;
  gboolean      wanted_inside = FALSE;

  if (! dif_context_tape (context))
    return TRUE;
  list_inputs (input, weight, epilogue, inputs);
  for (guint i = 0; i < MAX_INPUTS; i++)
    if (dif_tape_key (context, inputs[i]))
      {
        wanted = TRUE;
        wanted_inside = wanted_inside || (i < 5 && i != 2);
      }
  if (wanted && epilogue && epilogue->activation != DIF_ACTIVATION_NONE)
    return FALSE;
  if (! wanted_inside)
    return TRUE;
  return weight->backward != NULL;
}

static void
record_clear (gpointer data)
{
  Record *record = data;

  dif_tensor_unref (record->x);
  dif_tensor_unref (record->beside);
  dif_prologue_clear (&record->prologue);
}

/* ---- backwards ---- */

typedef struct
{
  const DifTensor *seen; /* gradient with respect to the resized picture */
  DifTensor       *dx;
} Resize;

/* The first of @seen rows (or columns) that show row @at of @n. */
static gsize
first_seen (gsize at, gsize n, gsize seen)
{
  return (at * seen + n - 1) / n;
}

/* Each pixel gets what all that showed it got; a tile is one row. */
static void
shrink_row (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Resize    *job = data;
  const DifTensor *seen = job->seen;
  const gsize      h = job->dx->dim[1];
  const gsize      w = job->dx->dim[2];
  const gsize      c = job->dx->dim[3];
  const gsize      first_y = first_seen (tile % h, h, seen->dim[1]);
  const gsize      end_y = first_seen (tile % h + 1, h, seen->dim[1]);
  float           *to = job->dx->data + tile * w * c;

  for (gsize x = 0; x < w; x++, to += c)
    {
      const gsize first_x = first_seen (x, w, seen->dim[2]);
      const gsize end_x = first_seen (x + 1, w, seen->dim[2]);

      for (gsize i = 0; i < c; i++)
        to[i] = 0.0f;
      for (gsize sy = first_y; sy < end_y; sy++)
        for (gsize sx = first_x; sx < end_x; sx++)
          {
            const float *from =
                seen->data + ((tile / h * seen->dim[1] + sy) * seen->dim[2] + sx) * c;

            for (gsize i = 0; i < c; i++)
              to[i] += from[i];
          }
    }
}

/* From the resized picture to the one it was made from. */
static DifTensor *
shrink (DifContext *context, DifTensor *seen, gsize h, gsize w)
{
  g_autoptr (DifTensor) own = seen;
  DifTensor            *dx;

  if (! seen)
    return NULL;
  dx = dif_context_nhwc (context, seen->dim[0], h, w, seen->dim[3]);
  if (dx)
    dif_pool_run (dif_context_pool (context), seen->dim[0] * h, shrink_row, &(Resize) { seen, dx });
  return dx;
}

/* Gradient with respect to what the kernel saw, in the size that it was given in. */
static DifTensor *
input_gradient (const Record *record, DifContext *context, const DifTensor *dy)
{
  DifConvShape   shape = record->shape;
  const gboolean resized = shape.up_h > 0;
  DifTensor     *du;

  shape.up_h = shape.up_w = 0;
  du = dif_conv_input_backward (context, dy, record->weight->backward, &shape,
                                resized ? record->shape.up_h : record->h,
                                resized ? record->shape.up_w : record->w);
  return resized ? shrink (context, du, record->h, record->w) : du;
}

static void
add_inputs (const Record *record, DifContext *context, DifTape *tape, DifTensor *du)
{
  g_auto (DifPrologueGradient) gradient = { NULL };
  g_autoptr (DifTensor) own = du;

  if (record->has_prologue)
    {
      if (! dif_prologue_backward (context, g_steal_pointer (&own), record->x, record->beside,
                                   &record->prologue, record->x_key || record->beside_key,
                                   &gradient))
        return;
      dif_tape_add (tape, context, record->scale_key, g_steal_pointer (&gradient.scale));
      dif_tape_add (tape, context, record->shift_key, g_steal_pointer (&gradient.shift));
      dif_tape_add (tape, context, record->x_key, g_steal_pointer (&gradient.x));
      dif_tape_add (tape, context, record->beside_key, g_steal_pointer (&gradient.beside));
      return;
    }
  if (! du)
    return;
  if (du->dim[3] == record->c)
    {
      dif_tape_add (tape, context, record->x_key, g_steal_pointer (&own));
      return;
    }
  if (record->x_key)
    dif_tape_add (tape, context, record->x_key, dif_slice_channels (context, du, 0, record->c));
  if (record->beside_key)
    dif_tape_add (tape, context, record->beside_key,
                  dif_slice_channels (context, du, record->c, du->dim[3] - record->c));
}

static void
conv_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const Record         *record = data;
  g_autoptr (DifTensor) own = dif_epilogue_backward (&record->epilogue, context, tape, dy);
  const DifConvInput    input = { record->x, record->beside,
                               record->has_prologue ? &record->prologue : NULL };

  if (own && record->weight_key)
    dif_tape_add (tape, context, record->weight_key,
                  dif_conv_weight_backward (context, &input, own, &record->shape));
  if (own && (record->x_key || record->beside_key || record->scale_key || record->shift_key))
    add_inputs (record, context, tape, input_gradient (record, context, own));
}

void
dif_conv_record (DifContext *context, DifTensor *y, const DifConvInput *input,
                 const DifWeight *weight, const DifConvShape *shape, const DifEpilogue *epilogue)
{
  gconstpointer inputs[MAX_INPUTS];
  Record       *record;

  list_inputs (input, weight, epilogue, inputs);
  record =
      dif_tape_record (context, y, inputs, MAX_INPUTS, sizeof *record, conv_backward, record_clear);
  if (! record)
    return;
  record->x_key = dif_tape_key (context, inputs[0]);
  record->beside_key = dif_tape_key (context, inputs[1]);
  record->weight_key = dif_tape_key (context, inputs[2]);
  record->scale_key = dif_tape_key (context, inputs[3]);
  record->shift_key = dif_tape_key (context, inputs[4]);
  record->weight = weight;
  record->shape = *shape;
  record->h = input->x->dim[1];
  record->w = input->x->dim[2];
  record->c = input->x->dim[3];
  record->epilogue = dif_epilogue_record (context, epilogue);
  if (! record->weight_key && ! input->prologue)
    return;
  record->x = dif_tensor_ref ((DifTensor *) input->x);
  record->beside = input->beside ? dif_tensor_ref ((DifTensor *) input->beside) : NULL;
  if (! input->prologue)
    return;
  record->has_prologue = TRUE;
  record->prologue =
      (DifPrologue) { dif_tensor_ref (input->prologue->scale),
                      dif_tensor_ref (input->prologue->shift), input->prologue->activation };
}
