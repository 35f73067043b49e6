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
  double *direction;
  double *x_t;
  double *view;
  double *target; /* of each view */
  double *share;
  double *output[4]; /* mean and variance of each view, or the mean alone */
  double *back[4];
} Picture;

static void
picture_init (Picture *picture, const DifTensor *like)
{
  const gsize n = like->size / like->dim[0];
  double     *room = g_new0 (double, 16 * n);

  *picture = (Picture) {
    .n = n,
    .channels = like->dim[like->n_dims - 1],
    .x0 = room,
    .noise = room + n,
    .direction = room + 2 * n,
    .x_t = room + 3 * n,
    .view = room + 4 * n,
    .target = room + 5 * n,
    .share = room + 7 * n,
    .output = { room + 8 * n, room + 9 * n, room + 10 * n, room + 11 * n },
    .back = { room + 12 * n, room + 13 * n, room + 14 * n, room + 15 * n },
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
  g_clear_pointer (&lesson->direction, dif_tensor_unref);
  g_clear_pointer (&lesson->steps, g_free);
  g_clear_pointer (&lesson->weight, g_free);
  g_clear_pointer (&lesson->share, dif_tensor_unref);
  lesson->n = 0;
}

/* What the network sees of a picture and what it should say, view by view. */
static void
prepare_picture (const DifObjective *objective, const DifObjectiveArgs *args, gsize k, Picture *p,
                 DifLesson *lesson)
{
  const DifStep   *step = &lesson->steps[k];
  const DifExample middle = { *step, p->n, p->x0, p->noise, p->x_t, p->direction };
  DifExample       seen = middle;

  seen.x_t = p->view;
  dif_objective_noised (step, p->n, p->x0, p->noise, p->x_t);
  for (guint v = 0; v < lesson->views; v++)
    {
      dif_objective_look (objective, args, &middle, v, p->view);
      objective->target (args, &seen, p->target);
      narrow (p->view, v * lesson->n + k, p->n, lesson->x_t);
      narrow (p->target, v * lesson->n + k, p->n, lesson->target);
    }
}

gboolean
dif_objective_prepare (const DifObjective *objective, const DifObjectiveArgs *args,
                       DifContext *context, DifTensor *x0, const DifTensor *noise,
                       DifTensor *direction, const DifStep *steps, DifLesson *out)
{
  const guint views = dif_objective_views (objective);
  g_auto (Picture) p = { 0 };

  g_return_val_if_fail (objective->target != NULL, FALSE);
  if (! x0 || ! noise || (views > 1 && ! direction))
    return FALSE;
  out->x_t = dif_context_nhwc (context, views * x0->dim[0], x0->dim[1], x0->dim[2], x0->dim[3]);
  out->target = dif_context_like (context, out->x_t);
  if (! out->target)
    {
      dif_lesson_clear (out);
      return FALSE;
    }
  out->n = x0->dim[0];
  out->views = views;
  out->x0 = dif_tensor_ref (x0);
  out->direction = views > 1 ? dif_tensor_ref (direction) : NULL;
  out->steps = g_memdup2 (steps, out->n * sizeof *steps);
  out->weight = g_new (double, out->n);
  picture_init (&p, x0);
  for (gsize k = 0; k < out->n; k++)
    {
      widen (x0, k, p.n, p.x0);
      widen (noise, k, p.n, p.noise);
      if (views > 1)
        widen (direction, k, p.n, p.direction);
      prepare_picture (objective, args, k, &p, out);
      out->weight[k] = dif_objective_weight (objective, args, &steps[k]);
    }
  return TRUE;
}

/* Where a picture's number is in a network's output.  Parts are the halves of the channels, the
 * mean and the variance, of each view. */
static gsize
place (const Picture *p, const DifLesson *lesson, gsize k, gsize halves, gsize part, gsize i)
{
  const gsize picture = part / halves * lesson->n + k;
  const gsize pixel = picture * (p->n / p->channels) + i / p->channels;

  return (pixel * halves + part % halves) * p->channels + i % p->channels;
}

static void
split_output (const Picture *p, const DifLesson *lesson, gsize k, gsize halves,
              const DifTensor *output)
{
  for (gsize part = 0; part < halves * lesson->views; part++)
    for (gsize i = 0; i < p->n; i++)
      p->output[part][i] = output->data[place (p, lesson, k, halves, part, i)];
}

static void
join_gradient (const Picture *p, const DifLesson *lesson, gsize k, gsize halves, DifTensor *dy)
{
  const double factor = lesson->weight[k] / (double) lesson->n;

  for (gsize part = 0; part < halves * lesson->views; part++)
    for (gsize i = 0; i < p->n; i++)
      dy->data[place (p, lesson, k, halves, part, i)] = (float) (factor * p->back[part][i]);
}

/* The halves of an output: 1 of a mean, 2 with what is said of the variance; 0 where it is
 * neither. */
static gsize
count_halves (DifContext *context, const DifLesson *lesson, const DifTensor *output, gsize least)
{
  DifTensor   expected = *lesson->x0;
  const gsize channels = expected.dim[3];

  expected.dim[0] *= lesson->views;
  for (gsize halves = least; halves <= 2; halves++)
    {
      expected.dim[3] = halves * channels;
      if (dif_tensor_same_shape (output, &expected))
        return halves;
    }
  dif_context_fail (context, g_error_new (DIF_ERROR, DIF_ERROR_MISMATCH,
                                          _ ("The objective is for networks with %u channels, "
                                             "not %u."),
                                          (guint) (least * channels), (guint) output->dim[3]));
  return 0;
}

static gboolean
learns_variance (const DifObjective *objective, const DifObjectiveArgs *args)
{
  return objective->learns_variance && args->variance == DIF_VARIANCE_LEARNED_RANGE;
}

/* Of a pixel, for each of its numbers. */
static void
widen_share (const DifTensor *share, gsize k, Picture *p)
{
  const gsize pixels = p->n / p->channels;

  for (gsize i = 0; i < p->n; i++)
    p->share[i] = share->data[k * pixels + i / p->channels];
}

/* The loss of a picture and, in the picture's arrays, its gradient. */
static double
picture_loss (const DifObjective *objective, const DifObjectiveArgs *args, const DifLesson *lesson,
              gsize k, gsize halves, Picture *p)
{
  const gboolean   learned = learns_variance (objective, args);
  const gboolean   twice = lesson->views > 1;
  const DifExample example = { .step = lesson->steps[k],
                               .n = p->n,
                               .x0 = p->x0,
                               .x_t = p->x_t,
                               .direction = twice ? p->direction : NULL,
                               .share = lesson->share ? p->share : NULL };
  const DifOutput  output = { .mean = p->output[0],
                              .variance = learned ? p->output[1] : NULL,
                              .of_mean = p->back[0],
                              .of_variance = learned ? p->back[1] : NULL,
                              .other = twice ? p->output[halves] : NULL,
                              .of_other = twice ? p->back[halves] : NULL };

  widen (lesson->x0, k, p->n, p->x0);
  widen (lesson->x_t, k, p->n, p->x_t);
  for (guint v = 0; v < lesson->views; v++)
    widen (lesson->target, v * lesson->n + k, p->n, p->target + v * p->n);
  if (twice)
    widen (lesson->direction, k, p->n, p->direction);
  if (lesson->share)
    widen_share (lesson->share, k, p);
  return objective->loss (args, &example, p->target, &output);
}

DifTensor *
dif_objective_loss (const DifObjective *objective, const DifObjectiveArgs *args,
                    DifContext *context, const DifLesson *lesson, const DifTensor *output,
                    double *loss, double *per_picture)
{
  g_autoptr (DifTensor) dy = NULL;
  gsize                 halves;
  g_auto (Picture) p = { 0 };

  *loss = 0.0;
  if (! output || ! lesson->x0)
    return NULL;
  halves = count_halves (context, lesson, output, learns_variance (objective, args) ? 2 : 1);
  if (halves == 0)
    return NULL;
  dy = dif_context_like (context, output);
  if (! dy)
    return NULL;
  picture_init (&p, lesson->x0);
  for (gsize k = 0; k < lesson->n; k++)
    {
      double own;

      split_output (&p, lesson, k, halves, output);
      own = lesson->weight[k] * picture_loss (objective, args, lesson, k, halves, &p);
      join_gradient (&p, lesson, k, halves, dy);
      *loss += own / (double) lesson->n;
      if (per_picture)
        per_picture[k] = own;
    }
  return g_steal_pointer (&dy);
}
