/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimp.h>

G_BEGIN_DECLS

/* A choice that leaves it to the core. */
#define DIF_CHOICE_DEFAULT "default"

/**
 * dif_choices_samplers:
 *
 * Returns: (transfer full): the core's samplers
 */
GimpChoice *dif_choices_samplers (void);

/**
 * dif_choices_spacings:
 *
 * Returns: (transfer full): the core's spacings, and the default
 */
GimpChoice *dif_choices_spacings (void);

/**
 * dif_choices_prefills:
 *
 * Returns: (transfer full): what a hole can begin as
 */
GimpChoice *dif_choices_prefills (void);

/**
 * dif_choices_knowns:
 *
 * Returns: (transfer full): how pixels outside the selection take part
 */
GimpChoice *dif_choices_knowns (void);

/**
 * dif_choices_tiles:
 *
 * Returns: (transfer full): which edges continue each other
 */
GimpChoice *dif_choices_tiles (void);

/**
 * dif_choices_samples:
 *
 * Returns: (transfer full): whose pixels are looked at
 */
GimpChoice *dif_choices_samples (void);

/**
 * dif_choices_outputs:
 *
 * Returns: (transfer full): where results go
 */
GimpChoice *dif_choices_outputs (void);

G_END_DECLS
