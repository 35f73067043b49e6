/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/classifier-gradient.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/diffusion/guidance.h"

#define GOLDEN 0.6180339887498949
#define HIDDEN 0.1 /* alpha / sigma where half of what there is to see is noise */

typedef struct
{
  DifGradient    parent;
  DifClassifier *classifier;
  DifCondition  *wanted;
  guint          turn; /* evaluations before */
} Guide;

/* Where windows of about @side begin and end: the first is of half to one and a half @side, by
 * @shift in [0, 1), the last is not below a half.  Returns how many there are. */
static gsize
cut_side (gsize n, gsize side, double shift, gsize **ends)
{
  GArray *cuts = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize   at = side / 2 + (gsize) (shift * side);
  gsize   n_cuts;

  for (; n >= side + (side + 1) / 2 && at + (side + 1) / 2 <= n; at += side)
    g_array_append_val (cuts, at);
  g_array_append_val (cuts, n);
  n_cuts = cuts->len;
  *ends = (gsize *) g_array_free (cuts, FALSE);
  return n_cuts;
}

typedef struct
{
  gsize row, column;
  gsize h, w;
} Window;

/* y = factor x: a window of all pictures of one, the whole other. */
static void
copy_window (const Window *window, const DifTensor *x, DifTensor *y, gboolean from, double factor)
{
  const DifTensor *whole = from ? x : y;
  const gsize      c = whole->dim[3];

  for (gsize row = 0; row < whole->dim[0] * window->h; row++)
    {
      const gsize inside = row * window->w * c;
      const gsize picture = row / window->h;
      const gsize at = ((picture * whole->dim[1] + window->row + row % window->h) * whole->dim[2] +
                        window->column) *
                       c;
      const float *src = x->data + (from ? at : inside);
      float       *dst = y->data + (from ? inside : at);

      for (gsize i = 0; i < window->w * c; i++)
        dst[i] = (float) (factor * src[i]);
    }
}

static gboolean
guide_window (const Guide *guide, DifContext *context, const DifTensor *x, const Window *window,
              const DifStep *step, DifTensor *g)
{
  const guint           side = dif_classifier_sample_size (guide->classifier);
  const double          norm = hypot (step->alpha, step->sigma);
  const double          evidence = step->alpha / hypot (step->alpha, HIDDEN * step->sigma);
  const double          area = (double) (window->h * window->w) / ((double) side * side);
  g_autofree double    *t = g_new (double, x->dim[0]);
  g_autoptr (DifTensor) seen =
      dif_context_nhwc (context, x->dim[0], window->h, window->w, x->dim[3]);
  g_autoptr (DifTensor) own = NULL;

  if (! seen)
    return FALSE;
  for (gsize i = 0; i < x->dim[0]; i++)
    t[i] = step->t;
  copy_window (window, x, seen, TRUE, 1.0 / norm);
  own = dif_classifier_gradient (guide->classifier, context, seen, t,
                                 dif_condition_labels (guide->wanted));
  if (! own)
    return FALSE;
  copy_window (window, own, g, FALSE, evidence * area / norm);
  return TRUE;
}

static DifTensor *
guide_gradient (DifGradient *self, DifContext *context, const DifTensor *x,
                const DifPrediction *prediction G_GNUC_UNUSED, const DifStep *step)
{
  Guide                *guide = (Guide *) self;
  const guint           side = dif_classifier_sample_size (guide->classifier);
  const double          shift = fmod (guide->turn++ * GOLDEN, 1.0);
  g_autofree gsize     *rows = NULL;
  g_autofree gsize     *columns = NULL;
  const gsize           n_rows = cut_side (x->dim[1], side, shift, &rows);
  const gsize           n_columns = cut_side (x->dim[2], side, shift, &columns);
  g_autoptr (DifTensor) g = dif_context_like (context, x);

  for (gsize i = 0; g && i < n_rows * n_columns; i++)
    {
      const gsize  row = i / n_columns;
      const gsize  column = i % n_columns;
      const Window window = { row > 0 ? rows[row - 1] : 0, column > 0 ? columns[column - 1] : 0,
                              rows[row] - (row > 0 ? rows[row - 1] : 0),
                              columns[column] - (column > 0 ? columns[column - 1] : 0) };

      if (! guide_window (guide, context, x, &window, step, g))
        return NULL;
    }
  return g_steal_pointer (&g);
}

static void
guide_free (DifGradient *self)
{
  Guide *guide = (Guide *) self;

  dif_classifier_free (guide->classifier);
  dif_condition_unref (guide->wanted);
  g_free (guide);
}

DifGradient *
dif_classifier_gradient_new (DifClassifier *classifier, DifCondition *wanted)
{
  Guide *guide = g_new0 (Guide, 1);

  guide->parent = (DifGradient) { guide_gradient, guide_free };
  guide->classifier = classifier;
  guide->wanted = dif_condition_ref (wanted);
  return &guide->parent;
}

const DifGuidanceRow dif_guidance_classifier = {
  .id = "classifier",
  .label = N_ ("gradient of a classifier of noisy pictures"),
  .citation = "Dhariwal & Nichol 2021, algorithms 1 and 2",
  .evals = 1,
};
