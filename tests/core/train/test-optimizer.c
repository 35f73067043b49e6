/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Steps over many tensors against the papers' lines; rates and decays against recorded ones. */

#include <math.h>
#include <string.h>

#include "core/train/optimizer.h"
#include "tests/core/support/numbers.h"

#define N_SLOTS 4
#define N_STEPS 3

static const gsize sizes[N_SLOTS] = { 3, 16384, 40001, 1 };

/* Adam's algorithm 1 with decay beside it, as it is printed. */
static void
plain_adamw (double *p, const float *g, double *m, double *v, gsize n, guint t, double rate,
             double clip)
{
  for (gsize i = 0; i < n; i++)
    {
      const double slope = clip * g[i];

      p[i] -= rate * 0.01 * p[i];
      m[i] = 0.9 * m[i] + 0.1 * slope;
      v[i] = 0.999 * v[i] + 0.001 * slope * slope;
      p[i] -= rate * (m[i] / (1.0 - pow (0.9, t))) / (sqrt (v[i] / (1.0 - pow (0.999, t))) + 1e-8);
    }
}

typedef struct
{
  DifSlot slots[N_SLOTS];
  double *p[N_SLOTS], *m[N_SLOTS], *v[N_SLOTS], *average[N_SLOTS];
} Net;

static DifTensor *
copy (DifContext *context, const DifTensor *x, float factor)
{
  DifTensor *y = dif_context_like (context, x);

  for (gsize i = 0; i < x->size; i++)
    y->data[i] = factor * x->data[i];
  return y;
}

static void
net_init (Net *net, DifContext *context)
{
  for (guint i = 0; i < N_SLOTS; i++)
    {
      DifSlot *slot = &net->slots[i];

      slot->value = test_random (context, i, 1, 1, 1, sizes[i]);
      slot->gradient = i == 3 ? NULL : copy (context, slot->value, 0.0f);
      slot->first = copy (context, slot->value, 0.0f);
      slot->second = copy (context, slot->value, 0.0f);
      slot->average = copy (context, slot->value, 1.0f);
      net->p[i] = g_new (double, sizes[i]);
      net->average[i] = g_new (double, sizes[i]);
      net->m[i] = g_new0 (double, sizes[i]);
      net->v[i] = g_new0 (double, sizes[i]);
      for (gsize k = 0; k < sizes[i]; k++)
        net->p[i][k] = net->average[i][k] = slot->value->data[k];
    }
}

static void
net_clear (Net *net)
{
  for (guint i = 0; i < N_SLOTS; i++)
    {
      DifTensor *tensors[] = { net->slots[i].value, net->slots[i].gradient, net->slots[i].first,
                               net->slots[i].second, net->slots[i].average };

      for (guint k = 0; k < G_N_ELEMENTS (tensors); k++)
        dif_tensor_unref (tensors[k]);
      g_free (net->p[i]);
      g_free (net->m[i]);
      g_free (net->v[i]);
      g_free (net->average[i]);
    }
}

/* One step of both; the gradients are new ones. */
static void
step (Net *net, DifContext *context, guint k)
{
  const DifOptimizerRule rule = DIF_OPTIMIZER_ADAMW_RULE;
  DifPool               *pool = dif_context_pool (context);
  double                 squares = 0.0;
  double                 norm;
  DifUpdate              update;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (DifTensor) g = test_random (context, 100 * k + i, 1, 1, 1, sizes[i]);

      memcpy (net->slots[i].gradient->data, g->data, g->size * sizeof (float));
      for (gsize j = 0; j < g->size; j++)
        squares += (double) g->data[j] * g->data[j];
    }
  norm = dif_slots_norm (pool, net->slots, N_SLOTS);
  g_assert_cmpfloat_with_epsilon (norm, sqrt (squares), 1e-9 * norm);
  dif_update_init (&update, &rule, k, 0.01, norm);
  dif_slots_step (pool, net->slots, N_SLOTS, &update, 0.9);
  for (guint i = 0; i < N_SLOTS; i++)
    {
      if (net->slots[i].gradient)
        plain_adamw (net->p[i], net->slots[i].gradient->data, net->m[i], net->v[i], sizes[i], k,
                     0.01, 1.0 / (sqrt (squares) + 1e-6));
      for (gsize j = 0; j < sizes[i]; j++)
        net->average[i][j] = 0.9 * net->average[i][j] + 0.1 * net->p[i][j];
    }
}

static void
test_steps (void)
{
  g_autoptr (DifContext) one = dif_context_new (1, NULL);
  g_autoptr (DifContext) many = dif_context_new (4, NULL);
  Net                    a = { 0 };
  Net                    b = { 0 };

  net_init (&a, one);
  net_init (&b, many);
  for (guint k = 1; k <= N_STEPS; k++)
    {
      step (&a, one, k);
      step (&b, many, k);
    }
  for (guint i = 0; i < N_SLOTS; i++)
    {
      test_assert_near (a.slots[i].value->data, a.p[i], sizes[i], 1e-6);
      test_assert_near (a.slots[i].average->data, a.average[i], sizes[i], 1e-6);
      g_assert_cmpmem (a.slots[i].value->data, sizes[i] * sizeof (float), b.slots[i].value->data,
                       sizes[i] * sizeof (float));
      g_assert_cmpmem (a.slots[i].average->data, sizes[i] * sizeof (float),
                       b.slots[i].average->data, sizes[i] * sizeof (float));
    }
  net_clear (&a);
  net_clear (&b);
}

/* Gradients that run away are noticed. */
static void
test_norm (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  Net                    net = { 0 };

  net_init (&net, context);
  g_assert_cmpfloat (dif_slots_norm (dif_context_pool (context), net.slots, N_SLOTS), ==, 0.0);
  net.slots[2].gradient->data[40000] = NAN;
  g_assert_true (isnan (dif_slots_norm (dif_context_pool (context), net.slots, N_SLOTS)));
  net.slots[2].gradient->data[40000] = INFINITY;
  g_assert_true (isinf (dif_slots_norm (dif_context_pool (context), net.slots, N_SLOTS)));
  net_clear (&net);
}

/* diffusers' get_scheduler ("cosine", 5 warm-up steps, 20 in all) and EMAModel (decay 0.9999). */
static void
test_rates (void)
{
  static const double cosine[21] = { 0.0,
                                     0.2,
                                     0.4,
                                     0.6,
                                     0.8,
                                     1.0,
                                     0.9890738003669028,
                                     0.9567727288213004,
                                     0.9045084971874737,
                                     0.8345653031794291,
                                     0.75,
                                     0.6545084971874737,
                                     0.5522642316338268,
                                     0.44773576836617335,
                                     0.34549150281252633,
                                     0.2500000000000001,
                                     0.16543469682057105,
                                     0.09549150281252633,
                                     0.04322727117869951,
                                     0.010926199633097156,
                                     0.0 };
  static const double decay[] = { 0.0, 0.18181818181818182, 0.25, 0.3076923076923077,
                                  0.35714285714285715 };

  for (guint k = 0; k <= 20; k++)
    g_assert_cmpfloat_with_epsilon (dif_warmup_cosine (5, 20, k), cosine[k], 1e-12);
  for (guint k = 0; k < G_N_ELEMENTS (decay); k++)
    g_assert_cmpfloat_with_epsilon (dif_average_decay (0.9999, k + 1), decay[k], 1e-12);
  g_assert_cmpfloat_with_epsilon (dif_average_decay (0.9999, 100), 0.9174311926605505, 1e-12);
  g_assert_cmpfloat_with_epsilon (dif_average_decay (0.9999, 1000), 0.9910802775024777, 1e-12);
  g_assert_cmpfloat (dif_average_decay (0.9999, 100000), ==, 0.9999);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizer/steps", test_steps);
  g_test_add_func ("/optimizer/norm", test_norm);
  g_test_add_func ("/optimizer/rates", test_rates);
  return g_test_run ();
}
