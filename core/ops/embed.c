/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/embed.h"

#include <math.h>
#include <string.h>

#include "core/ops/profile.h"
#include "core/tensor/tape.h"

DifTensor *
dif_sinusoidal_embedding (DifContext *context, const double *t, gsize n,
                          const DifSinusoid *sinusoid)
{
  DIF_OP_TIMER (context, DIF_OP_EMBEDDING);
  DifTensor *out = dif_context_tensor (context, 2, (gsize[]) { n, sinusoid->dim });
  gsize      half = sinusoid->dim / 2;

  if (! out)
    return NULL;
  for (gsize row = 0; row < n; row++)
    {
      float *sines = out->data + row * sinusoid->dim + (sinusoid->flip_sin_to_cos ? half : 0);
      float *cosines = out->data + row * sinusoid->dim + (sinusoid->flip_sin_to_cos ? 0 : half);

      for (gsize i = 0; i < half; i++)
        {
          double f = exp (-log (sinusoid->max_period) * i / (half - sinusoid->freq_shift));

          sines[i] = (float) sin (sinusoid->scale * t[row] * f);
          cosines[i] = (float) cos (sinusoid->scale * t[row] * f);
        }
      if (sinusoid->dim % 2)
        out->data[(row + 1) * sinusoid->dim - 1] = 0.0f;
    }
  return out;
}

DifTensor *
dif_fourier_embedding (DifContext *context, const double *t, gsize n, const DifTensor *frequencies)
{
  DIF_OP_TIMER (context, DIF_OP_EMBEDDING);
  const gsize k = frequencies ? frequencies->size : 0;
  DifTensor  *out = frequencies ? dif_context_tensor (context, 2, (gsize[]) { n, 2 * k }) : NULL;

  for (gsize i = 0; out && i < n * k; i++)
    {
      const double angle = 2.0 * G_PI * frequencies->data[i % k] * log (t[i / k]);
      float       *row = out->data + i / k * 2 * k;

      row[i % k] = (float) sin (angle);
      row[k + i % k] = (float) cos (angle);
    }
  return out;
}

/* A row of the output is what several of these add up to. */
typedef struct
{
  gsize  row;
  guint  index;
  double weight;
} Part;

typedef struct
{
  gconstpointer table; /* key */
  gsize         n_rows, c;
  Part         *parts;
  gsize         n_parts;
} Record;

static void
record_clear (gpointer data)
{
  g_free (((Record *) data)->parts);
}

/* Each part's row of dy goes to its row of the table, in the parts' order. */
static void
embedding_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  DIF_OP_TIMER (context, DIF_OP_EMBEDDING);
  const Record         *record = data;
  const gsize           c = record->c;
  const gsize           dim[] = { record->n_rows, c };
  g_autoptr (DifTensor) own = dy;
  DifTensor            *gradient = dif_context_tensor (context, 2, dim);
  g_autofree double    *sums = g_new0 (double, record->n_rows *c);

  for (gsize i = 0; i < record->n_parts; i++)
    for (gsize at = 0; at < c; at++)
      sums[record->parts[i].index * c + at] +=
          record->parts[i].weight * own->data[record->parts[i].row * c + at];
  for (gsize i = 0; gradient && i < gradient->size; i++)
    gradient->data[i] = (float) sums[i];
  dif_tape_add (tape, context, record->table, gradient);
}

static void
note (DifContext *context, DifTensor *y, const DifTensor *table, const DifRowMix *mix, gsize n)
{
  Record *record = dif_tape_record (context, y, (gconstpointer[]) { table }, 1, sizeof *record,
                                    embedding_backward, record_clear);

  if (! record)
    return;
  *record = (Record) { dif_tape_key (context, table), table->dim[0], table->dim[1], NULL, 0 };
  for (gsize row = 0; row < n; row++)
    record->n_parts += mix[row].n;
  record->parts = g_new (Part, record->n_parts);
  for (gsize row = 0, i = 0; row < n; row++)
    for (guint k = 0; k < mix[row].n; k++)
      record->parts[i++] =
          (Part) { row, mix[row].index[k], mix[row].n > 1 ? mix[row].weight[k] : 1.0 };
}

static void
mix_row (const DifTensor *table, const DifRowMix *mix, float *out)
{
  const gsize c = table->dim[1];

  if (mix->n == 1)
    {
      memcpy (out, table->data + mix->index[0] * c, c * sizeof (float));
      return;
    }
  for (gsize at = 0; at < c; at++)
    {
      double sum = 0.0;

      for (guint k = 0; k < mix->n; k++)
        sum += mix->weight[k] * table->data[mix->index[k] * c + at];
      out[at] = (float) sum;
    }
}

DifTensor *
dif_embedding_mix (DifContext *context, const DifTensor *table, const DifRowMix *mix, gsize n)
{
  DIF_OP_TIMER (context, DIF_OP_EMBEDDING);
  const gsize c = table->dim[1];
  DifTensor  *out = dif_context_tensor (context, 2, (gsize[]) { n, c });

  if (! out)
    return NULL;
  for (gsize row = 0; row < n; row++)
    mix_row (table, &mix[row], out->data + row * c);
  note (context, out, table, mix, n);
  return out;
}

DifTensor *
dif_embedding (DifContext *context, const DifTensor *table, const guint *index, gsize n)
{
  g_autofree DifRowMix *mix = g_new (DifRowMix, n);

  for (gsize row = 0; row < n; row++)
    mix[row] = (DifRowMix) { 1, &index[row], NULL };
  return dif_embedding_mix (context, table, mix, n);
}
