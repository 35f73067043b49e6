/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/ops/embed.h"
#include "tests/core/support/numbers.h"

/* diffusers' get_timestep_embedding */
static double
expected (const DifSinusoid *s, double t, gsize i)
{
  gsize    half = s->dim / 2;
  gboolean second = i >= half;
  double   frequency;

  if (i >= 2 * half)
    return 0.0;
  frequency = pow (s->max_period, -(double) (i % half) / (half - s->freq_shift));
  return second == s->flip_sin_to_cos ? sin (s->scale * t * frequency) :
                                        cos (s->scale * t * frequency);
}

static void
test_sinusoidal (void)
{
  static const DifSinusoid kinds[] = {
    { 32, TRUE, 0.0, 1.0, 10000.0 }, { 32, FALSE, 1.0, 1.0, 10000.0 },
    { 7, TRUE, 1.0, 1.0, 10000.0 },  { 2, FALSE, 0.0, 1000.0, 100.0 },
    { 1, TRUE, 0.0, 1.0, 10000.0 },
  };
  static const double    t[] = { 0.0, 1.0, 499.25, 999.0 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autoptr (DifTensor) y = dif_sinusoidal_embedding (context, t, 4, &kinds[k]);

      g_assert_nonnull (y);
      g_assert_cmpuint (y->n_dims, ==, 2);
      g_assert_cmpuint (y->size, ==, 4 * kinds[k].dim);
      for (gsize i = 0; i < y->size; i++)
        g_assert_cmpfloat_with_epsilon (
            y->data[i], expected (&kinds[k], t[i / kinds[k].dim], i % kinds[k].dim), 1e-6);
    }
}

static void
test_table (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  numbers = test_random (context, 1, 1, 1, 5, 3);
  g_autoptr (DifTensor)  table = dif_tensor_view (numbers, 2, (gsize[]) { 5, 3 });
  const guint            rows[] = { 4, 0, 4, 2 };
  g_autoptr (DifTensor)  y = dif_embedding (context, table, rows, 4);

  g_assert_nonnull (y);
  g_assert_cmpuint (y->dim[0], ==, 4);
  g_assert_cmpuint (y->dim[1], ==, 3);
  for (gsize i = 0; i < y->size; i++)
    g_assert_cmpfloat (y->data[i], ==, table->data[rows[i / 3] * 3 + i % 3]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/embed/sinusoidal", test_sinusoidal);
  g_test_add_func ("/embed/table", test_table);
  return g_test_run ();
}
