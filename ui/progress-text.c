/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/progress-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MINUTE 60.0

char *
dif_progress_text (const DifProgressInfo *info)
{
  guint left = 0;

  if (info->n_steps == 0 || info->step == 0)
    return g_strdup (_ ("Getting ready…"));
  if (! (info->seconds_left >= 0.0))
    return g_strdup_printf (_ ("Step %u of %u"), info->step, info->n_steps);

  if (info->seconds_left < 1.5 * MINUTE)
    {
      left = (guint) ceil (info->seconds_left);
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Step %u of %u, about %u second left",
                                           "Step %u of %u, about %u seconds left", left),
                              info->step, info->n_steps, left);
    }
  left = (guint) MIN (round (info->seconds_left / MINUTE), G_MAXINT32);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Step %u of %u, about %u minute left",
                                       "Step %u of %u, about %u minutes left", left),
                          info->step, info->n_steps, left);
}
