/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/models/model.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/models/architecture.h"
#include "core/models/weights.h"

static const DifArchitecture *const architectures[] = { &dif_architecture_unet2d };

struct _DifModel
{
  const DifArchitecture *architecture;
  DifParams             *params;
  gpointer               net;
  DifModelFacts          facts;
};

static const DifArchitecture *
find_architecture (DifJsonReader *config)
{
  const char *class_name = dif_json_string (config, "_class_name", "");

  for (guint i = 0; i < G_N_ELEMENTS (architectures); i++)
    if (g_str_equal (class_name, architectures[i]->class_name))
      return architectures[i];
  dif_json_reader_fail (config, DIF_ERROR_UNSUPPORTED, "_class_name",
                        _ ("networks of the class “%s” are not supported (“%s” is)"), class_name,
                        architectures[0]->class_name);
  return NULL;
}

gboolean
dif_model_is_known (DifJsonReader *config)
{
  return find_architecture (config) != NULL;
}

DifModel *
dif_model_load (DifJsonReader *config, DifParams *params, GError **error)
{
  g_autoptr (DifModel) model = g_new0 (DifModel, 1);

  model->params = params;
  model->architecture = find_architecture (config);
  if (model->architecture)
    {
      model->facts.class_name = model->architecture->class_name;
      model->net = model->architecture->load (config, params, &model->facts);
      model->facts.n_parameters = dif_params_count (params);
    }
  if (! dif_json_reader_finish (config, error) || ! dif_params_finish (params, error))
    return NULL;
  return g_steal_pointer (&model);
}

static DifModel *
model_open (const char *folder, gboolean shapes_only, gboolean trainable, GError **error)
{
  g_auto (DifJsonReader) config = DIF_JSON_READER_INIT;
  g_autofree char *config_path = g_build_filename (folder, "config.json", NULL);
  g_autofree char *weights = NULL;
  DifParams       *params;

  if (! dif_json_reader_open (&config, config_path) || ! dif_model_is_known (&config))
    {
      dif_json_reader_finish (&config, error);
      return NULL;
    }
  weights = dif_weights_find (folder, error);
  params = weights ? dif_params_open (weights, shapes_only, error) : NULL;
  if (params && trainable)
    dif_params_set_trainable (params);
  return params ? dif_model_load (&config, params, error) : NULL;
}

DifModel *
dif_model_open (const char *folder, gboolean shapes_only, GError **error)
{
  return model_open (folder, shapes_only, FALSE, error);
}

DifModel *
dif_model_open_trainable (const char *folder, GError **error)
{
  return model_open (folder, FALSE, TRUE, error);
}

DifParams *
dif_model_params (DifModel *model)
{
  return model->params;
}

gboolean
dif_model_begin (DifModel *model, DifPool *pool, GError **error)
{
  if (! model->architecture->begin)
    return TRUE;
  model->architecture->begin (model->net, model->params);
  return dif_params_update (model->params, pool, error);
}

void
dif_model_free (DifModel *model)
{
  if (! model)
    return;
  if (model->net)
    model->architecture->free (model->net);
  dif_params_free (model->params);
  g_free (model);
}

const DifModelFacts *
dif_model_facts (const DifModel *model)
{
  return &model->facts;
}

DifTensor *
dif_model_forward (const DifModel *model, DifContext *context, DifTensor *x, const double *t,
                   const DifCondition *const *conditions)
{
  return x ? model->architecture->forward (model->net, context, x, t, conditions) : NULL;
}

DifTensor *
dif_model_forward_labels (const DifModel *model, DifContext *context, DifTensor *x, const double *t,
                          const guint *labels)
{
  const gsize               n = x && labels ? x->dim[0] : 0;
  g_autofree DifCondition **conditions = g_new (DifCondition *, n);
  DifTensor                *y;

  for (gsize i = 0; i < n; i++)
    conditions[i] = dif_condition_new_label (labels[i]);
  y = dif_model_forward (model, context, x, t,
                         n > 0 ? (const DifCondition *const *) conditions : NULL);
  for (gsize i = 0; i < n; i++)
    dif_condition_unref (conditions[i]);
  return y;
}
