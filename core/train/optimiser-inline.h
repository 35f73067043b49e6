/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One rule for numbers of any precision: NUMBER and NAME (rule) are the includer's.  The arithmetic
 * is that of doubles. */

static void
NAME (adam) (NUMBER *p, const NUMBER *g, NUMBER *m, NUMBER *v, gsize n, const DifUpdate *u)
{
  for (gsize i = 0; i < n; i++)
    {
      const double decayed = u->keep * p[i];
      const double slope = u->scale * g[i] + u->l2 * p[i];
      const double first = u->beta1 * m[i] + (1.0 - u->beta1) * slope;
      const double second = u->beta2 * v[i] + (1.0 - u->beta2) * slope * slope;

      m[i] = (NUMBER) first;
      v[i] = (NUMBER) second;
      p[i] = (NUMBER) (decayed - u->rate * first / (sqrt (second) * u->root + u->eps));
    }
}

static void
NAME (momentum) (NUMBER *p, const NUMBER *g, NUMBER *m, gsize n, const DifUpdate *u)
{
  for (gsize i = 0; i < n; i++)
    {
      const double velocity = u->beta1 * m[i] + u->scale * g[i] + u->l2 * p[i];

      m[i] = (NUMBER) velocity;
      p[i] = (NUMBER) (p[i] - u->rate * velocity);
    }
}

void
NAME (dif_update) (NUMBER *p, const NUMBER *g, NUMBER *m, NUMBER *v, gsize n, const DifUpdate *u)
{
  if (u->kind == DIF_OPTIMISER_SGD)
    NAME (momentum) (p, g, m, n, u);
  else
    NAME (adam) (p, g, m, v, n, u);
}

void
NAME (dif_average) (NUMBER *average, const NUMBER *p, gsize n, double decay)
{
  for (gsize i = 0; i < n; i++)
    average[i] = (NUMBER) (decay * average[i] + (1.0 - decay) * p[i]);
}

double
NAME (dif_square_sum) (const NUMBER *g, gsize n)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += (double) g[i] * g[i];
  return sum;
}
