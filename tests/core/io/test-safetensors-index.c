/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A model in several files, and indexes that lie. */

#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "tests/core/io/temp.h"

static void
write_parts (void)
{
  const float        numbers[] = { 1.0f, 2.0f, 3.0f, 4.0f };
  const DifTensorOut first[] = { { "a", DIF_DTYPE_F32, 1, { 2 }, numbers },
                                 { "c", DIF_DTYPE_F32, 1, { 1 }, numbers + 3 } };
  const DifTensorOut second = { "b", DIF_DTYPE_F32, 1, { 2 }, numbers + 2 };
  const DifTensorOut again = { "a", DIF_DTYPE_F32, 1, { 2 }, numbers + 1 };
  g_autofree char   *one = temp_path ("m-1.safetensors");
  g_autofree char   *two = temp_path ("m-2.safetensors");
  g_autofree char   *three = temp_path ("m-3.safetensors");

  g_assert_true (dif_safetensors_write (one, first, 2, NULL));
  g_assert_true (dif_safetensors_write (two, &second, 1, NULL));
  g_assert_true (dif_safetensors_write (three, &again, 1, NULL));
}

static DifSafetensors *
open_index (const char *text, GError **error)
{
  g_autoptr (GString) json = temp_json (text, -1);
  g_autofree char    *path = temp_write ("m.safetensors.index.json", json->str, json->len);

  return dif_safetensors_open (path, error);
}

static void
test_good (void)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (DifSafetensors) st =
      open_index ("{'metadata':{'total_size':20.0},'weight_map':{'b':'m-2.safetensors',"
                  "'a':'m-1.safetensors','c':'m-1.safetensors'}}",
                  &error);
  const DifTensorInfo *info;
  float                out[2];
  gsize                n;

  g_assert_no_error (error);
  dif_safetensors_infos (st, &n);
  g_assert_cmpuint (n, ==, 3);
  for (guint i = 0; i < 2; i++)
    {
      info = dif_safetensors_find (st, i ? "b" : "a");
      g_assert_nonnull (info);
      g_assert_true (dif_safetensors_read_f32 (st, info, out, NULL));
      g_assert_cmpfloat (out[0], ==, i ? 3.0f : 1.0f);
      g_assert_cmpfloat (out[1], ==, i ? 4.0f : 2.0f);
    }
  g_assert_null (dif_safetensors_metadata (st, "format"));
  g_assert_true (dif_safetensors_finish (st, NULL));
  {
    g_autofree char *two = temp_path ("m-2.safetensors");

    g_assert_true (g_file_set_contents (two, "other", -1, NULL));
    g_assert_false (dif_safetensors_finish (st, &error));
    g_assert_error (error, DIF_ERROR, DIF_ERROR_CHANGED);
    write_parts ();
  }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    gint        code;
    const char *word;
  } bad[] = {
    { "{", DIF_ERROR_JSON, "index.json" },
    { "{}", DIF_ERROR_SCHEMA, "weight_map" },
    { "{'weight_map':{}}", DIF_ERROR_SCHEMA, "weight_map" },
    { "{'weight_map':['m-1.safetensors']}", DIF_ERROR_SCHEMA, "weight_map" },
    { "{'weight_map':{'a':1}}", DIF_ERROR_SCHEMA, "“a”" },
    { "{'weight_map':{'a':null}}", DIF_ERROR_SCHEMA, "“a”" },
    { "{'weight_map':{'a':''}}", DIF_ERROR_PATH, "weight_map" },
    { "{'weight_map':{'a':'../m-1.safetensors'}}", DIF_ERROR_PATH, "../m-1" },
    { "{'weight_map':{'a':'x/../m-1.safetensors'}}", DIF_ERROR_PATH, "x/.." },
    { "{'weight_map':{'a':'..\\\\m-1.safetensors'}}", DIF_ERROR_PATH, "m-1" },
    { "{'weight_map':{'a':'/m-1.safetensors'}}", DIF_ERROR_PATH, "/m-1" },
    { "{'weight_map':{'a':'C:m-1.safetensors'}}", DIF_ERROR_PATH, "C:" },
    { "{'weight_map':{'a':'.safetensors'}}", DIF_ERROR_PATH, ".safetensors" },
    { "{'weight_map':{'a':'m-1\\n.safetensors'}}", DIF_ERROR_PATH, "m-1" },
    { "{'weight_map':{'a':'m.safetensors.index.json'}}", DIF_ERROR_PATH, "index.json" },
    { "{'weight_map':{'a':'m-4.safetensors'}}", DIF_ERROR_MISSING, "m-4" },
    { "{'weight_map':{'a':'m-1.safetensors','a':'m-3.safetensors'}}", DIF_ERROR_DUPKEY, "index" },
    { "{'weight_map':{'a':'m-1.safetensors','b':'m-3.safetensors'}}", DIF_ERROR_DUPKEY, "“a”" },
    { "{'weight_map':{'a':'m-2.safetensors','b':'m-1.safetensors'}}", DIF_ERROR_MISMATCH, "m-2" },
    { "{'weight_map':{'a':'m-1.safetensors','x':'m-1.safetensors'}}", DIF_ERROR_MISMATCH,
      "1 tensor that" },
    { "{'weight_map':{'x':'m-1.safetensors','y':'m-1.safetensors'}}", DIF_ERROR_MISMATCH,
      "2 tensors that" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (open_index (bad[i].text, &error));
      g_test_message ("%s: %s", bad[i].text, error->message);
      g_assert_error (error, DIF_ERROR, bad[i].code);
      g_assert_nonnull (strstr (error->message, bad[i].word));
    }
}

/* As many files as there are tensors. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("{'weight_map':{'a':'m-1.safetensors'");
  g_autoptr (GError)  error = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, ",'t%u':'m%u.safetensors'", i, i);
  g_string_append (text, "}}");
  g_assert_null (open_index (text->str, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  temp_init ();
  write_parts ();
  g_test_add_func ("/io/safetensors/index/good", test_good);
  g_test_add_func ("/io/safetensors/index/bad", test_bad);
  g_test_add_func ("/io/safetensors/index/many", test_many);
  status = g_test_run ();
  temp_clear ();
  return status;
}
