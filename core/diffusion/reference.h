/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What can be turned so that recorded runs of other implementations can be walked.  Pictures are
 * made with nothing turned: dif_sampling_init() sees to that. */

#include "core/diffusion/step.h"

G_BEGIN_DECLS

typedef struct _DifSolver    DifSolver;
typedef struct _DifReference DifReference;

/**
 * DifSolver:
 * @order: of multistep and singlestep solvers, 1 to 3; 0 for the row's own
 * @heun: DPM-Solver's second-order term by Heun's rule instead of the midpoint's
 * @first_order_end: a last step of order 1 whatever the number of steps (euler_at_final)
 * @full_order_end: no lower order for the last of fewer than 15 steps (lower_order_final = false)
 * @eps_form: solves for the noise instead of the clean picture (DPM-Solver, not ++; UniPC's
 *   predict_x0 = false)
 * @bh1: UniPC's B(h) = h instead of exp (h) - 1
 *
 * Variants of the exponential-integrator solvers.  All zero are the usual choices.
 */
struct _DifSolver
{
  guint    order;
  gboolean heun;
  gboolean first_order_end;
  gboolean full_order_end;
  gboolean eps_form;
  gboolean bh1;
};

/**
 * DifReference:
 * @moves: (nullable) (array length=n): what predictors of a stochastic differential equation do at
 *   each step, instead of what the levels say: the published ones go by the rates at its beginning
 * @clipped_eps: DDIM recomputes the noise from the clipped picture
 * @second_skipped: PLMS makes its first step and goes on with the third, as if it had made the
 *   second too, which is what happens when the reference begins in the middle of its list
 *
 * How reference implementations differ from what is done here, so that their recorded runs can be
 * walked.  All zero for pictures.
 */
struct _DifReference
{
  const DifMove *moves;
  gboolean       clipped_eps;
  gboolean       second_skipped;
};

/**
 * dif_usual_solver:
 *
 * All zero: what makes pictures.
 */
extern const DifSolver dif_usual_solver;

/**
 * dif_no_reference:
 *
 * All zero: nothing differs.
 */
extern const DifReference dif_no_reference;

G_END_DECLS
