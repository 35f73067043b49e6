/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib.h>

#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "tests/core/io/temp.h"

static DifSafetensors *
open_text (const char *text, const void *data, gsize n_data)
{
  g_autoptr (GString) bytes = temp_safetensors (text, -1, n_data);
  g_autoptr (GError)  error = NULL;
  g_autofree char    *path = NULL;
  DifSafetensors     *st;

  if (data)
    memcpy (bytes->str + bytes->len - n_data, data, n_data);
  path = temp_write ("open", bytes->str, bytes->len);
  st = dif_safetensors_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (dif_safetensors_path (st), ==, path);
  return st;
}

static void
test_accepted (void)
{
  static const struct
  {
    const char *text;
    gsize       n_data;
    gsize       n;
  } files[] = {
    { "{}", 0, 0 },
    { " \t\r\n{ \n}   ", 0, 0 },
    { "{'__metadata__':{}}", 0, 0 },
    { "{'a' : { 'data_offsets':[0, 4],\n'shape':[ ] ,'dtype':'F32'}}", 4, 1 },
    { "{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,2],'data_offsets':[0,8]}}", 8, 1 },
    { "{'\\ud83d\\ude00\xc3\xa4/..\\\\\\'':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}}", 1,
      1 },
    { "{'a':{'dtype':'F32','shape':[0,2147483647],'data_offsets':[0,0]}}", 0, 1 },
    { "{'a':{'dtype':'F64','shape':[1],'data_offsets':[4,12]},"
      "'b':{'dtype':'I32','shape':[1],'data_offsets':[0,4]}}",
      12, 2 },
    { "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]},"
      "'z1':{'dtype':'F32','shape':[0],'data_offsets':[4,4]},"
      "'z2':{'dtype':'F32','shape':[3,0],'data_offsets':[4,4]},"
      "'z3':{'dtype':'F32','shape':[0],'data_offsets':[8,8]},"
      "'z0':{'dtype':'F32','shape':[0],'data_offsets':[0,0]},"
      "'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}",
      8, 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (DifSafetensors) st = open_text (files[i].text, NULL, files[i].n_data);
      gsize                      n;

      dif_safetensors_infos (st, &n);
      g_assert_cmpuint (n, ==, files[i].n);
    }
}

static void
test_find (void)
{
  const char                *text = "{'b':{'dtype':'F32','shape':[],'data_offsets':[0,4]},"
                                    "'__metadata__':{'format':'pt','n':''},"
                                    "'c':{'dtype':'F16','shape':[0,7],'data_offsets':[4,4]},"
                                    "'a':{'dtype':'I64','shape':[2,1],'data_offsets':[4,20]}}";
  g_autoptr (DifSafetensors) st = open_text (text, NULL, 20);
  const DifTensorInfo       *infos, *a;
  gsize                      n;

  infos = dif_safetensors_infos (st, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpstr (infos[0].name, ==, "b");
  g_assert_cmpstr (infos[1].name, ==, "c");
  g_assert_cmpstr (infos[2].name, ==, "a");
  for (gsize i = 0; i < n; i++)
    g_assert_true (dif_safetensors_find (st, infos[i].name) == &infos[i]);
  g_assert_null (dif_safetensors_find (st, ""));
  g_assert_null (dif_safetensors_find (st, "bb"));
  g_assert_null (dif_safetensors_find (st, "d"));
  g_assert_null (dif_safetensors_find (st, "__metadata__"));

  g_assert_cmpuint (infos[0].n_dims, ==, 0);
  g_assert_cmpuint (infos[0].size, ==, 1);
  g_assert_cmpuint (infos[1].size, ==, 0);
  a = &infos[2];
  g_assert_cmpint (a->dtype, ==, DIF_DTYPE_I64);
  g_assert_cmpuint (a->n_dims, ==, 2);
  g_assert_cmpuint (a->dim[0], ==, 2);
  g_assert_cmpuint (a->dim[1], ==, 1);
  g_assert_cmpuint (a->dim[7], ==, 1);
  g_assert_cmpuint (a->begin, ==, 4);
  g_assert_cmpuint (a->end, ==, 20);
  g_assert_cmpuint (a->size, ==, 2);

  g_assert_cmpstr (dif_safetensors_metadata (st, "format"), ==, "pt");
  g_assert_cmpstr (dif_safetensors_metadata (st, "n"), ==, "");
  g_assert_null (dif_safetensors_metadata (st, "absent"));
}

#define N_ODD 40001

/* Number i of the file that odd_offsets() makes. */
static double
odd_number (DifDtype dtype, guint i)
{
  switch (dtype)
    {
    case DIF_DTYPE_F16:
      return 1.0 + (i % 1024) / 1024.0;
    case DIF_DTYPE_BF16:
      return 1.0 + (i % 128) / 128.0;
    case DIF_DTYPE_F64:
      return i + 0.1;
    case DIF_DTYPE_I64:
      return -1099511627776.0 * i;
    case DIF_DTYPE_I32:
      return -(double) i;
    default:
      return i;
    }
}

static void
append_number (GByteArray *data, DifDtype dtype, guint i)
{
  double number = odd_number (dtype, i);
  union
  {
    float   f32;
    double  f64;
    gint64  i64;
    gint32  i32;
    guint16 u16;
  } u = { .i64 = 0 };

  if (dtype == DIF_DTYPE_F32)
    u.f32 = (float) number;
  else if (dtype == DIF_DTYPE_F64)
    u.f64 = number;
  else if (dtype == DIF_DTYPE_I64)
    u.i64 = (gint64) number;
  else if (dtype == DIF_DTYPE_I32)
    u.i32 = (gint32) number;
  else
    u.u16 = (guint16) (dtype == DIF_DTYPE_F16 ? 0x3c00 + i % 1024 : 0x3f80 + i % 128);
  dif_dtype_swap (dtype, &u, 1);
  g_byte_array_append (data, (const guint8 *) &u, (guint) dif_dtype_bytes (dtype));
}

/* All kinds of numbers, none of them aligned, longer than a piece. */
static DifSafetensors *
odd_offsets (void)
{
  g_autoptr (GString) text =
      g_string_new ("{'odd':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}");
  g_autoptr (GByteArray) data = g_byte_array_new ();

  g_byte_array_append (data, (const guint8 *) "\7", 1);
  for (DifDtype t = DIF_DTYPE_F32; t <= DIF_DTYPE_I32; t++)
    {
      guint begin = data->len;

      for (guint i = 0; i < N_ODD; i++)
        append_number (data, t, i);
      g_string_append_printf (text, ",'%s':{'dtype':'%s','shape':[%d],'data_offsets':[%u,%u]}",
                              dif_dtype_name (t), dif_dtype_name (t), N_ODD, begin, data->len);
    }
  g_string_append_c (text, '}');
  return open_text (text->str, data->data, data->len);
}

static void
test_numbers (void)
{
  g_autoptr (DifSafetensors) st = odd_offsets ();
  g_autofree float          *f32 = g_new (float, N_ODD);
  g_autofree double         *f64 = g_new (double, N_ODD);
  g_autofree gint64         *i64 = g_new (gint64, N_ODD);

  for (DifDtype t = DIF_DTYPE_F32; t <= DIF_DTYPE_I32; t++)
    {
      const DifTensorInfo *info = dif_safetensors_find (st, dif_dtype_name (t));
      gboolean             is_f32 = dif_safetensors_read_f32 (st, info, f32, NULL);
      gboolean             is_f64 = dif_safetensors_read_f64 (st, info, f64, NULL);
      gboolean             is_i64 = dif_safetensors_read_i64 (st, info, i64, NULL);

      g_assert_cmpint (is_f32, ==, t <= DIF_DTYPE_F64);
      g_assert_cmpint (is_f64, ==, t == DIF_DTYPE_F32 || t == DIF_DTYPE_F64);
      g_assert_cmpint (is_i64, ==, t == DIF_DTYPE_I32 || t == DIF_DTYPE_I64);
      for (guint i = 0; i < N_ODD; i++)
        {
          g_assert_true (! is_f32 || f32[i] == (float) odd_number (t, i));
          g_assert_true (! is_f64 || f64[i] == odd_number (t, i));
          g_assert_true (! is_i64 || i64[i] == (gint64) odd_number (t, i));
        }
    }
  g_assert_true (dif_safetensors_read_i64 (st, dif_safetensors_find (st, "odd"), i64, NULL));
  g_assert_cmpint (i64[0], ==, 7);
}

static void
test_wrong_types (void)
{
  g_autoptr (DifSafetensors) st = odd_offsets ();
  g_autoptr (GError)         error = NULL;
  gint64                     out[1];

  g_assert_false (
      dif_safetensors_read_f32 (st, dif_safetensors_find (st, "I64"), (float *) out, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (
      dif_safetensors_read_f64 (st, dif_safetensors_find (st, "I64"), (double *) out, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (dif_safetensors_read_i64 (st, dif_safetensors_find (st, "F32"), out, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED);
}

/* They lie in files beside what is wanted, and do not matter until they are. */
static void
test_not_read (void)
{
  g_autoptr (GString) text = g_string_new ("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}");
  g_autoptr (DifSafetensors) st = NULL;
  guint                      end = 4;

  for (DifDtype t = DIF_DTYPE_N_READ; t < DIF_N_DTYPES; t++)
    {
      const guint bytes = (guint) dif_dtype_bits (t); /* of eight numbers */

      g_string_append_printf (text, ",'%s':{'dtype':'%s','shape':[2,4],'data_offsets':[%u,%u]}",
                              dif_dtype_name (t), dif_dtype_name (t), end, end + bytes);
      end += bytes;
    }
  g_string_append_c (text, '}');
  st = open_text (text->str, NULL, end);
  for (DifDtype t = DIF_DTYPE_N_READ; t < DIF_N_DTYPES; t++)
    {
      const DifTensorInfo *info = dif_safetensors_find (st, dif_dtype_name (t));
      g_autoptr (GError)   error = NULL;
      double               out[8];

      g_assert_cmpuint (info->size, ==, 8);
      g_assert_false (dif_safetensors_read_f32 (st, info, (float *) out, &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, dif_dtype_name (t)));
      g_assert_false (dif_safetensors_check_weight (st, info, NULL));
      g_assert_false (dif_safetensors_read_f64 (st, info, out, NULL));
      g_assert_false (dif_safetensors_read_i64 (st, info, (gint64 *) out, NULL));
    }
}

static void
test_round_trip (void)
{
  const float        numbers[6] = { 1.5f, -0.0f, 1e-45f, -3.4e38f, 0.1f, 7.0f };
  const gint64       ids[3] = { G_MININT64, 0, G_MAXINT64 };
  const guint16      halves[3] = { 0x3c00, 0x8001, 0x7bff };
  const float        widened[3] = { 1.0f, -0x1p-24f, 65504.0f };
  const DifTensorOut out[] = {
    { "z \"quoted\" ä", DIF_DTYPE_F32, 2, { 2, 3 }, numbers },
    { "scalar", DIF_DTYPE_F32, 0, { 0 }, numbers },
    { "ids", DIF_DTYPE_I64, 1, { 3 }, ids },
    { "empty", DIF_DTYPE_F32, 2, { 0, 5 }, NULL },
    { "halves", DIF_DTYPE_F16, 1, { 3 }, halves },
  };
  const DifTensorOut         turned[] = { out[4], out[3], out[2], out[1], out[0] };
  g_autofree char           *path = temp_path ("round");
  g_autofree char           *again = temp_path ("again");
  g_autofree char           *bytes = NULL;
  g_autofree char           *bytes_again = NULL;
  g_autoptr (DifSafetensors) st = NULL;
  g_autoptr (GError)         error = NULL;
  const DifTensorInfo       *info;
  gsize                      size, size_again, n;
  float                      f32[6];
  gint64                     i64[3];

  g_assert_true (dif_safetensors_write (path, out, G_N_ELEMENTS (out), &error));
  g_assert_no_error (error);
  st = dif_safetensors_open (path, &error);
  g_assert_no_error (error);
  dif_safetensors_infos (st, &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (out));
  info = dif_safetensors_find (st, out[0].name);
  g_assert_cmpuint (info->dim[1], ==, 3);
  g_assert_true (dif_safetensors_read_f32 (st, info, f32, &error));
  g_assert_cmpmem (f32, sizeof f32, numbers, sizeof numbers);
  g_assert_true (dif_safetensors_read_i64 (st, dif_safetensors_find (st, "ids"), i64, &error));
  g_assert_cmpmem (i64, sizeof i64, ids, sizeof ids);
  g_assert_true (dif_safetensors_read_f32 (st, dif_safetensors_find (st, "empty"), f32, &error));
  g_assert_true (dif_safetensors_read_f32 (st, dif_safetensors_find (st, "halves"), f32, &error));
  g_assert_cmpmem (f32, sizeof widened, widened, sizeof widened);
  g_assert_true (dif_safetensors_finish (st, &error));

  g_assert_true (dif_safetensors_write (again, turned, G_N_ELEMENTS (turned), &error));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_true (g_file_get_contents (again, &bytes_again, &size_again, NULL));
  g_assert_cmpmem (bytes, size, bytes_again, size_again);
  g_assert_cmpint (bytes[0] % 8, ==, 0);
}

static void
test_write_errors (void)
{
  const float        one = 1.0f;
  const DifTensorOut good = { "a", DIF_DTYPE_F32, 1, { 1 }, &one };
  const struct
  {
    DifTensorOut out[2];
    gsize        n;
    gint         code;
  } cases[] = {
    { { good, good }, 2, DIF_ERROR_DUPKEY },
    { { { "", DIF_DTYPE_F32, 1, { 1 }, &one } }, 1, DIF_ERROR_NAME },
    { { { NULL, DIF_DTYPE_F32, 1, { 1 }, &one } }, 1, DIF_ERROR_NAME },
    { { { "\xff", DIF_DTYPE_F32, 1, { 1 }, &one } }, 1, DIF_ERROR_NAME },
    { { { "a\n", DIF_DTYPE_F32, 1, { 1 }, &one } }, 1, DIF_ERROR_NAME },
    { { { "__metadata__", DIF_DTYPE_F32, 1, { 1 }, &one } }, 1, DIF_ERROR_NAME },
    { { { "a", DIF_DTYPE_BF16, 1, { 1 }, &one } }, 1, DIF_ERROR_REQUEST },
    { { { "a", DIF_DTYPE_F32, 9, { 1 }, &one } }, 1, DIF_ERROR_REQUEST },
    { { { "a", DIF_DTYPE_F32, 1, { (gsize) 1 << 31 }, &one } }, 1, DIF_ERROR_OVERFLOW },
  };
  g_autofree char   *path = temp_path ("refused");
  g_autofree char   *nowhere = g_build_filename (temp_dir, "no", "such", "folder", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_false (dif_safetensors_write (path, cases[i].out, cases[i].n, &error));
      g_assert_error (error, DIF_ERROR, cases[i].code);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      g_clear_error (&error);
    }
  g_assert_false (dif_safetensors_write (nowhere, &good, 1, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_IO);
  g_clear_error (&error);
  g_assert_true (dif_safetensors_write (path, NULL, 0, &error));
  g_assert_no_error (error);
}

static void
test_changed (void)
{
  const char                *text = "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}";
  g_autoptr (GString)        bytes = temp_safetensors (text, -1, 4);
  g_autofree char           *path = temp_write ("changed", bytes->str, bytes->len);
  g_autoptr (DifSafetensors) st = dif_safetensors_open (path, NULL);
  g_autoptr (DifSafetensors) again = NULL;
  g_autoptr (GError)         error = NULL;
  g_autofree char           *other = NULL;
  float                      x;

  g_assert_true (dif_safetensors_finish (st, &error));
  fclose (g_fopen (path, "wb")); /* emptied */
  g_assert_false (dif_safetensors_read_f32 (st, dif_safetensors_find (st, "a"), &x, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_TRUNCATED);
  g_clear_error (&error);
  g_assert_false (dif_safetensors_finish (st, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_CHANGED);
  g_clear_error (&error);

  g_free (temp_write ("changed", bytes->str, bytes->len));
  again = dif_safetensors_open (path, NULL);
  other = temp_write ("other", bytes->str, bytes->len);
  g_assert_cmpint (g_rename (other, path), ==, 0); /* replaced */
  g_assert_false (dif_safetensors_finish (again, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_CHANGED);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  temp_init ();
  g_test_add_func ("/io/safetensors/accepted", test_accepted);
  g_test_add_func ("/io/safetensors/find", test_find);
  g_test_add_func ("/io/safetensors/numbers", test_numbers);
  g_test_add_func ("/io/safetensors/wrong-types", test_wrong_types);
  g_test_add_func ("/io/safetensors/not-read", test_not_read);
  g_test_add_func ("/io/safetensors/round-trip", test_round_trip);
  g_test_add_func ("/io/safetensors/write-errors", test_write_errors);
  g_test_add_func ("/io/safetensors/changed", test_changed);
  status = g_test_run ();
  temp_clear ();
  return status;
}
