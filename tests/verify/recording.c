/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/recording.h"

#include <math.h>

static void
fill (DifNoise *self, guint64 draw, gsize index, float *out, gsize n)
{
  GPtrArray       *draws = ((Recording *) self)->draws;
  const DifTensor *x = draw < draws->len ? g_ptr_array_index (draws, draw) : NULL;

  for (gsize i = 0; i < n; i++)
    out[i] = x && index + i < x->size ? x->data[index + i] : NAN;
}

Recording
recording_of (GPtrArray *draws)
{
  return (Recording) { { fill, 0 }, draws };
}
