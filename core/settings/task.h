/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifTask:
 * @DIF_TASK_GENERATE: an image from noise alone; pixels and mask are not looked at
 * @DIF_TASK_REIMAGINE: noise the masked pixels to the noise level and denoise them
 *   again (SDEdit, Meng et al. 2022)
 * @DIF_TASK_INPAINT: make the masked pixels anew from what surrounds them
 * @DIF_TASK_NOISE: only noise the masked pixels to the noise level
 *
 * What a request asks for.
 */
typedef enum
{
  DIF_TASK_GENERATE,
  DIF_TASK_REIMAGINE,
  DIF_TASK_INPAINT,
  DIF_TASK_NOISE,
  DIF_N_TASKS,
} DifTask;

/**
 * DifTaskRow:
 * @id: "generate", "reimagine", "inpaint" or "noise"
 * @reads_pixels: whether it works on pixels that are given
 * @fills: whether what is masked is replaced, so that it may be unknown
 * @denoises: whether the network is asked at all
 *
 * What is particular to a task, beside the defaults in dif_settings().
 */
typedef struct
{
  const char *id;
  gboolean    reads_pixels;
  gboolean    fills;
  gboolean    denoises;
} DifTaskRow;

/**
 * dif_task_row:
 * @task: a task
 *
 * Returns: its row
 *
 * Thread: any
 */
const DifTaskRow *dif_task_row (DifTask task);

/**
 * dif_task_find:
 * @id: (nullable): an id
 * @task: (out): the task
 *
 * Returns: whether there is one of this id
 *
 * Thread: any
 */
gboolean dif_task_find (const char *id, DifTask *task);

/**
 * dif_task_reworks:
 * @task: a task
 *
 * Returns: whether it noises given pixels and denoises them again
 *
 * Thread: any
 */
gboolean dif_task_reworks (DifTask task);

G_END_DECLS
