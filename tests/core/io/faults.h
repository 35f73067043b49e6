/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Checks that a malformed safetensors file gives its error, within a second. */

#include <time.h>

#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "tests/core/io/temp.h"

#ifdef __SANITIZE_ADDRESS__
#define MAX_SECONDS 8.0
#else
#define MAX_SECONDS 2.0 /* 0.6 here; the rule is 1, leave room for slow machines */
#endif

#define BYTES(text) text, sizeof (text) - 1

/* One tensor "a" of 16 bytes, with something else in place of a field. */
#define ENTRY(dtype, shape, offsets) \
  "{'a':{'dtype':" dtype ",'shape':" shape ",'data_offsets':" offsets "}}"
#define DTYPE(dtype)     ENTRY (dtype, "[2,2]", "[0,16]")
#define SHAPE(shape)     ENTRY ("'F32'", shape, "[0,16]")
#define OFFSETS(offsets) ENTRY ("'F32'", "[2,2]", offsets)
#define GOOD             SHAPE ("[2,2]")
#define GOOD_ENTRY       "{'dtype':'F32','shape':[2,2],'data_offsets':[0,16]}"
#define NAMED(name)      "{'" name "':" GOOD_ENTRY "}"
#define META(value)      "{'__metadata__':" value ",'a':" GOOD_ENTRY "}"
#define TWO(a, b)                                            \
  "{'a':{'dtype':'F32','shape':[2,2],'data_offsets':" a "}," \
  "'b':{'dtype':'F32','shape':[2,2],'data_offsets':" b "}}"

/* code: a DifError, or -1 for a file to be accepted */
static inline void
check (const char *id, const char *path, gint code)
{
  clock_t                    begin = clock ();
  g_autoptr (GError)         error = NULL;
  g_autoptr (DifSafetensors) st = dif_safetensors_open (path, &error);
  double                     seconds = (double) (clock () - begin) / CLOCKS_PER_SEC;

  g_test_message ("%s: %.3f s, %s", id, seconds, error ? error->message : "accepted");
  if ((st == NULL) != (error != NULL) || (error ? error->code : -1) != code)
    g_test_fail_printf ("%s: expected error %d, found %d", id, code, error ? error->code : -1);
  g_assert_true (! error || g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpfloat (seconds, <, MAX_SECONDS);
}

static inline void
check_bytes (const char *id, const GString *bytes, gint code)
{
  g_autofree char *path = temp_write (id, bytes->str, bytes->len);

  check (id, path, code);
  g_remove (path);
}

static inline void
check_header (const char *id, const char *text, gssize size, gsize n_data, gint code)
{
  g_autoptr (GString) bytes = temp_safetensors (text, size, n_data);

  check_bytes (id, bytes, code);
}
