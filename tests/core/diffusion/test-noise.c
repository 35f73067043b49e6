/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/rng.h"
#include "core/diffusion/noise.h"
#include "tests/core/support/numbers.h"

static DifTensor *
draw (DifContext *context, gconstpointer data)
{
  g_autoptr (DifTensor) like = dif_context_nhwc (context, 1, 70, 81, 3);
  DifSeededNoise        noise;

  dif_seeded_noise_init (&noise, *(const guint64 *) data);
  noise.parent.next = 4;
  return dif_noise_next (&noise.parent, context, like);
}

static void
test_threads (void)
{
  const guint64 seed = 42;

  test_same_over_threads (draw, &seed);
}

/* Draws follow each other, and each is the generator's stream of its number. */
static void
test_draws (void)
{
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autoptr (DifTensor)  like = dif_context_nhwc (context, 1, 70, 81, 3);
  g_autofree float      *expected = g_new (float, like->size);
  DifSeededNoise         noise;

  dif_seeded_noise_init (&noise, 7);
  for (guint64 k = 0; k < 3; k++)
    {
      g_autoptr (DifTensor) x = dif_noise_next (&noise.parent, context, like);

      dif_rng_normal (7, k, 0, expected, like->size);
      if (test_has_shape (x, 1, 70, 81, 3))
        g_assert_cmpmem (x->data, x->size * sizeof (float), expected, x->size * sizeof (float));
    }
  g_assert_cmpuint (noise.parent.next, ==, 3);
  g_assert_null (dif_noise_next (&noise.parent, context, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/noise/threads", test_threads);
  g_test_add_func ("/noise/draws", test_draws);
  return g_test_run ();
}
