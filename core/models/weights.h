/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_weights_find:
 * @folder: of a network as diffusers saves it
 * @error: says what lies there instead, and what can be done
 *
 * Looks for diffusion_pytorch_model.safetensors, else for a variant of it
 * (diffusion_pytorch_model.fp16.safetensors), each as one file, else as an index of several
 * (diffusion_pytorch_model.safetensors.index.json).  Of variants the best is taken: averages (ema)
 * first, then by precision (fp32, fp16, bf16), then others by name, and last what is kept for
 * training on only (non_ema).
 *
 * Returns: (transfer full): a path for dif_safetensors_open(), or %NULL
 *
 * Errors: %DIF_ERROR_MISSING, %DIF_ERROR_UNSUPPORTED
 * Thread: any
 */
char *dif_weights_find (const char *folder, GError **error);

G_END_DECLS
