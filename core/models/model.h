/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/io/json.h"
#include "core/models/condition.h"
#include "core/models/facts.h"
#include "core/nn/params.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifModel:
 *
 * A network with its parameters.
 */
typedef struct _DifModel DifModel;

/**
 * dif_model_is_known:
 * @config: what a config.json says
 *
 * Returns: whether networks of its class can be loaded; else @config says why not
 *
 * Errors: in @config: %DIF_ERROR_UNSUPPORTED, %DIF_ERROR_SCHEMA
 * Thread: any
 */
gboolean dif_model_is_known (DifJsonReader *config);

/**
 * dif_model_load:
 * @config: what a config.json says; finished
 * @params: (transfer full): its tensors
 * @error: why it cannot be used
 *
 * Returns: (transfer full): the network, or %NULL
 *
 * Errors: %DIF_ERROR_UNSUPPORTED names the feature, %DIF_ERROR_MISMATCH tensor and shapes; those of
 *   reading
 * Thread: any
 */
DifModel *dif_model_load (DifJsonReader *config, DifParams *params, GError **error);

/**
 * dif_model_open:
 * @folder: holds config.json and what dif_weights_find() finds
 * @shapes_only: only dif_model_facts() will be asked
 * @error: why it cannot be used
 *
 * Opens a network as diffusers saves it.
 *
 * Returns: (transfer full): the network, or %NULL
 *
 * Errors: %DIF_ERROR_MISSING names the file, %DIF_ERROR_UNSUPPORTED the feature,
 *   %DIF_ERROR_MISMATCH tensor and shapes; those of reading
 * Thread: any
 */
DifModel *dif_model_open (const char *folder, gboolean shapes_only, GError **error);

/**
 * dif_model_open_trainable:
 * @folder: see dif_model_open()
 * @error: says what is wrong
 *
 * Returns: (transfer full): a network whose dif_model_params() can be trained, or %NULL
 *
 * Errors: as dif_model_open()
 * Thread: any
 */
DifModel *dif_model_open_trainable (const char *folder, GError **error);

/**
 * dif_model_params:
 * @model: a network
 *
 * Returns: (transfer none): its parameters
 *
 * Thread: any
 */
DifParams *dif_model_params (DifModel *model);

/**
 * dif_model_begin:
 * @model: a trainable network that has learned nothing
 * @pool: packs its weights
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Some networks learn faster from other numbers than random ones.
 *
 * Returns: whether it can begin to learn
 *
 * Thread: any, while nobody uses the network
 */
gboolean dif_model_begin (DifModel *model, DifPool *pool, GError **error);

/**
 * dif_model_free:
 * @model: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_model_free (DifModel *model);

/**
 * dif_model_facts:
 * @model: the network
 *
 * Returns: (transfer none): what it is
 *
 * Thread: any
 */
const DifModelFacts *dif_model_facts (const DifModel *model);

/**
 * dif_model_forward:
 * @model: the network
 * @context: the context
 * @x: (nullable): what the network reads
 * @t: (array): a timestep for each image
 * @conditions: (array) (nullable): what each image is asked to be, for a network that can be asked
 *
 * One evaluation.  Of a mixture of labels the network reads the weighted sum of their embeddings; a
 * mixture of one label gives the bytes of that label.
 *
 * Shapes: x [N, H, W, in_channels], H and W multiples of facts->multiple;
 *   out [N, H, W, out_channels]
 * Units: t in training steps
 * Errors: sticky in @context
 * Thread: the context's; the model is only read
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_model_forward (const DifModel *model, DifContext *context, DifTensor *x,
                              const double *t, const DifCondition *const *conditions);

/**
 * dif_model_forward_labels:
 * @model: the network
 * @context: the context
 * @x: (nullable): what the network reads
 * @t: (array): a timestep for each image
 * @labels: (array) (nullable): a label for each image, if it has classes
 *
 * dif_model_forward() with a label for each image.
 *
 * Shapes: as of dif_model_forward()
 * Errors: sticky in @context
 * Thread: the context's; the model is only read
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_model_forward_labels (const DifModel *model, DifContext *context, DifTensor *x,
                                     const double *t, const guint *labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifModel, dif_model_free)

G_END_DECLS
