/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_patch_fill:
 * @context: the context
 * @x: (nullable): a picture in [-1, 1], changed in place
 * @mask: 1 where its pixels are unknown, else 0
 *
 * Fills unknown pixels with a piece of the known ones: the one whose surroundings are most like
 * theirs, in a ring of 6 pixels, of all pieces of that shape no further away than the hole is
 * large and 256 pixels more.  A color that differs costs less than a texture that does, for what
 * the piece is off by at the hole's edge is taken from it as a membrane.  A hole that no one piece
 * covers takes several, each from what is known by then; what eight leave is filled smoothly.
 *
 * Shapes: x [1, H, W, C]; mask [1, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Pérez, Gangnet & Blake 2003 (Poisson Image Editing), eq. 6, the membrane; the match of
 * surroundings is that of Efros & Leung 1999 (Texture Synthesis by Non-parametric Sampling), taken
 * for whole holes
 */
void dif_patch_fill (DifContext *context, DifTensor *x, const DifTensor *mask);

/**
 * dif_patch_fill_texture:
 * @context: the context
 * @x: (nullable): a picture in [-1, 1], changed in place
 * @mask: 1 where its pixels are unknown, else 0
 *
 * dif_patch_fill() where what surrounds the hole is a texture and a piece looks like it all over:
 * of the 24 that fit best at the edge the first that does.
 *
 * Shapes: x [1, H, W, C]; mask [1, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: whether it was filled; if not, @x is as it was
 */
gboolean dif_patch_fill_texture (DifContext *context, DifTensor *x, const DifTensor *mask);

G_END_DECLS
