/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Objectives of networks for pictures: what comes before the network, and what after. */

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/train/objective.h"

/* One picture at a time in double; tensors are in single precision. */
typedef struct
{
  gsize   n;        /* numbers of a picture */
  gsize   channels; /* of it */
  double *x0;
  double *noise;
  double *x_t;
  double *target;
  double *output[2]; /* mean and variance */
  double *back[2];
} Picture;

static void
picture_init (Picture *picture, const DifTensor *like)
{
  const gsize n = like->size / like->dim[0];
  double     *room = g_new0 (double, 8 * n);

  *picture = (Picture) {
    .n = n,
    .channels = like->dim[like->n_dims - 1],
    .x0 = room,
    .noise = room + n,
    .x_t = room + 2 * n,
    .target = room + 3 * n,
    .output = { room + 4 * n, room + 5 * n },
    .back = { room + 6 * n, room + 7 * n },
  };
}

static void
picture_clear (Picture *picture)
{
  g_free (picture->x0);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static void
widen (const DifTensor *from, gsize picture, gsize n, double *to)
{
  for (gsize i = 0; i < n; i++)
    to[i] = from->data[picture * n + i];
}

static void
narrow (const double *from, gsize picture, gsize n, DifTensor *to)
{
  for (gsize i = 0; i < n; i++)
    to->data[picture * n + i] = (float) from[i];
}

void
dif_lesson_clear (DifLesson *lesson)
{
  g_clear_pointer (&lesson->x_t, dif_tensor_unref);
  g_clear_pointer (&lesson->target, dif_tensor_unref);
  g_clear_pointer (&lesson->x0, dif_tensor_unref);
  g_clear_pointer (&lesson->steps, g_free);
  g_clear_pointer (&lesson->weight, g_free);
  lesson->n = 0;
}

gboolean
dif_objective_prepare (const DifObjective *objective, const DifObjectiveArgs *args,
                       DifContext *context, DifTensor *x0, const DifTensor *noise,
                       const DifStep *steps, DifLesson *out)
{
  g_auto (Picture) p = { 0 };

  g_return_val_if_fail (objective->target != NULL, FALSE);
  out->x_t = dif_context_like (context, x0);
  out->target = dif_context_like (context, x0);
  if (! out->x_t || ! out->target || ! noise)
    {
      dif_lesson_clear (out);
      return FALSE;
    }
  out->n = x0->dim[0];
  out->x0 = dif_tensor_ref (x0);
  out->steps = g_memdup2 (steps, out->n * sizeof *steps);
  out->weight = g_new (double, out->n);
  picture_init (&p, x0);
  for (gsize k = 0; k < out->n; k++)
    {
      const DifExample example = { steps[k], p.n, p.x0, p.noise, p.x_t };

      widen (x0, k, p.n, p.x0);
      widen (noise, k, p.n, p.noise);
      dif_objective_noised (&steps[k], p.n, p.x0, p.noise, p.x_t);
      objective->target (args, &example, p.target);
      narrow (p.x_t, k, p.n, out->x_t);
      narrow (p.target, k, p.n, out->target);
      out->weight[k] = dif_objective_weight (objective, args, &steps[k]);
    }
  return TRUE;
}

/* The output's channels in the halves' own arrays, and the gradient back from there. */
static void
split_output (const Picture *p, gsize k, gsize halves, const DifTensor *output)
{
  for (gsize h = 0; h < halves; h++)
    for (gsize i = 0; i < p->n; i++)
      {
        const gsize pixel = k * (p->n / p->channels) + i / p->channels;

        p->output[h][i] = output->data[(pixel * halves + h) * p->channels + i % p->channels];
      }
}

static void
join_gradient (const Picture *p, gsize k, gsize halves, double factor, DifTensor *dy)
{
  for (gsize h = 0; h < halves; h++)
    for (gsize i = 0; i < p->n; i++)
      {
        const gsize pixel = k * (p->n / p->channels) + i / p->channels;

        dy->data[(pixel * halves + h) * p->channels + i % p->channels] =
            (float) (factor * p->back[h][i]);
      }
}

static gboolean
has_shape (DifContext *context, const DifLesson *lesson, const DifTensor *output, gsize halves)
{
  DifTensor expected = *lesson->x0;

  expected.dim[3] *= halves;
  if (dif_tensor_same_shape (output, &expected))
    return TRUE;
  dif_context_fail (context, g_error_new (DIF_ERROR, DIF_ERROR_MISMATCH,
                                          _ ("The objective is for networks with %u channels, "
                                             "not %u."),
                                          (guint) expected.dim[3], (guint) output->dim[3]));
  return FALSE;
}

DifTensor *
dif_objective_loss (const DifObjective *objective, const DifObjectiveArgs *args,
                    DifContext *context, const DifLesson *lesson, const DifTensor *output,
                    double *loss, double *per_picture)
{
  const gsize halves =
      objective->learns_variance && args->variance == DIF_VARIANCE_LEARNED_RANGE ? 2 : 1;
  g_autoptr (DifTensor) dy = NULL;
  g_auto (Picture) p = { 0 };

  *loss = 0.0;
  if (! output || ! lesson->x0 || ! has_shape (context, lesson, output, halves))
    return NULL;
  dy = dif_context_like (context, output);
  if (! dy)
    return NULL;
  picture_init (&p, lesson->x0);
  for (gsize k = 0; k < lesson->n; k++)
    {
      const DifExample example = { lesson->steps[k], p.n, p.x0, NULL, p.x_t };
      const DifOutput  out = { p.output[0], halves > 1 ? p.output[1] : NULL, p.back[0],
                              halves > 1 ? p.back[1] : NULL };
      double           own;

      widen (lesson->x0, k, p.n, p.x0);
      widen (lesson->x_t, k, p.n, p.x_t);
      widen (lesson->target, k, p.n, p.target);
      split_output (&p, k, halves, output);
      own = lesson->weight[k] * objective->loss (args, &example, p.target, &out);
      join_gradient (&p, k, halves, lesson->weight[k] / (double) lesson->n, dy);
      *loss += own / (double) lesson->n;
      if (per_picture)
        per_picture[k] = own;
    }
  return g_steal_pointer (&dy);
}
