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

/* Inputs and whole numbers have no tolerance; numbers in double precision have one of
 * rounding. */
static void
tolerances (json_t *spec, double *atol, double *rtol)
{
  const char *dtype = json_string_value (json_object_get (spec, "dtype"));

  *atol = case_number_or (spec, "atol", case_number_or (spec, "integer_f32_vs_f64", 0.0));
  *rtol = case_number_or (spec, "rtol", g_strcmp0 (dtype, "F64") == 0 ? 1e-9 : 0.0);
}

void
case_compare (Case *c, const char *tensor, const double *got, gsize n)
{
  json_t            *spec = case_spec (c, tensor);
  const char        *dtype = json_string_value (json_object_get (spec, "dtype"));
  gsize              n_expected;
  g_autofree double *expected = case_numbers (c, tensor, &n_expected);
  g_autofree double *rounded = g_new (double, n);
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

/* In the order of files. */
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

static gboolean
same_shape (Case *c, const char *tensor, guint skip, const DifTensor *x)
{
  json_t      *shape = json_object_get (case_spec (c, tensor), "shape");
  const gsize  nchw[] = { x->dim[0], x->dim[3], x->dim[1], x->dim[2] };
  const gsize *dim = x->n_dims == 4 ? nchw : x->dim;
  gboolean     same = json_array_size (shape) == skip + x->n_dims;

  for (guint i = 0; same && i < x->n_dims; i++)
    same = (gsize) json_integer_value (json_array_get (shape, skip + i)) == dim[i];
  if (! same)
    {
      g_autofree char *found = dif_shape_to_string (x->n_dims, dim);

      case_fail (c, "%s: the core's result has the shape %s", tensor, found);
    }
  return same;
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

  if (! have (c, tensor, got) || ! same_shape (c, tensor, 0, got))
    return;
  numbers = g_new (double, got->size);
  append (got, numbers);
  case_compare (c, tensor, numbers, got->size);
}

/* The last of a series has a tolerance of its own, usually a much smaller one. */
void
case_compare_series (Case *c, const char *tensor, GPtrArray *got)
{
  const DifTensor   *first = got->len ? g_ptr_array_index (got, 0) : NULL;
  gsize              size = first ? first->size : 0;
  gsize              n_expected;
  g_autofree double *numbers = g_new (double, got->len *size);
  g_autofree double *expected = NULL;
  gsize              last;

  if (! have (c, tensor, first))
    return;
  for (guint k = 0; k < got->len; k++)
    {
      const DifTensor *x = g_ptr_array_index (got, k);

      if (! same_shape (c, tensor, 1, x))
        return;
      append (x, numbers + k * size);
    }
  case_compare (c, tensor, numbers, got->len * size);
  expected = case_numbers (c, tensor, &n_expected);
  last = (got->len - 1) * size;
  if (expected && json_object_get (case_spec (c, tensor), "last_atol"))
    case_compare_to (c, tensor, numbers + last, expected + last, size,
                     case_number (c, case_spec (c, tensor), "last_atol"), 0.0);
}
