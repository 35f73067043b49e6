/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ops/elementwise.h"
#include "tests/verify/checks.h"
#include "tests/verify/recording.h"
#include "tests/verify/toy.h"
#include "tests/verify/walk.h"

/* One picture of several. */
static DifTensor *
picture (Case *c, const DifTensor *x, gsize i)
{
  DifTensor *one = dif_context_nhwc (c->context, 1, x->dim[1], x->dim[2], x->dim[3]);

  if (one)
    memcpy (one->data, x->data + i * one->size, one->size * sizeof (float));
  return one;
}

void
check_forward (Case *c)
{
  static const char *const known[] = { "config", NULL };
  g_auto (Setup) setup = { NULL };
  gsize                 n;
  g_autofree double    *t = case_numbers (c, "t", &n);
  g_autoptr (DifTensor) x0 = case_tensor (c, "x0");
  g_autoptr (DifTensor) noise = case_tensor (c, "noise");
  g_autoptr (DifTensor) noisy = NULL;
  g_autoptr (DifTensor) velocity = NULL;

  case_keys (c, known);
  setup_init (&setup, c, "DDPMScheduler", json_object_get (c->json, "config"), NULL, 0);
  if (! case_ok (c))
    return;
  if (! dif_tensor_same_shape (x0, noise) || x0->n_dims != 4 || x0->dim[0] != n)
    {
      case_fail (c, "t, x0 and noise do not fit together");
      return;
    }
  noisy = dif_context_like (c->context, x0);
  velocity = dif_context_like (c->context, x0);
  for (gsize i = 0; noisy && velocity && i < n; i++)
    {
      DifStep               step = dif_process_step (setup.process, t[i]);
      g_autoptr (DifTensor) own_x0 = picture (c, x0, i);
      g_autoptr (DifTensor) own_noise = picture (c, noise, i);
      g_autoptr (DifTensor) x = dif_sum (
          c->context, 2, (DifTerm[]) { { step.alpha, own_x0 }, { step.sigma, own_noise } });
      g_autoptr (DifTensor) v = dif_sum (
          c->context, 2, (DifTerm[]) { { step.alpha, own_noise }, { -step.sigma, own_x0 } });

      if (! x || ! v)
        break;
      memcpy (noisy->data + i * x->size, x->data, x->size * sizeof (float));
      memcpy (velocity->data + i * v->size, v->data, v->size * sizeof (float));
    }
  case_compare_tensor (c, "noisy", noisy);
  case_compare_tensor (c, "velocity", velocity);
}

/* img2img and inpainting start from a noised picture; inpainting at full strength from
 * noise alone. */
static void
read_start (Walk *walk, Case *c)
{
  g_autoptr (DifTensor) x0 = NULL;
  g_autoptr (DifTensor) noise = NULL;
  g_autoptr (DifTensor) start = NULL;
  gboolean              masked = case_lists (c, "mask");

  walk->start = case_pictures (c, case_lists (c, "x_start") ? "x_start" : "x_init");
  if (! case_lists (c, "x0"))
    return;
  x0 = case_pictures_like (c, "x0", walk->start);
  noise = case_pictures_like (c, "noise0", x0);
  if (! case_ok (c))
    return;
  if (! masked || case_number_or (c->json, "strength", 1.0) < 1.0)
    {
      start = walk_noised (walk, c, x0, noise);
      case_compare_tensor (c, "x_start", start);
    }
  if (masked)
    {
      walk->known = g_steal_pointer (&x0);
      walk->known_noise = g_steal_pointer (&noise);
      walk->mask = case_mask (c, "mask", walk->known);
    }
}

/* The core shows known pixels noised to the network at the first step too, where diffusers
 * shows noise alone. */
static void
compare_first (const Walk *walk, Case *c, const DifTensor *first)
{
  g_autoptr (DifTensor) expected =
      walk->mask && case_lists (c, "out_first") ? case_pictures_like (c, "out_first", first) : NULL;
  g_autoptr (DifTensor) mixed = NULL;

  if (case_ok (c) && expected && first)
    mixed = dif_mix (c->context, expected, first, walk->mask);
  case_compare_tensor (c, "out_first", walk->mask ? mixed : first);
}

static void
walk_clear (Walk *walk)
{
  g_clear_pointer (&walk->start, dif_tensor_unref);
  g_clear_pointer (&walk->known, dif_tensor_unref);
  g_clear_pointer (&walk->known_noise, dif_tensor_unref);
  g_clear_pointer (&walk->mask, dif_tensor_unref);
}

void
check_walk (Case *c)
{
  static const char *const known[] = { "scheduler",
                                       "config",
                                       "n",
                                       "steps",
                                       "step_args",
                                       "toy",
                                       "noise_step",
                                       "order",
                                       "t_start",
                                       "strength",
                                       "init_noise_sigma",
                                       "timesteps_dtype_in_diffusers",
                                       NULL };
  const char              *scheduler = case_string (c, c->json, "scheduler");
  g_auto (Setup) setup = { NULL };
  Walk                  walk = { .setup = &setup, .args = json_object_get (c->json, "step_args") };
  g_autoptr (DifTensor) first = NULL;
  g_autoptr (GPtrArray) trajectory = NULL;

  setup_init (&setup, c, scheduler, json_object_get (c->json, "config"), walk.args,
              case_count (c, c->json, "n"));
  case_keys (c, known);
  if (case_ok (c))
    walk.from = setup_first (&setup, case_count_or_0 (c, c->json, "t_start"));
  setup_compare_plan (&setup, c, walk.from);
  if (case_ok (c))
    read_start (&walk, c);
  walk.evaluator = toy_new (c, json_object_get (c->json, "toy"), setup.process, &first);
  if (walk.evaluator)
    {
      trajectory = walk_run (&walk, c);
      compare_first (&walk, c, first);
      case_compare_series (c, "traj", trajectory);
    }
  walk_clear (&walk);
}

static gboolean
keep_step (guint step G_GNUC_UNUSED, const DifTensor *x, const DifTensor *x0 G_GNUC_UNUSED,
           gpointer data)
{
  /* a sampler goes on with a tensor of its own */
  g_ptr_array_add (data, dif_tensor_ref ((DifTensor *) x));
  return TRUE;
}

void
check_annealed_langevin (Case *c)
{
  static const char *const known[] = { "levels", "steps_per_level", "eps", "toy", NULL };
  const DifSampler        *sampler = dif_sampler_find ("annealed-langevin");
  gsize                    n;
  g_autofree double       *sigmas = case_numbers (c, "sigmas", &n);
  g_autoptr (DifTensor)    x = case_pictures (c, "x_init");
  g_autoptr (GPtrArray)    noise = case_series (c, "noise", x);
  Recording                draws = recording_of (noise);
  DifEvaluator            *toy = toy_new (c, json_object_get (c->json, "toy"), NULL, NULL);
  g_autoptr (DifDenoiser)  denoiser = toy ? dif_predict_new (toy, DIF_PREDICTION_EPSILON) : NULL;
  g_autofree DifStep      *steps = g_new0 (DifStep, n + 1);
  g_autoptr (GPtrArray)    trajectory = NULL;
  g_autoptr (DifTensor)    end = NULL;
  DifSampling              sampling;

  case_keys (c, known);
  if (! sampler)
    case_unknown (c, "%s", c->group);
  if (! case_ok (c))
    return;
  for (gsize i = 0; i < n; i++)
    steps[i] = (DifStep) { sigmas[i], 1.0, sigmas[i] };
  steps[n] = (DifStep) { 0.0, 1.0, 0.0 };
  trajectory = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  dif_sampling_init (&sampling, sampler, steps, (guint) n, denoiser, &draws.parent);
  sampling.inner_steps = case_count (c, c->json, "steps_per_level");
  sampling.langevin_step = case_number (c, c->json, "eps") / (sigmas[n - 1] * sigmas[n - 1]);
  sampling.after_step = keep_step;
  sampling.data = trajectory;
  end = sampler->run (&sampling, c->context, g_steal_pointer (&x));
  case_compare_series (c, "traj", trajectory);
  case_compare_tensor (c, "denoised", end);
}
