/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Ops on a tape, against differences and against the way back in double. */

#include "core/tensor/tape.h"
#include "tests/core/support/reference-gradient.h"

/* Some ops in a row, of inputs whose gradients are wanted; NULL for one that there is not. */
typedef DifTensor *(*TestLayer) (DifContext *context, DifTensor *const *x, gconstpointer data);

/* The way back through the layer from the gradient dy of its output, to each key that is not NULL;
 * NULL for those on which nothing depends. */
void test_gradients_of (DifContext *context, TestLayer layer, gconstpointer data,
                        DifTensor *const *x, const gconstpointer *key, guint n, const DifTensor *dy,
                        DifTensor **gradient);

/* The same of random gradients to the inputs themselves; 0 for those on which nothing depends. */
void test_gradients (DifContext *context, TestLayer layer, gconstpointer data, DifTensor *const *x,
                     guint n, DifTensor **gradient);

/* Entries may be NULL. */
void test_unref_all (DifTensor **x, guint n);

/* All in one, one after another; they are let go of.  Entries may be NULL. */
DifTensor *test_join (DifContext *context, DifTensor **x, guint n);

/* The reference's gradients, of tensors in float, to those that there are. */
void test_reference_gradients (const Reference *reference, gconstpointer op, DifTensor *const *x,
                               guint n, const DifTensor *dy, double **gradient);

/* The reference's gradients are what central differences of its way forward are, to 1e-6 of the
 * largest. */
void test_assert_reference (const Reference *reference, gconstpointer op, DifTensor *const *x,
                            guint n, const DifTensor *dy);

/* The layer's gradients are what central differences of it are, to 1e-2 of the largest, and what
 * those of the reference are to @tolerance of the largest; and those are right themselves.  The
 * layer's data begin with the reference's. */
void test_assert_gradients (TestLayer layer, const Reference *reference, gconstpointer data,
                            DifTensor *const *x, guint n, double tolerance);

/* The same bytes at any number of threads. */
void test_same_gradients_over_threads (TestLayer layer, gconstpointer data, DifTensor *const *x,
                                       guint n);
