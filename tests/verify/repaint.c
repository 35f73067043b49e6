/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/diffusion/evaluator.h"
#include "tests/verify/checks.h"
#include "tests/verify/setup.h"
#include "tests/verify/spy.h"
#include "tests/verify/toy.h"

/* The recorded draws as the core takes them: one at each move.
 *
 * Going up, diffusers adds noise timestep by timestep, and by the betas of the timesteps one above
 * those it passes; the core takes one draw for all, by the levels at both ends.  So the core is
 * given the draw that takes x from where the spy last saw it to where diffusers goes. */
typedef struct
{
  DifNoise     parent;
  GPtrArray   *draws;
  guint       *first; /* of each move's draws, and where the last one's end */
  double      *t;     /* of each move */
  guint        n_moves;
  const Setup *setup;
  const Spy   *spy;
} Draws;

/* Beyond the process's timesteps there is none. */
static double
beta_of (const DifProcess *process, guint t)
{
  if (t >= process->n_train_steps)
    return NAN;
  return 1.0 - process->alphas_cumprod[t] / (t > 0 ? process->alphas_cumprod[t - 1] : 1.0);
}

static double
up_draw (const Draws *draws, guint move, gsize k)
{
  const guint      done = g_array_index (draws->spy->steps, guint, move - 1);
  const DifTensor *x = draws->spy->moved->pdata[move - 1];
  const DifStep   *to = &draws->setup->plan->steps[done - 1];
  const guint      t = (guint) draws->t[move - 1];
  double           y = x->data[k];
  double           variance;

  for (guint i = draws->first[move]; i < draws->first[move + 1]; i++)
    {
      const DifTensor *z = draws->draws->pdata[i];
      const double     beta = beta_of (draws->setup->process, t + i - draws->first[move]);

      y = sqrt (1.0 - beta) * y + sqrt (beta) * z->data[k];
    }
  dif_posterior_variance (to, to + 1, &variance);
  return (y - to->alpha / to[1].alpha * x->data[k]) / sqrt (variance);
}

static void
fill (DifNoise *self, guint64 draw, gsize index, float *out, gsize n)
{
  const Draws *draws = (const Draws *) self;
  const guint  move = (guint) draw;

  for (gsize i = 0; i < n; i++)
    if (move >= draws->n_moves || move > draws->spy->moved->len)
      out[i] = NAN;
    else if (move > 0 && draws->t[move] >= draws->t[move - 1])
      out[i] = (float) up_draw (draws, move, index + i);
    else
      out[i] = ((DifTensor *) draws->draws->pdata[draws->first[move]])->data[index + i];
}

/* noise_step tells of each draw at which move it was taken. */
static gboolean
read_draws (Draws *draws, Case *c, const DifTensor *x)
{
  json_t *moves = json_object_get (c->json, "noise_step");
  gsize   n;

  draws->parent = (DifNoise) { fill, 0 };
  draws->draws = case_series (c, "noise", x);
  draws->t = case_numbers (c, "timesteps", &n);
  draws->n_moves = (guint) n;
  draws->first = g_new0 (guint, n + 1);
  for (gsize k = 0; case_ok (c) && k < n; k++)
    if (! (draws->t[k] >= 0.0 && draws->t[k] < G_MAXINT))
      case_fail (c, "timesteps: %g is none", draws->t[k]);
  if (case_ok (c) && json_array_size (moves) != draws->draws->len)
    case_fail (c, "noise_step and noise are not of one length");
  for (guint i = 0; case_ok (c) && i < draws->draws->len; i++)
    {
      const guint move = (guint) json_integer_value (json_array_get (moves, i));

      if (move >= n)
        case_fail (c, "noise_step is beyond the timesteps");
      else
        draws->first[move + 1] = i + 1;
    }
  for (guint k = 0; case_ok (c) && k < n; k++)
    if (draws->first[k + 1] <= draws->first[k])
      case_fail (c, "there is a step without noise");
  return case_ok (c);
}

static void
draws_clear (Draws *draws)
{
  g_clear_pointer (&draws->draws, g_ptr_array_unref);
  g_free (draws->first);
  g_free (draws->t);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draws, draws_clear)

/* Of each move, the timestep of the step that leads to where it ends. */
static void
compare_timesteps (const Setup *setup, Case *c, const Spy *spy)
{
  const guint        n = spy->steps->len;
  g_autofree double *t = g_new (double, n);

  for (guint i = 0; i < n; i++)
    {
      const guint done = g_array_index (spy->steps, guint, i);

      t[i] = done > 0 ? setup->plan->steps[done - 1].t : NAN;
    }
  case_compare (c, "timesteps", t, n);
}

static DifDenoiser *
chain_new (Case *c, const Setup *setup, const DifTensor *x, DifNoise *noise)
{
  DifEvaluator         *toy = toy_new (c, json_object_get (c->json, "toy"), setup->process, NULL);
  g_autoptr (DifTensor) known = case_pictures_like (c, "original", x);
  g_autoptr (DifTensor) mask = case_mask (c, "mask", x);
  DifDenoiser          *chain;

  if (! case_ok (c))
    {
      dif_evaluator_free (toy);
      return NULL;
    }
  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = 1.0f - mask->data[i]; /* there, 1 is known */
  chain = dif_predict_new (toy, setup->process->prediction);
  if (setup->process->clip)
    chain = dif_clip_new (chain, setup->process->clip_range);
  return dif_mask_new_drawn (chain, known, mask, noise);
}

void
check_repaint (Case *c)
{
  static const char *const known[] = { "config", "set_timesteps", "toy", "noise_step", NULL };
  json_t                  *config = json_object_get (c->json, "config");
  json_t                  *args = json_object_get (c->json, "set_timesteps");
  const DifSampler        *sampler = dif_sampler_find ("repaint");
  g_autoptr (DifDenoiser)  chain = NULL;
  g_autoptr (DifTensor)    x = case_pictures (c, "x_init");
  g_autoptr (DifTensor)    end = NULL;
  g_auto (Draws) draws = { .draws = NULL };
  g_auto (Setup) setup = { NULL };
  g_auto (Spy) spy;
  DifSampling sampling;

  spy_init (&spy, NULL);
  case_keys (c, known);
  /* RePaint's steps and configuration are DDIM's */
  setup_init (&setup, c, "DDIMScheduler", config, NULL,
              case_count (c, args, "num_inference_steps"));
  if (! case_ok (c) || ! read_draws (&draws, c, x))
    return;
  draws.setup = &setup;
  draws.spy = &spy;
  chain = chain_new (c, &setup, x, &draws.parent);
  if (! chain)
    return;
  spy.inner = chain;
  dif_sampling_init (&sampling, sampler, setup.plan->steps, setup.plan->n, NULL, &draws.parent);
  sampling.eta = case_number (c, config, "eta");
  sampling.jump_length = case_count (c, args, "jump_length");
  sampling.jump_count = case_count (c, args, "jump_n_sample");
  spy_watch (&spy, &sampling);
  end = sampler->run (&sampling, c->context, g_steal_pointer (&x));
  compare_timesteps (&setup, c, &spy);
  case_compare_series (c, "traj", spy.moved);
}
