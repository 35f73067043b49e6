/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/denoiser.h"
#include "core/diffusion/noise.h"
#include "core/diffusion/process.h"
#include "core/ops/elementwise.h"

G_BEGIN_DECLS

/**
 * DifStepFunc:
 * @step: steps done, 1 … n; less than before when a sampler went back up (see #DifSampler)
 * @x: where the sampler is now
 * @x0: (nullable): the last prediction of the clean picture
 * @data: what was given
 *
 * Called after each step of a sampler.
 *
 * Returns: whether to go on; if not, the sampler ends where it is
 */
typedef gboolean (*DifStepFunc) (guint step, const DifTensor *x, const DifTensor *x0,
                                 gpointer data);

/* Variants of solvers, and how other implementations differ; see reference.h. */
typedef struct _DifSolver    DifSolver;
typedef struct _DifReference DifReference;

/**
 * DifChurn:
 * @amount: S_churn
 * @min: S_tmin, of sigma / alpha
 * @max: S_tmax, of sigma / alpha; 0 for no limit
 * @noise: S_noise
 *
 * Noise that is put back before steps between two levels.
 *
 * Source: Karras et al. 2022, algorithm 2
 */
typedef struct
{
  double amount;
  double min;
  double max;
  double noise;
} DifChurn;

/**
 * DifSampling:
 * @steps: (array length=n): noise levels at which the denoiser is asked, falling, and one more:
 *   where the run ends (alpha 1, sigma 0 for the clean picture)
 * @n: how many
 * @denoiser: what is asked
 * @noise: fresh noise for stochastic samplers, drawn from stream 1 on
 * @process: (nullable): tells the timesteps of noise levels between the steps; without it they
 *   are interpolated between the steps' own
 * @eta: how much of the posterior's noise DDIM, RePaint and the ancestral samplers put back, 0 to
 *   1; TCD's gamma
 * @solver: a variant of a solver; the usual one unless a recorded run is walked
 * @churn: for Euler and Heun
 * @snr: signal-to-noise ratio of a corrector's Langevin steps; 0 for the row's own
 * @corrector_steps: at each noise level
 * @jump_length: steps that RePaint goes back up; 0 for a 25th of the run
 * @jump_count: how often it walks each stretch; 0 for as often as @evaluations allow
 * @large_variance: DDPM's noise has variance beta_t
 * @mean_velocity: PLMS and PNDM average alpha eps - sigma x0 instead of eps (what the reference
 *   does for networks that predict it)
 * @evaluations: of the denoiser that the whole run may make, for samplers whose steps do not all
 *   take as many; 0 if nobody counts
 * @inner_steps: Langevin steps at each noise level; 0 for as many as @evaluations allow
 * @langevin_step: their size in units of the squared noise level (epsilon / sigma_L² of Song &
 * Ermon 2019, twice that of Song & Ermon 2020); 0 to choose it from the ladder
 * (dif_langevin_choose(), and what consistent annealed sampling says)
 * @reference: how others differ, likewise
 * @after_step: (nullable): called after every step; says whether to go on
 * @data: for @after_step
 *
 * All a sampler is given.
 */
typedef struct
{
  const DifStep      *steps;
  guint               n;
  DifDenoiser        *denoiser;
  DifNoise           *noise;
  const DifProcess   *process;
  double              eta;
  const DifSolver    *solver;
  DifChurn            churn;
  double              snr;
  guint               corrector_steps;
  guint               jump_length;
  guint               jump_count;
  gboolean            large_variance;
  gboolean            mean_velocity;
  guint               evaluations;
  guint               inner_steps;
  double              langevin_step;
  const DifReference *reference;
  DifStepFunc         after_step;
  gpointer            data;
} DifSampling;

/**
 * DifSampler:
 * @id: "ddim"
 * @label: a proper noun, for people; to be translated where it is more
 * @citation: where it is defined
 * @order: of convergence in the number of steps; of stochastic ones in distribution
 * @evals: evaluations of the denoiser at each step
 * @least_evals: evaluations that a run takes at least, since with fewer there is no picture; 0 for
 *   none.  Its label says so
 * @stochastic: whether it draws fresh noise, with its own eta
 * @whole_steps: whether its timesteps are rounded to whole ones
 * @drop_last: spreads its steps over one more point (see #DifSpacingArgs)
 * @final_alpha: whether it honours set_alpha_to_one = false
 * @pure_noise: whether it can begin where alpha is 0
 * @spacing: (nullable): id of its own spacing, whatever is wished
 * @whole_ladder: whether timesteps of Karras's noise levels are rounded to whole ones, others not
 * @geometric: whether its noise levels fall by a constant ratio, whatever the spacing
 * @stays: whether it makes several steps at a level where that is asked for
 * @overshoots: whether a step straight in sigma / alpha, from where nearly all is noise, leads it
 *   astray, so that it begins where that is 30 at most
 * @distilled: whether it is for networks that were taught to see the end of the probability flow
 *   instead of the mean of all clean pictures; others show it a flat card
 * @one_level: whether it works at the lowest noise level alone, so that what it gives is
 *   distributed like the data only as far as noise of that level reaches.  It is for networks that
 *   know no other level: from noise it never finds to a picture that it would have to be near
 * @seeks_modes: whether it ends nearer to the likeliest pictures instead of at typical ones
 * @oversteps: whether it goes down by more than its step on one prediction, as networks that were
 *   taught to see whole trajectories let it; from others it gets a little less variety
 * @goes_back: whether it goes back up to noisier levels, where known pixels want fresh noise
 *   (dif_mask_new_drawn())
 * @eta: its own eta of #DifSampling
 * @levels: (nullable): how many levels a run of so many evaluations has, where that is not one for
 *   @evals
 * @run: from x at steps[0] to x at steps[n]
 *
 * One way to walk from noise to a picture.  Takes x (transfer full), so that one that nobody else
 * holds is written over, and gives the end back, or %NULL when the context failed.
 */
typedef struct
{
  const char *id;
  const char *label;
  const char *citation;
  guint       order;
  guint       evals;
  guint       least_evals;
  gboolean    stochastic;
  gboolean    whole_steps;
  gboolean    drop_last;
  gboolean    final_alpha;
  gboolean    pure_noise;
  const char *spacing;
  gboolean    whole_ladder;
  gboolean    geometric;
  gboolean    stays;
  gboolean    overshoots;
  gboolean    distilled;
  gboolean    one_level;
  gboolean    seeks_modes;
  gboolean    oversteps;
  gboolean    goes_back;
  double      eta;
  guint (*levels) (guint evaluations);
  DifTensor *(*run) (const DifSampling *sampling, DifContext *context, DifTensor *x);
} DifSampler;

/**
 * dif_samplers:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifSampler *const *dif_samplers (guint *n);

/**
 * dif_sampler_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifSampler *dif_sampler_find (const char *id);

/**
 * dif_sampler_for:
 * @process: (nullable): what a network was trained on
 *
 * The one to use when none was chosen: DPM-Solver++ 2M; for networks of one noise level plain
 * Langevin; and for those whose output is a score DPM-Solver++ 2M SDE.  What a score is wrong by is
 * multiplied by sigma, half a hundred at the top, and stays in x where no noise is drawn anew: of
 * gravel learned in three minutes, 5 of 8 pictures of 64 pixels then end speckled or as noise.
 *
 * Returns: its row
 *
 * Thread: any
 */
const DifSampler *dif_sampler_for (const DifProcess *process);

/**
 * dif_sampler_fits:
 * @sampler: a row
 * @process: what a network was trained on
 *
 * Returns: whether @sampler makes pictures with such a network: those of one level with one of one
 *   level and no others, those for distilled ones with such
 *
 * Thread: any
 */
gboolean dif_sampler_fits (const DifSampler *sampler, const DifProcess *process);

/**
 * dif_sampler_evaluations:
 * @sampler: a row
 * @wished: how many are asked for
 *
 * Returns: how many evaluations of the denoiser a run may make, at least what @sampler needs
 *
 * Thread: any
 */
guint dif_sampler_evaluations (const DifSampler *sampler, guint wished);

/**
 * dif_sampler_levels:
 * @sampler: a row
 * @wished: how many evaluations are asked for
 * @inner_steps: Langevin steps at each level, 0 for the sampler's own
 *
 * Returns: how many noise levels a run goes down with so many evaluations, at least one
 *
 * Thread: any
 */
guint dif_sampler_levels (const DifSampler *sampler, guint wished, guint inner_steps);

/**
 * dif_sampling_init:
 * @sampling: (out caller-allocates): filled with defaults and these
 * @sampler: who is to run, for its own defaults
 * @steps: see #DifSampling
 * @n: see #DifSampling
 * @denoiser: see #DifSampling
 * @noise: see #DifSampling
 *
 * Thread: any
 */
void dif_sampling_init (DifSampling *sampling, const DifSampler *sampler, const DifStep *steps,
                        guint n, DifDenoiser *denoiser, DifNoise *noise);

/**
 * dif_sampling_after_step:
 * @sampling: the run
 * @step: steps done
 * @x: (nullable): where it is
 * @x0: (nullable): the last prediction
 *
 * For samplers: reports the step.
 *
 * Returns: whether to go on; if not, @x is where the run ends
 *
 * Thread: the context's
 */
gboolean dif_sampling_after_step (const DifSampling *sampling, guint step, const DifTensor *x,
                                  const DifTensor *x0);

/**
 * dif_sampling_between:
 * @sampling: the run
 * @i: between steps[i] and steps[i + 1]
 * @ratio: sigma / alpha there
 *
 * A noise level that is not one of the steps, of the kind of process that the run's is of, or else
 * steps[i].
 *
 * Returns: the level, with the timestep the network is to be told
 *
 * Thread: any
 */
DifStep dif_sampling_between (const DifSampling *sampling, guint i, double ratio);

/**
 * DifStepRule:
 * @sampling: the run
 * @context: the context
 * @i: from steps[i] to steps[i + 1]
 * @x: (transfer full): where the sampler is
 * @p: what the denoiser saw there
 * @state: what was given to dif_sampling_walk()
 *
 * Returns: (transfer full) (nullable): x at the next step
 */
typedef DifTensor *(*DifStepRule) (const DifSampling *sampling, DifContext *context, guint i,
                                   DifTensor *x, const DifPrediction *p, gpointer state);

/**
 * dif_sampling_walk:
 * @sampling: the run
 * @context: the context
 * @x: (transfer full): x at steps[0]
 * @rule: makes one step
 * @state: for @rule
 *
 * The loop of samplers that ask the denoiser once at each step.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): x at steps[n]
 */
DifTensor *dif_sampling_walk (const DifSampling *sampling, DifContext *context, DifTensor *x,
                              DifStepRule rule, gpointer state);

/**
 * dif_posterior_variance:
 * @from: a step
 * @to: a later, less noisy one
 * @beta: (out) (optional): variance of what @from adds to @to
 *
 * Variance of q (x_to | x_from, x_0).
 *
 * Returns: it
 *
 * Thread: any
 * Source: Ho et al. 2020, eq. 7; Kingma et al. 2021, eq. 27, for any process
 */
double dif_posterior_variance (const DifStep *from, const DifStep *to, double *beta);

/**
 * dif_sampling_draw:
 * @sampling: the run
 * @context: the context
 * @x: (transfer full) (nullable): written over
 * @n: how many terms, 1 to 3
 * @mean: (array length=n): what dif_sum() takes
 * @deviation: of what is added
 *
 * Fresh noise around a mean; where the deviation is 0 none is drawn.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the sum
 */
DifTensor *dif_sampling_draw (const DifSampling *sampling, DifContext *context, DifTensor *x,
                              guint n, const DifTerm *mean, double deviation);

/**
 * dif_sampling_settle:
 * @sampling: the run, for its eta
 * @context: the context
 * @i: from steps[i] to steps[i + 1]
 * @x: (transfer full) (nullable): written over
 * @x0: (nullable): the clean picture
 * @eps: (nullable): the noise
 *
 * DDIM's step: of the next level's noise, eta times the posterior's deviation is fresh.
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Song et al. 2021 (DDIM), eq. 12 and 16
 *
 * Returns: (transfer full) (nullable): x at the next step
 */
DifTensor *dif_sampling_settle (const DifSampling *sampling, DifContext *context, guint i,
                                DifTensor *x, const DifTensor *x0, const DifTensor *eps);

G_END_DECLS
