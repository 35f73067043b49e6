/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/epilogue-backward.h"

#include "core/ops/elementwise.h"
#include "core/ops/pixel-sums.h"

DifEpilogueRecord
dif_epilogue_record (DifContext *context, const DifEpilogue *epilogue)
{
  DifEpilogueRecord record = { .scale = 1.0f };

  if (! epilogue)
    return record;
  record.bias = dif_tape_key (context, epilogue->bias);
  record.shift = dif_tape_key (context, epilogue->shift);
  record.residual = dif_tape_key (context, epilogue->residual);
  if (epilogue->scale != 0.0f)
    record.scale = epilogue->scale;
  return record;
}

/* All pictures' sums as one. */
static DifTensor *
add_pictures (DifContext *context, const DifTensor *sums)
{
  const gsize c = sums->dim[1];
  DifTensor  *sum = dif_context_tensor (context, 1, &c);

  for (gsize i = 0; sum && i < c; i++)
    {
      double all = 0.0;

      for (gsize picture = 0; picture < sums->dim[0]; picture++)
        all += sums->data[picture * c + i];
      sum->data[i] = (float) all;
    }
  return sum;
}

DifTensor *
dif_epilogue_backward (const DifEpilogueRecord *record, DifContext *context, DifTape *tape,
                       DifTensor *dy)
{
  g_autoptr (DifTensor) sums = NULL;

  if (record->scale != 1.0f)
    dy = dif_sum_over (context, dy, 1, (DifTerm[]) { { record->scale, dy } });
  if (! dy)
    return NULL;
  if (record->bias || record->shift)
    sums = dif_pixel_sums (context, dy);
  if (sums && record->bias)
    dif_tape_add (tape, context, record->bias, add_pictures (context, sums));
  if (record->shift)
    dif_tape_add (tape, context, record->shift, g_steal_pointer (&sums));
  if (record->residual)
    dif_tape_add (tape, context, record->residual, dif_tensor_ref (dy));
  return dy;
}
