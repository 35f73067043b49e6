/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Which stream of random numbers (see rng.h) is whose, among all that are drawn with a seed of the
 * user's.  In its lower 56 bits a stream counts what is drawn. */

#define DIF_STREAM_OF(kind) (G_GUINT64_CONSTANT (kind) << 56)

/* A run: the noise it begins with, and the sampler's, draw by draw. */
#define DIF_STREAM_DRAWS DIF_STREAM_OF (0)

/* What a hole begins as. */
#define DIF_STREAM_PREFILL DIF_STREAM_OF (0x80)

/* A network that is made anew: its tensors, one after the other.  No run has the same seed beside
 * it but those of training's samples, which are for looking at. */
#define DIF_STREAM_WEIGHTS DIF_STREAM_OF (0)

/* A training run: by its step, and then by the picture of the batch, so that one that is taken up
 * again draws what it would have drawn.  Its samples are runs. */
#define DIF_STREAM_CROP      DIF_STREAM_OF (1)
#define DIF_STREAM_MASK      DIF_STREAM_OF (2)
#define DIF_STREAM_LEVEL     DIF_STREAM_OF (3)
#define DIF_STREAM_NOISE     DIF_STREAM_OF (4)
#define DIF_STREAM_DIRECTION DIF_STREAM_OF (5)
