/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/bench/network.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/store.h"
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
measure (const DifModel *model, const DifBenchOptions *o, guint size, DifBenchFigures *figures,
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
  return dif_bench_measure (context, (guint) o->runs, evaluate, &(Network) { model, x, t, labels },
                            figures, error);
}

gboolean
dif_bench_network (const char *model, const DifBenchOptions *options, DifBenchResult *result,
                   GError **error)
{
  g_autofree char          *folder = dif_resolve_model (model, error);
  g_autoptr (DifCheckpoint) checkpoint = folder ? dif_checkpoint_open (folder, 0, error) : NULL;
  g_autofree char          *display = folder ? g_filename_display_name (folder) : NULL;
  const guint               size = options->size ? (guint) options->size : 256;
  guint                     multiple;

  if (! checkpoint)
    return FALSE;
  multiple = dif_model_facts (checkpoint->model)->multiple;
  if (size % multiple)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("--size must be a multiple of %u for this network."), multiple);
      return FALSE;
    }
  if (! measure (checkpoint->model, options, size, &result->figures, error))
    return FALSE;
  result->what =
      json_pack ("{s:s, s:i, s:i}", "model", display, "size", (int) size, "batch", options->batch);
  return TRUE;
}
