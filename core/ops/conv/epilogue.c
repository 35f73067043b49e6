/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/epilogue.h"

#include "core/ops/activation-inline.h"

gboolean
dif_epilogue_prepare (DifContext *context, const DifEpilogue *epilogue, const DifTensor *out,
                      DifEpilogueJob *job)
{
  const DifEpilogue none = { NULL };
  const DifEpilogue e = epilogue ? *epilogue : none;
  gsize             c = out->dim[out->n_dims - 1];
  gsize             n = e.shift ? out->dim[0] : 1;

  *job = (DifEpilogueJob) { .c = c,
                            .step = e.shift ? c : 0,
                            .scale = e.scale == 0.0f ? 1.0f : e.scale,
                            .activation = e.activation };
  job->room = dif_context_tensor (context, 2, (gsize[]) { n, c });
  if (! job->room)
    return FALSE;
  for (gsize i = 0; i < n * c; i++)
    job->room->data[i] =
        (e.bias ? e.bias->data[i % c] : 0.0f) + (e.shift ? e.shift->data[i] : 0.0f);
  job->offset = job->room->data;
  job->residual = e.residual ? e.residual->data : NULL;
  return TRUE;
}

void
dif_epilogue_clear (DifEpilogueJob *job)
{
  g_clear_pointer (&job->room, dif_tensor_unref);
}

DIF_INLINE void
finish_row (const DifActivation activation, gsize n, const float *products, const float *offset,
            const float *residual, float scale, float *out)
{
  if (residual)
    for (gsize i = 0; i < n; i++)
      out[i] = (dif_activate_one (activation, products[i] + offset[i]) + residual[i]) * scale;
  else
    for (gsize i = 0; i < n; i++)
      out[i] = dif_activate_one (activation, products[i] + offset[i]) * scale;
}

DIF_INLINE void
dif_epilogue_row_body (const DifEpilogueJob *job, gsize picture, gsize row, gsize first, gsize n,
                       const float *products, float *out)
{
  const float *offset = job->offset + picture * job->step + first;
  const float *residual = job->residual ? job->residual + row * job->c + first : NULL;

  DIF_EACH_ACTIVATION (finish_row, job->activation, n, products, offset, residual, job->scale, out);
}

DIF_VARIANTS (extern, void, dif_epilogue_row,
              (const DifEpilogueJob *job, gsize picture, gsize row, gsize first, gsize n,
               const float *products, float *out),
              (job, picture, row, first, n, products, out))
