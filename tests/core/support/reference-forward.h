/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The ops once more in double, as plain loops straight from their definitions.  Inputs are in fixed
 * order, NULL for one that there is not; each op has a description of its own. */

#include "core/ops/conv/conv.h"
#include "core/ops/embed.h"

typedef void (*ReferenceForward) (const double *const *x, double *y, gconstpointer op);

double reference_activation (DifActivation activation, double x);

typedef struct
{
  gsize         size;
  DifActivation activation;
} ReferenceActivate;

void reference_activate_forward (const double *const *x, double *y, gconstpointer op);

/* a [rows, a] and b [rows, b], side by side */
typedef struct
{
  gsize rows, a, b;
} ReferenceConcat;

void reference_concat_forward (const double *const *x, double *y, gconstpointer op);

/* n channels of c, from the first on */
typedef struct
{
  gsize rows, c, first, n;
} ReferenceSlice;

void reference_slice_forward (const double *const *x, double *y, gconstpointer op);

/* x [n, pixels, c] times a factor plus a summand [n, c], if there are, and activated */
typedef struct
{
  gsize         n, pixels, c;
  DifActivation activation;
} ReferencePrologue;

enum
{
  REFERENCE_PROLOGUE_FACTOR = 1,
  REFERENCE_PROLOGUE_SUMMAND,
  REFERENCE_PROLOGUE_INPUTS
};

void reference_prologue_forward (const double *const *x, double *y, gconstpointer op);

/* A linear layer is one of single pixels. */
typedef struct
{
  gsize         n, h, w, c_own, c_beside, c_out;
  DifConvShape  shape;
  double        scale;
  DifActivation before, after; /* before the kernel; and before the residual, only forward */
} ReferenceConv;

enum
{
  REFERENCE_CONV_X,
  REFERENCE_CONV_BESIDE,
  REFERENCE_CONV_WEIGHT, /* [c_out, c_in, kernel, kernel] */
  REFERENCE_CONV_BIAS,
  REFERENCE_CONV_SHIFT, /* [n, c_out] */
  REFERENCE_CONV_RESIDUAL,
  REFERENCE_CONV_FACTOR, /* [n, c_in] */
  REFERENCE_CONV_SUMMAND,
  REFERENCE_CONV_INPUTS
};

void reference_conv_forward (const double *const *x, double *y, gconstpointer op);

/* Rows or columns of the output, from those of the input and what they are resized to. */
gsize reference_conv_side (const ReferenceConv *c, gsize side, gsize up);

/* Of all pictures' outputs. */
gsize reference_conv_pixels (const ReferenceConv *c);

/* The input pixel that an output pixel reads at a tap of the kernel; G_MAXSIZE in the padding. */
gsize reference_conv_source (const ReferenceConv *c, gsize pixel, gsize tap);

/* What the kernel sees of all channels, before the picture is resized. */
double *reference_conv_seen (const ReferenceConv *c, const double *const *x);

ReferenceConcat reference_conv_concat (const ReferenceConv *c);

ReferencePrologue reference_conv_prologue (const ReferenceConv *c);

/* Layer norm is one of a single group of single pixels. */
typedef struct
{
  gsize         n, pixels, c_own, c_beside;
  gsize         groups;
  double        eps;
  DifActivation activation; /* not of the folded */
  guint         parts;      /* of the folded */
} ReferenceNorm;

enum
{
  REFERENCE_NORM_X,
  REFERENCE_NORM_BESIDE,
  REFERENCE_NORM_GAMMA,
  REFERENCE_NORM_BETA,
  REFERENCE_NORM_MODULATION, /* [n, 2 c] */
  REFERENCE_NORM_INPUTS
};

enum
{
  REFERENCE_FOLD_FACTOR = 1,
  REFERENCE_FOLD_SUMMAND = 2,
  REFERENCE_FOLD_BOTH = 3, /* side by side */
};

void reference_group_norm_forward (const double *const *x, double *y, gconstpointer op);

void reference_fold_forward (const double *const *x, double *y, gconstpointer op);

/* Number i of a group's, where groups are counted through all pictures. */
gsize reference_norm_at (const ReferenceNorm *op, gsize group, gsize i);

/* Of one group's numbers; x has all channels. */
void reference_norm_moments (const ReferenceNorm *op, const double *x, gsize group, double *mean,
                             double *rstd);

/* factor and summand: [n, c] */
void reference_norm_fold (const ReferenceNorm *op, const double *joined, const double *const *x,
                          double *factor, double *summand);

/* Queries, keys, values. */
typedef struct
{
  gsize n, l_q, l_k, c, heads;
} ReferenceAttention;

void reference_attention_forward (const double *const *x, double *y, gconstpointer op);

/* Of one query q [head] with all keys: weights [l_k]. */
void reference_attention_weights (const ReferenceAttention *op, const double *q, const double *keys,
                                  double *weight);

typedef struct
{
  gsize n, h, w, c;
} ReferencePictures;

void reference_upsample_forward (const double *const *x, double *y, gconstpointer op);

/* The input of number at of all that pixels made four times are. */
gsize reference_upsample_source (const ReferencePictures *op, gsize at);

void reference_pool_forward (const double *const *x, double *y, gconstpointer op);

/* Input 0 to 3 of output at. */
gsize reference_pool_source (const ReferencePictures *op, gsize at, guint which);

/* Rows of c numbers of a table, mixed. */
typedef struct
{
  gsize            c, n;
  const DifRowMix *mix;
} ReferenceRows;

void reference_rows_forward (const double *const *x, double *y, gconstpointer op);

/* n terms, each a factor and which input it is of */
typedef struct
{
  gsize  size;
  guint  n;
  double factor[4];
  guint  input[4];
} ReferenceSum;

void reference_sum_forward (const double *const *x, double *y, gconstpointer op);
