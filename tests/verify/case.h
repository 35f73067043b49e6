/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/io/safetensors.h"
#include "core/tensor/context.h"

/* One entry of the reference data: what is asked, what is expected, and how far off the
 * core is.  Like the core's, its errors are sticky: after the first, reading gives NULL and
 * comparing does nothing, so that a check is written straight down. */
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

  double ratio;     /* the largest of error / tolerance, negative before any comparison */
  double error;     /* there */
  double tolerance; /* there */
  char  *tensor;    /* there */

  char *unknown; /* kind of what the core does not do */
  char *problem; /* why nothing could be compared */
} Case;

void case_clear (Case *c);

gboolean case_ok (Case *c);

void case_fail (Case *c, const char *format, ...) G_GNUC_PRINTF (2, 3);

void case_fail_error (Case *c, GError *error);

void case_unknown (Case *c, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The case is of an unknown kind if it has keys that its check does not look at. */
void case_keys (Case *c, const char *const *known);

double case_number (Case *c, json_t *object, const char *key);

double case_number_or (json_t *object, const char *key, double missing);

const char *case_string (Case *c, json_t *object, const char *key);

json_t *case_spec (Case *c, const char *tensor);

gboolean case_lists (Case *c, const char *tensor);

double *case_numbers (Case *c, const char *tensor, gsize *n);

/* [N, C, H, W] becomes NHWC, other shapes stay. */
DifTensor *case_tensor (Case *c, const char *tensor);

/* [K, N, C, H, W] becomes K pictures; an empty list if the file has no such tensor. */
GPtrArray *case_series (Case *c, const char *tensor);

void case_compare (Case *c, const char *tensor, const double *got, gsize n);

void case_compare_to (Case *c, const char *tensor, const double *got, const double *expected,
                      gsize n, double atol, double rtol);

void case_compare_tensor (Case *c, const char *tensor, const DifTensor *got);

void case_compare_series (Case *c, const char *tensor, GPtrArray *got);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)
