/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/noise.h"

/* Recorded draws as a source of noise; a draw that was not recorded is NaN, so that using
 * it shows. */
typedef struct
{
  DifNoise   parent;
  GPtrArray *draws; /* DifTensor, borrowed */
} Recording;

Recording recording_of (GPtrArray *draws);
