/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/io/safetensors.h"
#include "core/tensor/context.h"

/* One entry of the reference data: what is asked, what is expected, and how far off the
 * core is.  Like the core's, its errors are sticky: after the first, reading gives NULL and
 * comparing does nothing, so that a check is written straight down.
 *
 * How many of anything there are is read from the entry.  An entry need not have every tensor that
 * a check can compare, but nothing may be left of those that it has: see case_finish(). */
typedef struct
{
  const char     *group;   /* "samplers/trajectories" */
  const char     *folder;  /* that the group's files lie in */
  const char     *scratch; /* a folder for temporary files */
  const char     *id;
  json_t         *json;
  json_t         *root; /* the group's, of which the entry is a part */
  DifSafetensors *file; /* NULL for groups without numbers beside them */
  DifContext     *context;

  GHashTable *used; /* names of tensors that were read or compared */

  double ratio;     /* the largest of error / tolerance, negative before any comparison */
  double error;     /* there */
  double tolerance; /* there */
  char  *tensor;    /* there */

  char *unknown; /* kind of what the core does not do */
  char *variant; /* what was done otherwise than the core does it, to compare with the entry */
  char *problem; /* why nothing could be compared */
} Case;

/* Sizes, outermost first, as files have them. */
typedef struct
{
  guint n_dims;
  gsize dim[DIF_SAFETENSORS_MAX_DIMS];
} CaseShape;

#define CASE_SHAPE(...) \
  ((CaseShape) { G_N_ELEMENTS (((gsize[]) { __VA_ARGS__ })), { __VA_ARGS__ } })

void case_clear (Case *c);

gboolean case_ok (Case *c);

void case_fail (Case *c, const char *format, ...) G_GNUC_PRINTF (2, 3);

void case_fail_error (Case *c, GError *error);

void case_unknown (Case *c, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The entry was recorded with a scheduler that does something in a way that the core leaves alone
 * by design, and the check does it that way. */
void case_variant (Case *c, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Fails if nothing was compared, or if the entry has a tensor that nothing looked at. */
void case_finish (Case *c);

/* The case is of an unknown kind if it has keys that its check does not look at. */
void case_keys (Case *c, const char *const *known);

double case_number (Case *c, json_t *object, const char *key);

double case_number_or (json_t *object, const char *key, double missing);

/* A whole number from 1 to the most that checks count to. */
guint case_count (Case *c, json_t *object, const char *key);

/* Likewise, or 0, which is also what is missing. */
guint case_count_or_0 (Case *c, json_t *object, const char *key);

const char *case_string (Case *c, json_t *object, const char *key);

/* Whether the parts of the entry's id between underscores include a word. */
gboolean case_is_about (const Case *c, const char *word);

/* Whether a tensor's name is @prefix and then n numbers, each after a point or a slash; what
 * follows them does not matter. */
gboolean case_indices (const char *tensor, const char *prefix, guint n, guint *out);

json_t *case_spec (Case *c, const char *tensor);

gboolean case_lists (Case *c, const char *tensor);

/* For those that a check reads in its own way, or has no need of. */
void case_use (Case *c, const char *tensor);

/* ---- reading ---- */

gsize case_shape_size (const CaseShape *shape);

gboolean case_shape_equal (const CaseShape *a, const CaseShape *b);

char *case_shape_to_string (const CaseShape *shape);

/* With one more size before that number @at. */
CaseShape case_shape_insert (Case *c, const CaseShape *shape, guint at, gsize dim);

/* Entries with the same configuration may share inputs, which one of them has.
 *
 * Returns: the entry that has a tensor of such a name (a pattern): this one, or the only other;
 * NULL and a failed case if there is none, or more than one */
json_t *case_source (Case *c, const char *pattern);

/* The shape of an input, which may be shared. */
CaseShape case_input_shape (Case *c, const char *tensor);

/* An input, which may be shared.
 *
 * Returns: numbers, as many as @shape says; NULL and a failed case if the tensor has another */
double *case_input (Case *c, const char *tensor, const CaseShape *shape);

double *case_numbers (Case *c, const char *tensor, gsize *n);

/* [N, C, H, W] becomes NHWC, other shapes stay. */
DifTensor *case_tensor (Case *c, const char *tensor);

/* The same, of pictures only. */
DifTensor *case_pictures (Case *c, const char *tensor);

/* Pictures of the shape of others; NULL for those if they could not be read. */
DifTensor *case_pictures_like (Case *c, const char *tensor, const DifTensor *like);

/* One channel for pictures: for each of them, or for all. */
DifTensor *case_mask (Case *c, const char *tensor, const DifTensor *like);

/* [K, N, C, H, W] becomes K times pictures of the shape of others; an empty list if the entry has
 * no such tensor. */
GPtrArray *case_series (Case *c, const char *tensor, const DifTensor *like);

/* ---- comparing: of the tensors that the entry has ---- */

void case_compare (Case *c, const char *tensor, const double *got, gsize n);

void case_compare_shaped (Case *c, const char *tensor, const double *got, const CaseShape *shape);

void case_compare_to (Case *c, const char *tensor, const double *got, const double *expected,
                      gsize n, double atol, double rtol);

void case_compare_tensor (Case *c, const char *tensor, const DifTensor *got);

void case_compare_series (Case *c, const char *tensor, GPtrArray *got);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)
