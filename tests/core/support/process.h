/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/process.h"

/* From the text of a scheduler_config.json, with ' for ". */
DifProcess *test_process (const char *json, GError **error);
