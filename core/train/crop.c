/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/crop.h"

#include <math.h>

#define N_TRIES 16

/* Draws: scale, three for turns, three for colors, one of rest, then two for each try. */
#define AT_PLACE 8

typedef struct
{
  double   x, y;  /* of the first pixel's corner */
  double   scale; /* pixels of the picture for one of the crop */
  gboolean flip_x, flip_y, turn;
} Place;

/* Comes after the three of color. */
#define COVERAGE 3

static double
texel (const DifTrainPicture *picture, gsize x, gsize y, guint c)
{
  const gsize at = y * picture->width + x;

  return c == COVERAGE ? picture->coverage[at] : picture->pixels[3 * at + c];
}

/* Bilinear between pixel centers, of one channel. */
static double
sample (const DifTrainPicture *picture, double x, double y, guint c)
{
  const double fx = CLAMP (x - 0.5, 0.0, picture->width - 1.0);
  const double fy = CLAMP (y - 0.5, 0.0, picture->height - 1.0);
  const gsize  x0 = (gsize) fx, x1 = MIN (x0 + 1, picture->width - 1);
  const gsize  y0 = (gsize) fy, y1 = MIN (y0 + 1, picture->height - 1);
  const double ax = fx - (double) x0, ay = fy - (double) y0;

  return (1.0 - ay) * ((1.0 - ax) * texel (picture, x0, y0, c) + ax * texel (picture, x1, y0, c)) +
         ay * ((1.0 - ax) * texel (picture, x0, y1, c) + ax * texel (picture, x1, y1, c));
}

/* Four samples a pixel: no aliasing up to a scale of 2 and little beyond. */
static double
sample_area (const DifTrainPicture *picture, const Place *place, guint x, guint y, guint c)
{
  double sum = 0.0;

  for (guint k = 0; k < 4; k++)
    sum += sample (picture, place->x + (x + 0.25 + 0.5 * (k % 2)) * place->scale,
                   place->y + (y + 0.25 + 0.5 * (k / 2)) * place->scale, c);
  return sum / 4.0;
}

static double
pixel (const DifTrainPicture *picture, const Place *place, guint size, guint x, guint y, guint c)
{
  const guint along = place->turn ? y : x;
  const guint down = place->turn ? x : y;
  const guint from_x = place->flip_x ? size - 1 - along : along;
  const guint from_y = place->flip_y ? size - 1 - down : down;

  if (place->scale > 1.0)
    return sample_area (picture, place, from_x, from_y, c);
  return texel (picture, (gsize) place->x + from_x, (gsize) place->y + from_y, c);
}

static gsize
covered (const DifTrainPicture *picture, const Place *place, double side)
{
  gsize n = 0;

  for (gsize y = (gsize) place->y; y < (gsize) (place->y + side); y++)
    for (gsize x = (gsize) place->x; x < (gsize) (place->x + side); x++)
      n += picture->coverage[y * picture->width + x] > 0;
  return n;
}

static void
choose_place (const DifTrainPicture *picture, double side, const double *draws, Place *place)
{
  const double spare_x = picture->width - side;
  const double spare_y = picture->height - side;
  Place        best = *place;
  gsize        most = 0;

  for (guint k = 0; k < (picture->coverage ? N_TRIES : 1); k++)
    {
      place->x = draws[2 * k] * spare_x;
      place->y = draws[2 * k + 1] * spare_y;
      if (place->scale <= 1.0)
        {
          place->x = floor (draws[2 * k] * (spare_x + 1.0));
          place->y = floor (draws[2 * k + 1] * (spare_y + 1.0));
        }
      if (k == 0)
        best = *place;
      if (picture->coverage && covered (picture, place, side) > most)
        {
          most = covered (picture, place, side);
          best = *place;
        }
    }
  *place = best;
}

/* Brightness and contrast of all channels, and their distance from grey. */
static void
change_colors (double strength, const double *draws, gsize n, float *x)
{
  const double shift = strength * (2.0 * draws[0] - 1.0);
  const double contrast = 1.0 + strength * (2.0 * draws[1] - 1.0);
  const double saturation = 1.0 + strength * (2.0 * draws[2] - 1.0);
  double       mean = 0.0;

  for (gsize i = 0; i < 3 * n; i++)
    mean += x[i];
  mean /= 3.0 * (double) n;
  for (gsize i = 0; i < n; i++, x += 3)
    {
      const double grey = (x[0] + x[1] + x[2]) / 3.0;

      for (guint c = 0; c < 3; c++)
        {
          const double color = grey + saturation * (x[c] - grey);

          x[c] = (float) CLAMP (mean + contrast * (color - mean) + shift, -1.0, 1.0);
        }
    }
}

void
dif_crop (const DifTrainPicture *picture, const DifCropping *cropping, const double *draws,
          float *out, float *coverage)
{
  const guint  size = cropping->size;
  const double room = (double) MIN (picture->width, picture->height) / size;
  const double zoom = MIN (cropping->zoom, room);
  Place        place = { .scale = zoom > 1.0 ? 1.0 + draws[0] * (zoom - 1.0) : 1.0,
                         .flip_x = cropping->flip_x && draws[1] < 0.5,
                         .flip_y = cropping->flip_y && draws[2] < 0.5,
                         .turn = cropping->turn && draws[3] < 0.5 };

  choose_place (picture, place.scale * size, draws + AT_PLACE, &place);
  for (guint y = 0; y < size; y++)
    for (guint x = 0; x < size; x++)
      for (guint c = 0; c < 3; c++)
        out[(y * size + x) * 3 + c] =
            (float) (pixel (picture, &place, size, x, y, c) / 127.5 - 1.0);
  for (guint i = 0; coverage && i < size * size; i++)
    coverage[i] =
        picture->coverage ?
            (float) (pixel (picture, &place, size, i % size, i / size, COVERAGE) / 255.0) :
            1.0f;
  if (cropping->jitter > 0.0)
    change_colors (cropping->jitter, draws + 4, (gsize) size * size, out);
}
