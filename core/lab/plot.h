/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifPlotColor:
 *
 * Colors that can be read on light and on dark pages.
 */
typedef enum
{
  DIF_PLOT_BLUE,
  DIF_PLOT_ORANGE,
  DIF_PLOT_GREEN,
  DIF_PLOT_GRAY,
} DifPlotColor;

/**
 * DifPlot:
 *
 * Panels with axes, side by side, as SVG.
 */
typedef struct _DifPlot DifPlot;

/**
 * dif_plot_new:
 * @title: above all panels
 * @height: of the panels on the page
 *
 * Returns: (transfer full): a plot without panels
 *
 * Thread: any
 */
DifPlot *dif_plot_new (const char *title, double height);

/**
 * dif_plot_free:
 * @plot: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_plot_free (DifPlot *plot);

/**
 * dif_plot_panel:
 * @plot: the plot
 * @title: above the panel
 * @caption: below it
 * @width: on the page
 * @x: (array fixed-size=2): what the horizontal axis spans
 * @y: (array fixed-size=2): what the vertical one spans
 *
 * Begins a panel, to which belongs what is drawn from here on; its ends are clipped.
 *
 * Thread: any
 */
void dif_plot_panel (DifPlot *plot, const char *title, const char *caption, double width,
                     const double *x, const double *y);

/**
 * dif_plot_dots:
 * @plot: the plot
 * @n: how many
 * @points: (array): [n, 2]
 * @color: theirs
 * @size: their diameter on the page
 *
 * Thread: any
 */
void dif_plot_dots (DifPlot *plot, gsize n, const double *points, DifPlotColor color, double size);

/**
 * dif_plot_arrows:
 * @plot: the plot
 * @n: how many
 * @points: (array): where they begin, [n, 2]
 * @arrows: (array): their lengths, in units of the axes, [n, 2]
 * @color: theirs
 * @thickness: on the page
 *
 * Thread: any
 */
void dif_plot_arrows (DifPlot *plot, gsize n, const double *points, const double *arrows,
                      DifPlotColor color, double thickness);

/**
 * dif_plot_curve:
 * @plot: the plot
 * @n: points
 * @points: (array): [n, 2]
 * @color: its
 * @dashed: whether it is
 *
 * Thread: any
 */
void dif_plot_curve (DifPlot *plot, gsize n, const double *points, DifPlotColor color,
                     gboolean dashed);

/**
 * dif_plot_cells:
 * @plot: the plot
 * @side: cells on a side
 * @values: (array): of the cells, 0 for clear to 1 for full; the lowest row first, [side, side]
 * @color: theirs
 *
 * Thread: any
 */
void dif_plot_cells (DifPlot *plot, guint side, const double *values, DifPlotColor color);

/**
 * dif_plot_to_svg:
 * @plot: the plot
 *
 * Returns: (transfer full): a file's text
 *
 * Thread: any
 */
char *dif_plot_to_svg (const DifPlot *plot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifPlot, dif_plot_free)

G_END_DECLS
