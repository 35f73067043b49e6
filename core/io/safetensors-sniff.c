/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/safetensors-header.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* What people have in place of a model.  Read as a header's length each of them is
 * larger than the largest that is allowed. */
static const struct
{
  const char *magic;
  gsize       length;
  const char *what;
} others[] = {
  { "version https://git-lfs", 23,
    N_ ("a Git LFS pointer, which only names the real file; download that instead") },
  { "PK\3\4", 4, N_ ("a ZIP archive or a PyTorch checkpoint (.ckpt, .pt, .bin)") },
  { "\x80\2", 2, N_ ("a PyTorch checkpoint (.ckpt, .pt, .bin)") },
  { "\x80\4", 2, N_ ("a Python pickle") },
  { "GGUF", 4, N_ ("a GGUF model") },
  { "\x89HDF", 4, N_ ("an HDF5 file") },
  { "\x1f\x8b", 2, N_ ("a gzip archive") },
  { "\x28\xb5\x2f\xfd", 4, N_ ("a Zstandard archive") },
  { "\x37\x7a\xbc\xaf\x27\x1c", 6, N_ ("a 7z archive") },
  { "\x89PNG", 4, N_ ("a picture") },
  { "\xff\xd8\xff", 3, N_ ("a picture") },
  { "{", 1, N_ ("a JSON text") },
  { "<", 1, N_ ("a web page, perhaps an error message from the server") },
};

const char *
dif_safetensors_sniff (const guint8 *start, gsize size)
{
  gsize skip = 0;

  if (size >= 3 && memcmp (start, "\xef\xbb\xbf", 3) == 0)
    skip = 3;
  while (skip < size && strchr (" \t\r\n", start[skip]) && start[skip])
    skip++;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      if (size - skip >= others[i].length &&
          memcmp (start + skip, others[i].magic, others[i].length) == 0)
        return _ (others[i].what);
    }
  return NULL;
}
