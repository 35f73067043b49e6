/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tensors of an entry, and what their shapes say. */

#include <string.h>

#include "core/ops/elementwise.h"
#include "tests/verify/case.h"

/* ---- shapes ---- */

gsize
case_shape_size (const CaseShape *shape)
{
  gsize size = 1;

  for (guint i = 0; i < shape->n_dims; i++)
    size *= shape->dim[i];
  return size;
}

gboolean
case_shape_equal (const CaseShape *a, const CaseShape *b)
{
  gboolean same = a->n_dims == b->n_dims;

  for (guint i = 0; same && i < a->n_dims; i++)
    same = a->dim[i] == b->dim[i];
  return same;
}

char *
case_shape_to_string (const CaseShape *shape)
{
  return dif_shape_to_string (shape->n_dims, shape->dim);
}

CaseShape
case_shape_insert (Case *c, const CaseShape *shape, guint at, gsize dim)
{
  CaseShape out = *shape;

  if (out.n_dims == DIF_SAFETENSORS_MAX_DIMS || at > out.n_dims)
    {
      case_fail (c, "there are tensors of more dimensions than files can have");
      return out;
    }
  memmove (out.dim + at + 1, out.dim + at, (out.n_dims - at) * sizeof *out.dim);
  out.dim[at] = dim;
  out.n_dims++;
  return out;
}

static CaseShape
shape_of_info (const DifTensorInfo *info)
{
  CaseShape shape = { .n_dims = info->n_dims };

  memcpy (shape.dim, info->dim, info->n_dims * sizeof *info->dim);
  return shape;
}

/* ---- finding ---- */

static json_t *
listed (json_t *entry, const char *pattern)
{
  const char *name;
  json_t     *spec;

  json_object_foreach (json_object_get (entry, "tensors"), name, spec)
  {
    if (g_pattern_match_simple (pattern, name))
      return spec;
  }
  return NULL;
}

static gboolean
same_config (json_t *a, json_t *b)
{
  json_t *of_a = json_object_get (a, "config");
  json_t *of_b = json_object_get (b, "config");

  return of_a && of_b ? json_equal (of_a, of_b) : of_a == of_b;
}

json_t *
case_source (Case *c, const char *pattern)
{
  json_t *found = listed (c->json, pattern) ? c->json : NULL;
  guint   n_found = found ? 1 : 0;
  gsize   i;
  json_t *entry;

  json_array_foreach (json_object_get (c->root, "cases"), i, entry)
  {
    if (found == c->json || ! listed (entry, pattern) || ! same_config (entry, c->json))
      continue;
    found = entry;
    n_found++;
  }
  if (n_found == 0)
    case_fail (c, "neither it nor another entry of its configuration has a tensor \"%s\"", pattern);
  else if (n_found > 1)
    case_fail (c, "%u other entries have a tensor \"%s\", which it lacks", n_found, pattern);
  return n_found == 1 ? found : NULL;
}

/* What the entry says of a tensor and what the file says must be the same. */
static gboolean
agree (const DifTensorInfo *info, json_t *spec)
{
  json_t     *dims = json_object_get (spec, "shape");
  const char *dtype = json_string_value (json_object_get (spec, "dtype"));
  gboolean    same = json_array_size (dims) == info->n_dims &&
                  g_strcmp0 (dtype, dif_dtype_name (info->dtype)) == 0;

  for (guint i = 0; same && i < info->n_dims; i++)
    same = (gsize) json_integer_value (json_array_get (dims, i)) == info->dim[i];
  return same;
}

static const DifTensorInfo *
find_in (Case *c, json_t *entry, const char *tensor)
{
  const char          *id = json_string_value (json_object_get (entry, "id"));
  g_autofree char     *name = g_strjoin ("/", id ? id : c->id, tensor, NULL);
  json_t              *spec = json_object_get (json_object_get (entry, "tensors"), tensor);
  const DifTensorInfo *info = spec && c->file ? dif_safetensors_find (c->file, name) : NULL;

  if (! case_ok (c))
    return NULL;
  if (entry == c->json)
    case_use (c, tensor);
  if (! info)
    case_fail (c, "there is no tensor \"%s\"", name);
  else if (! agree (info, spec))
    case_fail (c, "tensor \"%s\" is of another shape or kind than its entry says", name);
  return case_ok (c) ? info : NULL;
}

/* ---- reading ---- */

static gboolean
read_whole (Case *c, const DifTensorInfo *info, double *out, GError **error)
{
  g_autofree gint64 *whole = g_new (gint64, info->size);

  if (! dif_safetensors_read_i64 (c->file, info, whole, error))
    return FALSE;
  for (gsize i = 0; i < info->size; i++)
    out[i] = (double) whole[i];
  return TRUE;
}

static gboolean
read_single (Case *c, const DifTensorInfo *info, double *out, GError **error)
{
  g_autofree float *single = g_new (float, info->size);

  if (! dif_safetensors_read_f32_any (c->file, info, single, error))
    return FALSE;
  for (gsize i = 0; i < info->size; i++)
    out[i] = single[i];
  return TRUE;
}

static double *
read_numbers (Case *c, const DifTensorInfo *info)
{
  g_autofree double *out = g_new0 (double, MAX (1, info->size));
  GError            *error = NULL;
  gboolean           read;

  if (info->dtype == DIF_DTYPE_F64)
    read = dif_safetensors_read_f64 (c->file, info, out, &error);
  else if (info->dtype == DIF_DTYPE_F32 || info->dtype == DIF_DTYPE_F16 ||
           info->dtype == DIF_DTYPE_BF16)
    read = read_single (c, info, out, &error);
  else
    read = read_whole (c, info, out, &error);
  if (read)
    return g_steal_pointer (&out);
  case_fail_error (c, error);
  return NULL;
}

CaseShape
case_input_shape (Case *c, const char *tensor)
{
  json_t              *source = case_source (c, tensor);
  const DifTensorInfo *info = source ? find_in (c, source, tensor) : NULL;

  if (info && info->size == 0)
    case_fail (c, "tensor \"%s\" is empty", tensor);
  return info && info->size > 0 ? shape_of_info (info) : (CaseShape) { 0 };
}

double *
case_input (Case *c, const char *tensor, const CaseShape *shape)
{
  json_t              *source = case_ok (c) ? case_source (c, tensor) : NULL;
  const DifTensorInfo *info = source ? find_in (c, source, tensor) : NULL;
  const CaseShape      found = info ? shape_of_info (info) : (CaseShape) { 0 };

  if (! info)
    return NULL;
  if (! case_shape_equal (&found, shape))
    {
      g_autofree char *is = case_shape_to_string (&found);
      g_autofree char *should = case_shape_to_string (shape);

      case_fail (c, "%s: has the shape %s, where the other inputs ask for %s", tensor, is, should);
      return NULL;
    }
  return read_numbers (c, info);
}

double *
case_numbers (Case *c, const char *tensor, gsize *n)
{
  const DifTensorInfo *info = find_in (c, c->json, tensor);

  *n = info ? info->size : 0;
  return info ? read_numbers (c, info) : NULL;
}

static DifTensor *
to_tensor (Case *c, const double *numbers, guint n_dims, const gsize *dim)
{
  const gsize       nhwc[] = { dim[0], n_dims > 2 ? dim[2] : 1, n_dims > 3 ? dim[3] : 1,
                         n_dims > 1 ? dim[1] : 1 };
  DifTensor        *out = dif_context_tensor (c->context, n_dims, n_dims == 4 ? nhwc : dim);
  g_autofree float *single = out ? g_new (float, out->size) : NULL;

  if (! out)
    {
      case_fail (c, "there is no memory");
      return NULL;
    }
  for (gsize i = 0; i < out->size; i++)
    single[i] = (float) numbers[i];
  if (n_dims == 4)
    dif_nchw_to_nhwc (single, dim[0], dim[1], dim[2], dim[3], out->data);
  else
    memcpy (out->data, single, out->size * sizeof (float));
  return out;
}

DifTensor *
case_tensor (Case *c, const char *tensor)
{
  const DifTensorInfo *info = find_in (c, c->json, tensor);
  g_autofree double   *numbers = info ? read_numbers (c, info) : NULL;

  if (! numbers)
    return NULL;
  if (info->n_dims < 1 || info->n_dims > DIF_MAX_DIMS || info->size == 0)
    {
      case_fail (c, "tensor \"%s\" has a shape that is not known here", tensor);
      return NULL;
    }
  return to_tensor (c, numbers, info->n_dims, info->dim);
}

DifTensor *
case_pictures (Case *c, const char *tensor)
{
  DifTensor *out = case_tensor (c, tensor);

  if (! out || out->n_dims == 4)
    return out;
  case_fail (c, "tensor \"%s\" holds no pictures", tensor);
  dif_tensor_unref (out);
  return NULL;
}

static void
check_like (Case *c, const char *tensor, const DifTensor *x, const DifTensor *like)
{
  g_autofree char *is = x ? dif_shape_to_string (x->n_dims, x->dim) : NULL;
  g_autofree char *should = like ? dif_shape_to_string (like->n_dims, like->dim) : NULL;

  if (x && like && ! dif_tensor_same_shape (x, like))
    case_fail (c, "%s: has pictures %s (NHWC), where the other inputs ask for %s", tensor, is,
               should);
}

DifTensor *
case_pictures_like (Case *c, const char *tensor, const DifTensor *like)
{
  DifTensor *out = case_pictures (c, tensor);

  check_like (c, tensor, out, like);
  return out;
}

DifTensor *
case_mask (Case *c, const char *tensor, const DifTensor *like)
{
  DifTensor *out = case_pictures (c, tensor);

  if (out && like &&
      (out->dim[3] != 1 || out->dim[1] != like->dim[1] || out->dim[2] != like->dim[2] ||
       (out->dim[0] != 1 && out->dim[0] != like->dim[0])))
    case_fail (c, "%s: is no mask of the pictures", tensor);
  return out;
}

GPtrArray *
case_series (Case *c, const char *tensor, const DifTensor *like)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  const DifTensorInfo  *info = case_lists (c, tensor) ? find_in (c, c->json, tensor) : NULL;
  g_autofree double    *numbers = info ? read_numbers (c, info) : NULL;

  if (numbers && (info->n_dims != 5 || info->size == 0))
    case_fail (c, "tensor \"%s\" is no series of pictures", tensor);
  for (gsize k = 0; case_ok (c) && numbers && k < info->dim[0]; k++)
    {
      DifTensor *x = to_tensor (c, numbers + k * (info->size / info->dim[0]), 4, info->dim + 1);

      g_ptr_array_add (out, x);
      check_like (c, tensor, x, like);
    }
  return g_steal_pointer (&out);
}
