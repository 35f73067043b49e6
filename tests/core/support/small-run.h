/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Whole runs on a small model: an image, a mask and a request of both. */

#include "core/pipeline/run.h"
#include "tests/core/support/checkpoint.h"

/* All is borrowed by requests, whose strings are not theirs either: they are not cleared. */
typedef struct
{
  char      *folder; /* of the model; NULL for the embedded one */
  guint      width;
  guint      height;
  float     *pixels;  /* noise around gray; colors beyond [0, 1] among them */
  float     *mask;    /* scattered over a third of the pixels, softly */
  DifRequest request; /* small_run_request () of the task it was made for */
} SmallRun;

/* @folder: (transfer full): what test_checkpoint_new () made */
void small_run_init (SmallRun *run, char *folder, DifTask task, guint width, guint height);

void small_run_clear (SmallRun *run);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmallRun, small_run_clear)

/* For the model: three steps of a task with the image and the mask, on one thread. */
DifRequest small_run_request (const SmallRun *run, DifTask task);

/* Runs what has to work. */
DifResult *small_run (const DifRequest *request);

/* Runs what has to be refused because of a setting; NULL for what is none. */
void small_run_refused (const DifRequest *request, const char *setting);

/* Runs what has to fail with a code of DIF_ERROR and, unless NULL, a name in its message. */
void small_run_fails (const DifRequest *request, gint code, const char *name);

/* Whether there are two, of one size and with the same bytes. */
gboolean small_run_same (const DifResult *a, const DifResult *b);
