/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/plot.h"

#include <math.h>

#define INK    "#6e7781"
#define FONT   "system-ui, sans-serif"
#define MARGIN 16.0
#define LEFT   34.0 /* of a panel, for its numbers */
#define TOP    66.0
#define GAP    10.0
#define BOTTOM 50.0
#define TICKS  4.0 /* about as many on an axis */
#define SHADES 20

struct _DifPlot
{
  char    *title;
  GString *body;
  guint    n_panels;
  double   height;
  double   right;       /* where the next panel begins */
  double   left, width; /* of the panel */
  double   x[2], y[2];
  gboolean open;
};

static const char *const colors[] = { "#2f81f7", "#e08a00", "#2da44e", INK };

DifPlot *
dif_plot_new (const char *title, double height)
{
  DifPlot *plot = g_new0 (DifPlot, 1);

  plot->title = g_strdup (title);
  plot->body = g_string_new (NULL);
  plot->right = MARGIN;
  plot->height = height;
  return plot;
}

void
dif_plot_free (DifPlot *plot)
{
  if (! plot)
    return;
  g_free (plot->title);
  g_string_free (plot->body, TRUE);
  g_free (plot);
}

/* In any locale. */
static void
put_number (GString *out, const char *format, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, g_ascii_formatd (text, sizeof text, format, number));
}

/* Each ~ in the format is a number with one digit behind the point. */
static void
put (GString *out, const char *format, ...)
{
  va_list numbers;

  va_start (numbers, format);
  for (; *format; format++)
    if (*format == '~')
      put_number (out, "%.1f", va_arg (numbers, double));
    else
      g_string_append_c (out, *format);
  va_end (numbers);
}

static void
put_text (GString *out, double x, double y, const char *anchor, double size, const char *style,
          const char *words)
{
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  put (out, "<text x='~' y='~' font-size='~'", x, y, size);
  g_string_append_printf (out, " fill='%s' text-anchor='%s'%s>%s</text>\n", INK, anchor, style,
                          escaped);
}

static double
across (const DifPlot *plot, double x)
{
  return plot->left + plot->width * (x - plot->x[0]) / (plot->x[1] - plot->x[0]);
}

static double
up (const DifPlot *plot, double y)
{
  return TOP + plot->height * (plot->y[1] - y) / (plot->y[1] - plot->y[0]);
}

static void
close_panel (DifPlot *plot)
{
  if (plot->open)
    g_string_append (plot->body, "</g>\n");
  plot->open = FALSE;
}

/* 1, 2 or 5 times a power of ten */
static double
distance_of_ticks (const double *range)
{
  const double rough = (range[1] - range[0]) / TICKS;
  const double ten = pow (10.0, floor (log10 (rough)));
  const double digit = rough / ten;

  return ten * (digit < 1.5 ? 1.0 : digit < 3.5 ? 2.0 : digit < 7.5 ? 5.0 : 10.0);
}

static void
put_tick (DifPlot *plot, gboolean horizontal, double at)
{
  g_autoptr (GString) number = g_string_new (NULL);
  const double        x = horizontal ? across (plot, at) : plot->left;
  const double        y = horizontal ? TOP + plot->height : up (plot, at);

  put_number (number, "%g", fabs (at) < 1e-9 ? 0.0 : at);
  put (plot->body, "<line x1='~' y1='~' x2='~' y2='~'", x, y,
       horizontal ? x : plot->left + plot->width, horizontal ? TOP : y);
  g_string_append_printf (plot->body, " stroke='%s' stroke-opacity='0.3'/>\n", INK);
  if (horizontal)
    put_text (plot->body, x, y + 14.0, "middle", 10.0, "", number->str);
  else
    put_text (plot->body, x - 5.0, y + 3.5, "end", 10.0, "", number->str);
}

static void
put_axis (DifPlot *plot, gboolean horizontal, const double *range)
{
  const double distance = distance_of_ticks (range);

  for (double at = ceil (range[0] / distance - 1e-9); at * distance <= range[1] + 1e-9 * distance;
       at += 1.0)
    put_tick (plot, horizontal, at * distance);
}

void
dif_plot_panel (DifPlot *plot, const char *title, const char *caption, double width,
                const double *x, const double *y)
{
  close_panel (plot);
  plot->left = plot->right + LEFT;
  plot->width = width;
  plot->right = plot->left + width + GAP;
  for (guint i = 0; i < 2; i++)
    {
      plot->x[i] = x[i];
      plot->y[i] = y[i];
    }
  put_text (plot->body, plot->left, TOP - 10.0, "start", 12.0, "", title);
  put_text (plot->body, plot->left, TOP + plot->height + 34.0, "start", 11.0, "", caption);
  put_axis (plot, TRUE, x);
  put_axis (plot, FALSE, y);
  plot->n_panels++;
  put (plot->body, "<clipPath id='c~'><rect x='~' y='~' width='~' height='~'/></clipPath>\n",
       (double) plot->n_panels, plot->left, TOP, width, plot->height);
  put (plot->body, "<g clip-path='url(#c~)'>\n", (double) plot->n_panels);
  plot->open = TRUE;
}

void
dif_plot_dots (DifPlot *plot, gsize n, const double *points, DifPlotColor color, double size)
{
  g_string_append (plot->body, "<path d='");
  for (gsize i = 0; i < n; i++)
    put (plot->body, "M~ ~h0", across (plot, points[2 * i]), up (plot, points[2 * i + 1]));
  g_string_append_printf (plot->body, "' fill='none' stroke='%s' stroke-linecap='round'",
                          colors[color]);
  put (plot->body, " stroke-opacity='0.6' stroke-width='~'/>\n", size);
}

/* A shaft, and two strokes a third of it long. */
void
dif_plot_arrows (DifPlot *plot, gsize n, const double *points, const double *arrows,
                 DifPlotColor color, double thickness)
{
  g_string_append (plot->body, "<path d='");
  for (gsize i = 0; i < n; i++)
    {
      const double x = across (plot, points[2 * i]);
      const double y = up (plot, points[2 * i + 1]);
      const double u = across (plot, points[2 * i] + arrows[2 * i]) - x;
      const double v = up (plot, points[2 * i + 1] + arrows[2 * i + 1]) - y;

      put (plot->body, "M~ ~L~ ~", x, y, x + u, y + v);
      put (plot->body, "M~ ~L~ ~L~ ~", x + u - 0.3 * u + 0.2 * v, y + v - 0.3 * v - 0.2 * u, x + u,
           y + v, x + u - 0.3 * u - 0.2 * v, y + v - 0.3 * v + 0.2 * u);
    }
  g_string_append_printf (plot->body, "' fill='none' stroke='%s'", colors[color]);
  put (plot->body, " stroke-width='~'/>\n", thickness);
}

void
dif_plot_curve (DifPlot *plot, gsize n, const double *points, DifPlotColor color, gboolean dashed)
{
  g_string_append (plot->body, "<polyline points='");
  for (gsize i = 0; i < n; i++)
    put (plot->body, "~,~ ", across (plot, points[2 * i]),
         CLAMP (up (plot, points[2 * i + 1]), -1e4, 1e4));
  g_string_append_printf (plot->body, "' fill='none' stroke='%s' stroke-width='%s'%s/>\n",
                          colors[color], dashed ? "1.5" : "1.2",
                          dashed ? " stroke-dasharray='5 3'" : "");
}

/* All of one shade together, or the file would be large. */
void
dif_plot_cells (DifPlot *plot, guint side, const double *values, DifPlotColor color)
{
  const double width = plot->width / side;
  const double height = plot->height / side;

  for (guint shade = 1; shade <= SHADES; shade++)
    {
      g_string_append_printf (plot->body, "<path fill='%s' shape-rendering='crispEdges'",
                              colors[color]);
      g_string_append (plot->body, " fill-opacity='");
      put_number (plot->body, "%.2f", (double) shade / SHADES);
      g_string_append (plot->body, "' d='");
      for (guint i = 0; i < side * side; i++)
        if (shade == (guint) (fmin (values[i], 1.0) * SHADES + 0.5))
          put (plot->body, "M~ ~h~v~h~z", plot->left + i % side * width,
               TOP + plot->height - (i / side + 1) * height, width, height, -width);
      g_string_append (plot->body, "'/>\n");
    }
}

char *
dif_plot_to_svg (const DifPlot *plot)
{
  GString     *out = g_string_new ("<svg xmlns='http://www.w3.org/2000/svg'");
  const double width = plot->right + MARGIN - GAP;
  const double height = TOP + plot->height + BOTTOM;

  put (out, " width='~' height='~' viewBox='0 0 ~ ~'", width, height, width, height);
  g_string_append (out, " font-family='" FONT "'>\n");
  put_text (out, MARGIN, 26.0, "start", 15.0, " font-weight='bold'", plot->title);
  g_string_append (out, plot->body->str);
  g_string_append (out, plot->open ? "</g>\n</svg>\n" : "</svg>\n");
  return g_string_free (out, FALSE);
}
