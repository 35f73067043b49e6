/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"

G_BEGIN_DECLS

/**
 * DifNormInputs:
 *
 * What dif_group_norm_fold() was given, under its names.
 */
typedef struct
{
  DifTensor       *x;
  DifTensor       *beside;
  const DifTensor *gamma;
  const DifTensor *beta;
  const DifTensor *modulation;
  guint            n_groups;
  double           eps;
} DifNormInputs;

/**
 * dif_group_norm_record:
 * @context: the context
 * @inputs: what dif_group_norm_fold() was given
 * @prologue: what it gave
 *
 * Notes it on the context's tape.  With m_s, m_b the modulation, f = gamma rstd and
 * s = beta - mean f, it gave f (1 + m_s) and s (1 + m_s) + m_b; mean and rstd are functions of all
 * numbers x of their group, so that each of them gets a (x - mean) + b.
 *
 * Thread: the context's
 */
void dif_group_norm_record (DifContext *context, const DifNormInputs *inputs,
                            const DifPrologue *prologue);

G_END_DECLS
