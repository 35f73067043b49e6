/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/activate.h"

#include "core/ops/activation-inline.h"
#include "core/ops/profile.h"
#include "core/tensor/tape.h"

#define TILE 16384

DIF_INLINE void
activate_all (const DifActivation activation, const float *x, float *y, gsize n)
{
  for (gsize i = 0; i < n; i++)
    y[i] = dif_activate_one (activation, x[i]);
}

DIF_INLINE void
activate_row_body (DifActivation activation, const float *x, float *y, gsize n)
{
  DIF_EACH_ACTIVATION (activate_all, activation, x, y, n);
}

DIF_VARIANTS (static, void, activate_row,
              (DifActivation activation, const float *x, float *y, gsize n), (activation, x, y, n))

void
dif_activate_row (DifActivation activation, float *x, gsize n)
{
  if (activation != DIF_ACTIVATION_NONE)
    activate_row (activation, x, x, n);
}

typedef struct
{
  DifActivation    activation;
  const DifTensor *x;
  DifTensor       *y;
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      first = tile * TILE;
  gsize      n = MIN (TILE, job->x->size - first);

  activate_row (job->activation, job->x->data + first, job->y->data + first, n);
}

/* ---- backward ---- */

DIF_INLINE void
slope_all (const DifActivation activation, const float *x, const float *dy, float *dx, gsize n)
{
  for (gsize i = 0; i < n; i++)
    dx[i] = dy[i] * dif_activation_slope (activation, x[i]);
}

DIF_INLINE void
slope_row_body (DifActivation activation, const float *x, const float *dy, float *dx, gsize n)
{
  DIF_EACH_ACTIVATION (slope_all, activation, x, dy, dx, n);
}

DIF_VARIANTS (static, void, slope_row,
              (DifActivation activation, const float *x, const float *dy, float *dx, gsize n),
              (activation, x, dy, dx, n))

typedef struct
{
  DifActivation activation;
  DifTensor    *x;
} Record;

typedef struct
{
  const Record    *record;
  const DifTensor *dy;
  DifTensor       *dx; /* may be dy */
} BackwardJob;

static void
backward_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const BackwardJob *job = data;
  const gsize        first = tile * TILE;

  slope_row (job->record->activation, job->record->x->data + first, job->dy->data + first,
             job->dx->data + first, MIN (TILE, job->dx->size - first));
}

static void
activate_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  DIF_OP_TIMER (context, DIF_OP_ACTIVATION);
  const Record         *record = data;
  g_autoptr (DifTensor) own = dy;
  DifTensor            *dx = dif_context_over (context, dy);
  BackwardJob           job = { record, dy, dx };

  if (! dx)
    return;
  dif_pool_run (dif_context_pool (context), (dx->size + TILE - 1) / TILE, backward_tile, &job);
  dif_tape_add (tape, context, record->x, dx);
}

static void
record_clear (gpointer data)
{
  dif_tensor_unref (((Record *) data)->x);
}

DifTensor *
dif_activate (DifContext *context, const DifTensor *x, DifActivation activation)
{
  DIF_OP_TIMER (context, DIF_OP_ACTIVATION);
  DifTensor *y = dif_context_like (context, x);
  Job        job = { activation, x, y };
  Record    *record;

  if (! y)
    return NULL;
  dif_pool_run (dif_context_pool (context), (x->size + TILE - 1) / TILE, do_tile, &job);
  record = dif_tape_record (context, y, (gconstpointer[]) { x }, 1, sizeof *record,
                            activate_backward, record_clear);
  if (record)
    *record = (Record) { activation, dif_tensor_ref ((DifTensor *) x) };
  return y;
}
