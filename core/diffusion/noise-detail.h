/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/noise.h"

G_BEGIN_DECLS

/**
 * DifDetailNoise:
 *
 * Another source's noise without what is coarse in it.
 *
 * Coarse structures are the last to drown in noise, and what noise has of them a network takes for
 * the picture's.  Without them it keeps those that are there, and makes the detail anew: the aim of
 * Choi et al. 2021 (ILVR), who put the coarse structures in after each step.
 */
typedef struct
{
  DifNoise  parent;
  DifNoise *inner;
  guint     detail;
} DifDetailNoise;

/**
 * dif_detail_noise_init:
 * @noise: (out caller-allocates): counts draws on its own, from where @inner is
 * @inner: whose numbers are taken; outlives @noise
 * @detail: pixels; what is coarser is taken out of each draw by dif_take_coarse().  0 for nothing,
 *   as noise is meant.
 *
 * Thread: any
 */
void dif_detail_noise_init (DifDetailNoise *noise, DifNoise *inner, guint detail);

G_END_DECLS
