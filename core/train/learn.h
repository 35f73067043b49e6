/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"

G_BEGIN_DECLS

#define DIF_LEARN_MIN_SIDE    64u
#define DIF_LEARN_MAX_MINUTES 1440.0

/**
 * DifLearning:
 * @from: folder of the model to begin with
 * @folder: of the new model; there is none yet, or an empty one
 * @width: pixels in a row, at least %DIF_LEARN_MIN_SIDE
 * @height: rows, at least %DIF_LEARN_MIN_SIDE
 * @pixels: (array): @width * @height * 3 R'G'B' floats (sRGB, 0 to 1)
 * @alpha: (nullable) (array): @width * @height numbers, 0 transparent to 1 opaque; %NULL for 1
 *   everywhere.  Less than %DIF_LEAST_ALPHA is not learnt from, nor is its color ever looked at
 * @mask: (nullable) (array): @width * @height coverages; what is not covered is not learnt from
 * @origin_x: column of the first pixel in the picture that it was cut out of, for messages
 * @origin_y: its row there
 * @minutes: how long to learn, above 0
 * @mirrored: whether left and right are alike
 * @turned: whether the material looks the same from all sides
 * @seed: of all random numbers
 * @threads: workers, 0 for one per processor
 *
 * One wish to learn a material from a picture of it.
 */
typedef struct
{
  const char  *from;
  const char  *folder;
  guint        width;
  guint        height;
  const float *pixels;
  const float *alpha;
  const float *mask;
  gint         origin_x;
  gint         origin_y;
  double       minutes;
  gboolean     mirrored;
  gboolean     turned;
  guint64      seed;
  guint        threads;
} DifLearning;

/**
 * dif_learning_init:
 * @learning: (out caller-allocates): filled with the defaults
 *
 * Thread: any
 */
void dif_learning_init (DifLearning *learning);

/**
 * dif_learn:
 * @learning: what to learn
 * @progress: (nullable): told of each step, with four pictures of the material side by side as the
 *   model makes it by now; dif_progress_finish() ends early and keeps what was learnt
 * @error: says what went wrong
 *
 * Fine-tunes a network on crops of one picture until the time is over, so that without a label it
 * makes more of that material, at any size.  The folder is claimed at the beginning, so that what
 * cannot be written is known then, and two never learn into one; without a result nothing is left
 * of it but what others have put there.
 *
 * Returns: whether the new model is there
 *
 * Errors: %DIF_ERROR_REQUEST for a picture that is too small or that nothing is seen of,
 *   %DIF_ERROR_NONFINITE for pixels to learn from that are not numbers,
 *   %DIF_ERROR_EXISTS if there is something in the folder or it is being learnt into,
 *   %DIF_ERROR_CANCELLED and those of training and saving
 * Thread: any
 */
gboolean dif_learn (const DifLearning *learning, DifProgress *progress, GError **error);

G_END_DECLS
