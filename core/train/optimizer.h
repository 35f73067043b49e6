/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifOptimizerKind:
 * @DIF_OPTIMIZER_ADAM: weight decay, where there is any, is part of the gradient (L2)
 * @DIF_OPTIMIZER_ADAMW: weights decay beside it
 * @DIF_OPTIMIZER_SGD: gradient descent with momentum
 *
 * Rules by which parameters follow their gradients.
 */
typedef enum
{
  DIF_OPTIMIZER_ADAM,
  DIF_OPTIMIZER_ADAMW,
  DIF_OPTIMIZER_SGD,
} DifOptimizerKind;

/**
 * DifOptimizerRule:
 * @kind: which
 * @beta1: decay of the first moment; the momentum
 * @beta2: decay of the second moment
 * @eps: added to the second moment's root
 * @weight_decay: lambda
 * @max_norm: length that all gradients together are shortened to, 0 for no limit
 *
 * How to descend.
 *
 * Source: Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2; Polyak 1964;
 *   Pascanu et al. 2013, algorithm 1 (clipping)
 */
typedef struct
{
  DifOptimizerKind kind;
  double           beta1;
  double           beta2;
  double           eps;
  double           weight_decay;
  double           max_norm;
} DifOptimizerRule;

/**
 * DIF_OPTIMIZER_ADAMW_RULE:
 *
 * Initializer of the #DifOptimizerRule that diffusion models are usually trained by.
 */
#define DIF_OPTIMIZER_ADAMW_RULE { DIF_OPTIMIZER_ADAMW, 0.9, 0.999, 1e-8, 0.01, 1.0 }

/**
 * DifUpdate:
 * @kind: which rule
 * @rate: the learning rate, divided by 1 - beta1^k in Adam's rules
 * @root: 1 / sqrt (1 - beta2^k)
 * @beta1: see #DifOptimizerRule
 * @beta2: see #DifOptimizerRule
 * @eps: see #DifOptimizerRule
 * @keep: what decay beside the gradient leaves of a parameter
 * @l2: what of a parameter is added to its gradient
 * @scale: factor of the gradient
 *
 * Coefficients of one step.
 */
typedef struct
{
  DifOptimizerKind kind;
  double           rate;
  double           root;
  double           beta1;
  double           beta2;
  double           eps;
  double           keep;
  double           l2;
  double           scale;
} DifUpdate;

/**
 * dif_update_init:
 * @update: (out caller-allocates): filled
 * @rule: how to descend
 * @k: which step, 1 for the first
 * @rate: learning rate
 * @norm: length of all gradients together
 *
 * Thread: any
 */
void dif_update_init (DifUpdate *update, const DifOptimizerRule *rule, guint64 k, double rate,
                      double norm);

/**
 * dif_update_f64:
 * @p: (array length=n) (inout): parameters
 * @g: (array length=n): their gradients
 * @m: (array length=n) (inout): first moments, or velocities; 0 before the first step
 * @v: (array length=n) (inout) (nullable): second moments, of Adam's rules
 * @n: how many
 * @update: one step's coefficients
 *
 * Thread: any
 */
void dif_update_f64 (double *p, const double *g, double *m, double *v, gsize n,
                     const DifUpdate *update);

/**
 * dif_update_f32:
 * @p: (array length=n) (inout): parameters
 * @g: (array length=n): their gradients
 * @m: (array length=n) (inout): first moments
 * @v: (array length=n) (inout) (nullable): second moments
 * @n: how many
 * @update: one step's coefficients
 *
 * dif_update_f64() on numbers that are kept in single precision.
 *
 * Thread: any
 */
void dif_update_f32 (float *p, const float *g, float *m, float *v, gsize n,
                     const DifUpdate *update);

/**
 * dif_average_f64:
 * @average: (array length=n) (inout): average of the parameters so far
 * @p: (array length=n): the parameters
 * @n: how many
 * @decay: weight of the past
 *
 * An exponential moving average.
 *
 * Thread: any
 */
void dif_average_f64 (double *average, const double *p, gsize n, double decay);

/**
 * dif_average_f32:
 * @average: (array length=n) (inout): average of the parameters so far
 * @p: (array length=n): the parameters
 * @n: how many
 * @decay: weight of the past
 *
 * dif_average_f64() on numbers that are kept in single precision.
 *
 * Thread: any
 */
void dif_average_f32 (float *average, const float *p, gsize n, double decay);

/**
 * dif_square_sum_f64:
 * @g: (array length=n): numbers
 * @n: how many
 *
 * Returns: the sum of their squares
 *
 * Thread: any
 */
double dif_square_sum_f64 (const double *g, gsize n);

/**
 * dif_square_sum_f32:
 * @g: (array length=n): numbers
 * @n: how many
 *
 * Returns: the sum of their squares, in double precision
 *
 * Thread: any
 */
double dif_square_sum_f32 (const float *g, gsize n);

/**
 * DifSlot:
 * @value: a parameter's numbers
 * @gradient: (nullable): their gradients; %NULL leaves the parameter as it is
 * @first: first moments, like @value
 * @second: second moments, like @value
 * @average: moving average, like @value
 *
 * What training keeps of one tensor.
 */
typedef struct
{
  DifTensor *value;
  DifTensor *gradient;
  DifTensor *first;
  DifTensor *second;
  DifTensor *average;
} DifSlot;

/**
 * dif_slots_norm:
 * @pool: workers
 * @slots: (array length=n): tensors
 * @n: how many
 *
 * Returns: the length of all gradients together; not finite if one of them is not
 *
 * Thread: any
 */
double dif_slots_norm (DifPool *pool, const DifSlot *slots, guint n);

/**
 * dif_slots_step:
 * @pool: workers
 * @slots: (array length=n): tensors
 * @n: how many
 * @update: one step's coefficients
 * @decay: of the moving average
 *
 * Lets all parameters follow their gradients, and the averages the parameters.
 *
 * Thread: any, while nobody uses the parameters
 */
void dif_slots_step (DifPool *pool, const DifSlot *slots, guint n, const DifUpdate *update,
                     double decay);

/**
 * dif_warmup_cosine:
 * @warmup: steps over which the learning rate rises from 0
 * @total: steps in all
 * @step: how far
 *
 * Returns: a factor of the learning rate, falling to 0 at @total along half a cosine
 *
 * Thread: any
 * Source: Loshchilov & Hutter 2017 (SGDR), eq. 5, without restarts; Goyal et al. 2017, section 2.2
 */
double dif_warmup_cosine (double warmup, double total, double step);

/**
 * dif_average_decay:
 * @most: decay of the moving average in the long run
 * @step: steps done
 *
 * Returns: a decay that forgets the beginning sooner: (1 + k) / (10 + k) for k = @step - 1, 0 at
 *   first, at most @most
 *
 * Thread: any
 * Source: agrees with diffusers' EMAModel
 */
double dif_average_decay (double most, guint64 step);

G_END_DECLS
