/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/norm/group-norm-backward.h"

#include <math.h>

#include "core/base/simd.h"
#include "core/ops/norm/moments.h"
#include "core/ops/profile.h"
#include "core/tensor/tape.h"

#define TILE_NUMBERS 32768

typedef struct
{
  DifNormInputs    in;
  const DifTensor *shift; /* made besides */
  gsize            c;
  double           n_pixels;
} Record;

/* What the way back finds out, all of it small. */
typedef struct
{
  DifTensor *slopes; /* [N, 3, C]: a, mean and b of each channel */
  DifTensor *modulation;
  double    *gamma; /* [C] */
  double    *beta;  /* [C] */
} Found;

/* Channels first to first + n of a picture, one group; what it was given of each is 0 where
 * nothing is known. */
static void
group_backward (const Record *record, const DifMoments *channels, gsize picture, gsize first,
                gsize n, const float *d_scale, const float *d_shift, Found *found)
{
  const DifNormInputs *in = &record->in;
  const gsize          c = record->c;
  const DifMoments     group = dif_moments_merge (channels + first, n, record->n_pixels);
  const double         all = record->n_pixels * n;
  const double         rstd = 1.0 / sqrt (group.m2 / all + in->eps);
  const float         *own = in->modulation ? in->modulation->data + picture * 2 * c : NULL;
  float               *slopes = found->slopes->data + picture * 3 * c;
  double               d_rstd = 0.0, d_mean = 0.0;
  double               a;

  for (gsize i = first; i < first + n; i++)
    {
      const double more = own ? 1.0 + own[i] : 1.0;
      const double f = in->gamma->data[i] * rstd;
      const double by_scale = d_scale ? d_scale[i] : 0.0;
      const double by_shift = d_shift ? d_shift[i] : 0.0;
      const double centered = (by_scale - group.mean * by_shift) * more;

      if (found->modulation)
        {
          float *d_own = found->modulation->data + picture * 2 * c;

          d_own[i] = (float) (by_scale * f + by_shift * (in->beta->data[i] - group.mean * f));
          d_own[c + i] = (float) by_shift;
        }
      found->gamma[i] += rstd * centered;
      found->beta[i] += by_shift * more;
      d_rstd += in->gamma->data[i] * centered;
      d_mean -= f * by_shift * more;
    }
  a = -rstd * rstd * rstd * d_rstd / all;
  for (gsize i = first; i < first + n; i++)
    {
      const float mean = (float) group.mean;

      slopes[i] = (float) a;
      slopes[c + i] = mean;
      slopes[2 * c + i] = (float) (d_mean / all - a * (group.mean - mean));
    }
}

DIF_INLINE void
slope_pixels_body (gboolean more, gsize n, gsize c, const float *slopes, const float *x,
                   gsize n_pixels, float *dx)
{
  const float *a = slopes, *mean = slopes + c, *b = slopes + 2 * c;

  for (; n_pixels > 0; n_pixels--, x += n, dx += n)
    if (more)
      for (gsize i = 0; i < n; i++)
        dx[i] += a[i] * (x[i] - mean[i]) + b[i];
    else
      for (gsize i = 0; i < n; i++)
        dx[i] = a[i] * (x[i] - mean[i]) + b[i];
}

DIF_VARIANTS (static, void, slope_pixels,
              (gboolean more, gsize n, gsize c, const float *slopes, const float *x, gsize n_pixels,
               float *dx),
              (more, n, c, slopes, x, n_pixels, dx))

typedef struct
{
  gboolean         more; /* there is something in dx */
  const DifTensor *x;
  DifTensor       *dx;
  const DifTensor *slopes;
  gsize            first; /* channel */
  gsize            n_pixels;
  gsize            tile_pixels;
  gsize            n_tiles; /* of a picture */
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job  *job = data;
  const gsize n = job->x->dim[job->x->n_dims - 1];
  const gsize c = job->slopes->dim[2];
  const gsize picture = tile / job->n_tiles;
  const gsize first = tile % job->n_tiles * job->tile_pixels;
  const gsize at = (picture * job->n_pixels + first) * n;

  slope_pixels (job->more, n, c, job->slopes->data + picture * 3 * c + job->first,
                job->x->data + at, MIN (job->tile_pixels, job->n_pixels - first),
                job->dx->data + at);
}

/* What mean and rstd add to the gradient of x, whose channels are those from @first on. */
static void
add_slopes (DifContext *context, DifTape *tape, const DifTensor *x, const DifTensor *slopes,
            gsize first)
{
  g_autoptr (DifTensor) before = NULL;
  DifTensor            *dx;
  Job                   job = { .x = x, .slopes = slopes, .first = first };
  gsize                 c;

  if (! x || ! dif_tape_wants (tape, x))
    return;
  before = dif_tape_take (tape, x);
  job.more = before && ! dif_tensor_is_shared (before);
  job.dx = dx = job.more ? dif_context_over (context, before) : dif_context_like (context, x);
  if (! dx)
    return;
  c = x->dim[x->n_dims - 1];
  job.n_pixels = x->size / (x->dim[0] * c);
  job.tile_pixels = MAX (TILE_NUMBERS / c, 1);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  dif_pool_run (dif_context_pool (context), x->dim[0] * job.n_tiles, do_tile, &job);
  if (! job.more)
    dif_tape_add (tape, context, x, g_steal_pointer (&before));
  dif_tape_add (tape, context, x, dx);
}

static void
add_vector (DifContext *context, DifTape *tape, const DifTensor *of, const double *sums)
{
  DifTensor *gradient = dif_context_like (context, of);

  for (gsize i = 0; gradient && i < of->size; i++)
    gradient->data[i] = (float) sums[i];
  dif_tape_add (tape, context, of, gradient);
}

static void
fold_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  const Record          *record = data;
  const DifNormInputs   *in = &record->in;
  const gsize            c = record->c;
  g_autoptr (DifTensor)  d_scale = dy;
  g_autoptr (DifTensor)  d_shift = dif_tape_take (tape, record->shift);
  g_autofree DifMoments *channels = g_new (DifMoments, c);
  g_autofree double     *vectors = g_new0 (double, 2 * c);
  const gsize            dim[] = { in->x->dim[0], 3, c };
  g_autoptr (DifTensor)  slopes = dif_context_tensor (context, 3, dim);
  Found                  found = { slopes, NULL, vectors, vectors + c };

  if (dif_tape_wants (tape, in->modulation))
    found.modulation = dif_context_like (context, in->modulation);
  for (gsize picture = 0; slopes && picture < dim[0]; picture++)
    {
      dif_moments_join (in->x, in->beside, picture, channels);
      for (gsize first = 0; first < c; first += c / in->n_groups)
        group_backward (record, channels, picture, first, c / in->n_groups,
                        d_scale ? d_scale->data + picture * c : NULL,
                        d_shift ? d_shift->data + picture * c : NULL, &found);
    }
  if (slopes)
    {
      add_slopes (context, tape, in->x, slopes, 0);
      add_slopes (context, tape, in->beside, slopes, in->x->dim[in->x->n_dims - 1]);
      add_vector (context, tape, in->gamma, vectors);
      add_vector (context, tape, in->beta, vectors + c);
    }
  dif_tape_add (tape, context, in->modulation, found.modulation);
}

static DifTensor *
own_ref (const DifTensor *x)
{
  return x ? dif_tensor_ref ((DifTensor *) x) : NULL;
}

static void
record_clear (gpointer data)
{
  Record *record = data;

  dif_tensor_unref (record->in.x);
  dif_tensor_unref (record->in.beside);
  dif_tensor_unref ((DifTensor *) record->in.gamma);
  dif_tensor_unref ((DifTensor *) record->in.beta);
  dif_tensor_unref ((DifTensor *) record->in.modulation);
}

void
dif_group_norm_record (DifContext *context, const DifNormInputs *in, const DifPrologue *prologue)
{
  const gconstpointer inputs[] = { in->x, in->beside, in->gamma, in->beta, in->modulation };
  const gsize         own_c = in->x->dim[in->x->n_dims - 1];
  Record *record = dif_tape_record (context, prologue->scale, inputs, G_N_ELEMENTS (inputs),
                                    sizeof *record, fold_backward, record_clear);

  if (! record)
    return;
  dif_tape_also_made (context, prologue->shift);
  record->in = (DifNormInputs) { own_ref (in->x),
                                 own_ref (in->beside),
                                 own_ref (in->gamma),
                                 own_ref (in->beta),
                                 own_ref (in->modulation),
                                 in->n_groups,
                                 in->eps };
  record->shift = prologue->shift;
  record->c = own_c + (in->beside ? in->beside->dim[in->beside->n_dims - 1] : 0);
  record->n_pixels = (double) (in->x->size / (in->x->dim[0] * own_c));
}
