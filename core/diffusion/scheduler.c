/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/scheduler.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

#define ENDING "Scheduler"

/* As their betas are given: of pictures, and of compressed ones. */
#define PIXELS  "linear", 1e-4, 0.02
#define LATENTS "linear", 0.00085, 0.012
#define SCALED  "scaled_linear", 0.00085, 0.012
#define COSINE  "squaredcos_cap_v2", 1e-4, 0.02

static const DifScheduler schedulers[] = {
  { "DDPM", "discrete", "leading", PIXELS, TRUE, TRUE },
  { "DDPMParallel", "discrete", "leading", PIXELS, TRUE, TRUE },
  { "GaussianDDPM", "discrete", "leading", PIXELS, TRUE, TRUE }, /* DDPM's first name */
  { "DDIM", "discrete", "leading", PIXELS, TRUE, TRUE },
  { "DDIMParallel", "discrete", "leading", PIXELS, TRUE, TRUE },
  { "DDIMInverse", "discrete", "leading", PIXELS, TRUE, TRUE },
  { "RePaint", "discrete", "leading", PIXELS, TRUE, TRUE },
  { "UnCLIP", "discrete", "linspace", COSINE, TRUE, TRUE },
  { "PNDM", "discrete", "leading", PIXELS, FALSE, FALSE },
  { "LCM", "discrete", "leading", SCALED, FALSE, TRUE, .distilled = TRUE },
  { "TCD", "discrete", "leading", SCALED, FALSE, FALSE, .distilled = TRUE },
  { "DEISMultistep", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "DPMSolverMultistep", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "DPMSolverMultistepInverse", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "DPMSolverSinglestep", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "DPMSolverSDE", "discrete", "linspace", LATENTS, FALSE, TRUE },
  { "EulerDiscrete", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "EulerAncestralDiscrete", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "HeunDiscrete", "discrete", "linspace", LATENTS, FALSE, TRUE },
  { "KDPM2Discrete", "discrete", "linspace", LATENTS, FALSE, TRUE },
  { "KDPM2AncestralDiscrete", "discrete", "linspace", LATENTS, FALSE, TRUE },
  { "LMSDiscrete", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "SASolver", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "UniPCMultistep", "discrete", "linspace", PIXELS, FALSE, TRUE },
  { "ScoreSdeVe", "ve", "linspace", PIXELS, FALSE, TRUE },
  { "EDMEuler", "edm", "linspace", PIXELS, FALSE, TRUE },
  { "EDMDPMSolverMultistep", "edm", "linspace", PIXELS, FALSE, TRUE },
  { "FlowMatchEulerDiscrete", "rectified-flow", "linspace", PIXELS, FALSE, TRUE },
  { "FlowMatchHeunDiscrete", "rectified-flow", "linspace", PIXELS, FALSE, TRUE },
};

/* Those whose models are known to be of another kind, by how their names begin. */
static const struct
{
  const char *prefix;
  const char *what;
} strangers[] = {
  { "Flow", N_ ("a flow-matching model") },
  { "LTXEulerAncestralRF", N_ ("a flow-matching model") },
  { "Helios", N_ ("a flow-matching model") },
  { "CMStochasticIterative", N_ ("a consistency model") },
  { "SCM", N_ ("a consistency model") },
  { "ConsistencyDecoder", N_ ("the decoder of a compressed picture") },
  { "DDPMWuerstchen", N_ ("a model of compressed pictures") },
  { "CogVideoX", N_ ("a model for videos") },
  { "IPNDM", N_ ("a model for sounds (Dance Diffusion)") },
  { "CosineDPMSolver", N_ ("a model for sounds (Stable Audio)") },
  { "KarrasVe", N_ ("a model that is told noise levels in another way (Karras VE)") },
  { "ScoreSdeVp", N_ ("a model that is told noise levels in another way (VP SDE)") },
  { "VQDiffusion", N_ ("a model that puts a picture together from a list of pieces") },
  { "Amused", N_ ("a model that puts a picture together from a list of pieces") },
};

static const DifScheduler *
known (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (schedulers); i++)
    if (g_str_equal (name, schedulers[i].name))
      return &schedulers[i];
  return NULL;
}

static void
refuse (DifJsonReader *r, const char *class_name, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    if (g_str_has_prefix (name, strangers[i].prefix))
      {
        /* Translators: a class such as FlowMatchEulerDiscreteScheduler, and a kind of model */
        dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "_class_name",
                              _ ("“%s” belongs to %s, which cannot be used here"), class_name,
                              _ (strangers[i].what));
        return;
      }
  dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "_class_name",
                        _ ("schedulers of the class “%s” are not known here"), class_name);
}

const DifScheduler *
dif_scheduler_find (DifJsonReader *r)
{
  const char         *class_name = dif_json_string_or_null (r, "_class_name", NULL, NULL);
  const char         *begin = class_name;
  const DifScheduler *scheduler;
  g_autofree char    *name = NULL;

  if (r->error || ! class_name)
    return r->error ? NULL : &schedulers[0];
  if (g_str_has_prefix (class_name, "Flax")) /* the same under another framework */
    begin += strlen ("Flax");
  name = g_strdup (begin);
  if (g_str_has_suffix (name, ENDING))
    name[strlen (name) - strlen (ENDING)] = '\0';
  scheduler = known (name);
  if (! scheduler)
    refuse (r, class_name, name);
  return scheduler;
}
