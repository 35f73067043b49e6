/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/names.h"

char *
dif_name_today (const char *name)
{
  static const char *const pairs[][2] = { { ".query.", ".to_q." },
                                          { ".key.", ".to_k." },
                                          { ".value.", ".to_v." },
                                          { ".proj_attn.", ".to_out.0." } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_auto (GStrv) parts = g_strsplit (name, pairs[i][0], 2);

      if (parts[0] && parts[1])
        return g_strjoinv (pairs[i][1], parts);
    }
  return g_strdup (name);
}
