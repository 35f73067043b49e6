/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimp.h>

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * DifRect:
 * @x: left
 * @y: top
 * @width: columns
 * @height: rows
 *
 * A part of an image, in the image's coordinates.
 */
typedef struct
{
  gint x;
  gint y;
  gint width;
  gint height;
} DifRect;

/**
 * DifAim:
 * @reads: whether pixels are looked at
 * @fills: whether what is transparent is filled, so that it is opaque afterwards
 * @replace: whether the layer's own pixels will be written
 * @visible: whether what is visible is read, not the layer by itself
 * @reach: pixels by which what is worked on may go beyond the selection
 * @request: (nullable): whose context the model sees around that
 *
 * What of the settings decides where the result goes.
 */
typedef struct
{
  gboolean reads;
  gboolean fills;
  gboolean replace;
  gboolean visible;
  gint     reach;

  const DifRequest *request;
} DifAim;

/**
 * DifTarget:
 * @reads: as #DifAim has it
 * @fills: likewise
 * @image: the image
 * @layer: (nullable): that is active: whose pixels are replaced, or read if not what is visible is
 * @above: (nullable): the layer a new one goes above, %NULL for the top
 * @unseen: (nullable) (element-type GimpLayer): earlier tries, that are not looked at
 * @replace: whether the layer's own pixels are written
 * @visible: whether what the image shows up to the new layer is read
 * @selected: whether there is a selection
 * @canvas: the image's size
 * @extent: where the layer lies
 * @area: what the result covers: the selection, and as far around it as is worked on
 * @region: what the model sees: @area and some context around it
 *
 * What a procedure was called on, looked at and found fit.
 */
typedef struct
{
  gboolean   reads;
  gboolean   fills;
  GimpImage *image;
  GimpLayer *layer;
  GimpLayer *above;
  GPtrArray *unseen;
  gboolean   replace;
  gboolean   visible;
  gboolean   selected;
  DifRect    canvas;
  DifRect    extent;
  DifRect    area;
  DifRect    region;
} DifTarget;

/**
 * dif_target_init:
 * @target: (out caller-allocates): filled
 * @aim: what is to be done
 * @image: the image
 * @drawables: (array zero-terminated=1): what is selected in the layers' list
 * @error: says in what state the image is and what helps
 *
 * Looks at everything that could go wrong, before anything is computed.
 *
 * Returns: whether the image is fit
 */
gboolean dif_target_init (DifTarget *target, const DifAim *aim, GimpImage *image,
                          GimpDrawable **drawables, GError **error);

/**
 * dif_target_refuse_outside:
 * @error: set
 *
 * Said where the bounds of selection and layer do not meet, and where they do but shapes do not.
 *
 * Returns: %FALSE
 */
gboolean dif_target_refuse_outside (GError **error);

/**
 * dif_target_is_plain:
 * @layer: a layer, or group
 *
 * Returns: whether it is seen as it is: opaque, in the normal mode and, of a group, without a mask
 *   or effects
 */
gboolean dif_target_is_plain (GimpLayer *layer);

/**
 * dif_target_outside:
 * @layer: a layer
 *
 * What is inside a group that is not plain is changed by it once more.
 *
 * Returns: (transfer none): @layer, or the outermost of the groups around it that are not plain
 */
GimpLayer *dif_target_outside (GimpLayer *layer);

/**
 * dif_target_recheck:
 * @target: the target a result was computed for
 * @error: says what changed
 *
 * The image may be edited while the computer computes: what no longer fits is
 * not written.
 *
 * Returns: whether image and layer are still there and as they were
 */
gboolean dif_target_recheck (const DifTarget *target, GError **error);

G_END_DECLS
