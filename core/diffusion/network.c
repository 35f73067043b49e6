/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The only file of this floor that knows networks that denoise. */

#include "core/diffusion/network.h"

#include <math.h>
#include <string.h>

#include "core/diffusion/guidance.h"

/* Pixels evaluated together.  Small pictures are little work for each reading of the weights, and
 * for many threads: with the embedded model, a batch of two of up to 80 x 80 takes about 0.9 of the
 * time of one after the other, and from 96 x 96 on the same; a network ten times as large gains up
 * to 48 x 48 and then loses nothing.  The number of threads has no say: it must not change the
 * bytes. */
#define TOGETHER (2 * 80 * 80)

typedef struct
{
  DifEvaluator    parent;
  const DifModel *model;
  DifCondition  **conditions;
  guint           n_conditions;
} Network;

/* Pictures @first on, of @n in the whole batch. */
static DifTensor *
evaluate_some (const Network *network, DifContext *context, DifTensor *x, gsize first, gsize n,
               double t)
{
  g_autofree double              *timesteps = g_new (double, x->dim[0]);
  g_autofree const DifCondition **own = g_new (const DifCondition *, x->dim[0]);

  for (gsize i = 0; i < x->dim[0]; i++)
    {
      timesteps[i] = t;
      own[i] = network->conditions[(first + i) * network->n_conditions / n];
    }
  return dif_model_forward (network->model, context, x, timesteps, own);
}

static DifTensor *
network_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Network        *network = (const Network *) self;
  const gsize           n = x->dim[0];
  const gsize           together = MAX (TOGETHER / (x->dim[1] * x->dim[2]), 1);
  g_autoptr (DifTensor) y = NULL;

  g_return_val_if_fail (n % network->n_conditions == 0, NULL);
  if (n <= together)
    return evaluate_some (network, context, x, 0, n, t);
  for (gsize first = 0; first < n; first += together)
    {
      g_autoptr (DifTensor) some = dif_tensor_pictures (x, first, MIN (together, n - first));
      g_autoptr (DifTensor) output = evaluate_some (network, context, some, first, n, t);

      if (output && ! y)
        y = dif_context_nhwc (context, n, output->dim[1], output->dim[2], output->dim[3]);
      if (! output || ! y)
        return NULL;
      memcpy (y->data + first * (y->size / n), output->data, output->size * sizeof (float));
    }
  return g_steal_pointer (&y);
}

static void
network_free (DifEvaluator *self)
{
  Network *network = (Network *) self;

  for (guint i = 0; i < network->n_conditions; i++)
    dif_condition_unref (network->conditions[i]);
  g_free (network->conditions);
  g_free (network);
}

DifEvaluator *
dif_network_new (const DifModel *model, DifCondition *const *conditions, guint n)
{
  Network *network = g_new0 (Network, 1);

  network->parent = (DifEvaluator) { network_evaluate, network_free };
  network->model = model;
  network->conditions = g_new (DifCondition *, n);
  network->n_conditions = n;
  for (guint i = 0; i < n; i++)
    network->conditions[i] = dif_condition_ref (conditions[i]);
  return &network->parent;
}

DifEvaluator *
dif_network_new_guided (const DifModel *model, DifCondition *wanted, DifCondition *against,
                        const DifGuidance *g)
{
  const gboolean always = g->least == -INFINITY && g->most == INFINITY;
  const gboolean all = g->channels == 0 || g->channels >= dif_model_facts (model)->out_channels;
  DifEvaluator  *guided;

  if (dif_condition_equal (wanted, against) || g->scale == 1.0)
    return dif_network_new (model, &wanted, 1);
  if (g->scale == 0.0 && g->rescale == 0.0 && all)
    guided = dif_network_new (model, &against, 1);
  else
    guided =
        dif_guidance_new (dif_network_new (model, (DifCondition *const[]) { wanted, against }, 2),
                          g->channels, g->scale, g->rescale);
  if (always)
    return guided;
  return dif_interval_new (guided, dif_network_new (model, &wanted, 1), g->least, g->most);
}
