/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DIF_CLAIM_FINISHED:
 *
 * The file that says that a folder holds a model: it is written when all that a network is made of
 * is there.
 */
#define DIF_CLAIM_FINISHED "unet" G_DIR_SEPARATOR_S "config.json"

/**
 * DifClaim:
 *
 * The folder of a model that is being learnt, claimed when that begins: of two who want it one
 * gets it.  A claim is a locked file in the folder, and the lock ends with the process: what is
 * left of a process that was killed does not stand in the way of the next.
 */
typedef struct _DifClaim DifClaim;

/**
 * dif_claim_possible:
 * @folder: in the file system's encoding
 *
 * Returns: whether there is no such folder, or an empty one, or one that was only claimed, by a
 *   process that has ended
 *
 * Thread: any
 */
gboolean dif_claim_possible (const char *folder);

/**
 * dif_claim_new:
 * @folder: in the file system's encoding; made if need be, with those it lies in
 * @filled: whether something may be in there that is to be gone on with
 * @error: why not
 *
 * Returns: (transfer full): the claim, ended with dif_claim_end(); or %NULL
 *
 * Errors: %DIF_ERROR_EXISTS if something is in there or somebody else has claimed it;
 *   %DIF_ERROR_IO if nothing can be written there
 * Thread: any
 */
DifClaim *dif_claim_new (const char *folder, gboolean filled, GError **error);

/**
 * dif_claim_end:
 * @claim: (transfer full) (nullable): a claim
 *
 * Gives the folder free.  If it is empty by then, it is removed, with those that were made for it.
 *
 * Thread: any
 */
void dif_claim_end (DifClaim *claim);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifClaim, dif_claim_end)

G_END_DECLS
