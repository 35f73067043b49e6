/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DIF_BLAS_BUFFER:
 *
 * Bytes of address space that OpenBLAS takes for each of its threads when it is loaded, and for
 * each thread that asks it for a product at the same time as others; with what belongs to them.
 * Where it does not get them, it asks again for ever (until version 0.3.30).
 */
#define DIF_BLAS_BUFFER ((gsize) 136 << 20)

/**
 * DIF_BEFORE_LIBRARIES:
 * @func: `void func (int argc, char **argv, char **environment)`
 *
 * Has a program call a function before its libraries begin to do things, where the system can do
 * that.  Nothing of GLib is there then, and of the C library no locale and no environment.
 */
#if defined(__GLIBC__) && defined(__ELF__)
#define DIF_BEFORE_LIBRARIES(func)                                                  \
  static void (*const before_libraries) (int argc, char **argv, char **environment) \
      __attribute__ ((used, section (".preinit_array"))) = func;
#else
#define DIF_BEFORE_LIBRARIES(func) \
  static void (*const before_libraries) (int, char **, char **) G_GNUC_UNUSED = func;
#endif

/**
 * dif_start_needs:
 * @environment: (array zero-terminated=1): of the program
 *
 * To be called before OpenBLAS is loaded, see DIF_BEFORE_LIBRARIES().
 *
 * Returns: 0 if it will get what it takes, else how many bytes of address space that are
 *
 * Thread: any; nothing else has to be there
 */
guint64 dif_start_needs (char **environment);

/**
 * dif_start_is_tight:
 *
 * Returns: whether the address space is limited so that OpenBLAS may come to want more than there
 *   is
 *
 * Thread: any
 */
gboolean dif_start_is_tight (void);

G_END_DECLS
