/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/io/json.h"
#include "core/models/condition.h"
#include "core/models/facts.h"
#include "core/nn/params.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifArchitecture:
 * @class_name: value of _class_name in config.json
 * @load: (nullable): reads the configuration, takes the tensors, fills the facts; errors
 *   stay in @config and @params
 * @begin: (nullable): what a network that has learned nothing had better begin with than random
 *   numbers; changes values in @params
 * @forward: one evaluation, see dif_model_forward()
 * @free: frees what @load returned, not the tensors
 *
 * One kind of network: one file with one row.
 */
typedef struct
{
  const char *class_name;
  gpointer (*load) (DifJsonReader *config, DifParams *params, DifModelFacts *facts);
  void (*begin) (gconstpointer net, DifParams *params);
  DifTensor *(*forward) (gconstpointer net, DifContext *context, DifTensor *x, const double *t,
                         const DifCondition *const *conditions);
  void (*free) (gpointer net);
} DifArchitecture;

extern const DifArchitecture dif_architecture_unet2d;

G_END_DECLS
