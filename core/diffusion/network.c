/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The only file of this floor that knows networks. */

#include "core/diffusion/network.h"

typedef struct
{
  DifEvaluator    parent;
  const DifModel *model;
  guint           label;
} Network;

static DifTensor *
network_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Network     *network = (const Network *) self;
  g_autofree double *timesteps = g_new (double, x->dim[0]);
  g_autofree guint  *labels = g_new (guint, x->dim[0]);

  for (gsize i = 0; i < x->dim[0]; i++)
    {
      timesteps[i] = t;
      labels[i] = network->label;
    }
  return dif_model_forward (network->model, context, x, timesteps, labels);
}

static void
network_free (DifEvaluator *self)
{
  g_free (self);
}

DifEvaluator *
dif_network_new (const DifModel *model, guint label)
{
  Network *network = g_new0 (Network, 1);

  network->parent = (DifEvaluator) { network_evaluate, network_free };
  network->model = model;
  network->label = label;
  return &network->parent;
}
