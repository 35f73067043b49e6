/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Ops on a tape, against differences. */

#include "core/tensor/tape.h"

/* Some ops in a row, of inputs whose gradients are wanted. */
typedef DifTensor *(*TestLayer) (DifContext *context, DifTensor *const *x, gconstpointer data);

/* The same in double: the numbers of y from those of x. */
typedef void (*TestExact) (const double *const *x, double *y, gconstpointer data);

/* The way back through the layer with respect to each input, of random gradients of its output; 0
 * for inputs on which nothing depends. */
void test_gradients (DifContext *context, TestLayer layer, gconstpointer data, DifTensor *const *x,
                     guint n, DifTensor **gradient);

/* The gradients are what central differences of the layer are, to 1e-2 of the largest, and, if it
 * is given, what those of the exact one are to @tolerance of the largest. */
void test_assert_gradients (TestLayer layer, TestExact exact, gconstpointer data,
                            DifTensor *const *x, guint n, double tolerance);

/* The same bytes at any number of threads. */
void test_same_gradients_over_threads (TestLayer layer, gconstpointer data, DifTensor *const *x,
                                       guint n);
