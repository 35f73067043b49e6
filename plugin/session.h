/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin/job.h"
#include "plugin/procedure.h"
#include "plugin/target.h"

G_BEGIN_DECLS

/**
 * DifSession:
 * @row: of the procedure
 * @image: the image
 * @drawables: (array zero-terminated=1): what it was called on
 * @config: its arguments
 * @report: hears of progress
 * @report_data: for @report
 * @job: (nullable): what runs now
 * @layer: (nullable): the last result
 * @tries: (nullable) (element-type GimpLayer): results made from one selection; freed by
 *   dif_session_clear()
 * @tried: (nullable): what tells that selection from others
 * @stopped_after: steps after which it was kept, 0 if it was made to the end
 * @model: (nullable): name of the last model that was learnt; the caller's to free
 *
 * In the dialog it may make several pictures, or models.
 */
struct _DifSession
{
  const DifProcedure  *row;
  GimpImage           *image;
  GimpDrawable       **drawables;
  GimpProcedureConfig *config;
  DifProgressFunc      report;
  gpointer             report_data;
  DifJob              *job;
  GimpLayer           *layer;
  GPtrArray           *tries;
  char                *tried;
  guint                stopped_after;
  char                *model;
};

/**
 * dif_session_check:
 * @session: the session
 * @error: says what is wrong; %GIMP_PDB_CALLING_ERROR in GIMP_PLUG_IN_ERROR if
 *   the procedure was called with the wrong number of layers
 *
 * Returns: whether the image is in a state to begin with
 */
gboolean dif_session_check (const DifSession *session, GError **error);

/**
 * dif_session_aim:
 * @session: the session
 *
 * Returns: what its row and arguments say of where the result goes, without the settings of a
 *   request
 */
DifAim dif_session_aim (const DifSession *session);

/**
 * dif_session_find_target:
 * @session: the session
 * @aim: what is to be done
 * @target: (out caller-allocates): filled
 * @error: as dif_session_check() has it
 *
 * dif_target_init() on what the procedure was called on, if that is still there.
 *
 * Returns: whether the image is in a state to begin with
 */
gboolean dif_session_find_target (const DifSession *session, const DifAim *aim, DifTarget *target,
                                  GError **error);

/**
 * dif_session_clear:
 * @session: forgets its tries
 */
void dif_session_clear (DifSession *session);

/**
 * dif_session_compute:
 * @session: the session
 * @func: what computes
 * @data: for @func
 * @error: that of @func
 *
 * dif_job_run() with the session's reports, which dif_session_stop() and dif_session_keep() end.
 *
 * Returns: whether there is a result
 */
gboolean dif_session_compute (DifSession *session, DifJobFunc func, gpointer data, GError **error);

/**
 * dif_session_stop:
 * @session: the session
 *
 * Makes a a run of its row that is under way end soon.
 */
void dif_session_stop (DifSession *session);

/**
 * dif_session_keep:
 * @session: the session
 *
 * Makes a a run of its row that is under way end soon, with what there is then.
 */
void dif_session_keep (DifSession *session);

G_END_DECLS
