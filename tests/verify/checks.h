/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/verify/case.h"

/* One function for each file of the reference data, called for each of its entries. */

void check_betas (Case *c);
void check_sigmas (Case *c);
void check_timesteps (Case *c);
void check_ve (Case *c);

void check_forward (Case *c);
void check_walk (Case *c); /* trajectories, variants, img2img, inpaint */
void check_annealed_langevin (Case *c);
void check_score_sde_ve (Case *c);
void check_score_sde_predictors (Case *c);
void check_karras_ve (Case *c);
void check_repaint (Case *c);

void check_module (Case *c);
void check_guidance (Case *c); /* one of the modules */
void check_classifier_guidance (Case *c);

void check_model (Case *c);
void check_pixel_pipeline (Case *c);
void check_unet_gradient (Case *c);

void check_optim (Case *c);

void check_losses_simple (Case *c);
void check_losses_explicit (Case *c);
void check_losses_vlb (Case *c);
void check_losses_score (Case *c);
