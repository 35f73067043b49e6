/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/store.h"
#include "core/cli/bench.h"
#include "core/cli/cli.h"
#include "core/diffusion/noise.h"

typedef struct
{
  const DifModel *model;
  DifTensor      *x;
  double         *t;
  guint          *labels;
} Network;

static gboolean
evaluate (DifContext *context, gpointer data)
{
  const Network        *net = data;
  g_autoptr (DifTensor) y =
      dif_model_forward_labels (net->model, context, net->x, net->t, net->labels);

  return y != NULL;
}

static gboolean
measure (const DifModel *model, const BenchOptions *o, guint size, BenchFigures *figures,
         GError **error)
{
  const gsize            n = (gsize) o->batch;
  const DifModelFacts   *facts = dif_model_facts (model);
  g_autoptr (DifContext) context = dif_context_new ((guint) o->threads, NULL);
  g_autoptr (DifTensor)  like = dif_context_nhwc (context, n, size, size, facts->in_channels);
  g_autoptr (DifTensor)  x = NULL;
  g_autofree double     *t = g_new (double, n);
  g_autofree guint      *labels = g_new0 (guint, n);
  DifSeededNoise         noise;

  dif_seeded_noise_init (&noise, 0);
  x = dif_noise_next (&noise.parent, context, like);
  g_clear_pointer (&like, dif_tensor_unref);
  for (gsize i = 0; i < n; i++)
    t[i] = 500.0;
  return bench_measure (context, (guint) o->runs, evaluate, &(Network) { model, x, t, labels },
                        figures, error);
}

int
bench_network (const char *model, const BenchOptions *o)
{
  GError                   *error = NULL;
  g_autofree char          *folder = dif_resolve_model (model, &error);
  g_autoptr (DifCheckpoint) checkpoint = folder ? dif_checkpoint_open (folder, 0, &error) : NULL;
  g_autofree char          *display = folder ? g_filename_display_name (folder) : NULL;
  const guint               size = o->size ? (guint) o->size : 256;
  BenchFigures              figures;
  guint                     multiple;

  if (! checkpoint)
    return cli_failed (error);
  multiple = dif_model_facts (checkpoint->model)->multiple;
  if (size % multiple)
    return cli_misused (_ ("--size must be a multiple of %u for this network."), multiple);
  if (! measure (checkpoint->model, o, size, &figures, &error))
    return cli_failed (error);
  bench_report (
      json_pack ("{s:s, s:i, s:i}", "model", display, "size", (int) size, "batch", o->batch), o,
      &figures);
  return CLI_OK;
}
