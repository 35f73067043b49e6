/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/models/model.h"

G_BEGIN_DECLS

/**
 * DifClassifier:
 *
 * A small network that says of noisy pictures which label they have: log p (c | x_t).  Each block
 * is a 3 x 3 convolution, a scale and a shift that depend on the noise level, and SiLU; the first
 * block of a size but the finest halves it, the second is added to what it reads.  The mean over
 * all pixels goes through one linear layer, so that any size will do.
 */
typedef struct _DifClassifier DifClassifier;

/**
 * dif_classifier_open:
 * @folder: holds config.json and diffusion_pytorch_model.safetensors
 * @error: why it cannot be used
 *
 * Opens a classifier as models/training/classifier.py saves it.
 *
 * Returns: (transfer full): the classifier, or %NULL
 *
 * Errors: %DIF_ERROR_MISSING names the file or tensor, %DIF_ERROR_UNSUPPORTED another class,
 *   %DIF_ERROR_MISMATCH tensor and shapes; those of reading
 * Thread: any
 */
DifClassifier *dif_classifier_open (const char *folder, GError **error);

/**
 * dif_classifier_free:
 * @classifier: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_classifier_free (DifClassifier *classifier);

/**
 * dif_classifier_n_classes:
 * @classifier: the classifier
 *
 * Returns: how many labels it tells apart, with the one that stands for none
 *
 * Thread: any
 */
guint dif_classifier_n_classes (const DifClassifier *classifier);

/**
 * dif_classifier_in_channels:
 * @classifier: the classifier
 *
 * Returns: how many channels its pictures have
 *
 * Thread: any
 */
guint dif_classifier_in_channels (const DifClassifier *classifier);

/**
 * dif_classifier_sample_size:
 * @classifier: the classifier
 *
 * Returns: pixels on a side of the pictures it was trained on
 *
 * Thread: any
 */
guint dif_classifier_sample_size (const DifClassifier *classifier);

/**
 * dif_classifier_forward:
 * @classifier: the classifier
 * @context: the context
 * @x: (nullable): noisy pictures of any size, scaled to alpha² + sigma² = 1
 * @t: (array): a timestep for each picture
 *
 * Shapes: x [N, H, W, C]; out [N, n_classes]
 * Units: t in training steps; natural logarithms
 * Errors: sticky in @context
 * Thread: the context's; the classifier is only read
 *
 * Returns: (transfer full) (nullable): log p (c | x_t) of every label
 */
DifTensor *dif_classifier_forward (const DifClassifier *classifier, DifContext *context,
                                   DifTensor *x, const double *t);

/**
 * dif_classifier_gradient:
 * @classifier: the classifier
 * @context: the context
 * @x: (nullable): noisy pictures of any size, scaled to alpha² + sigma² = 1
 * @t: (array): a timestep for each picture
 * @label: what all of them are to be; ids below dif_classifier_n_classes()
 *
 * Of a mixture it is the gradient of sum_i w_i log p (c_i | x_t): of probabilities' weighted
 * geometric mean.
 *
 * Shapes: x and out [N, H, W, C]
 * Errors: sticky in @context
 * Thread: the context's; the classifier is only read
 *
 * Returns: (transfer full) (nullable): gradient of log p (@label | x_t) with respect to @x
 */
DifTensor *dif_classifier_gradient (const DifClassifier *classifier, DifContext *context,
                                    DifTensor *x, const double *t, const DifLabelMix *label);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifClassifier, dif_classifier_free)

G_END_DECLS
