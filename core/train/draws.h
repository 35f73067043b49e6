/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Random numbers of a training run are keyed by its seed, by what they are for with the step, and
 * by the picture of the batch: a run that is taken up again draws what it would have drawn. */

#define DIF_DRAW_CROP  (G_GUINT64_CONSTANT (1) << 56)
#define DIF_DRAW_MASK  (G_GUINT64_CONSTANT (2) << 56)
#define DIF_DRAW_LEVEL (G_GUINT64_CONSTANT (3) << 56)
#define DIF_DRAW_NOISE (G_GUINT64_CONSTANT (4) << 56)
