/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/ops/elementwise.h"
#include "tests/verify/case.h"

/* error / tolerance; what is not a number is off by any measure */
static double
ratio_of (double got, double expected, double tolerance, double *error)
{
  *error = got == expected ? 0.0 : fabs (got - expected);
  if (isnan (*error))
    *error = INFINITY;
  return *error == 0.0 ? 0.0 : *error / tolerance;
}

void
case_compare_to (Case *c, const char *tensor, const double *got, const double *expected, gsize n,
                 double atol, double rtol)
{
  for (gsize i = 0; case_ok (c) && i < n; i++)
    {
      double tolerance = fmax (atol, rtol * fabs (expected[i]));
      double error;
      double ratio = ratio_of (got[i], expected[i], tolerance, &error);

      if (ratio > c->ratio)
        {
          c->ratio = ratio;
          c->error = error;
          c->tolerance = tolerance;
          g_free (c->tensor);
          c->tensor = g_strdup (tensor);
        }
    }
}

/* Inputs and whole numbers have no tolerance; numbers in double precision have one of rounding, and
 * one for squares of differences that are nothing but rounding. */
static void
tolerances (json_t *spec, double *atol, double *rtol)
{
  const char    *dtype = json_string_value (json_object_get (spec, "dtype"));
  const gboolean precise = g_strcmp0 (dtype, "F64") == 0;
  const double   off = case_number_or (spec, "integer_f32_vs_f64", precise ? 1e-20 : 0.0);

  *atol = case_number_or (spec, "atol", off);
  *rtol = case_number_or (spec, "rtol", precise ? 1e-9 : 0.0);
}

void
case_compare (Case *c, const char *tensor, const double *got, gsize n)
{
  json_t            *spec = case_spec (c, tensor);
  const char        *dtype = json_string_value (json_object_get (spec, "dtype"));
  gsize              n_expected = 0;
  g_autofree double *expected = spec ? case_numbers (c, tensor, &n_expected) : NULL;
  g_autofree double *rounded = g_new (double, MAX (1, n));
  double             atol;
  double             rtol;

  if (! expected)
    return;
  if (n != n_expected)
    {
      case_fail (c, "%s: %" G_GSIZE_FORMAT " numbers instead of %" G_GSIZE_FORMAT, tensor, n,
                 n_expected);
      return;
    }
  for (gsize i = 0; i < n; i++)
    rounded[i] = g_strcmp0 (dtype, "F32") == 0 ? (float) got[i] : got[i];
  tolerances (spec, &atol, &rtol);
  case_compare_to (c, tensor, rounded, expected, n, atol, rtol);
}

static gboolean
same_shape (Case *c, const char *tensor, const CaseShape *shape)
{
  json_t  *dims = json_object_get (case_spec (c, tensor), "shape");
  gboolean same = json_array_size (dims) == shape->n_dims;

  for (guint i = 0; same && i < shape->n_dims; i++)
    same = (gsize) json_integer_value (json_array_get (dims, i)) == shape->dim[i];
  if (! same)
    {
      g_autofree char *found = case_shape_to_string (shape);

      case_fail (c, "%s: the core's result has the shape %s", tensor, found);
    }
  return same;
}

void
case_compare_shaped (Case *c, const char *tensor, const double *got, const CaseShape *shape)
{
  if (case_ok (c) && case_lists (c, tensor) && same_shape (c, tensor, shape))
    case_compare (c, tensor, got, case_shape_size (shape));
}

/* In the order of files. */
static CaseShape
shape_of (const DifTensor *x)
{
  CaseShape shape = { .n_dims = x->n_dims };

  for (guint i = 0; i < x->n_dims; i++)
    shape.dim[i] = x->dim[i];
  if (x->n_dims == 4)
    shape = CASE_SHAPE (x->dim[0], x->dim[3], x->dim[1], x->dim[2]);
  return shape;
}

static void
append (const DifTensor *x, double *out)
{
  g_autofree float *nchw = g_new (float, x->size);
  const float      *data = x->data;

  if (x->n_dims == 4)
    {
      dif_nhwc_to_nchw (x->data, x->dim[0], x->dim[3], x->dim[1], x->dim[2], nchw);
      data = nchw;
    }
  for (gsize i = 0; i < x->size; i++)
    out[i] = data[i];
}

/* Turns an error of the core into one of the case. */
static gboolean
have (Case *c, const char *tensor, const DifTensor *got)
{
  GError *error = NULL;

  if (! case_ok (c))
    return FALSE;
  if (dif_context_take_error (c->context, &error))
    case_fail_error (c, error);
  else if (! got)
    case_fail (c, "%s: the core gave no result", tensor);
  return case_ok (c);
}

void
case_compare_tensor (Case *c, const char *tensor, const DifTensor *got)
{
  g_autofree double *numbers = NULL;
  CaseShape          shape;

  if (! case_lists (c, tensor) || ! have (c, tensor, got))
    return;
  numbers = g_new (double, got->size);
  append (got, numbers);
  shape = shape_of (got);
  case_compare_shaped (c, tensor, numbers, &shape);
}

/* The last of a series has a tolerance of its own, usually a much smaller one. */
static void
compare_last (Case *c, const char *tensor, const double *last, gsize size)
{
  gsize              n;
  g_autofree double *expected = case_ok (c) ? case_numbers (c, tensor, &n) : NULL;

  if (expected && json_object_get (case_spec (c, tensor), "last_atol"))
    case_compare_to (c, tensor, last, expected + n - size, size,
                     case_number (c, case_spec (c, tensor), "last_atol"), 0.0);
}

void
case_compare_series (Case *c, const char *tensor, GPtrArray *got)
{
  const DifTensor   *first = got->len ? g_ptr_array_index (got, 0) : NULL;
  gsize              size = first ? first->size : 0;
  g_autofree double *numbers = g_new (double, MAX (1, got->len * size));
  CaseShape          shape;

  if (! case_lists (c, tensor) || ! have (c, tensor, first))
    return;
  for (guint k = 0; k < got->len; k++)
    {
      g_assert (dif_tensor_same_shape (got->pdata[k], first));
      append (got->pdata[k], numbers + k * size);
    }
  shape = shape_of (first);
  shape = case_shape_insert (c, &shape, 0, got->len);
  case_compare_shaped (c, tensor, numbers, &shape);
  compare_last (c, tensor, numbers + (got->len - 1) * size, size);
}
