/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/mlp.h"

#include <math.h>

#include "core/base/rng.h"
#include "core/base/simd.h"

#define BLOCK 64 /* points that are done together; their numbers stay in the first cache */
#define LANES 8

/* Everything is kept as [unit, point], so that loops over points are vector code. */
struct _DifMlpPass
{
  const DifMlp *mlp;
  gsize         n;
  guint         n_tangents;
  double       *in[DIF_MLP_MAX_LAYERS + 1];      /* of each layer, and the output */
  double       *tangent[DIF_MLP_MAX_LAYERS + 1]; /* of the same, [n_tangents, unit, point] */
  double       *inner[DIF_MLP_MAX_LAYERS];       /* tangents of the sums, before the curve */
  double       *slope[DIF_MLP_MAX_LAYERS];       /* first derivative of the curve */
  double       *bend[DIF_MLP_MAX_LAYERS];        /* second */
};

DifMlp *
dif_mlp_new (guint n_layers, const guint *width, const DifMlpCurve *curve, guint64 seed)
{
  DifMlp *mlp;
  double *at;

  g_return_val_if_fail (n_layers >= 1 && n_layers <= DIF_MLP_MAX_LAYERS, NULL);
  mlp = g_new0 (DifMlp, 1);
  mlp->n_layers = n_layers;
  mlp->width[0] = width[0];
  for (guint l = 0; l < n_layers; l++)
    {
      mlp->width[l + 1] = width[l + 1];
      mlp->curve[l] = curve[l];
      mlp->n_params += (width[l] + 1) * (gsize) width[l + 1];
    }
  at = mlp->params = g_new0 (double, mlp->n_params);
  for (guint l = 0; l < n_layers; l++)
    {
      const gsize       size = width[l] * (gsize) width[l + 1];
      g_autofree float *normal = g_new (float, size);

      dif_rng_normal (seed, l, 0, normal, size);
      for (gsize i = 0; i < size; i++)
        at[i] = normal[i] / sqrt (width[l]);
      at += size + width[l + 1];
    }
  return mlp;
}

void
dif_mlp_free (DifMlp *mlp)
{
  if (! mlp)
    return;
  g_free (mlp->params);
  g_free (mlp);
}

typedef struct
{
  const double *weight; /* [out, in] */
  gsize         n_in;
  gsize         n_out;
  gsize         n;
} Layer;

/* y [out, n] = bias + weight x [in, n] */
DIF_INLINE void
forward_body (const Layer *layer, const double *bias, const double *x, double *y)
{
  const gsize n = layer->n;

  for (gsize first = 0; first < n; first += BLOCK)
    for (gsize o = 0; o < layer->n_out; o++)
      {
        const gsize m = MIN (BLOCK, n - first);
        double     *to = y + o * n + first;

        for (gsize p = 0; p < m; p++)
          to[p] = bias ? bias[o] : 0.0;
        for (gsize i = 0; i < layer->n_in; i++)
          {
            const double  w = layer->weight[o * layer->n_in + i];
            const double *from = x + i * n + first;

            for (gsize p = 0; p < m; p++)
              to[p] += w * from[p];
          }
      }
}

DIF_VARIANTS (static, void, forward,
              (const Layer *layer, const double *bias, const double *x, double *y),
              (layer, bias, x, y))

/* x [in, n] = weightᵀ y [out, n] */
DIF_INLINE void
transposed_body (const Layer *layer, const double *y, double *x)
{
  const gsize n = layer->n;

  for (gsize first = 0; first < n; first += BLOCK)
    for (gsize i = 0; i < layer->n_in; i++)
      {
        const gsize m = MIN (BLOCK, n - first);
        double     *to = x + i * n + first;

        for (gsize p = 0; p < m; p++)
          to[p] = 0.0;
        for (gsize o = 0; o < layer->n_out; o++)
          {
            const double  w = layer->weight[o * layer->n_in + i];
            const double *from = y + o * n + first;

            for (gsize p = 0; p < m; p++)
              to[p] += w * from[p];
          }
      }
}

DIF_VARIANTS (static, void, transposed, (const Layer *layer, const double *y, double *x),
              (layer, y, x))

/* gradient [out, in] += y [out, n] x [in, n]ᵀ; in lanes, whose order of adding is fixed */
DIF_INLINE void
outer_body (const Layer *layer, const double *y, const double *x, double *gradient)
{
  const gsize n = layer->n;

  for (gsize o = 0; o < layer->n_out; o++)
    for (gsize i = 0; i < layer->n_in; i++)
      {
        const double *a = y + o * n;
        const double *b = x + i * n;
        double        lane[LANES] = { 0.0 };
        gsize         p = 0;

        for (; p + LANES <= n; p += LANES)
          for (guint k = 0; k < LANES; k++)
            lane[k] += a[p + k] * b[p + k];
        for (; p < n; p++)
          lane[0] += a[p] * b[p];
        for (guint k = 0; k < LANES; k++)
          gradient[o * layer->n_in + i] += lane[k];
      }
}

DIF_VARIANTS (static, void, outer,
              (const Layer *layer, const double *y, const double *x, double *gradient),
              (layer, y, x, gradient))

static double *
transpose (const double *in, gsize rows, gsize columns)
{
  double *out = g_new (double, rows *columns);

  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < columns; c++)
      out[c * rows + r] = in[r * columns + c];
  return out;
}

/* sums become outputs, and the curve's derivatives are noted */
static void
bend (DifMlpCurve curve, gsize n, double *sums, double *slope, double *bend)
{
  for (gsize i = 0; i < n; i++)
    {
      const double a = sums[i];

      switch (curve)
        {
        case DIF_MLP_TANH:
          sums[i] = tanh (a);
          slope[i] = 1.0 - sums[i] * sums[i];
          bend[i] = -2.0 * sums[i] * slope[i];
          break;
        case DIF_MLP_SOFTPLUS:
          {
            const double small = exp (-fabs (a));

            sums[i] = fmax (a, 0.0) + log1p (small);
            slope[i] = (a > 0.0 ? 1.0 : small) / (1.0 + small);
            bend[i] = slope[i] * (1.0 - slope[i]);
            break;
          }
        case DIF_MLP_LINEAR:
          slope[i] = 1.0;
          bend[i] = 0.0;
          break;
        }
    }
}

static Layer
layer_of (const DifMlpPass *pass, guint l, gsize *offset)
{
  const DifMlp *mlp = pass->mlp;

  *offset = 0;
  for (guint k = 0; k < l; k++)
    *offset += (mlp->width[k] + 1) * (gsize) mlp->width[k + 1];
  return (Layer) { mlp->params + *offset, mlp->width[l], mlp->width[l + 1], pass->n };
}

static void
pass_layer (DifMlpPass *pass, guint l)
{
  gsize       offset;
  const Layer layer = layer_of (pass, l, &offset);
  const gsize size = layer.n_out * layer.n;

  pass->in[l + 1] = g_new (double, size);
  pass->slope[l] = g_new (double, size);
  pass->bend[l] = g_new (double, size);
  pass->inner[l] = g_new (double, MAX (1, size * pass->n_tangents));
  pass->tangent[l + 1] = g_new (double, MAX (1, size * pass->n_tangents));
  forward (&layer, layer.weight + layer.n_out * layer.n_in, pass->in[l], pass->in[l + 1]);
  bend (pass->mlp->curve[l], size, pass->in[l + 1], pass->slope[l], pass->bend[l]);
  for (guint k = 0; k < pass->n_tangents; k++)
    {
      double *inner = pass->inner[l] + k * size;
      double *tangent = pass->tangent[l + 1] + k * size;

      forward (&layer, NULL, pass->tangent[l] + k * layer.n_in * layer.n, inner);
      for (gsize i = 0; i < size; i++)
        tangent[i] = pass->slope[l][i] * inner[i];
    }
}

DifMlpPass *
dif_mlp_forward (const DifMlp *mlp, gsize n, const double *x, guint n_tangents,
                 const double *tangents)
{
  const gsize d = mlp->width[0];
  DifMlpPass *pass = g_new0 (DifMlpPass, 1);

  pass->mlp = mlp;
  pass->n = n;
  pass->n_tangents = n_tangents;
  pass->in[0] = transpose (x, n, d);
  pass->tangent[0] = g_new (double, MAX (1, n_tangents * d * n));
  for (guint k = 0; k < n_tangents; k++)
    for (gsize p = 0; p < n; p++)
      for (gsize i = 0; i < d; i++)
        pass->tangent[0][(k * d + i) * n + p] = tangents[(k * n + p) * d + i];
  for (guint l = 0; l < mlp->n_layers; l++)
    pass_layer (pass, l);
  return pass;
}

void
dif_mlp_pass_output (const DifMlpPass *pass, double *y, double *dy)
{
  const guint last = pass->mlp->n_layers;
  const gsize d = pass->mlp->width[last];
  const gsize n = pass->n;

  for (gsize p = 0; p < n; p++)
    for (gsize i = 0; i < d; i++)
      y[p * d + i] = pass->in[last][i * n + p];
  for (guint k = 0; dy && k < pass->n_tangents; k++)
    for (gsize p = 0; p < n; p++)
      for (gsize i = 0; i < d; i++)
        dy[(k * n + p) * d + i] = pass->tangent[last][(k * d + i) * n + p];
}

/* A layer is h' = f (a), a = W h + b, with tangents ḣ' = f' (a) ȧ, ȧ = W ḣ.  With gradients of h'
 * and ḣ' known,
 *
 *   ā = f' (a) h̄' + Σ f'' (a) ȧ ḣ̄'     ǡ = f' (a) ḣ̄'
 *   W̄ = ā hᵀ + Σ ǡ ḣᵀ    b̄ = ā    h̄ = Wᵀ ā    ḣ̄ = Wᵀ ǡ
 *
 * with sums over tangents. */
static void
back_layer (const DifMlpPass *pass, guint l, double **of_out, double **of_tangents,
            double *gradient)
{
  gsize              offset;
  const Layer        layer = layer_of (pass, l, &offset);
  const gsize        size = layer.n_out * layer.n;
  const gsize        size_in = layer.n_in * layer.n;
  double            *bias = gradient + offset + layer.n_out * layer.n_in;
  double            *sums = *of_out;
  g_autofree double *outer_tangents = *of_tangents;

  *of_tangents = g_new (double, MAX (1, size_in * pass->n_tangents));
  for (gsize i = 0; i < size; i++)
    sums[i] *= pass->slope[l][i];
  for (guint k = 0; k < pass->n_tangents; k++)
    {
      double       *of = outer_tangents + k * size;
      const double *inner = pass->inner[l] + k * size;

      for (gsize i = 0; i < size; i++)
        {
          sums[i] += pass->bend[l][i] * inner[i] * of[i];
          of[i] *= pass->slope[l][i];
        }
      outer (&layer, of, pass->tangent[l] + k * size_in, gradient + offset);
      transposed (&layer, of, *of_tangents + k * size_in);
    }
  outer (&layer, sums, pass->in[l], gradient + offset);
  for (gsize i = 0; i < size; i++)
    bias[i / layer.n] += sums[i];
  *of_out = g_new (double, size_in);
  transposed (&layer, sums, *of_out);
  g_free (sums);
}

void
dif_mlp_backward (const DifMlpPass *pass, const double *of_y, const double *of_dy, double *gradient)
{
  const guint        last = pass->mlp->n_layers;
  const gsize        d = pass->mlp->width[last];
  const gsize        n = pass->n;
  g_autofree double *of_out = transpose (of_y, n, d);
  g_autofree double *of_tangents = g_new0 (double, MAX (1, pass->n_tangents * d * n));

  for (guint k = 0; of_dy && k < pass->n_tangents; k++)
    for (gsize p = 0; p < n; p++)
      for (gsize i = 0; i < d; i++)
        of_tangents[(k * d + i) * n + p] = of_dy[(k * n + p) * d + i];
  for (guint l = last; l-- > 0;)
    back_layer (pass, l, &of_out, &of_tangents, gradient);
}

void
dif_mlp_pass_free (DifMlpPass *pass)
{
  if (! pass)
    return;
  for (guint l = 0; l <= DIF_MLP_MAX_LAYERS; l++)
    {
      g_free (pass->in[l]);
      g_free (pass->tangent[l]);
    }
  for (guint l = 0; l < DIF_MLP_MAX_LAYERS; l++)
    {
      g_free (pass->inner[l]);
      g_free (pass->slope[l]);
      g_free (pass->bend[l]);
    }
  g_free (pass);
}
