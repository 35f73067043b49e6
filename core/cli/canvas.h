/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How a selection is worked on: options that all commands that make a picture have. */

#include "core/settings/request.h"

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
  char *detail;
  char *prefill;
  char *color_match;
  char *context;
  char *work_size;
  char *known;
  char *tile;
} CliCanvas;

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
