/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/case.h"

#include <math.h>
#include <string.h>

#include "core/ops/elementwise.h"

void
case_clear (Case *c)
{
  g_free (c->tensor);
  g_free (c->unknown);
  g_free (c->problem);
}

gboolean
case_ok (Case *c)
{
  return ! c->unknown && ! c->problem;
}

void
case_fail (Case *c, const char *format, ...)
{
  va_list args;

  if (! case_ok (c))
    return;
  va_start (args, format);
  c->problem = g_strdup_vprintf (format, args);
  va_end (args);
}

void
case_fail_error (Case *c, GError *error)
{
  case_fail (c, "%s", error ? error->message : "no result and no error");
  g_clear_error (&error);
}

void
case_unknown (Case *c, const char *format, ...)
{
  va_list args;

  if (! case_ok (c))
    return;
  va_start (args, format);
  c->unknown = g_strdup_vprintf (format, args);
  va_end (args);
}

void
case_keys (Case *c, const char *const *known)
{
  static const char *const always[] = { "id", "tensors", "note", "tier", NULL };
  const char              *key;
  json_t                  *value;

  json_object_foreach (c->json, key, value)
  {
    if (! g_strv_contains (always, key) && ! g_strv_contains (known, key))
      case_unknown (c, "%s with %s", c->group, key);
  }
}

double
case_number (Case *c, json_t *object, const char *key)
{
  json_t *value = json_object_get (object, key);

  if (! json_is_number (value))
    case_fail (c, "the entry has no number \"%s\"", key);
  return json_number_value (value);
}

double
case_number_or (json_t *object, const char *key, double missing)
{
  json_t *value = json_object_get (object, key);

  return json_is_number (value) ? json_number_value (value) : missing;
}

const char *
case_string (Case *c, json_t *object, const char *key)
{
  json_t *value = json_object_get (object, key);

  if (! json_is_string (value))
    case_fail (c, "the entry has no text \"%s\"", key);
  return json_is_string (value) ? json_string_value (value) : "";
}

json_t *
case_spec (Case *c, const char *tensor)
{
  return json_object_get (json_object_get (c->json, "tensors"), tensor);
}

gboolean
case_lists (Case *c, const char *tensor)
{
  return case_spec (c, tensor) != NULL;
}

static const DifTensorInfo *
find (Case *c, const char *tensor)
{
  g_autofree char     *name = g_strjoin ("/", c->id, tensor, NULL);
  const DifTensorInfo *info = c->file ? dif_safetensors_find (c->file, name) : NULL;
  json_t              *shape = json_object_get (case_spec (c, tensor), "shape");
  gboolean             same;

  if (! case_ok (c))
    return NULL;
  if (! info)
    {
      case_fail (c, "there is no tensor \"%s\"", name);
      return NULL;
    }
  same = json_array_size (shape) == info->n_dims;
  for (guint i = 0; same && i < info->n_dims; i++)
    same = (gsize) json_integer_value (json_array_get (shape, i)) == info->dim[i];
  if (! same)
    case_fail (c, "tensor \"%s\" has not the shape of its entry", name);
  return same ? info : NULL;
}

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

double *
case_numbers (Case *c, const char *tensor, gsize *n)
{
  const DifTensorInfo *info = find (c, tensor);
  g_autofree double   *out = NULL;
  GError              *error = NULL;
  gboolean             read;

  *n = 0;
  if (! info)
    return NULL;
  out = g_new0 (double, info->size);
  if (info->dtype == DIF_DTYPE_F64)
    read = dif_safetensors_read_f64 (c->file, info, out, &error);
  else if (info->dtype == DIF_DTYPE_F32 || info->dtype == DIF_DTYPE_F16 ||
           info->dtype == DIF_DTYPE_BF16)
    read = read_single (c, info, out, &error);
  else
    read = read_whole (c, info, out, &error);
  if (! read)
    {
      case_fail_error (c, error);
      return NULL;
    }
  *n = info->size;
  return g_steal_pointer (&out);
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
  const DifTensorInfo *info = find (c, tensor);
  gsize                n;
  g_autofree double   *numbers = info ? case_numbers (c, tensor, &n) : NULL;

  if (! numbers)
    return NULL;
  if (info->n_dims < 1 || info->n_dims > DIF_MAX_DIMS || info->size == 0)
    {
      case_fail (c, "tensor \"%s\" has a shape that is not known here", tensor);
      return NULL;
    }
  return to_tensor (c, numbers, info->n_dims, info->dim);
}

GPtrArray *
case_series (Case *c, const char *tensor)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  const DifTensorInfo  *info = case_lists (c, tensor) ? find (c, tensor) : NULL;
  gsize                 n;
  g_autofree double    *numbers = info ? case_numbers (c, tensor, &n) : NULL;

  if (numbers && (info->n_dims != 5 || n == 0))
    case_fail (c, "tensor \"%s\" is no series of pictures", tensor);
  for (gsize k = 0; case_ok (c) && numbers && k < info->dim[0]; k++)
    g_ptr_array_add (out, to_tensor (c, numbers + k * (n / info->dim[0]), 4, info->dim + 1));
  return g_steal_pointer (&out);
}
