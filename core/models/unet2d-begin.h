/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/models/unet2d-config.h"
#include "core/nn/params.h"

G_BEGIN_DECLS

/**
 * dif_unet2d_begin_score:
 * @config: of a network that is told sigma
 * @params: its tensors, which are new
 *
 * Where noise is all there is to see, the output of such a network is -x, scaled to the size of
 * noise, up to errors that sigma multiplies when a clean picture is made of it: half a hundred
 * times at the top.  So that these begin as nothing, some of the finest level's channels carry x
 * and -x past all blocks to the last convolution, which otherwise begins at 0: silu (x) - silu (-x)
 * = x, and a norm of both is x by its deviation.  Networks with fewer channels than that takes stay
 * as they are.
 *
 * Thread: any, while nobody uses the network
 */
void dif_unet2d_begin_score (const DifUNetConfig *config, DifParams *params);

G_END_DECLS
