/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Malformed files that are large or deep: S23, S24, S53, S54, S70 and their like. */

#include <glib.h>

#include "tests/core/io/faults.h"

/* text, n times */
static void
append_times (GString *out, const char *text, guint n)
{
  gsize length = strlen (text);
  gsize before = out->len;

  g_string_set_size (out, before + n * length);
  for (guint i = 0; i < n; i++)
    memcpy (out->str + before + i * length, text, length);
}

static void
test_depth (void)
{
  const guint depths[] = { 2, 200, 100000 }; /* of lists in the shape: from 5 in all */

  for (guint i = 0; i < G_N_ELEMENTS (depths); i++)
    {
      g_autoptr (GString) text = g_string_new ("{'a':{'dtype':'F32','shape':[");

      append_times (text, "[", depths[i]);
      append_times (text, "]", depths[i]);
      g_string_append (text, "],'data_offsets':[0,16]}}");
      check_header (i < 2 ? "S23" : "S24", text->str, -1, 16, DIF_ERROR_JSON);
      g_string_truncate (text, 0);
      append_times (text, "[", depths[i]);
      check_header (i < 2 ? "S23-root" : "S24-root", text->str, -1, 16, DIF_ERROR_JSON);
    }
}

static void
test_many_dims (void)
{
  g_autoptr (GString) text = g_string_new ("{'a':{'dtype':'F32','shape':[1");

  append_times (text, ",1", 999);
  g_string_append (text, "],'data_offsets':[0,4]}}");
  check_header ("S53", text->str, -1, 4, DIF_ERROR_LIMIT);
}

static GString *
many_tensors (guint n)
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (
        text,
        "%s'a.tensor.with.a.longer.name.%u':{'dtype':'U8','shape':[1],'data_offsets':[%u,%u]}",
        i ? "," : "", i, n - 1 - i, n - i);
  g_string_append_c (text, '}');
  return text;
}

static void
test_many_tensors (void)
{
  g_autoptr (GString)        most = many_tensors (200000);
  g_autoptr (GString)        more = many_tensors (200001);
  g_autoptr (GString)        bytes = temp_safetensors (most->str, -1, 200000);
  g_autofree char           *path = temp_write ("most", bytes->str, bytes->len);
  g_autoptr (DifSafetensors) st = dif_safetensors_open (path, NULL);

  g_assert_nonnull (st);
  check_header ("S54", more->str, -1, 200001, DIF_ERROR_LIMIT);
}

static void
test_large_names (void)
{
  const char *letters[] = { "a", "\\u0041", "\\\\" };

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    {
      g_autoptr (GString) text = g_string_new ("{'");

      append_times (text, letters[i], 1000000);
      g_string_append (text, "':" GOOD_ENTRY "}");
      check_header ("S70", text->str, -1, 16, DIF_ERROR_NAME);
      g_string_assign (text, "{'");
      append_times (text, letters[i], 513);
      g_string_append (text, "':" GOOD_ENTRY "}");
      check_header ("S70-513", text->str, -1, 16, DIF_ERROR_NAME);
    }
}

/* What the largest headers can be made of. */
static void
test_large_headers (void)
{
  static const struct
  {
    const char *begin, *middle;
    guint       n;
    const char *end;
    gint        code;
  } bombs[] = {
    { "{'__metadata__':{'k':'", "aaaaaaaa", 3900000, "'}}", DIF_ERROR_LIMIT },
    { "{'__metadata__':{'k':''", ",'':''", 5000000, "}}", DIF_ERROR_LIMIT },
    { "{'a':{'dtype':'F32','shape':[0", ",0", 15000000, "],'data_offsets':[0,0]}}",
      DIF_ERROR_LIMIT },
    { "{", "          ", 3100000, "'", DIF_ERROR_JSON },
    { "{'a':", "          ", 3100000, "}", DIF_ERROR_JSON },
    { "{'a':'", "\\u0041", 5000000, "'}", DIF_ERROR_LIMIT },
    { "{'a':", "1111111111", 3100000, "}", DIF_ERROR_LIMIT },
    { "{}", "          ", 3200000, "", DIF_ERROR_LIMIT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bombs); i++)
    {
      g_autoptr (GString) text = g_string_new (bombs[i].begin);

      append_times (text, bombs[i].middle, bombs[i].n);
      g_string_append (text, bombs[i].end);
      check_header ("large", text->str, -1, 0, bombs[i].code);
    }
}

/* The largest header of the slowest kind that is accepted. */
static void
test_slowest (void)
{
  g_autoptr (GString) text = g_string_new ("{");
  g_autoptr (GString) bytes = NULL;
  g_autofree char    *path = NULL;

  for (guint i = 0; i < 190000; i++)
    {
      g_string_append_c (text, '\'');
      append_times (text, "\\u0041", 15);
      g_string_append_printf (text, "%u':{'dtype':'U8','shape':[1],'data_offsets':[%u,%u]},", i, i,
                              i + 1);
    }
  g_string_truncate (text, text->len - 1);
  g_string_append_c (text, '}');
  bytes = temp_safetensors (text->str, -1, 190000);
  path = temp_write ("slowest", bytes->str, bytes->len);
  check ("slowest", path, -1);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  temp_init ();
  g_test_add_func ("/io/safetensors/bombs/depth", test_depth);
  g_test_add_func ("/io/safetensors/bombs/many-dims", test_many_dims);
  g_test_add_func ("/io/safetensors/bombs/many-tensors", test_many_tensors);
  g_test_add_func ("/io/safetensors/bombs/large-names", test_large_names);
  g_test_add_func ("/io/safetensors/bombs/large-headers", test_large_headers);
  g_test_add_func ("/io/safetensors/bombs/slowest", test_slowest);
  status = g_test_run ();
  temp_clear ();
  return status;
}
