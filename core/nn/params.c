/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/params.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/nn/random.h"

#define NEW_FREQUENCIES 0.5 /* deviation, in turns for each factor e */

struct _DifParams
{
  DifTensorSource *source;
  DifRandom       *random; /* instead of a source */
  gboolean         shapes_only;
  gboolean         keep_halves; /* as they are in the file */
  gboolean         differentiable;
  gboolean         trainable;
  GArray          *list; /* DifParam, when trainable */
  DifAllocator    *allocator;
  DifWeightStore  *store;
  GPtrArray       *kept;    /* DifTensor */
  GPtrArray       *weights; /* DifWeight */
  GHashTable      *taken;   /* DifTensorInfo */
  GError          *error;
};

void
dif_params_set_budget (DifParams *params, gsize bytes)
{
  guint64 floats = dif_params_count (params) * sizeof (float);

  params->keep_halves = floats > bytes;
  dif_weight_store_unref (params->store);
  params->store = dif_weight_store_new (params->allocator,
                                        params->keep_halves ? bytes : bytes - (gsize) floats);
}

static DifParams *
params_new (DifTensorSource *source, DifRandom *random)
{
  DifParams *params = g_new0 (DifParams, 1);

  params->source = source;
  params->random = random;
  params->allocator = dif_allocator_new ();
  params->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  params->weights = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_weight_free);
  params->list = g_array_new (FALSE, FALSE, sizeof (DifParam));
  params->taken = g_hash_table_new (NULL, NULL);
  dif_params_set_budget (params, dif_machine_memory () / 4); /* others want some too */
  return params;
}

DifParams *
dif_params_new (DifTensorSource *source, gboolean shapes_only)
{
  DifParams *params = params_new (source, NULL);

  params->shapes_only = shapes_only;
  return params;
}

DifParams *
dif_params_open (const char *path, gboolean shapes_only, GError **error)
{
  DifTensorSource *source = dif_tensor_source_open (path, error);

  return source ? dif_params_new (source, shapes_only) : NULL;
}

DifParams *
dif_params_new_random (guint64 seed)
{
  DifParams *params = params_new (NULL, dif_random_new (seed));

  params->trainable = TRUE;
  return params;
}

void
dif_params_free (DifParams *params)
{
  if (! params)
    return;
  g_array_unref (params->list);
  g_ptr_array_unref (params->kept);
  g_ptr_array_unref (params->weights);
  g_hash_table_unref (params->taken);
  dif_random_free (params->random);
  dif_weight_store_unref (params->store);
  dif_allocator_unref (params->allocator);
  dif_tensor_source_unref (params->source);
  g_clear_error (&params->error);
  g_free (params);
}

gboolean
dif_params_has (DifParams *params, const char *name, const char *leaf)
{
  g_autofree char *full = g_strjoin (".", name, leaf, NULL);

  if (params->random)
    return dif_random_find (params->random, full) != NULL;
  return dif_tensor_source_find (params->source, full) != NULL;
}

guint64
dif_params_count (DifParams *params)
{
  guint                 n;
  const DifNamedTensor *tensors;
  guint64               count = 0;

  for (guint i = 0; params->random && i < params->list->len; i++)
    count += g_array_index (params->list, DifParam, i).value->size;
  if (params->random)
    return count;
  tensors = dif_tensor_source_tensors (params->source, &n);
  for (guint i = 0; i < n; i++)
    if (dif_dtype_is_weight (tensors[i].info->dtype))
      count += tensors[i].info->size;
  return count;
}

/* Counters, masks and what belongs to another way to compute do not matter to this one; weights
 * that nobody takes are those of another network. */
static void
check_left_over (DifParams *params)
{
  guint                 n;
  const DifNamedTensor *tensors = dif_tensor_source_tensors (params->source, &n);

  for (guint i = 0; i < n && ! params->error; i++)
    if (dif_dtype_is_weight (tensors[i].info->dtype) &&
        ! g_hash_table_contains (params->taken, tensors[i].info))
      g_set_error (&params->error, DIF_ERROR, DIF_ERROR_MISMATCH,
                   _ ("“%s” holds a tensor “%s” for which the configuration has no place."),
                   dif_tensor_source_name (params->source), tensors[i].info->name);
}

gboolean
dif_params_finish (DifParams *params, GError **error)
{
  if (params->source && ! params->error)
    check_left_over (params);
  dif_allocator_trim (params->allocator); /* of what was there for packing only */
  if (params->source && ! params->error)
    dif_tensor_source_finish (params->source, &params->error);
  if (! params->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&params->error));
  return FALSE;
}

/* Looks a tensor up and compares its shape. */
static const DifNamedTensor *
find (DifParams *params, const char *name, const char *leaf, guint n_dims, const gsize *dim)
{
  g_autofree char      *full = g_strjoin (".", name, leaf, NULL);
  const DifNamedTensor *tensor;
  const DifTensorInfo  *info;
  gboolean              same;

  if (params->error)
    return NULL;
  if (params->random)
    return dif_random_make (params->random, full, n_dims, dim);
  tensor = dif_tensor_source_find (params->source, full);
  if (! tensor)
    {
      g_set_error (&params->error, DIF_ERROR, DIF_ERROR_MISSING,
                   _ ("“%s” has no tensor “%s”, which the configuration asks for."),
                   dif_tensor_source_name (params->source), full);
      return NULL;
    }
  info = tensor->info;
  same = info->n_dims == n_dims;
  for (guint i = 0; same && i < n_dims; i++)
    same = info->dim[i] == dim[i];
  if (! same)
    {
      g_autofree char *found = dif_shape_to_string (info->n_dims, info->dim);
      g_autofree char *expected = dif_shape_to_string (n_dims, dim);

      g_set_error (&params->error, DIF_ERROR, DIF_ERROR_MISMATCH,
                   _ ("Tensor “%s” in “%s” has the shape %s, but the configuration asks for %s."),
                   full, dif_tensor_source_name (params->source), found, expected);
      return NULL;
    }
  g_hash_table_add (params->taken, (gpointer) info);
  return dif_tensor_source_check_weight (params->source, tensor, &params->error) ? tensor : NULL;
}

static void
remember_inputs (DifParams *params, const char *name, double inputs)
{
  if (params->random)
    dif_random_layer (params->random, name, inputs);
}

/* Reads a tensor into memory shaped @n_dims, @dim; NULL too when only shapes are wanted. */
static DifTensor *
take (DifParams *params, const DifNamedTensor *found, guint n_dims, const gsize *dim)
{
  DifTensor *tensor;

  if (! found || params->shapes_only)
    return NULL;
  tensor = dif_tensor_new (params->allocator, n_dims, dim, &params->error);
  if (tensor && params->random)
    dif_random_fill (params->random, found, tensor->data);
  else if (tensor && ! dif_tensor_source_read (params->source, found, tensor->data, &params->error))
    g_clear_pointer (&tensor, dif_tensor_unref);
  return tensor;
}

/* Notes what is to be trained: @value, by way of @weight if ops read that. */
static void
list (DifParams *params, const DifNamedTensor *found, DifTensor *value, DifWeight *weight)
{
  const DifParam param = { found->name, value, weight };

  g_array_append_val (params->list, param);
}

static const DifTensor *
keep (DifParams *params, const DifNamedTensor *found, DifTensor *tensor)
{
  if (! tensor)
    return NULL;
  g_ptr_array_add (params->kept, tensor);
  if (params->trainable)
    list (params, found, tensor, NULL);
  return tensor;
}

static DifWeight *
keep_weight (DifParams *params, DifWeight *weight)
{
  if (weight)
    g_ptr_array_add (params->weights, weight);
  return weight;
}

static void
make_backward (DifParams *params, const DifTensor *raw, DifWeight *weight, gboolean stores)
{
  const gsize area = (gsize) weight->kernel * weight->kernel;

  weight->backward =
      dif_weight_new_conv_backward (params->allocator, raw->data, weight->n, weight->k / area,
                                    weight->kernel, weight->type, &params->error);
  if (weight->backward && stores)
    dif_weight_use_store (weight->backward, params->store);
}

/* The file's numbers stay, as what is trained, and get a way back through the op. */
static void
keep_trainable (DifParams *params, const DifNamedTensor *found, DifTensor *raw, DifWeight *weight,
                gboolean stores)
{
  make_backward (params, raw, weight, stores);
  g_ptr_array_add (params->kept, dif_tensor_ref (raw));
  list (params, found, raw, weight);
}

const DifTensor *
dif_params_vector (DifParams *params, const char *name, const char *leaf, gsize n)
{
  const DifNamedTensor *found = find (params, name, leaf, 1, &n);

  return keep (params, found, take (params, found, 1, &n));
}

const DifTensor *
dif_params_frequencies (DifParams *params, const char *name, gsize n)
{
  if (params->random)
    dif_random_waves (params->random, name, NEW_FREQUENCIES);
  return dif_params_vector (params, name, "weight", n);
}

const DifTensor *
dif_params_table (DifParams *params, const char *name, gsize n, gsize c)
{
  const gsize           dim[] = { n, c };
  const DifNamedTensor *found = find (params, name, "weight", 2, dim);

  return keep (params, found, take (params, found, 2, dim));
}

static DifWeightType
weight_type (const DifParams *params, const DifNamedTensor *found)
{
  if (params->trainable)
    return DIF_WEIGHT_F32;
  if (params->keep_halves && found->info->dtype == DIF_DTYPE_F16)
    return DIF_WEIGHT_F16;
  if (params->keep_halves && found->info->dtype == DIF_DTYPE_BF16)
    return DIF_WEIGHT_BF16;
  return DIF_WEIGHT_F32;
}

const DifWeight *
dif_params_linear (DifParams *params, const char *name, gsize c_out, gsize c_in)
{
  const gsize           dim[] = { c_out, c_in };
  const DifNamedTensor *found = find (params, name, "weight", 2, dim);
  g_autoptr (DifTensor) raw = NULL;
  DifWeight            *weight;

  remember_inputs (params, name, (double) c_in);
  raw = take (params, found, 2, dim);
  weight = raw ? dif_weight_new_linear (params->allocator, raw->data, c_out, c_in,
                                        weight_type (params, found), &params->error) :
                 NULL;

  if (weight && params->trainable)
    keep_trainable (params, found, raw, weight, FALSE);
  return keep_weight (params, weight);
}

const DifWeight *
dif_params_conv (DifParams *params, const char *name, gsize c_out, gsize c_in, guint kernel,
                 guint stride)
{
  const gsize           dim[] = { c_out, c_in, kernel, kernel };
  const gboolean        stores = kernel == 3 && stride == 1;
  const DifNamedTensor *found = find (params, name, "weight", 4, dim);
  g_autoptr (DifTensor) raw = NULL;
  g_autoptr (DifWeight) weight = NULL;

  remember_inputs (params, name, (double) c_in * kernel * kernel);
  raw = take (params, found, 4, dim);
  if (raw)
    weight = dif_weight_new_conv (params->allocator, raw->data, c_out, c_in, kernel,
                                  weight_type (params, found), &params->error);
  if (weight && stores)
    dif_weight_use_store (weight, params->store);
  if (weight && params->trainable)
    keep_trainable (params, found, raw, weight, stores);
  else if (weight && params->differentiable)
    make_backward (params, raw, weight, stores);
  return keep_weight (params, g_steal_pointer (&weight));
}

void
dif_params_set_differentiable (DifParams *params)
{
  params->differentiable = TRUE;
}

void
dif_params_set_trainable (DifParams *params)
{
  params->trainable = TRUE;
}

const DifParam *
dif_params_list (DifParams *params, guint *n)
{
  *n = params->list->len;
  return (const DifParam *) (gpointer) params->list->data;
}

typedef struct
{
  DifParams *params;
  GError   **errors; /* of each */
} Update;

static void
update_one (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Update   *update = data;
  const DifParam *param = &g_array_index (update->params->list, DifParam, tile);

  if (param->weight)
    dif_weight_set (update->params->allocator, param->weight, param->value->data,
                    &update->errors[tile]);
}

gboolean
dif_params_update (DifParams *params, DifPool *pool, GError **error)
{
  const guint         n = params->list->len;
  g_autofree GError **errors = g_new0 (GError *, n);
  gboolean            done = TRUE;

  dif_pool_run (pool, n, update_one, &(Update) { params, errors });
  for (guint i = 0; i < n; i++)
    if (errors[i] && done)
      {
        g_propagate_error (error, errors[i]);
        done = FALSE;
      }
    else
      g_clear_error (&errors[i]);
  return done;
}
