/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DIF_MLP_MAX_LAYERS 4

/**
 * DifMlpCurve:
 * @DIF_MLP_LINEAR: none
 * @DIF_MLP_TANH: hyperbolic tangent
 * @DIF_MLP_SOFTPLUS: log (1 + exp (a))
 *
 * What follows a layer's sums.
 */
typedef enum
{
  DIF_MLP_LINEAR,
  DIF_MLP_TANH,
  DIF_MLP_SOFTPLUS,
} DifMlpCurve;

/**
 * DifMlp:
 * @n_layers: at most %DIF_MLP_MAX_LAYERS
 * @width: (array length=n_layers+1): numbers before and after each layer
 * @curve: (array length=n_layers): what follows each
 * @n_params: how many
 * @params: (array length=n_params): of each layer the weight [out, in], then the bias [out]
 *
 * A small network in double precision, for the papers' experiments with points.  It can be asked
 * for directional derivatives with respect to its input, and for the gradient with respect to its
 * parameters of what is made of them.
 */
typedef struct
{
  guint       n_layers;
  guint       width[DIF_MLP_MAX_LAYERS + 1];
  DifMlpCurve curve[DIF_MLP_MAX_LAYERS];
  gsize       n_params;
  double     *params;
} DifMlp;

/**
 * DifMlpPass:
 *
 * What was computed on the way through a network.
 */
typedef struct _DifMlpPass DifMlpPass;

/**
 * dif_mlp_new:
 * @n_layers: at most %DIF_MLP_MAX_LAYERS
 * @width: (array): n_layers + 1 numbers
 * @curve: (array length=n_layers): what follows each
 * @seed: of the weights, which are normal with deviation 1 / sqrt (in); biases are 0
 *
 * Returns: (transfer full): a network
 *
 * Thread: any
 */
DifMlp *dif_mlp_new (guint n_layers, const guint *width, const DifMlpCurve *curve, guint64 seed);

/**
 * dif_mlp_free:
 * @mlp: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_mlp_free (DifMlp *mlp);

/**
 * dif_mlp_forward:
 * @mlp: the network
 * @n: points
 * @x: (array): [n, in]
 * @n_tangents: directions at each point
 * @tangents: (nullable) (array): [n_tangents, n, in]
 *
 * Returns: (transfer full): outputs and their derivatives along the directions
 *
 * Thread: any
 */
DifMlpPass *dif_mlp_forward (const DifMlp *mlp, gsize n, const double *x, guint n_tangents,
                             const double *tangents);

/**
 * dif_mlp_pass_output:
 * @pass: a way through
 * @y: (out caller-allocates) (array): [n, out]
 * @dy: (out caller-allocates) (nullable) (array): [n_tangents, n, out], the Jacobian times each
 *   direction
 *
 * Thread: any
 */
void dif_mlp_pass_output (const DifMlpPass *pass, double *y, double *dy);

/**
 * dif_mlp_backward:
 * @pass: a way through a network that has not changed since
 * @of_y: (array): a loss's gradient with respect to the outputs, [n, out]
 * @of_dy: (nullable) (array): with respect to the derivatives along directions, [n_tangents, n,
 * out]
 * @gradient: (inout) (array): that with respect to the parameters is added to it
 *
 * Reverse mode over forward mode.
 *
 * Thread: any
 * Source: Pearlmutter 1994 (Fast Exact Multiplication by the Hessian), the R operator
 */
void dif_mlp_backward (const DifMlpPass *pass, const double *of_y, const double *of_dy,
                       double *gradient);

/**
 * dif_mlp_pass_free:
 * @pass: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_mlp_pass_free (DifMlpPass *pass);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifMlp, dif_mlp_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifMlpPass, dif_mlp_pass_free)

G_END_DECLS
