/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/cli/png-file.h"

G_BEGIN_DECLS

/**
 * CliColor:
 *
 * What colors a PNG file's numbers are, and the way from them to sRGB and back.
 */
typedef struct _CliColor CliColor;

/**
 * cli_color_new:
 * @png: a picture
 *
 * As the PNG specification (third edition) says: the first of cICP, iCCP, sRGB, and gAMA with cHRM
 * that can be understood counts; without any the numbers are sRGB's.
 *
 * Returns: (transfer full): the picture's colors
 *
 * Thread: any
 */
CliColor *cli_color_new (const CliPng *png);

/**
 * cli_color_free:
 * @color: (transfer full) (nullable): colors
 *
 * Thread: any
 */
void cli_color_free (CliColor *color);

/**
 * cli_color_to_srgb:
 * @color: colors
 * @own: (array): @n times the file's channels without alpha, from 0 to 1
 * @rgb: (out caller-allocates) (array): @n times R'G'B' (sRGB); beyond 0 and 1 where sRGB is too
 *   narrow
 * @n: pixels
 *
 * Thread: one at a time
 */
void cli_color_to_srgb (const CliColor *color, const float *own, float *rgb, gsize n);

/**
 * cli_color_from_srgb:
 * @color: colors
 * @rgb: (array): @n times R'G'B' (sRGB)
 * @own: (out caller-allocates) (array): @n times the file's channels without alpha; what the file
 *   cannot hold is beyond 0 and 1
 * @n: pixels
 *
 * The way back.  In a gray file a color becomes the gray that is as bright.
 *
 * Thread: one at a time
 */
void cli_color_from_srgb (const CliColor *color, const float *rgb, float *own, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliColor, cli_color_free)

G_END_DECLS
