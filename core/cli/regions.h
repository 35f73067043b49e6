/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * CliRegions:
 * @given: (nullable): "grass=meadow.png", as it was given
 *
 * Parts of a picture with prompts of their own.
 */
typedef struct
{
  char **given;

  /*< private >*/
  DifRegion *regions; /* with prompts and masks of their own */
  guint      n;
} CliRegions;

/**
 * cli_regions_read:
 * @regions: what was given; outlives the request
 * @request: gets it
 * @sizes: whether the request takes its size from the first mask
 * @error: why they cannot be used
 *
 * Reads the masks.
 *
 * Returns: whether that went well
 *
 * Errors: %DIF_ERROR_REQUEST, and those of reading pictures
 * Thread: main
 */
gboolean cli_regions_read (CliRegions *regions, DifRequest *request, gboolean sizes,
                           GError **error);

/**
 * cli_regions_clear:
 * @regions: emptied
 *
 * Thread: main
 */
void cli_regions_clear (CliRegions *regions);

G_END_DECLS
