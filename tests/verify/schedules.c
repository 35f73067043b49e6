/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/verify/checks.h"
#include "tests/verify/setup.h"

#define TRAINED "num_train_timesteps" /* of a row, or of all; else 1000 as usual */

void
check_betas (Case *c)
{
  static const char *const known[] = { "config", NULL };
  json_t                  *config = json_object_get (c->json, "config");
  g_auto (Setup) setup = { NULL };
  g_autofree double *numbers = NULL;
  guint              n;

  case_keys (c, known);
  /* any scheduler will do: they share the schedules */
  setup_init (&setup, c, "DDPMScheduler", config, NULL, 0);
  if (setup.process && ! setup.process->alphas_cumprod)
    case_unknown (c, "a process without betas");
  if (! setup.process || ! setup.process->alphas_cumprod)
    return;
  n = setup.process->n_train_steps;
  numbers = g_new (double, n);
  for (guint t = 0; t < n; t++)
    numbers[t] = 1.0 - setup.process->alphas_cumprod[t] /
                           (t > 0 ? setup.process->alphas_cumprod[t - 1] : 1.0);
  case_compare (c, "betas", numbers, n);
  case_compare (c, "betas_f64", numbers, n);
  case_compare (c, "alphas_cumprod", setup.process->alphas_cumprod, n);
  case_compare (c, "alphas_cumprod_f64", setup.process->alphas_cumprod, n);
  for (guint t = 0; t < n; t++)
    {
      DifStep step = dif_process_step (setup.process, t);

      numbers[t] = step.sigma / step.alpha;
    }
  case_compare (c, "sigmas", numbers, n);
}

/* init_noise_sigma is how diffusers starts, not a ladder's number: trajectories use it. */
void
check_sigmas (Case *c)
{
  static const char *const known[] = { "n", "scheduler", "config", "init_noise_sigma", NULL };
  const char              *scheduler = case_string (c, c->json, "scheduler");
  guint                    n = case_count (c, c->json, "n");
  g_auto (Setup) setup = { NULL };

  setup_init (&setup, c, scheduler, json_object_get (c->json, "config"), NULL, n);
  case_keys (c, known);
  setup_compare_plan (&setup, c, 0);
}

/* Rows of timesteps.json, which holds the expected numbers itself. */
void
check_timesteps (Case *c)
{
  static const char *const known[] = { "scheduler", "spacing",   "steps_offset",
                                       "n",         "timesteps", "original_inference_steps",
                                       TRAINED,     NULL };
  json_t                  *row = json_object_get (c->json, "timesteps");
  gsize                    n_expected = json_array_size (row);
  const char              *scheduler = case_string (c, c->json, "scheduler");
  g_autofree double       *expected = g_new (double, n_expected);
  g_autofree double       *got = g_new (double, n_expected);
  g_autoptr (GArray)       asked = NULL;
  json_t                  *config;
  g_auto (Setup) setup = { NULL };

  config =
      json_pack ("{sO* sO* sO* sO*}", "num_train_timesteps",
                 json_object_get (json_object_get (c->json, TRAINED) ? c->json : c->root, TRAINED),
                 "timestep_spacing", json_object_get (c->json, "spacing"), "steps_offset",
                 json_object_get (c->json, "steps_offset"), "original_inference_steps",
                 json_object_get (c->json, "original_inference_steps"));
  setup_init (&setup, c, scheduler, config, NULL, case_count (c, c->json, "n"));
  json_decref (config);
  case_keys (c, known);
  if (! case_ok (c))
    return;
  asked = setup_asked (&setup, c, 0);
  if (asked->len != n_expected)
    case_fail (c, "%u timesteps instead of %" G_GSIZE_FORMAT, asked->len, n_expected);
  for (gsize i = 0; case_ok (c) && i < n_expected; i++)
    {
      expected[i] = json_number_value (json_array_get (row, i));
      got[i] = g_array_index (asked, DifStep, i).t;
    }
  case_compare_to (c, "timesteps", got, expected, n_expected, 0.0, 0.0);
}
