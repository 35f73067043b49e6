/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/progress-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MINUTE 60.0

/* Who goes by time does not know how many steps there will be. */
static char *
open_ended (guint step, guint left, gboolean minutes)
{
  if (minutes)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Step %u, about %u minute left",
                                         "Step %u, about %u minutes left", left),
                            step, left);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Step %u, about %u second left",
                                       "Step %u, about %u seconds left", left),
                          step, left);
}

static char *
counted (guint step, guint n_steps, guint left, gboolean minutes)
{
  if (minutes)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Step %u of %u, about %u minute left",
                                         "Step %u of %u, about %u minutes left", left),
                            step, n_steps, left);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Step %u of %u, about %u second left",
                                       "Step %u of %u, about %u seconds left", left),
                          step, n_steps, left);
}

char *
dif_progress_text (const DifProgressInfo *info)
{
  const gboolean minutes = info->seconds_left >= 1.5 * MINUTE;
  guint          left = 0;

  if (info->step == 0)
    return g_strdup (_ ("Getting ready…"));
  if (! (info->seconds_left >= 0.0))
    return info->n_steps == 0 ? g_strdup_printf (_ ("Step %u"), info->step) :
                                g_strdup_printf (_ ("Step %u of %u"), info->step, info->n_steps);

  if (minutes)
    left = (guint) MIN (round (info->seconds_left / MINUTE), G_MAXINT32);
  else
    left = (guint) ceil (info->seconds_left);
  return info->n_steps == 0 ? open_ended (info->step, left, minutes) :
                              counted (info->step, info->n_steps, left, minutes);
}
