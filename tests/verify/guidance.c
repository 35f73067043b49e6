/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/diffusion/gradient-guidance.h"
#include "core/diffusion/guidance.h"
#include "core/ops/elementwise.h"
#include "tests/verify/checks.h"
#include "tests/verify/recording.h"
#include "tests/verify/setup.h"
#include "tests/verify/toy.h"

#define RESCALED "out_rescaled_" /* and a number, as 0_7 */

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

static void
compare_guided (Case *c, double rescale, const char *tensor)
{
  double                   scale = case_number (c, c->json, "guidance_scale");
  g_autoptr (DifTensor)    cond = case_tensor (c, "cond");
  g_autoptr (DifTensor)    uncond = case_tensor (c, "uncond");
  Constant                *constant;
  g_autoptr (DifEvaluator) guidance = NULL;
  g_autoptr (DifTensor)    out = NULL;

  if (case_ok (c) && ! dif_tensor_same_shape (cond, uncond))
    case_fail (c, "cond and uncond differ in shape");
  if (! case_ok (c))
    return;
  constant = g_new (Constant, 1);
  *constant = (Constant) { { constant_evaluate, constant_free }, cond, uncond };
  guidance = dif_guidance_new (&constant->parent, 0, scale, rescale);
  out = dif_evaluate (guidance, c->context, cond, 500.0);
  case_compare_tensor (c, tensor, out);
}

void
check_guidance (Case *c)
{
  static const char *const known[] = { "guidance_scale", NULL };
  const char              *tensor;
  json_t                  *spec;

  case_keys (c, known);
  compare_guided (c, 0.0, "out");
  json_object_foreach (json_object_get (c->json, "tensors"), tensor, spec)
  {
    if (g_str_has_prefix (tensor, RESCALED))
      {
        g_autofree char *number = g_strdelimit (g_strdup (tensor + strlen (RESCALED)), "_", '.');

        compare_guided (c, g_ascii_strtod (number, NULL), tensor);
      }
  }
}

/* log p (1 | x) = log sigmoid (<w, x> + b) of the whole picture */
typedef struct
{
  DifGradient parent;
  DifTensor  *w;
  double      b;
  GPtrArray  *seen; /* every gradient so far */
} Logistic;

static DifTensor *
logistic_gradient (DifGradient *self, DifContext *context, const DifTensor *x,
                   const DifPrediction *prediction G_GNUC_UNUSED, const DifStep *step G_GNUC_UNUSED)
{
  const Logistic *logistic = (const Logistic *) self;
  double          z = logistic->b;
  DifTensor      *g;

  for (gsize i = 0; i < x->size; i++)
    z += (double) logistic->w->data[i] * x->data[i];
  /* 1 - sigmoid (z) */
  g = dif_sum (context, 1, (DifTerm[]) { { 1.0 / (1.0 + exp (z)), logistic->w } });
  if (g)
    g_ptr_array_add (logistic->seen, dif_tensor_ref (g));
  return g;
}

static void
logistic_free (DifGradient *self)
{
  dif_tensor_unref (((Logistic *) self)->w);
  g_free (self);
}

static DifGradient *
logistic_new (Case *c, const DifTensor *x, GPtrArray *seen)
{
  Logistic *logistic = g_new (Logistic, 1);

  *logistic = (Logistic) { { logistic_gradient, logistic_free },
                           case_pictures_like (c, "w", x),
                           case_number (c, c->json, "b"),
                           seen };
  return &logistic->parent;
}

static gboolean
keep_step (guint step G_GNUC_UNUSED, const DifTensor *x, const DifTensor *x0 G_GNUC_UNUSED,
           gpointer data)
{
  g_ptr_array_add (data, dif_tensor_ref ((DifTensor *) x));
  return TRUE;
}

/* The last step of DDPM has no variance, so nothing is asked there; the recording did ask, and has
 * one gradient more. */
static void
compare_gradients (Case *c, const DifTensor *end_x, DifGradient *gradient, GPtrArray *seen, gsize n)
{
  if (seen->len < n)
    dif_tensor_unref (gradient->gradient (gradient, c->context, end_x, NULL, NULL));
  case_compare_series (c, "grad", seen);
}

/* Algorithm 1 for DDPM, algorithm 2 for DDIM. */
void
check_classifier_guidance (Case *c)
{
  static const char *const known[] = { "b", "scale", "n", "config", "toy", NULL };
  const gboolean           ddpm = case_is_about (c, "ddpm");
  const guint              n = case_count (c, c->json, "n");
  g_auto (Setup) setup = { NULL };
  g_autoptr (GPtrArray) gradients =
      g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  g_autoptr (GPtrArray) trajectory =
      g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  g_autoptr (DifTensor)   x = case_pictures (c, "x_init");
  g_autoptr (GPtrArray)   draws = case_series (c, "noise", x);
  Recording               noise = recording_of (draws);
  g_autoptr (DifTensor)   end = NULL;
  g_autoptr (DifDenoiser) denoiser = NULL;
  DifGradient            *gradient = logistic_new (c, x, gradients);
  DifEvaluator           *toy;
  DifSampling             sampling;

  setup_init (&setup, c, ddpm ? "DDPMScheduler" : "DDIMScheduler",
              json_object_get (c->json, "config"), NULL, n);
  case_keys (c, known);
  if (setup.plan && setup.plan->n != n)
    case_fail (c, "%u steps are more than there are timesteps", n);
  toy = toy_new (c, json_object_get (c->json, "toy"), setup.process, NULL);
  if (! toy)
    {
      dif_gradient_free (gradient);
      return;
    }
  /* not clipped, as the recording */
  denoiser = dif_gradient_guidance_new (dif_predict_new (toy, setup.process->prediction), gradient,
                                        case_number (c, c->json, "scale"),
                                        ddpm ? setup.plan->steps : NULL, n + 1);
  dif_sampling_init (&sampling, setup.sampler, setup.plan->steps, n, denoiser, &noise.parent);
  sampling.after_step = keep_step;
  sampling.data = trajectory;
  end = setup.sampler->run (&sampling, c->context, dif_tensor_ref (x));
  if (trajectory->len == n)
    compare_gradients (c, n > 1 ? trajectory->pdata[n - 2] : x, gradient, gradients, n);
  case_compare_series (c, "traj", trajectory);
}
