/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/procedure.h"

gboolean
dif_procedure_learns (const DifProcedure *row)
{
  return (row->args & DIF_ARG_LEARN) != 0;
}

gboolean
dif_procedure_reads (const DifProcedure *row)
{
  return dif_procedure_learns (row) || row->task != DIF_TASK_GENERATE;
}

gboolean
dif_procedure_fills (const DifProcedure *row)
{
  return ! dif_procedure_learns (row) && row->task == DIF_TASK_INPAINT;
}
