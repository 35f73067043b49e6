/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * Guides:
 *
 * What leads a picture beside its label: options as they were given, and what a request borrows of
 * them.
 */
typedef struct
{
  char    *rescale;
  char    *interval;
  char    *classifier;
  char    *negative;
  char   **regions;
  char    *colors;
  char    *color_guidance;
  gboolean mean_color;

  /*< private >*/
  DifRegion *request_regions; /* with labels and masks of their own */
  guint      n_regions;
  float     *request_colors;
} Guides;

/**
 * guides_fill:
 * @guides: options
 * @request: gets what they say, but for the regions
 *
 * Returns: %CLI_OK or %CLI_MISUSED, with a sentence printed
 *
 * Thread: main
 */
int guides_fill (Guides *guides, DifRequest *request);

/**
 * guides_read:
 * @guides: options; outlive the request
 * @request: gets the regions
 * @sizes: whether the request takes its size from the first mask
 * @error: why they cannot be used
 *
 * Reads the regions' masks.
 *
 * Returns: whether that went well
 *
 * Errors: %DIF_ERROR_REQUEST, and those of reading pictures
 * Thread: main
 */
gboolean guides_read (Guides *guides, DifRequest *request, gboolean sizes, GError **error);

/**
 * guides_clear:
 * @guides: emptied
 *
 * Thread: main
 */
void guides_clear (Guides *guides);

/**
 * cli_parse_number:
 * @text: (nullable): a number as C writes it, or %NULL
 * @number: (inout): stays what it is without a text
 *
 * Returns: whether it is one
 *
 * Thread: any
 */
gboolean cli_parse_number (const char *text, double *number);

G_END_DECLS
