/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/procedure.h"

gboolean
dif_procedure_learns (const DifProcedure *row)
{
  return (row->args & DIF_ARG_LEARN) != 0;
}

gboolean
dif_procedure_denoises (const DifProcedure *row)
{
  return ! dif_procedure_learns (row) && dif_task_row (row->task)->denoises;
}

gboolean
dif_procedure_reads (const DifProcedure *row)
{
  return dif_procedure_learns (row) || dif_task_row (row->task)->reads_pixels;
}

gboolean
dif_procedure_fills (const DifProcedure *row)
{
  return ! dif_procedure_learns (row) && dif_task_row (row->task)->fills;
}
