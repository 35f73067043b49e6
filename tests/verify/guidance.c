/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/diffusion/evaluator.h"
#include "tests/verify/checks.h"

/* A network that always says the same with its label and without. */
typedef struct
{
  DifEvaluator     parent;
  const DifTensor *with;
  const DifTensor *without;
} Constant;

static DifTensor *
constant_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t G_GNUC_UNUSED)
{
  const Constant *constant = (const Constant *) self;
  DifTensor      *y = dif_context_like (context, x);
  const gsize     size = x->size / 2;

  if (y)
    {
      memcpy (y->data, constant->with->data, size * sizeof (float));
      memcpy (y->data + size, constant->without->data, size * sizeof (float));
    }
  return y;
}

static void
constant_free (DifEvaluator *self)
{
  g_free (self);
}

void
check_guidance (Case *c)
{
  static const char *const known[] = { "guidance_scale", NULL };
  double                   scale = case_number (c, c->json, "guidance_scale");
  g_autoptr (DifTensor)    cond = case_tensor (c, "cond");
  g_autoptr (DifTensor)    uncond = case_tensor (c, "uncond");
  Constant                *constant;
  g_autoptr (DifEvaluator) guidance = NULL;
  g_autoptr (DifTensor)    out = NULL;

  case_keys (c, known);
  if (case_ok (c) && ! dif_tensor_same_shape (cond, uncond))
    case_fail (c, "cond and uncond differ in shape");
  if (! case_ok (c))
    return;
  constant = g_new (Constant, 1);
  *constant = (Constant) { { constant_evaluate, constant_free }, cond, uncond };
  guidance = dif_guidance_new (&constant->parent, scale);
  out = dif_evaluate (guidance, c->context, cond, 500.0);
  case_compare_tensor (c, "out", out);
}
