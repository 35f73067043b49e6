/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Random tensors and comparisons. */

#include "core/tensor/context.h"

/* Normal numbers; the same seed and shape give the same numbers. */
DifTensor *test_random (DifContext *context, guint64 seed, gsize n, gsize h, gsize w, gsize c);

/* |actual - expected| is at most tolerance times the largest |expected|. */
void test_assert_near (const float *actual, const double *expected, gsize n, double tolerance);

/* What an op makes of given inputs, in any context. */
typedef DifTensor *(*TestOp) (DifContext *context, gconstpointer data);

/* The op gives the same bytes at 1, 2, 3, 4 and 8 threads. */
void test_same_over_threads (TestOp op, gconstpointer data);

/* A tensor was made, and has this shape. */
gboolean test_has_shape (const DifTensor *x, gsize n, gsize h, gsize w, gsize c);

/* The context failed with this code of DIF_ERROR; the error is taken. */
void test_assert_failed (DifContext *context, gint code);

/* error has this code of DIF_ERROR and each word in its message (NULL at the end); it is freed. */
void test_assert_error (GError *error, gint code, ...) G_GNUC_NULL_TERMINATED;

/* error refuses the setting of this id, NULL for none, in some words; it is freed. */
void test_assert_setting (GError *error, const char *setting);
