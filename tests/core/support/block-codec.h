/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A codec other than that of pixels: the 2 x 2 pixels of a block are the 12 channels of one of x.
 * Nothing is lost.  The preview is the upper left pixel of each block. */

#include "core/checkpoint/codec.h"

#define BLOCK_CODEC_CHANNELS 12

DifCodec *block_codec_new (void);
