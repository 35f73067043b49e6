/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/dtype.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json-scan.h"

static const struct
{
  char  name[8];
  gsize bytes;
} dtypes[] = {
  [DIF_DTYPE_F32] = { "F32", 4 }, [DIF_DTYPE_F16] = { "F16", 2 }, [DIF_DTYPE_BF16] = { "BF16", 2 },
  [DIF_DTYPE_F64] = { "F64", 8 }, [DIF_DTYPE_I64] = { "I64", 8 }, [DIF_DTYPE_I32] = { "I32", 4 },
  [DIF_DTYPE_U8] = { "U8", 1 },
};

/* In the format, but nothing here computes with them. */
static const char *const unused[] = {
  "BOOL",        "F4",          "F6_E2M3", "F6_E3M2", "I8",  "F8_E5M2", "F8_E4M3", "F8_E8M0",
  "F8_E4M3FNUZ", "F8_E5M2FNUZ", "I16",     "U16",     "U32", "C64",     "U64",     NULL,
};

const char *
dif_dtype_name (DifDtype dtype)
{
  g_return_val_if_fail ((guint) dtype < G_N_ELEMENTS (dtypes), "");
  return dtypes[dtype].name;
}

gsize
dif_dtype_bytes (DifDtype dtype)
{
  g_return_val_if_fail ((guint) dtype < G_N_ELEMENTS (dtypes), 1);
  return dtypes[dtype].bytes;
}

gboolean
dif_dtype_parse (const char *name, const char *tensor, const char *file, DifDtype *dtype,
                 GError **error)
{
  g_autofree char *shown = NULL;

  for (guint i = 0; name && i < G_N_ELEMENTS (dtypes); i++)
    {
      if (strcmp (name, dtypes[i].name) == 0)
        {
          *dtype = (DifDtype) i;
          return TRUE;
        }
    }
  if (name && g_strv_contains (unused, name))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                   _ ("“%s”: the tensor “%s” has numbers of the type %s, which are not "
                      "supported.  Save the model with F32, F16 or BF16."),
                   file, tensor, name);
      return FALSE;
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
