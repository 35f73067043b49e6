/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/settings/request.h"

G_BEGIN_DECLS

/**
 * dif_request_check:
 * @request: the request
 * @error: says which value is wrong and what was expected
 *
 * Checks everything that can be checked without opening the model.
 *
 * Returns: whether dif_run() would start
 *
 * Errors: %DIF_ERROR_REQUEST, with the setting's id if it is one; %DIF_ERROR_NONFINITE for a pixel
 *   or coverage that is not finite
 * Thread: any
 */
gboolean dif_request_check (const DifRequest *request, GError **error);

G_END_DECLS
