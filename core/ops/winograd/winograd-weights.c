/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd/winograd-job.h"

#define PART DIF_WINOGRAD_PART

/* Of a whole part of a panel. */
static gsize
part_step (const DifWinogradForm *form)
{
  return form->points * dif_winograd_point_step (PART, DIF_PANEL);
}

/* Transformed weights lie as [panel][part][point][channels of the part, DIF_PANEL]. */
static gsize
panel_step (const DifWinogradForm *form, gsize c_in)
{
  const gsize whole = c_in / PART;
  const gsize rest = c_in % PART;

  return whole * part_step (form) +
         (rest ? form->points * dif_winograd_point_step (rest, DIF_PANEL) : 0);
}

/* One part of one panel.  @room is for its 9 taps where they are not held as floats. */
static void
transform (const DifWinogradForm *form, const DifWeight *weight, gsize panel, gsize part,
           float *room, float *u)
{
  const gsize  c_in = weight->k / 9;
  const gsize  first = part * PART;
  const gsize  n = MIN (PART, c_in - first);
  const float *taps[9];

  for (guint tap = 0; tap < 9; tap++)
    taps[tap] =
        dif_weight_rows (weight, panel, tap * c_in + first, n, room + tap * PART * DIF_PANEL);
  form->weights (taps[0], (gsize) (taps[1] - taps[0]), n * DIF_PANEL, u,
                 dif_winograd_point_step (n, DIF_PANEL));
}

typedef struct
{
  const DifWinogradForm *form;
  const DifWeight       *weight;
  float                 *rooms; /* of each worker */
  float                 *u;
} Pack;

static void
do_panel (gsize panel, guint worker, gpointer data)
{
  const Pack *pack = data;
  const gsize c_in = pack->weight->k / 9;

  for (gsize part = 0; part < dif_winograd_n_parts (c_in); part++)
    transform (pack->form, pack->weight, panel, part, pack->rooms + worker * 9 * PART * DIF_PANEL,
               pack->u + panel * panel_step (pack->form, c_in) + part * part_step (pack->form));
}

/* NULL if there is no memory for it, which only costs time. */
static DifTensor *
pack_all (DifContext *context, const DifWinogradForm *form, const DifWeight *weight, gsize size)
{
  DifPool              *pool = dif_context_pool (context);
  const gsize           room = dif_pool_n_workers (pool) * 9 * PART * DIF_PANEL;
  g_autoptr (DifTensor) rooms = dif_tensor_new (dif_context_allocator (context), 1, &room, NULL);
  DifTensor *u = rooms ? dif_tensor_new (weight->forms->store->allocator, 1, &size, NULL) : NULL;

  if (u)
    dif_pool_run (pool, dif_winograd_n_panels (weight->n), do_panel,
                  &(Pack) { form, weight, rooms->data, u->data });
  return u;
}

const float *
dif_winograd_stored (DifContext *context, const DifWinogradForm *form, const DifWeight *weight)
{
  const gsize     size = dif_winograd_n_panels (weight->n) * panel_step (form, weight->k / 9);
  DifWeightForms *forms = weight->forms;
  DifTensor      *stored;

  if (! forms)
    return NULL;
  g_mutex_lock (&forms->store->mutex);
  if (! forms->winograd[form->kind] && size * sizeof (float) <= forms->store->budget)
    {
      forms->winograd[form->kind] = pack_all (context, form, weight, size);
      if (forms->winograd[form->kind])
        forms->store->budget -= size * sizeof (float);
    }
  stored = forms->winograd[form->kind];
  g_mutex_unlock (&forms->store->mutex);
  return stored ? stored->data : NULL;
}

const float *
dif_winograd_weights (const DifWinogradJob *job, gsize panel, gsize part,
                      const DifWinogradScratch *scratch)
{
  if (job->stored)
    return job->stored + panel * panel_step (job->form, job->c_in) + part * part_step (job->form);
  transform (job->form, job->weight, panel, part, scratch->taps, scratch->u);
  return scratch->u;
}
