/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/nn/params.h"
#include "core/tensor/tape.h"
#include "tests/verify/case.h"

#define GRADIENT_MAX_INPUTS 2

/* The way back through what is done between gradient_begin() and gradient_walk(). */
typedef struct
{
  DifTape    *tape;
  DifParams  *params;
  const char *prefix; /* of their names, which the case does not have */
  struct
  {
    const char *name;
    DifTensor  *x;
  } inputs[GRADIENT_MAX_INPUTS];
  guint n_inputs;
} Gradient;

/* From here on the context records. */
void gradient_begin (Gradient *g, Case *c);

void gradient_watch (Gradient *g, const char *name, DifTensor *x);

/* Trainable ones, before they are read; prefix is left out of their names. */
void gradient_watch_params (Gradient *g, DifParams *params, const char *prefix);

/* The context records no more, and inputs and parameters get their gradients. */
gboolean gradient_walk (Gradient *g, Case *c, DifTensor *y, DifTensor *dy);

/* Compares each tensor of the case whose name is inputs or weights and then that of one. */
void gradient_compare (Gradient *g, Case *c, const char *inputs, const char *weights);

void gradient_clear (Gradient *g);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Gradient, gradient_clear)
