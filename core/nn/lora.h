/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/nn/tensor-source.h"

G_BEGIN_DECLS

/**
 * DifLora:
 *
 * A file of low-rank changes to the linear layers and convolutions of a network: of each a pair of
 * matrices, whose product is added to the weight.  Counted.
 *
 * Source: Hu et al. 2022 (LoRA), section 4.1; the names are those of kohya-ss/sd-scripts, diffusers
 * and PEFT
 */
typedef struct _DifLora DifLora;

/**
 * DifLoraNames:
 * @dotted: (array zero-terminated=1): what may stand before a layer's own name; "" for that alone
 * @flat: (array zero-terminated=1): what may stand before its name with _ for each dot
 *
 * How files call the layers of one of a model's networks.
 */
typedef struct
{
  const char *const *dotted;
  const char *const *flat;
} DifLoraNames;

extern const DifLoraNames dif_lora_unet;

/**
 * dif_lora_open:
 * @path: of a safetensors file
 * @error: why it cannot be used
 *
 * Returns: (transfer full): the changes, or %NULL
 *
 * Errors: %DIF_ERROR_UNSUPPORTED for other ways to change weights, %DIF_ERROR_MISSING if there are
 *   no changes or half of one is lacking, %DIF_ERROR_MISMATCH if two halves do not fit together;
 *   those of dif_safetensors_open()
 * Thread: any
 */
DifLora *dif_lora_open (const char *path, GError **error);

/**
 * dif_lora_ref:
 * @lora: the changes
 *
 * Returns: (transfer full): @lora
 *
 * Thread: any
 */
DifLora *dif_lora_ref (DifLora *lora);

/**
 * dif_lora_unref:
 * @lora: (transfer full) (nullable): let go of
 *
 * Thread: any
 */
void dif_lora_unref (DifLora *lora);

/**
 * dif_lora_n_layers:
 * @lora: the changes
 *
 * Returns: how many layers they change, of whatever network
 *
 * Thread: any
 */
guint dif_lora_n_layers (const DifLora *lora);

/**
 * dif_lora_add_to:
 * @lora: the changes; kept by @source
 * @source: the tensors of a network
 * @names: how files call its layers
 * @strength: factor of the changes
 * @error: why not; @source is not to be used then
 *
 * From now on @source reads W + strength alpha / rank up down for W.
 *
 * Returns: how many of its layers are changed; 0 if it fails
 *
 * Errors: %DIF_ERROR_MISMATCH if none is, or one is of another shape or changed twice
 * Thread: any, while nobody reads
 */
guint dif_lora_add_to (DifLora *lora, DifTensorSource *source, const DifLoraNames *names,
                       double strength, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifLora, dif_lora_unref)

G_END_DECLS
