/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"
#include "core/settings/setting.h"

G_BEGIN_DECLS

#define DIF_LEARN_MIN_SIDE 64u

/**
 * DifLearning:
 * @folder: of the new model; there is none yet, or an empty one
 * @width: pixels in a row, at least %DIF_LEARN_MIN_SIDE
 * @height: rows, at least %DIF_LEARN_MIN_SIDE
 * @pixels: (array): @width * @height * 3 R'G'B' floats (sRGB, 0 to 1)
 * @alpha: (nullable) (array): @width * @height numbers, 0 transparent to 1 opaque; %NULL for 1
 *   everywhere.  Less than %DIF_LEAST_ALPHA is not learnt from, nor is its color ever looked at
 * @mask: (nullable) (array): @width * @height coverages; what is not covered is not learnt from
 * @origin_x: column of the first pixel in the picture that it was cut out of, for messages
 * @origin_y: its row there
 * @mirrored: whether left and right are alike
 * @name: (nullable): of the new model, for who finds it a folder; dif_learn() looks at @folder only
 * @minutes: how long to learn
 * @turned: whether the material looks the same from all sides
 * @seed: of all random numbers
 * @model: (nullable): name or folder of the model to begin with as dif_resolve_model() reads it,
 *   or %NULL or "" for the embedded one
 * @threads: workers, 0 for one per processor
 *
 * One wish to learn a material from a picture of it.  The settings, from @name on, are its own:
 * their defaults and ranges are the rows of dif_learning_settings().
 */
typedef struct
{
  const char  *folder;
  guint        width;
  guint        height;
  const float *pixels;
  const float *alpha;
  const float *mask;
  gint         origin_x;
  gint         origin_y;
  gboolean     mirrored;

  char    *name;
  double   minutes;
  gboolean turned;
  guint    seed;
  char    *model;
  guint    threads;
} DifLearning;

/**
 * dif_learning_settings:
 * @n: (out): how many rows
 *
 * The settings of a #DifLearning, in the order in which one thinks of them.
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifSetting *dif_learning_settings (guint *n);

/**
 * dif_learning_init:
 * @learning: (out caller-allocates): filled with the defaults
 *
 * Thread: any
 */
void dif_learning_init (DifLearning *learning);

/**
 * dif_learning_clear:
 * @learning: its settings' texts are freed
 *
 * Thread: any
 */
void dif_learning_clear (DifLearning *learning);

/**
 * dif_learning_check_settings:
 * @learning: a wish; pixels and size are not looked at
 * @error: says which value is wrong and what was expected
 *
 * Returns: whether its settings are possible
 *
 * Errors: %DIF_ERROR_REQUEST with the setting's id
 * Thread: any
 */
gboolean dif_learning_check_settings (const DifLearning *learning, GError **error);

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
 * Errors: %DIF_ERROR_REQUEST for a picture that is too small or that nothing is seen of, and with
 *   the setting's id for a setting, %DIF_ERROR_MISSING for a model that is not there,
 *   %DIF_ERROR_NONFINITE for pixels to learn from that are not numbers,
 *   %DIF_ERROR_EXISTS if there is something in the folder or it is being learnt into,
 *   %DIF_ERROR_CANCELLED and those of training and saving
 * Thread: any
 */
gboolean dif_learn (const DifLearning *learning, DifProgress *progress, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifLearning, dif_learning_clear)

G_END_DECLS
