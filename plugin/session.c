/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/session.h"

#include <glib/gi18n-lib.h>

#include "plugin/config.h"

/* GIMP greys its menus by this, but lets scripts call as they like. */
static gboolean
check_count (const DifSession *session, const DifAim *aim, GError **error)
{
  guint n = 0;

  while (session->drawables != NULL && session->drawables[n] != NULL)
    n++;
  if (n == 1 || (! aim->reads && ! aim->replace))
    return TRUE;

  g_set_error_literal (error, GIMP_PLUG_IN_ERROR, GIMP_PDB_CALLING_ERROR,
                       n == 0 ? _ ("No layer is selected. Select one first.") :
                                _ ("Several layers are selected. Select one "
                                   "layer only."));
  return FALSE;
}

gboolean
dif_session_find_target (const DifSession *session, const DifAim *aim, DifTarget *target,
                         GError **error)
{
  if (! check_count (session, aim, error))
    return FALSE;
  if (! gimp_image_is_valid (session->image))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, _ ("The image was closed."));
      return FALSE;
    }
  for (guint i = 0; session->drawables != NULL && session->drawables[i] != NULL; i++)
    {
      if (! gimp_item_is_valid (GIMP_ITEM (session->drawables[i])))
        {
          g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, _ ("The layer was deleted."));
          return FALSE;
        }
    }
  /* materials are painted on what the group covers, not taken from a layer */
  return dif_target_init (target, aim, session->image,
                          session->row->args & DIF_ARG_MATERIALS ? NULL : session->drawables,
                          error);
}

DifAim
dif_session_aim (const DifSession *session)
{
  return (DifAim) {
    .reads = dif_procedure_reads (session->row),
    .fills = dif_procedure_fills (session->row),
    .replace = dif_config_replaces (session->row, session->config),
    .visible = dif_config_is_visible (session->row, session->config),
  };
}

gboolean
dif_session_check (const DifSession *session, GError **error)
{
  const DifAim aim = dif_session_aim (session);
  DifTarget    target;

  return dif_session_find_target (session, &aim, &target, error);
}

gboolean
dif_session_compute (DifSession *session, DifJobFunc func, gpointer data, GError **error)
{
  gboolean done = FALSE;

  session->job = dif_job_new (session->report, session->report_data);
  done = dif_job_run (session->job, func, data, error);
  g_clear_pointer (&session->job, dif_job_free);

  return done;
}

void
dif_session_clear (DifSession *session)
{
  g_clear_pointer (&session->tries, g_ptr_array_unref);
  g_clear_pointer (&session->tried, g_free);
}

void
dif_session_stop (DifSession *session)
{
  if (session->job != NULL)
    dif_job_stop (session->job);
}

void
dif_session_keep (DifSession *session)
{
  if (session->job != NULL)
    dif_job_keep (session->job);
}
