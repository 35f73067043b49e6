/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/color.h"

#include <math.h>
#include <string.h>

#include <lcms2.h>
#include <zlib.h>

#define MAX_PROFILE (64u << 20)
#define MAX_NAME    79u /* bytes of a profile's, by the specification */

/* In a file's hundred-thousandths: of sRGB, and how far other programs' numbers are from these. */
#define GAMMA       45455
#define NEAR_GAMMA  250
#define NEAR_POINTS 100
#define MIN_GAMMA   10000 /* what is beyond these is no screen's */
#define MAX_GAMMA   1000000

struct _CliColor
{
  guint         channels; /* 1 or 3 */
  gboolean      gray;     /* the profile is a gray one */
  cmsHTRANSFORM to, from; /* %NULL: the numbers are sRGB's */
};

static const guint32 srgb_points[8] = { 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000 };

static guint32
read_32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* @points: white, red, green, blue; @curve: from numbers to light, taken over. */
static cmsHPROFILE
make_rgb (const double points[8], cmsToneCurve *curve)
{
  const cmsCIExyY       white = { points[0], points[1], 1.0 };
  const cmsCIExyYTRIPLE primaries = { { points[2], points[3], 1.0 },
                                      { points[4], points[5], 1.0 },
                                      { points[6], points[7], 1.0 } };
  cmsToneCurve         *curves[3] = { curve, curve, curve };
  cmsHPROFILE           profile = NULL;

  if (curve && points[1] > 0.0 && points[3] > 0.0 && points[5] > 0.0 && points[7] > 0.0)
    profile = cmsCreateRGBProfile (&white, &primaries, curves);
  if (curve)
    cmsFreeToneCurve (curve);
  return profile;
}

/* ---- cICP ---- */

/* By their numbers in ITU-T H.273: white, red, green, blue. */
static const struct
{
  guint8 id;
  double points[8];
} primaries[] = {
  { 1, { 0.3127, 0.3290, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060 } },
  { 5, { 0.3127, 0.3290, 0.640, 0.330, 0.290, 0.600, 0.150, 0.060 } },
  { 6, { 0.3127, 0.3290, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070 } },
  { 9, { 0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046 } },
  { 11, { 0.3140, 0.3510, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060 } },
  { 12, { 0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060 } },
};

/* lcms2's kinds 1 (a power) and 4 (as of sRGB); %NULL for what is no curve of a screen. */
static cmsToneCurve *
curve_of_transfer (guint8 id)
{
  static const double video[5] = { 1.0 / 0.45, 1.0 / 1.099, 0.099 / 1.099, 1.0 / 4.5, 0.081 };
  static const double srgb[5] = { 2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045 };

  switch (id)
    {
    case 1:
    case 6:
    case 14:
    case 15:
      return cmsBuildParametricToneCurve (NULL, 4, video);
    case 4:
      return cmsBuildGamma (NULL, 2.2);
    case 5:
      return cmsBuildGamma (NULL, 2.8);
    case 8:
      return cmsBuildGamma (NULL, 1.0);
    case 13:
      return cmsBuildParametricToneCurve (NULL, 4, srgb);
    default:
      return NULL;
    }
}

/* Whether it can be understood; @profile stays %NULL for sRGB. */
static gboolean
read_cicp (const CliChunk *chunk, cmsHPROFILE *profile)
{
  const guint8 *b = chunk->data;

  if (chunk->size != 4 || b[2] != 0 || b[3] != 1) /* a matrix, or not the full range */
    return FALSE;
  if (b[0] == 1 && b[1] == 13)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (primaries); i++)
    if (primaries[i].id == b[0])
      *profile = make_rgb (primaries[i].points, curve_of_transfer (b[1]));
  return *profile != NULL;
}

/* ---- iCCP ---- */

/* A name, a 0, a 0 for the way of packing, and what is packed. */
static guint8 *
unpack (const CliChunk *chunk, uLongf *size)
{
  const guint8 *end = memchr (chunk->data, '\0', MIN (chunk->size, MAX_NAME + 1));
  gsize         at = end ? (gsize) (end - chunk->data) + 2 : chunk->size;

  if (at >= chunk->size || chunk->data[at - 1] != 0)
    return NULL;
  for (uLongf room = 64u << 10; room <= MAX_PROFILE; room *= 4)
    {
      guint8 *bytes = g_malloc (room);
      int     code;

      *size = room;
      code = uncompress (bytes, size, chunk->data + at, chunk->size - at);
      if (code == Z_OK)
        return bytes;
      g_free (bytes);
      if (code != Z_BUF_ERROR)
        return NULL;
    }
  return NULL;
}

/* A profile for gray says nothing of colors; one for colors does of gray. */
static gboolean
read_iccp (const CliChunk *chunk, guint channels, cmsHPROFILE *profile)
{
  uLongf             size = 0;
  g_autofree guint8 *bytes = unpack (chunk, &size);
  cmsHPROFILE        found = bytes ? cmsOpenProfileFromMem (bytes, (cmsUInt32Number) size) : NULL;
  cmsColorSpaceSignature space = found ? cmsGetColorSpace (found) : cmsSigCmykData;

  if (space == cmsSigRgbData || (space == cmsSigGrayData && channels == 1))
    *profile = found;
  else if (found)
    cmsCloseProfile (found);
  return *profile != NULL;
}

/* ---- gAMA and cHRM ---- */

static void
read_points (const CliChunk *chunk, guint32 points[8])
{
  memcpy (points, srgb_points, sizeof srgb_points);
  for (guint i = 0; chunk && chunk->size == 32 && i < 8; i++)
    points[i] = read_32 (chunk->data + 4 * i);
}

static gboolean
are_srgb (const guint32 points[8])
{
  for (guint i = 0; i < 8; i++)
    if (ABS ((gint64) points[i] - (gint64) srgb_points[i]) > NEAR_POINTS)
      return FALSE;
  return TRUE;
}

/* With the primaries of sRGB, its curve is meant by what is nearest to it in one number. */
static gboolean
read_gama (const CliChunk *gama, const CliChunk *chrm, cmsHPROFILE *profile)
{
  const guint32 gamma = gama->size == 4 ? read_32 (gama->data) : 0;
  guint32       points[8];
  double        scaled[8];

  if (gamma < MIN_GAMMA || gamma > MAX_GAMMA)
    return FALSE;
  read_points (chrm, points);
  if (ABS ((gint64) gamma - GAMMA) <= NEAR_GAMMA && are_srgb (points))
    return TRUE;
  for (guint i = 0; i < 8; i++)
    scaled[i] = points[i] * 1e-5;
  *profile = make_rgb (scaled, cmsBuildGamma (NULL, 1e5 / gamma));
  return *profile != NULL;
}

/* ---- all of them ---- */

/* %NULL for sRGB. */
static cmsHPROFILE
find_profile (const CliPng *png, guint channels)
{
  const CliChunk *cicp = cli_png_chunk (png, "cICP");
  const CliChunk *iccp = cli_png_chunk (png, "iCCP");
  const CliChunk *gama = cli_png_chunk (png, "gAMA");
  cmsHPROFILE     profile = NULL;

  if ((! cicp || ! read_cicp (cicp, &profile)) &&
      (! iccp || ! read_iccp (iccp, channels, &profile)) && ! cli_png_chunk (png, "sRGB") && gama)
    read_gama (gama, cli_png_chunk (png, "cHRM"), &profile);
  return profile;
}

CliColor *
cli_color_new (const CliPng *png)
{
  CliColor             *color = g_new0 (CliColor, 1);
  const cmsUInt32Number flags = cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE;
  cmsHPROFILE           profile, srgb;
  cmsUInt32Number       format;

  color->channels = png->channels > 2 ? 3 : 1;
  profile = find_profile (png, color->channels);
  if (! profile)
    return color;
  srgb = cmsCreate_sRGBProfile ();
  color->gray = cmsGetColorSpace (profile) == cmsSigGrayData;
  format = color->gray ? TYPE_GRAY_FLT : TYPE_RGB_FLT;
  color->to =
      cmsCreateTransform (profile, format, srgb, TYPE_RGB_FLT, INTENT_RELATIVE_COLORIMETRIC, flags);
  color->from =
      cmsCreateTransform (srgb, TYPE_RGB_FLT, profile, format, INTENT_RELATIVE_COLORIMETRIC, flags);
  if (! color->to || ! color->from) /* one way alone would change what is to stay */
    {
      g_clear_pointer (&color->to, cmsDeleteTransform);
      g_clear_pointer (&color->from, cmsDeleteTransform);
    }
  cmsCloseProfile (profile);
  cmsCloseProfile (srgb);
  return color;
}

void
cli_color_free (CliColor *color)
{
  if (! color)
    return;
  g_clear_pointer (&color->to, cmsDeleteTransform);
  g_clear_pointer (&color->from, cmsDeleteTransform);
  g_free (color);
}

/* Three times the same. */
static void
spread (const float *gray, float *rgb, gsize n)
{
  for (gsize i = 0; i < 3 * n; i++)
    rgb[i] = gray[i / 3];
}

void
cli_color_to_srgb (const CliColor *color, const float *own, float *rgb, gsize n)
{
  if (color->channels == 3 && ! color->to)
    memcpy (rgb, own, 3 * n * sizeof (float));
  else if (color->channels == 3)
    cmsDoTransform (color->to, own, rgb, (cmsUInt32Number) n);
  else if (! color->to)
    spread (own, rgb, n);
  else
    {
      g_autofree float *in = g_new (float, 3 * n);

      spread (own, in, n);
      cmsDoTransform (color->to, color->gray ? own : in, rgb, (cmsUInt32Number) n);
      for (gsize i = 0; i < n; i++) /* gray stays gray */
        rgb[3 * i] = rgb[3 * i + 2] = rgb[3 * i + 1];
    }
}

static double
to_light (double x)
{
  return x > 0.04045 ? pow ((x + 0.055) / 1.055, 2.4) : x / 12.92;
}

static double
from_light (double x)
{
  return x > 0.0031308 ? 1.055 * pow (x, 1.0 / 2.4) - 0.055 : x * 12.92;
}

static float
gray_of (const float *rgb)
{
  if (rgb[0] == rgb[1] && rgb[1] == rgb[2])
    return rgb[1];
  return (float) from_light (0.2126 * to_light (rgb[0]) + 0.7152 * to_light (rgb[1]) +
                             0.0722 * to_light (rgb[2]));
}

void
cli_color_from_srgb (const CliColor *color, const float *rgb, float *own, gsize n)
{
  g_autofree float *gray = color->channels == 1 ? g_new (float, 3 * n) : NULL;

  if (! gray && ! color->from)
    memcpy (own, rgb, 3 * n * sizeof (float));
  else if (! gray)
    cmsDoTransform (color->from, rgb, own, (cmsUInt32Number) n);
  else
    {
      for (gsize i = 0; i < n; i++)
        gray[3 * i] = gray[3 * i + 1] = gray[3 * i + 2] = gray_of (rgb + 3 * i);
      if (color->from && color->gray)
        cmsDoTransform (color->from, gray, own, (cmsUInt32Number) n);
      else
        {
          if (color->from)
            cmsDoTransform (color->from, gray, gray, (cmsUInt32Number) n);
          for (gsize i = 0; i < n; i++)
            own[i] = gray[3 * i + 1];
        }
    }
}
