/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/activation.h"

gboolean
dif_activation_parse (const char *name, DifActivation *activation)
{
  static const struct
  {
    const char   *name;
    DifActivation activation;
  } names[] = {
    { "silu", DIF_ACTIVATION_SILU }, { "swish", DIF_ACTIVATION_SILU },
    { "gelu", DIF_ACTIVATION_GELU }, { "mish", DIF_ACTIVATION_MISH },
    { "relu", DIF_ACTIVATION_RELU },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i].name))
      {
        *activation = names[i].activation;
        return TRUE;
      }
  return FALSE;
}
