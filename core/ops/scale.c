/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/scale.h"

#include "core/ops/profile.h"
#include "core/tensor/tape.h"

typedef struct
{
  gconstpointer x; /* key */
  double       *factors;
} Record;

static void
record_clear (gpointer data)
{
  g_free (((Record *) data)->factors);
}

static void
scale_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const Record         *record = data;
  g_autoptr (DifTensor) own = dy;

  dif_tape_add (tape, context, record->x, dif_scale_pictures (context, own, record->factors));
}

typedef struct
{
  const DifTensor *x;
  const double    *factors;
  DifTensor       *y;
} Job;

static void
scale_picture (gsize k, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job   *job = data;
  const gsize  n = job->x->size / job->x->dim[0];
  const float *x = job->x->data + k * n;
  const float  factor = (float) job->factors[k];
  float       *y = job->y->data + k * n;

  for (gsize i = 0; i < n; i++)
    y[i] = factor * x[i];
}

DifTensor *
dif_scale_pictures (DifContext *context, const DifTensor *x, const double *factors)
{
  DIF_OP_TIMER (context, DIF_OP_ELEMENTWISE);
  DifTensor *y = x ? dif_context_like (context, x) : NULL;
  Job        job = { x, factors, y };
  Record    *record;

  if (! y)
    return NULL;
  dif_pool_run (dif_context_pool (context), x->dim[0], scale_picture, &job);
  record = dif_tape_record (context, y, (gconstpointer[]) { x }, 1, sizeof *record, scale_backward,
                            record_clear);
  if (record)
    *record =
        (Record) { dif_tape_key (context, x), g_memdup2 (factors, x->dim[0] * sizeof *factors) };
  return y;
}
