/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/lab/mlp.h"
#include "tests/verify/case.h"

/* The small score network that entries of score matching share, and the points it looks at. */
typedef struct
{
  DifMlp *mlp;
  gsize   n;                         /* points */
  gsize   d;                         /* numbers of each */
  double *points;                    /* [n, d] */
  guint   layer[DIF_MLP_MAX_LAYERS]; /* what its tensors' names call each layer */
} ScoreNet;

/* Layers are called w/NUMBER.weight, [out, in], and w/NUMBER.bias, in the order of the numbers.
 * What follows each is in the note beside them: "score net: Linear(2,H), tanh, Linear(H,2)";
 * without a note, tanh after the first and softplus after the others but the last.
 *
 * Returns: whether the case is still well */
gboolean score_net_read (ScoreNet *net, Case *c);

/* Compares what is in the order of the network's parameters with the tensors that are called as
 * they are, after a prefix. */
void score_net_compare (const ScoreNet *net, Case *c, const char *prefix, const double *got);

void score_net_clear (ScoreNet *net);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScoreNet, score_net_clear)
