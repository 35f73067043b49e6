/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/train/dataset.h"

G_BEGIN_DECLS

/**
 * DIF_CROP_DRAWS:
 *
 * Numbers that dif_crop() takes.
 */
#define DIF_CROP_DRAWS 44

/**
 * dif_crop:
 * @picture: at least as large as crops
 * @cropping: how it is cut
 * @draws: (array fixed-size=44): numbers from 0 to 1
 * @out: (out caller-allocates) (array): [size, size, 3] in [-1, 1]
 * @coverage: (out caller-allocates) (array) (nullable): [size, size] from 0 to 1; 1 where the
 *   picture has no coverage of its own
 *
 * A piece from anywhere in a picture, turned, and its colors a little changed.  Where there is
 * coverage, the piece is the one of a few that has the most.
 *
 * Thread: any
 */
void dif_crop (const DifTrainPicture *picture, const DifCropping *cropping, const double *draws,
               float *out, float *coverage);

G_END_DECLS
