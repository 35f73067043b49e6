/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/dtype.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json-scan.h"

static const struct
{
  char  name[12];
  gsize bits;
} dtypes[DIF_N_DTYPES] = {
  [DIF_DTYPE_F32] = { "F32", 32 },
  [DIF_DTYPE_F16] = { "F16", 16 },
  [DIF_DTYPE_BF16] = { "BF16", 16 },
  [DIF_DTYPE_F64] = { "F64", 64 },
  [DIF_DTYPE_I64] = { "I64", 64 },
  [DIF_DTYPE_I32] = { "I32", 32 },
  [DIF_DTYPE_U8] = { "U8", 8 },
  [DIF_DTYPE_BOOL] = { "BOOL", 8 },
  [DIF_DTYPE_I8] = { "I8", 8 },
  [DIF_DTYPE_I16] = { "I16", 16 },
  [DIF_DTYPE_U16] = { "U16", 16 },
  [DIF_DTYPE_U32] = { "U32", 32 },
  [DIF_DTYPE_U64] = { "U64", 64 },
  [DIF_DTYPE_C64] = { "C64", 64 },
  [DIF_DTYPE_F8_E4M3] = { "F8_E4M3", 8 },
  [DIF_DTYPE_F8_E5M2] = { "F8_E5M2", 8 },
  [DIF_DTYPE_F8_E8M0] = { "F8_E8M0", 8 },
  [DIF_DTYPE_F8_E4M3FNUZ] = { "F8_E4M3FNUZ", 8 },
  [DIF_DTYPE_F8_E5M2FNUZ] = { "F8_E5M2FNUZ", 8 },
  [DIF_DTYPE_F6_E2M3] = { "F6_E2M3", 6 },
  [DIF_DTYPE_F6_E3M2] = { "F6_E3M2", 6 },
  [DIF_DTYPE_F4] = { "F4", 4 },
};

const char *
dif_dtype_name (DifDtype dtype)
{
  g_return_val_if_fail ((guint) dtype < DIF_N_DTYPES, "");
  return dtypes[dtype].name;
}

gsize
dif_dtype_bits (DifDtype dtype)
{
  g_return_val_if_fail ((guint) dtype < DIF_N_DTYPES, 8);
  return dtypes[dtype].bits;
}

gsize
dif_dtype_bytes (DifDtype dtype)
{
  g_return_val_if_fail ((guint) dtype < DIF_DTYPE_N_READ, 1);
  return dtypes[dtype].bits / 8;
}

gboolean
dif_dtype_is_weight (DifDtype dtype)
{
  return dtype == DIF_DTYPE_F32 || dtype == DIF_DTYPE_F16 || dtype == DIF_DTYPE_BF16 ||
         dtype == DIF_DTYPE_F64;
}

gboolean
dif_dtype_parse (const char *name, const char *tensor, const char *file, DifDtype *dtype,
                 GError **error)
{
  g_autofree char *shown = NULL;

  for (guint i = 0; name && i < DIF_N_DTYPES; i++)
    {
      if (strcmp (name, dtypes[i].name) == 0)
        {
          *dtype = (DifDtype) i;
          return TRUE;
        }
    }
  shown = dif_json_shorten (name ? name : "?");
  g_set_error (error, DIF_ERROR, DIF_ERROR_DTYPE,
               _ ("“%s”: the tensor “%s” has numbers of the unknown type “%s”."), file, tensor,
               shown);
  return FALSE;
}

void
dif_dtype_swap (DifDtype dtype, void *data, gsize n)
{
  gsize   width = dif_dtype_bytes (dtype);
  guint8 *p = data;

  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    return;
  for (gsize i = 0; i < n; i++, p += width)
    {
      for (gsize a = 0, b = width - 1; a < b; a++, b--)
        {
          guint8 byte = p[a];

          p[a] = p[b];
          p[b] = byte;
        }
    }
}
