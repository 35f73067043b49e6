/* SPDX-License-Identifier: GPL-3.0-or-later */

/* All of a run in one file, from which it goes on. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"
#include "core/io/safetensors.h"
#include "core/nn/names.h"
#include "core/train/trainer-parts.h"

#define KEY     "gimp-diffusion training state"
#define VERSION "1"

/* ---- settings and counters, as JSON ---- */

static json_t *
settings_to_json (const DifTrainer *trainer)
{
  const DifTrainSettings *s = &trainer->settings;
  const DifCropping      *c = &s->cropping;
  g_autofree char        *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, s->seed);
  json_t *cropping = json_pack ("{s:i, s:f, s:b, s:b, s:b, s:f, s:f}", "size", (int) c->size,
                                "zoom", c->zoom, "flip_x", c->flip_x, "flip_y", c->flip_y, "turn",
                                c->turn, "jitter", c->jitter, "dropout", c->dropout);
  json_t *rule = json_pack ("{s:i, s:f, s:f, s:f, s:f, s:f}", "kind", (int) s->rule.kind, "beta1",
                            s->rule.beta1, "beta2", s->rule.beta2, "eps", s->rule.eps,
                            "weight_decay", s->rule.weight_decay, "max_norm", s->rule.max_norm);

  json_t *ladder = json_pack ("{s:f, s:f, s:i}", "sigma_min", s->ladder.sigma_min, "sigma_max",
                              s->ladder.sigma_max, "n_levels", (int) s->ladder.n_levels);

  return json_pack ("{s:I, s:f, s:i, s:f, s:i, s:f, s:i, s:s, s:s, s:o, s:o, s:o, s:I, s:f, s:f, "
                    "s:f}",
                    "n_steps", (json_int_t) s->n_steps, "seconds", s->seconds, "batch",
                    (int) s->batch, "learning_rate", s->learning_rate, "warmup", (int) s->warmup,
                    "average", s->average, "adapt", (int) s->adapt, "objective",
                    trainer->objective_id, "seed", seed, "cropping", cropping, "rule", rule,
                    "ladder", ladder, "step", (json_int_t) trainer->step, "seconds_done",
                    trainer->seconds, "loss", trainer->loss, "mean_loss", trainer->mean_loss);
}

static void
read_cropping (DifJsonReader *r, DifCropping *c)
{
  c->size = dif_json_uint (r, "size", 0, 1, 4096);
  c->zoom = dif_json_double (r, "zoom", 1.0, 0.0, 1e6);
  c->flip_x = dif_json_bool (r, "flip_x", FALSE);
  c->flip_y = dif_json_bool (r, "flip_y", FALSE);
  c->turn = dif_json_bool (r, "turn", FALSE);
  c->jitter = dif_json_double (r, "jitter", 0.0, 0.0, 1e6);
  c->dropout = dif_json_double (r, "dropout", 0.0, 0.0, 1.0);
}

static void
read_rule (DifJsonReader *r, DifOptimizerRule *rule)
{
  rule->kind = dif_json_uint (r, "kind", DIF_OPTIMIZER_ADAMW, 0, DIF_OPTIMIZER_SGD);
  rule->beta1 = dif_json_double (r, "beta1", 0.9, 0.0, 1.0);
  rule->beta2 = dif_json_double (r, "beta2", 0.999, 0.0, 1.0);
  rule->eps = dif_json_double (r, "eps", 1e-8, 0.0, 1.0);
  rule->weight_decay = dif_json_double (r, "weight_decay", 0.0, 0.0, 1e6);
  rule->max_norm = dif_json_double (r, "max_norm", 0.0, 0.0, 1e30);
}

static void
read_ladder (DifJsonReader *r, DifLadder *ladder)
{
  ladder->sigma_min = dif_json_double (r, "sigma_min", 0.0, 0.0, 1e9);
  ladder->sigma_max = dif_json_double (r, "sigma_max", 0.0, 0.0, 1e9);
  ladder->n_levels = dif_json_uint (r, "n_levels", 0, 0, DIF_MAX_TRAIN_STEPS);
}

/* dif_json_uint() is for smaller ones. */
static guint64
read_count (DifJsonReader *r, const char *key)
{
  json_t *value = json_object_get (r->root, key);

  if (! json_is_integer (value) || json_integer_value (value) < 0)
    dif_json_reader_fail (r, DIF_ERROR_SCHEMA, key, _ ("this should be a whole number from 0 on"));
  return (guint64) MAX (json_integer_value (value), 0);
}

static void
read_settings (DifJsonReader *r, DifTrainSettings *s)
{
  g_auto (DifJsonReader) cropping = DIF_JSON_READER_INIT;
  g_auto (DifJsonReader) rule = DIF_JSON_READER_INIT;
  g_auto (DifJsonReader) ladder = DIF_JSON_READER_INIT;

  s->n_steps = read_count (r, "n_steps");
  s->seconds = dif_json_double (r, "seconds", 0.0, 0.0, 1e30);
  s->batch = dif_json_uint (r, "batch", 1, 1, 4096);
  s->learning_rate = dif_json_double (r, "learning_rate", 1e-4, 0.0, 1e30);
  s->warmup = dif_json_uint (r, "warmup", 0, 0, G_MAXINT32);
  s->average = dif_json_double (r, "average", 0.0, 0.0, 1.0);
  s->adapt = dif_json_uint (r, "adapt", DIF_ADAPT_ALL, 0, DIF_ADAPT_NORMS);
  if (! g_ascii_string_to_unsigned (dif_json_string (r, "seed", "0"), 10, 0, G_MAXUINT64, &s->seed,
                                    NULL))
    dif_json_reader_fail (r, DIF_ERROR_SCHEMA, "seed",
                          _ ("this should be a whole number from 0 on"));
  if (dif_json_reader_enter (r, "cropping", &cropping))
    read_cropping (&cropping, &s->cropping);
  if (dif_json_reader_enter (r, "rule", &rule))
    read_rule (&rule, &s->rule);
  if (json_object_get (r->root, "ladder") && dif_json_reader_enter (r, "ladder", &ladder))
    read_ladder (&ladder, &s->ladder);
  if (! r->error && cropping.error)
    r->error = g_steal_pointer (&cropping.error);
  if (! r->error && ladder.error)
    r->error = g_steal_pointer (&ladder.error);
  if (! r->error && rule.error)
    r->error = g_steal_pointer (&rule.error);
}

/* ---- tensors ---- */

typedef struct
{
  const char *prefix;
  gsize       offset; /* in DifSlot */
} Kind;

static const Kind kinds[] = { { "average/", G_STRUCT_OFFSET (DifSlot, average) },
                              { "first/", G_STRUCT_OFFSET (DifSlot, first) },
                              { "second/", G_STRUCT_OFFSET (DifSlot, second) } };

static void
add_tensor (GArray *out, const char *prefix, const char *name, const DifTensor *value)
{
  g_autofree char *own = dif_name_today (name);
  DifTensorOut     tensor = { .name = g_strconcat (prefix, own, NULL),
                              .dtype = DIF_DTYPE_F32,
                              .n_dims = value->n_dims,
                              .data = value->data };

  for (guint d = 0; d < value->n_dims; d++)
    tensor.dim[d] = value->dim[d];
  g_array_append_val (out, tensor);
}

static void
clear_name (gpointer data)
{
  g_free ((char *) ((DifTensorOut *) data)->name);
}

static GArray *
list_tensors (const DifTrainer *trainer)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (DifTensorOut));

  g_array_set_clear_func (out, clear_name);
  for (guint i = 0; i < trainer->n_params; i++)
    add_tensor (out, "weight/", trainer->params[i].name, trainer->params[i].value);
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (guint i = 0; i < trainer->n_slots; i++)
      add_tensor (out, kinds[k].prefix, trainer->params[trainer->slot_params[i]].name,
                  G_STRUCT_MEMBER (DifTensor *, &trainer->slots[i], kinds[k].offset));
  return out;
}

static char *
dump_labels (const DifTrainer *trainer)
{
  const DifLabels *labels = trainer->checkpoint->labels;
  json_t          *json = labels ? dif_labels_to_json (labels) : NULL;
  char            *text = json ? dif_trainer_dump (json) : g_strdup ("");

  json_decref (json);
  return text;
}

gboolean
dif_trainer_save_state (DifTrainer *trainer, const char *path, GError **error)
{
  g_autoptr (GArray) tensors = list_tensors (trainer);
  json_t            *json = settings_to_json (trainer);
  g_autofree char   *settings = dif_trainer_dump (json);
  g_autofree char   *config = dif_trainer_dump (trainer->checkpoint->config);
  g_autofree char   *scheduler = dif_trainer_dump (trainer->checkpoint->scheduler);
  g_autofree char   *labels = dump_labels (trainer);
  g_autofree char   *pictures = dif_dataset_digest (trainer->dataset);
  const char *const  metadata[] = { KEY,        VERSION,     "settings", settings, "config",
                                    config,     "scheduler", scheduler,  "labels", labels,
                                    "pictures", pictures,    NULL };

  json_decref (json);
  return dif_safetensors_write_with (path, (const DifTensorOut *) (void *) tensors->data,
                                     tensors->len, metadata, error);
}

static gboolean
read_tensor (DifSafetensors *file, const char *prefix, const char *name, DifTensor *value,
             GError **error)
{
  g_autofree char     *own = dif_name_today (name);
  g_autofree char     *full = g_strconcat (prefix, own, NULL);
  const DifTensorInfo *info = dif_safetensors_find (file, full);
  gboolean             same = info && info->n_dims == value->n_dims;

  if (! info)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
                   _ ("“%s” has no tensor “%s”, which the configuration asks for."),
                   dif_safetensors_name (file), full);
      return FALSE;
    }
  for (guint d = 0; same && d < value->n_dims; d++)
    same = info->dim[d] == value->dim[d];
  if (! same)
    {
      g_autofree char *found = dif_shape_to_string (info->n_dims, info->dim);
      g_autofree char *expected = dif_shape_to_string (value->n_dims, value->dim);

      g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH,
                   _ ("Tensor “%s” in “%s” has the shape %s, but the configuration asks for %s."),
                   full, dif_safetensors_name (file), found, expected);
      return FALSE;
    }
  return dif_safetensors_read_f32 (file, info, value->data, error);
}

static gboolean
read_tensors (DifTrainer *trainer, DifSafetensors *file, GError **error)
{
  for (guint i = 0; i < trainer->n_params; i++)
    if (! read_tensor (file, "weight/", trainer->params[i].name, trainer->params[i].value, error))
      return FALSE;
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (guint i = 0; i < trainer->n_slots; i++)
      if (! read_tensor (file, kinds[k].prefix, trainer->params[trainer->slot_params[i]].name,
                         G_STRUCT_MEMBER (DifTensor *, &trainer->slots[i], kinds[k].offset), error))
        return FALSE;
  return dif_safetensors_finish (file, error) &&
         dif_params_update (dif_model_params (trainer->model), dif_context_pool (trainer->context),
                            error);
}

static json_t *
read_text (DifSafetensors *file, const char *key, GError **error)
{
  const char *text = dif_safetensors_metadata (file, key);

  if (! text)
    text = "";
  return dif_json_parse (text, strlen (text), dif_safetensors_name (file), error);
}

static gboolean
check_kind (DifSafetensors *file, DifDataset *dataset, GError **error)
{
  const char      *version = dif_safetensors_metadata (file, KEY);
  const char      *pictures = dif_safetensors_metadata (file, "pictures");
  g_autofree char *given = dif_dataset_digest (dataset);

  if (g_strcmp0 (version, VERSION) != 0)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                   version ? _ ("“%s” is the state of a training by another version of this "
                                "program.") :
                             _ ("“%s” is not the state of a training."),
                   dif_safetensors_name (file));
      return FALSE;
    }
  if (g_strcmp0 (pictures, given) != 0)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH,
                   _ ("These are not the pictures that “%s” was trained on."),
                   dif_safetensors_name (file));
      return FALSE;
    }
  return TRUE;
}

/* A checkpoint as it was, but for its numbers. */
static DifCheckpoint *
read_checkpoint (DifSafetensors *file, guint64 seed, GError **error)
{
  const char    *text = dif_safetensors_metadata (file, "labels");
  json_t        *config = read_text (file, "config", error);
  json_t        *scheduler = config ? read_text (file, "scheduler", error) : NULL;
  json_t        *labels = scheduler && text && *text ? read_text (file, "labels", error) : NULL;
  DifCheckpoint *checkpoint = NULL;

  if (scheduler && (labels || ! text || ! *text))
    checkpoint =
        dif_checkpoint_new (config, scheduler, labels, dif_safetensors_name (file), seed, error);
  json_decref (config);
  json_decref (scheduler);
  json_decref (labels);
  return checkpoint;
}

/* A trainer as it was made; its numbers are yet to be read. */
static DifTrainer *
rebuild (DifSafetensors *file, json_t *saved, const DifTrainSettings *limits, DifDataset *dataset,
         guint n_threads, DifProgress *progress, GError **error)
{
  g_autoptr (DifTrainer) trainer = NULL;
  DifTrainSettings       settings = { 0 };
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;

  dif_json_reader_init (&reader, saved, dif_safetensors_name (file));
  read_settings (&reader, &settings);
  settings.objective = dif_json_string (&reader, "objective", "simple");
  if (limits)
    {
      settings.n_steps = limits->n_steps;
      settings.seconds = limits->seconds;
    }
  trainer = dif_trainer_alloc (&settings, dataset, n_threads, progress);
  trainer->step = trainer->begun_step = read_count (&reader, "step");
  trainer->seconds = dif_json_double (&reader, "seconds_done", 0.0, 0.0, 1e30);
  trainer->earlier_seconds = trainer->seconds;
  trainer->loss = dif_json_double (&reader, "loss", 0.0, -1e30, 1e30);
  trainer->mean_loss = dif_json_double (&reader, "mean_loss", 0.0, -1e30, 1e30);
  if (! dif_json_reader_finish (&reader, error))
    return NULL;
  trainer->checkpoint = read_checkpoint (file, settings.seed, error);
  if (! trainer->checkpoint || ! dif_trainer_set_up (trainer, error))
    return NULL;
  return g_steal_pointer (&trainer);
}

DifTrainer *
dif_trainer_resume (const char *path, const DifTrainSettings *limits, DifDataset *dataset,
                    guint n_threads, DifProgress *progress, GError **error)
{
  g_autoptr (DifSafetensors) file = dif_safetensors_open (path, error);
  g_autoptr (DifTrainer)     trainer = NULL;
  json_t                    *saved;

  if (! file || ! check_kind (file, dataset, error))
    return NULL;
  saved = read_text (file, "settings", error);
  if (! saved)
    return NULL;
  trainer = rebuild (file, saved, limits, dataset, n_threads, progress, error);
  json_decref (saved);
  if (! trainer || ! read_tensors (trainer, file, error))
    return NULL;
  return g_steal_pointer (&trainer);
}
