/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/evaluator.h"
#include "tests/verify/checks.h"

/* A network that always says the same. */
typedef struct
{
  DifEvaluator parent;
  DifTensor   *output;
} Constant;

static DifTensor *
constant_evaluate (DifEvaluator *self, DifContext *context G_GNUC_UNUSED,
                   DifTensor *x G_GNUC_UNUSED, double t G_GNUC_UNUSED)
{
  return dif_tensor_ref (((Constant *) self)->output);
}

static void
constant_free (DifEvaluator *self)
{
  dif_tensor_unref (((Constant *) self)->output);
  g_free (self);
}

static DifDenoiser *
constant_new (DifTensor *output)
{
  Constant *constant = g_new0 (Constant, 1);

  constant->parent = (DifEvaluator) { constant_evaluate, constant_free };
  constant->output = dif_tensor_ref (output);
  return dif_predict_new (&constant->parent, DIF_PREDICTION_EPSILON);
}

void
check_guidance (Case *c)
{
  static const char *const known[] = { "guidance_scale", NULL };
  const DifStep            step = { 500.0, 0.6, 0.8 };
  double                   scale = case_number (c, c->json, "guidance_scale");
  g_autoptr (DifTensor)    cond = case_tensor (c, "cond");
  g_autoptr (DifTensor)    uncond = case_tensor (c, "uncond");
  g_autoptr (DifDenoiser)  guidance = NULL;
  g_auto (DifPrediction) p = { NULL, NULL };

  case_keys (c, known);
  if (! case_ok (c))
    return;
  guidance = dif_guidance_new (constant_new (cond), constant_new (uncond), scale);
  dif_denoise (guidance, c->context, cond, &step, &p);
  case_compare_tensor (c, "out", p.eps);
}
