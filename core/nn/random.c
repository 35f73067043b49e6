/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/random.h"

#include <math.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/streams.h"

struct _DifRandom
{
  guint64     seed;
  GHashTable *made;   /* names, Made */
  GHashTable *inputs; /* names of layers, double */
  GHashTable *waves;  /* likewise: deviations */
};

typedef struct
{
  DifNamedTensor tensor;
  DifTensorInfo  info; /* whose begin is the stream of its numbers */
} Made;

static void
made_free (gpointer data)
{
  g_free ((char *) ((Made *) data)->tensor.name);
  g_free (data);
}

DifRandom *
dif_random_new (guint64 seed)
{
  DifRandom *random = g_new0 (DifRandom, 1);

  random->seed = seed;
  random->made = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, made_free);
  random->inputs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  random->waves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return random;
}

void
dif_random_free (DifRandom *random)
{
  if (! random)
    return;
  g_hash_table_unref (random->made);
  g_hash_table_unref (random->inputs);
  g_hash_table_unref (random->waves);
  g_free (random);
}

const DifNamedTensor *
dif_random_find (DifRandom *random, const char *name)
{
  const Made *made = g_hash_table_lookup (random->made, name);

  return made ? &made->tensor : NULL;
}

const DifNamedTensor *
dif_random_make (DifRandom *random, const char *name, guint n_dims, const gsize *dim)
{
  Made *made = g_hash_table_lookup (random->made, name);

  if (made)
    return &made->tensor;
  made = g_new0 (Made, 1);
  made->tensor = (DifNamedTensor) { g_strdup (name), &made->info };
  made->info.name = made->tensor.name;
  made->info.dtype = DIF_DTYPE_F32;
  made->info.n_dims = n_dims;
  made->info.size = 1;
  made->info.begin = g_hash_table_size (random->made);
  for (guint i = 0; i < n_dims; i++)
    made->info.size *= made->info.dim[i] = dim[i];
  g_hash_table_insert (random->made, (gpointer) made->tensor.name, made);
  return &made->tensor;
}

void
dif_random_layer (DifRandom *random, const char *layer, double inputs)
{
  g_hash_table_insert (random->inputs, g_strdup (layer), g_memdup2 (&inputs, sizeof inputs));
}

void
dif_random_waves (DifRandom *random, const char *layer, double deviation)
{
  g_hash_table_insert (random->waves, g_strdup (layer), g_memdup2 (&deviation, sizeof deviation));
}

void
dif_random_fill (DifRandom *random, const DifNamedTensor *tensor, float *out)
{
  const DifTensorInfo *info = tensor->info;
  const char          *leaf = strrchr (info->name, '.');
  g_autofree char     *layer = g_strndup (info->name, (gsize) (leaf - info->name));
  const double        *inputs = g_hash_table_lookup (random->inputs, layer);
  const double        *waves = g_hash_table_lookup (random->waves, layer);
  g_autofree double   *even = inputs ? g_new (double, info->size) : NULL;

  if (waves || (! inputs && info->n_dims > 1))
    dif_rng_normal (random->seed, DIF_STREAM_WEIGHTS + info->begin, 0, out, info->size);
  if (inputs)
    dif_rng_uniform (random->seed, DIF_STREAM_WEIGHTS + info->begin, 0, even, info->size);
  for (gsize i = 0; i < info->size; i++)
    if (inputs)
      out[i] = (float) ((2.0 * even[i] - 1.0) / sqrt (*inputs));
    else if (waves)
      out[i] *= (float) *waves;
    else if (info->n_dims == 1)
      out[i] = g_str_equal (leaf, ".weight") ? 1.0f : 0.0f;
}
