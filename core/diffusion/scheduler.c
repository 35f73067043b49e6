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
  { "DDPM", DIF_PROCESS_DISCRETE, "leading", PIXELS, TRUE, TRUE },
  { "DDPMParallel", DIF_PROCESS_DISCRETE, "leading", PIXELS, TRUE, TRUE },
  { "GaussianDDPM", DIF_PROCESS_DISCRETE, "leading", PIXELS, TRUE, TRUE }, /* DDPM's first name */
  { "DDIM", DIF_PROCESS_DISCRETE, "leading", PIXELS, TRUE, TRUE },
  { "DDIMParallel", DIF_PROCESS_DISCRETE, "leading", PIXELS, TRUE, TRUE },
  { "DDIMInverse", DIF_PROCESS_DISCRETE, "leading", PIXELS, TRUE, TRUE },
  { "RePaint", DIF_PROCESS_DISCRETE, "leading", PIXELS, TRUE, TRUE },
  { "UnCLIP", DIF_PROCESS_DISCRETE, "linspace", COSINE, TRUE, TRUE },
  { "PNDM", DIF_PROCESS_DISCRETE, "leading", PIXELS, FALSE, FALSE },
  { "LCM", DIF_PROCESS_DISCRETE, "leading", SCALED, FALSE, TRUE },
  { "TCD", DIF_PROCESS_DISCRETE, "leading", SCALED, FALSE, FALSE },
  { "DEISMultistep", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "DPMSolverMultistep", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "DPMSolverMultistepInverse", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "DPMSolverSinglestep", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "DPMSolverSDE", DIF_PROCESS_DISCRETE, "linspace", LATENTS, FALSE, TRUE },
  { "EulerDiscrete", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "EulerAncestralDiscrete", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "HeunDiscrete", DIF_PROCESS_DISCRETE, "linspace", LATENTS, FALSE, TRUE },
  { "KDPM2Discrete", DIF_PROCESS_DISCRETE, "linspace", LATENTS, FALSE, TRUE },
  { "KDPM2AncestralDiscrete", DIF_PROCESS_DISCRETE, "linspace", LATENTS, FALSE, TRUE },
  { "LMSDiscrete", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "SASolver", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "UniPCMultistep", DIF_PROCESS_DISCRETE, "linspace", PIXELS, FALSE, TRUE },
  { "ScoreSdeVe", DIF_PROCESS_VE, "linspace", PIXELS, FALSE, TRUE },
  { "EDMEuler", DIF_PROCESS_EDM, "linspace", PIXELS, FALSE, TRUE },
  { "EDMDPMSolverMultistep", DIF_PROCESS_EDM, "linspace", PIXELS, FALSE, TRUE },
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
