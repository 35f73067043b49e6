/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/lora.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/nn/names.h"
#include "core/ops/gemm.h"
#include "core/tensor/tensor.h"

const DifLoraNames dif_lora_unet = {
  .dotted = (const char *const[]) { "", "unet.", "base_model.model.", NULL },
  .flat = (const char *const[]) { "lora_unet_", NULL },
};

/* Ends of the names of both halves. */
static const char *const halves[][2] = {
  { ".lora_down.weight", ".lora_up.weight" },
  { ".lora.down.weight", ".lora.up.weight" },
  { "_lora.down.weight", "_lora.up.weight" },
  { ".lora_A.weight", ".lora_B.weight" },
  { ".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight" },
};

/* Parts of names by which other ways to change weights are known; ends, where no more may follow.
 */
static const struct
{
  const char *part;
  const char *kind;
} strangers[] = {
  { ".hada_", "LoHa" },
  { ".lokr_", "LoKr" },
  { ".lora_mid.", "Tucker" },
  { ".dora_scale", "DoRA" },
  { ".lora_magnitude_vector", "DoRA" },
  { ".oft_", "OFT" },
  { ".diff", "full" },
  { ".diff_b", "full" },
  { ".set_weight", "full" },
  { ".w_norm", "norm" },
  { ".b_norm", "norm" },
  { ".on_input", "IA3" },
};

typedef struct
{
  char                *layer; /* as the file calls it */
  const DifTensorInfo *down;  /* [r, I] or [r, I, k, k] */
  const DifTensorInfo *up;    /* [O, r] or [O, r, 1, 1] */
  const DifTensorInfo *alpha; /* NULL for the rank */
} Pair;

struct _DifLora
{
  gint            ref_count; /* atomic */
  DifSafetensors *file;
  GArray         *pairs;
};

static void
pair_clear (gpointer data)
{
  g_free (((Pair *) data)->layer);
}

/* ---- opening ---- */

static gboolean
has_part (const char *name, const char *part)
{
  return strchr ("_.", part[strlen (part) - 1]) ? strstr (name, part) != NULL :
                                                  g_str_has_suffix (name, part);
}

static gboolean
refuse_strangers (const DifLora *lora, const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    if (has_part (name, strangers[i].part))
      {
        g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                     _ ("“%s” changes weights in a way that is not supported (%s): see the tensor "
                        "“%s”."),
                     dif_safetensors_name (lora->file), strangers[i].kind, name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_pair (const DifLora *lora, const Pair *pair, GError **error)
{
  const DifTensorInfo *down = pair->down;
  const DifTensorInfo *up = pair->up;
  g_autofree char     *down_shape = NULL;
  g_autofree char     *up_shape = NULL;

  if (! dif_safetensors_check_weight (lora->file, down, error) ||
      ! dif_safetensors_check_weight (lora->file, up, error))
    return FALSE;
  if (down->size > 0 && up->size > 0 && (down->n_dims == 2 || down->n_dims == 4) &&
      (up->n_dims == 2 || up->n_dims == 4) && up->dim[1] == down->dim[0] && up->dim[2] == 1 &&
      up->dim[3] == 1 && (! pair->alpha || pair->alpha->size == 1))
    return TRUE;
  down_shape = dif_shape_to_string (down->n_dims, down->dim);
  up_shape = dif_shape_to_string (up->n_dims, up->dim);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH,
               _ ("What “%s” holds for “%s” does not fit together: the shapes are %s and %s."),
               dif_safetensors_name (lora->file), pair->layer, down_shape, up_shape);
  return FALSE;
}

/* @name without @end; NULL if it does not end so. */
static char *
without (const char *name, const char *end)
{
  return g_str_has_suffix (name, end) ? g_strndup (name, strlen (name) - strlen (end)) : NULL;
}

static const DifTensorInfo *
find_with (const DifLora *lora, const char *layer, const char *end)
{
  g_autofree char *name = g_strconcat (layer, end, NULL);

  return dif_safetensors_find (lora->file, name);
}

/* Adds the pair of which @info is one half; once for both, when the first comes. */
static gboolean
add_pair (DifLora *lora, const DifTensorInfo *info, const char *const *ends, GError **error)
{
  char *layer = without (info->name, ends[0]);
  Pair  pair = { layer ? layer : without (info->name, ends[1]) };

  if (! pair.layer)
    return TRUE;
  pair.down = find_with (lora, pair.layer, ends[0]);
  pair.up = find_with (lora, pair.layer, ends[1]);
  pair.alpha = find_with (lora, pair.layer, ".alpha");
  if (! pair.down || ! pair.up)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
                 _ ("“%s” holds only one half of the change of “%s”."),
                 dif_safetensors_name (lora->file), pair.layer);
  if (! pair.down || ! pair.up || ! check_pair (lora, &pair, error))
    {
      g_free (pair.layer);
      return FALSE;
    }
  if (layer)
    g_array_append_val (lora->pairs, pair);
  else
    g_free (pair.layer);
  return TRUE;
}

static gboolean
read_pairs (DifLora *lora, GError **error)
{
  gsize                n;
  const DifTensorInfo *infos = dif_safetensors_infos (lora->file, &n);

  for (gsize i = 0; i < n; i++)
    {
      if (! refuse_strangers (lora, infos[i].name, error))
        return FALSE;
      for (guint k = 0; k < G_N_ELEMENTS (halves); k++)
        if (! add_pair (lora, &infos[i], halves[k], error))
          return FALSE;
    }
  if (lora->pairs->len == 0)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING, _ ("“%s” holds no changes to a network."),
                 dif_safetensors_name (lora->file));
  return lora->pairs->len > 0;
}

DifLora *
dif_lora_open (const char *path, GError **error)
{
  DifSafetensors     *file = dif_safetensors_open (path, error);
  g_autoptr (DifLora) lora = NULL;

  if (! file)
    return NULL;
  lora = g_new0 (DifLora, 1);
  lora->ref_count = 1;
  lora->file = file;
  lora->pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_array_set_clear_func (lora->pairs, pair_clear);
  if (dif_safetensors_metadata (file, "lora_adapter_metadata"))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                   _ ("“%s” says in its metadata how much its changes count, which is not "
                      "supported."),
                   dif_safetensors_name (file));
      return NULL;
    }
  return read_pairs (lora, error) ? g_steal_pointer (&lora) : NULL;
}

DifLora *
dif_lora_ref (DifLora *lora)
{
  g_atomic_int_inc (&lora->ref_count);
  return lora;
}

void
dif_lora_unref (DifLora *lora)
{
  if (! lora || ! g_atomic_int_dec_and_test (&lora->ref_count))
    return;
  g_array_unref (lora->pairs);
  dif_safetensors_close (lora->file);
  g_free (lora);
}

guint
dif_lora_n_layers (const DifLora *lora)
{
  return lora->pairs->len;
}

/* ---- what one layer is changed by ---- */

typedef struct
{
  DifDelta parent;
  DifLora *lora;
  Pair     pair; /* its layer is the lora's */
  double   strength;
} LoraDelta;

/* The rank where none is given, or 0, as LyCORIS and kohya mean it. */
static gboolean
read_alpha (const LoraDelta *own, double *alpha, GError **error)
{
  const DifTensorInfo *info = own->pair.alpha;
  DifSafetensors      *file = own->lora->file;
  float                number = 0.0f;
  gint64               whole = 0;

  if (info && dif_dtype_is_weight (info->dtype))
    {
      if (! dif_safetensors_read_f32 (file, info, &number, error))
        return FALSE;
    }
  else if (info && ! dif_safetensors_read_i64 (file, info, &whole, error))
    return FALSE;
  *alpha = number != 0.0f ? (double) number : (double) whole;
  if (*alpha == 0.0)
    *alpha = (double) own->pair.down->dim[0];
  return TRUE;
}

static float *
read_half (const LoraDelta *own, const DifTensorInfo *info, GError **error)
{
  g_autofree float *x = g_try_new (float, info->size);

  if (x)
    return dif_safetensors_read_f32 (own->lora->file, info, x, error) ? g_steal_pointer (&x) : NULL;
  g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
               _ ("There is not enough memory for the tensor “%s”."), info->name);
  return NULL;
}

static gboolean
lora_add (DifDelta *self, const DifTensorInfo *info, float *out, GError **error)
{
  const LoraDelta  *own = (const LoraDelta *) self;
  const gsize       rank = own->pair.down->dim[0];
  const gsize       rows = info->dim[0];
  const gsize       columns = info->size / rows;
  g_autofree float *down = read_half (own, own->pair.down, error);
  g_autofree float *up = down ? read_half (own, own->pair.up, error) : NULL;
  double            alpha;

  if (! up || ! read_alpha (own, &alpha, error))
    return FALSE;
  dif_sgemm (FALSE, rows, columns, rank, (float) (own->strength * alpha / (double) rank), up, rank,
             down, columns, 1.0f, out, columns);
  return TRUE;
}

static gboolean
lora_finish (DifDelta *self, GError **error)
{
  return dif_safetensors_finish (((LoraDelta *) self)->lora->file, error);
}

static void
lora_free (DifDelta *self)
{
  dif_lora_unref (((LoraDelta *) self)->lora);
  g_free (self);
}

/* ---- finding the layers ---- */

/* All names that files may call a layer by, to its weight. */
static GHashTable *
list_names (const DifTensorSource *source, const DifLoraNames *names)
{
  GHashTable           *by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint                 n;
  const DifNamedTensor *tensors = dif_tensor_source_tensors (source, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *today = dif_name_today (tensors[i].name);
      g_autofree char *layer = without (today, ".weight");
      g_autofree char *flat = layer ? g_strdelimit (g_strdup (layer), ".", '_') : NULL;

      for (guint k = 0; layer && names->dotted[k]; k++)
        g_hash_table_insert (by_name, g_strconcat (names->dotted[k], layer, NULL),
                             (gpointer) &tensors[i]);
      for (guint k = 0; layer && names->flat[k]; k++)
        g_hash_table_insert (by_name, g_strconcat (names->flat[k], flat, NULL),
                             (gpointer) &tensors[i]);
    }
  return by_name;
}

/* Convolutions of one pixel may be written as linear layers, and the other way round. */
static gboolean
fits (const DifTensorInfo *weight, const Pair *pair)
{
  gboolean same = weight->n_dims >= 2 && weight->n_dims <= 4 && weight->dim[0] == pair->up->dim[0];

  for (guint d = 1; same && d < 4; d++)
    same = weight->dim[d] == pair->down->dim[d];
  return same;
}

static gboolean
add_delta (DifLora *lora, DifTensorSource *source, const DifNamedTensor *tensor, const Pair *pair,
           double strength, GError **error)
{
  LoraDelta *delta;

  if (! fits (tensor->info, pair))
    {
      g_autofree char *shape = dif_shape_to_string (tensor->info->n_dims, tensor->info->dim);

      g_set_error (
          error, DIF_ERROR, DIF_ERROR_MISMATCH,
          _ ("What “%s” holds for “%s” does not fit onto a weight of the shape %s.  It was "
             "made for another network."),
          dif_safetensors_name (lora->file), pair->layer, shape);
      return FALSE;
    }
  delta = g_new0 (LoraDelta, 1);
  delta->parent = (DifDelta) { lora_add, lora_finish, lora_free };
  delta->lora = dif_lora_ref (lora);
  delta->pair = *pair;
  delta->strength = strength;
  dif_tensor_source_add_delta (source, tensor, &delta->parent);
  return TRUE;
}

guint
dif_lora_add_to (DifLora *lora, DifTensorSource *source, const DifLoraNames *names, double strength,
                 GError **error)
{
  g_autoptr (GHashTable) by_name = list_names (source, names);
  g_autoptr (GHashTable) changed = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < lora->pairs->len; i++)
    {
      const Pair           *pair = &g_array_index (lora->pairs, Pair, i);
      const DifNamedTensor *tensor = g_hash_table_lookup (by_name, pair->layer);

      if (tensor && ! g_hash_table_add (changed, (gpointer) tensor))
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH,
                       _ ("“%s” changes “%s” twice, under two names."),
                       dif_safetensors_name (lora->file), tensor->name);
          return 0;
        }
      if (tensor && ! add_delta (lora, source, tensor, pair, strength, error))
        return 0;
    }
  if (g_hash_table_size (changed) == 0)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH,
                 _ ("“%s” was made for another network: none of what it changes is in “%s”."),
                 dif_safetensors_name (lora->file), dif_tensor_source_name (source));
  return g_hash_table_size (changed);
}
