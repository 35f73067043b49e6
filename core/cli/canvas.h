/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How a selection is worked on: options that all commands that make a picture have. */

#include "core/pipeline/request.h"

G_BEGIN_DECLS

/**
 * CliCanvas:
 *
 * What was given, as text; %NULL for what was not.
 */
typedef struct
{
  char *soft;
  char *grow;
  char *feather;
  char *blend;
  char *prefill;
  char *colour_match;
} CliCanvas;

/* Their rows in a command's table of options. */
#define CLI_CANVAS_ENTRIES(c)                                                       \
  { "soft",     0,                                                                  \
    0,          G_OPTION_ARG_STRING,                                                \
    &(c)->soft, N_ ("whether grey of the mask is a noise level: yes or no"),        \
    "YES" },                                                                        \
      { "grow",     0,                                                              \
        0,          G_OPTION_ARG_STRING,                                            \
        &(c)->grow, N_ ("pixels to enlarge the mask by; below 0 to shrink it (0)"), \
        "N" },                                                                      \
      { "feather",                                                                  \
        0,                                                                          \
        0,                                                                          \
        G_OPTION_ARG_STRING,                                                        \
        &(c)->feather,                                                              \
        N_ ("pixels to soften the mask's edge over (0)"),                           \
        "N" },                                                                      \
      { "blend",     0,                                                             \
        0,           G_OPTION_ARG_STRING,                                           \
        &(c)->blend, N_ ("pixels inside the edge to blend the result in over (0)"), \
        "N" }

/**
 * cli_canvas_fill:
 * @canvas: what was given
 * @request: gets it
 *
 * Says what is wrong.
 *
 * Returns: 0 or an exit code
 *
 * Thread: main
 */
int cli_canvas_fill (const CliCanvas *canvas, DifRequest *request);

/**
 * cli_canvas_clear:
 * @canvas: emptied
 *
 * Thread: main
 */
void cli_canvas_clear (CliCanvas *canvas);

G_END_DECLS
