/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Malformed files S01 to S79: each must give its error, within a second. */

#include <glib.h>
#ifdef G_OS_UNIX
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "tests/core/io/faults.h"

/* Whole files. */
static const struct
{
  const char *id;
  const char *bytes;
  gsize       size;
  gint        code;
} raws[] = {
  { "S01", BYTES (""), DIF_ERROR_TRUNCATED },
  { "S02", BYTES ("\2\0\0\0\0\0\0"), DIF_ERROR_TRUNCATED },
  { "S03", BYTES ("\x40\0\0\0\0\0\0\0{}"), DIF_ERROR_TRUNCATED },
  { "S04", BYTES ("\x01\xe1\xf5\x05\0\0\0\0{}"), DIF_ERROR_HEADER_SIZE },
  { "S05", BYTES ("\0\0\0\0\0\0\0\x80{}"), DIF_ERROR_HEADER_SIZE },
  { "S06", BYTES ("\xf8\xff\xff\xff\xff\xff\xff\xff{}"), DIF_ERROR_HEADER_SIZE },
  { "S07", BYTES ("\xff\xff\xff\xff\xff\xff\xff\xff{}"), DIF_ERROR_HEADER_SIZE },
  { "S08", BYTES ("\0\0\0\0\0\0\0\0"), DIF_ERROR_JSON },
  { "S09", BYTES ("\1\0\0\0\0\0\0\0{"), DIF_ERROR_JSON },
  { "S71", BYTES ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    DIF_ERROR_NOT_SAFETENSORS },
  { "S72", BYTES ("<!DOCTYPE html><html><title>404</title></html>"), DIF_ERROR_NOT_SAFETENSORS },
  { "S72-newline", BYTES ("\n\n <html><title>404</title></html>"), DIF_ERROR_NOT_SAFETENSORS },
  { "S73", BYTES ("PK\3\4\0\0\x08\x08\0\0archive/data.pkl"), DIF_ERROR_NOT_SAFETENSORS },
  { "S73-pickle", BYTES ("\x80\2\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19."), DIF_ERROR_NOT_SAFETENSORS },
  { "S74", BYTES ("GGUF\3\0\0\0\0\0\0\0\0\0\0\0"), DIF_ERROR_NOT_SAFETENSORS },
  { "json", BYTES ("{\"in_channels\": 4}"), DIF_ERROR_NOT_SAFETENSORS },
};

/* Headers, with 16 bytes of data unless extra says otherwise. */
static const struct
{
  const char *id;
  const char *text;
  gsize       size;
  gint        extra;
  gint        code;
} headers[] = {
  { "S10", BYTES ("{'a':{'dtype':'F32','sha"), 0, DIF_ERROR_JSON },
  { "S10-value", BYTES ("{'a':"), 0, DIF_ERROR_JSON },
  { "S10-member", BYTES ("{'a':" GOOD_ENTRY), 0, DIF_ERROR_JSON },
  { "S10-escape", BYTES ("{'a\\"), 0, DIF_ERROR_JSON },
  { "S11", BYTES ("[1,2]"), 0, DIF_ERROR_JSON },
  { "S12", BYTES ("null"), 0, DIF_ERROR_JSON },
  { "S13", BYTES ("'text'"), 0, DIF_ERROR_JSON },
  { "S14", BYTES ("{}{}"), 0, DIF_ERROR_JSON },
  { "S15", BYTES ("{'a':" GOOD_ENTRY ",}"), 0, DIF_ERROR_JSON },
  { "S15-inner", BYTES (SHAPE ("[2,2,]")), 0, DIF_ERROR_JSON },
  { "S16", BYTES ("\xef\xbb\xbf" GOOD), 0, DIF_ERROR_JSON },
  { "S17", BYTES (GOOD "\0\0\0"), 0, DIF_ERROR_JSON },
  { "S18", BYTES ("/**/" GOOD), 0, DIF_ERROR_JSON },
  { "S18-inner", BYTES (SHAPE ("/**/[2,2]")), 0, DIF_ERROR_JSON },
  { "S19", BYTES (SHAPE ("[NaN]")), 0, DIF_ERROR_JSON },
  { "S20", BYTES (NAMED ("a\xff")), 0, DIF_ERROR_UTF8 },
  { "S21", BYTES (NAMED ("a\\ud800")), 0, DIF_ERROR_UTF8 },
  { "S21-low", BYTES (NAMED ("a\\udc00")), 0, DIF_ERROR_UTF8 },
  { "S21-wrong", BYTES (NAMED ("a\\ud800\\u0041")), 0, DIF_ERROR_UTF8 },
  { "S21-inner", BYTES (DTYPE ("'\\ud800'")), 0, DIF_ERROR_UTF8 },
  { "S22", BYTES (NAMED ("a\xc0\x80")), 0, DIF_ERROR_UTF8 },
  { "S25", BYTES ("{'a':" GOOD_ENTRY ",'a':" GOOD_ENTRY "}"), 0, DIF_ERROR_DUPKEY },
  { "S25-escaped", BYTES ("{'a':" GOOD_ENTRY ",'\\u0061':" GOOD_ENTRY "}"), 0, DIF_ERROR_DUPKEY },
  { "S26", BYTES ("{'a':{'dtype':'U8','shape':[16],'data_offsets':[0,16]},'a':" GOOD_ENTRY "}"), 0,
    DIF_ERROR_DUPKEY },
  { "S27", BYTES (ENTRY ("'F32','dtype':'F32'", "[2,2]", "[0,16]")), 0, DIF_ERROR_DUPKEY },
  { "S28", BYTES ("{'__metadata__':{},'__metadata__':{},'a':" GOOD_ENTRY "}"), 0,
    DIF_ERROR_DUPKEY },
  { "S29", BYTES (META ("{'k':'1','k':'2'}")), 0, DIF_ERROR_DUPKEY },
  { "S30", BYTES ("{'a':{'shape':[2,2],'data_offsets':[0,16]}}"), 0, DIF_ERROR_SCHEMA },
  { "S31", BYTES ("{'a':{'dtype':'F32','data_offsets':[0,16]}}"), 0, DIF_ERROR_SCHEMA },
  { "S32", BYTES ("{'a':{'dtype':'F32','shape':[2,2]}}"), 0, DIF_ERROR_SCHEMA },
  { "S33", BYTES ("{'a':null}"), 0, DIF_ERROR_SCHEMA },
  { "S34", BYTES (ENTRY ("'F32','x':1", "[2,2]", "[0,16]")), 0, DIF_ERROR_SCHEMA },
  { "S35", BYTES ("{'a':['F32',[2,2],[0,16]]}"), 0, DIF_ERROR_SCHEMA },
  { "S36", BYTES (META ("{'k':1}")), 0, DIF_ERROR_SCHEMA },
  { "S37", BYTES (META ("{'k':{'l':'m'}}")), 0, DIF_ERROR_SCHEMA },
  { "S38", BYTES (META ("{'k':['l']}")), 0, DIF_ERROR_SCHEMA },
  { "S39", BYTES (META ("{'k':null}")), 0, DIF_ERROR_SCHEMA },
  { "S39-whole", BYTES (META ("null")), 0, DIF_ERROR_SCHEMA },
  { "S40", BYTES (DTYPE ("'f32'")), 0, DIF_ERROR_DTYPE },
  { "S41", BYTES (DTYPE ("'Q4_0'")), 0, DIF_ERROR_DTYPE },
  { "S42", BYTES (DTYPE ("3")), 0, DIF_ERROR_DTYPE },
  { "S43", BYTES (DTYPE ("'F4'")), 0, DIF_ERROR_SIZE }, /* these are of 2 bytes */
  { "S43-half", BYTES (ENTRY ("'F4'", "[31]", "[0,16]")), 0, DIF_ERROR_OVERFLOW },
  { "S44", BYTES (DTYPE ("'C64'")), 0, DIF_ERROR_SIZE },
  { "S45", BYTES (SHAPE ("[-4]")), 0, DIF_ERROR_SCHEMA },
  { "S45-zero", BYTES (SHAPE ("[2,2,-0]")), 0, DIF_ERROR_SCHEMA },
  { "S46", BYTES (SHAPE ("[4.0]")), 0, DIF_ERROR_SCHEMA },
  { "S47", BYTES (SHAPE ("[4e0]")), 0, DIF_ERROR_SCHEMA },
  { "S48", BYTES (SHAPE ("['4']")), 0, DIF_ERROR_SCHEMA },
  { "S49", BYTES (SHAPE ("[[4]]")), 0, DIF_ERROR_SCHEMA },
  { "S49-number", BYTES (SHAPE ("4")), 0, DIF_ERROR_SCHEMA },
  { "S50", BYTES (SHAPE ("[18446744073709551616]")), 0, DIF_ERROR_OVERFLOW },
  { "S51", BYTES (SHAPE ("[4194305,4194305,211106198978564]")), 0, DIF_ERROR_OVERFLOW },
  { "S52", BYTES (ENTRY ("'F32'", "[0,9223372036854775808,9223372036854775808]", "[0,0]")), -16,
    DIF_ERROR_OVERFLOW },
  { "S52-dims", BYTES (ENTRY ("'F32'", "[0,2147483648]", "[0,0]")), -16, DIF_ERROR_OVERFLOW },
  { "S52-product", BYTES (ENTRY ("'F32'", "[0,2147483647,2147483647,2147483647]", "[0,0]")), -16,
    DIF_ERROR_OVERFLOW },
  { "S53-nine", BYTES (SHAPE ("[1,1,1,1,1,1,1,2,2]")), 0, DIF_ERROR_LIMIT },
  { "S55", BYTES (OFFSETS ("[16,0]")), 0, DIF_ERROR_OFFSETS },
  { "S56", BYTES (OFFSETS ("[-16,0]")), 0, DIF_ERROR_OFFSETS },
  { "S57", BYTES (OFFSETS ("[16]")), 0, DIF_ERROR_OFFSETS },
  { "S58", BYTES (OFFSETS ("[0,16,16]")), 0, DIF_ERROR_OFFSETS },
  { "S58-text", BYTES (OFFSETS ("'0'")), 0, DIF_ERROR_OFFSETS },
  { "S59", BYTES (OFFSETS ("[4,20]")), 4, DIF_ERROR_OFFSETS },
  { "S60", BYTES (TWO ("[0,16]", "[20,36]")), 20, DIF_ERROR_OFFSETS },
  { "S61", BYTES (TWO ("[0,16]", "[0,16]")), 0, DIF_ERROR_OFFSETS },
  { "S62", BYTES (TWO ("[0,16]", "[12,28]")), 12, DIF_ERROR_OFFSETS },
  { "S63", BYTES ("{'a':" GOOD_ENTRY ",'z':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}}"), 0,
    DIF_ERROR_OFFSETS },
  { "S64", BYTES (SHAPE ("[2,3]")), 0, DIF_ERROR_SIZE },
  { "S64-zero", BYTES (SHAPE ("[2,0]")), 0, DIF_ERROR_SIZE },
  { "S65", BYTES (GOOD), -1, DIF_ERROR_SIZE },
  { "S66", BYTES (GOOD), 1, DIF_ERROR_SIZE },
  { "S66-empty", BYTES ("{}"), 0, DIF_ERROR_SIZE },
  { "S67", BYTES (GOOD), 22, DIF_ERROR_SIZE }, /* the size of an empty ZIP archive */
  { "S68", BYTES (NAMED ("")), 0, DIF_ERROR_NAME },
  { "S69", BYTES (NAMED ("a\\u0000b")), 0, DIF_ERROR_NAME },
  { "S69-tab", BYTES (NAMED ("a\\tb")), 0, DIF_ERROR_NAME },
  { "S69-metadata", BYTES (META ("{'k\\u0000':''}")), 0, DIF_ERROR_NAME },
};

static void
test_raw (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      g_autofree char *path = temp_write (raws[i].id, raws[i].bytes, raws[i].size);

      check (raws[i].id, path, raws[i].code);
    }
}

static void
test_headers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    check_header (headers[i].id, headers[i].text, (gssize) headers[i].size,
                  (gsize) (16 + headers[i].extra), headers[i].code);
}

static void
test_not_files (void)
{
  check ("S77", temp_dir, DIF_ERROR_IO);
  {
    g_autofree char *path = temp_path ("absent");

    check ("absent", path, DIF_ERROR_MISSING);
  }
#ifdef G_OS_UNIX
  {
    g_autofree char *path = temp_path ("fifo");

    g_assert_cmpint (mkfifo (path, 0600), ==, 0);
    check ("S78", path, DIF_ERROR_IO);
    check ("S78-zero", "/dev/zero", DIF_ERROR_IO);
  }
#endif
}

#ifdef G_OS_UNIX
static void
test_sparse (void)
{
  g_autoptr (GString) bytes =
      temp_safetensors (ENTRY ("'F32'", "[262144,1048576]", "[0,1099511627776]"), -1, 0);
  g_autofree char *path = temp_write ("sparse", bytes->str, bytes->len);
  const off_t      sizes[] = { ((off_t) 1 << 40) + 100, ((off_t) 1 << 48) + 1 };
  const gint       codes[] = { DIF_ERROR_SIZE, DIF_ERROR_IO };
  guint            n_done = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      if (truncate (path, sizes[i]) != 0)
        continue;
      check ("S79", path, codes[i]);
      n_done++;
    }
  /* not every file system has the larger one */
  g_assert_cmpuint (n_done, >=, 1);
}
#endif

static void
test_values (void)
{
  static const struct
  {
    const char *id;
    const char *dtype;
    guint8      number[8];
    gsize       size;
  } values[] = {
    { "S75", "F32", { 0, 0, 0xc0, 0x7f }, 4 },
    { "S75-inf", "F32", { 0, 0, 0x80, 0xff }, 4 },
    { "S75-bf16", "BF16", { 0xc0, 0x7f }, 2 },
    { "S75-f64", "F64", { 0, 0, 0, 0, 0, 0, 0xf0, 0x7f }, 8 },
    { "S76", "F16", { 0, 0x7c }, 2 }, /* what 65520 has become on conversion */
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("{'mid.w':{'dtype':'%s','shape':[40000],'data_offsets':[0,%u]}}",
                           values[i].dtype, (guint) (40000 * values[i].size));
      g_autoptr (GString)        bytes = temp_safetensors (text, -1, 40000 * values[i].size);
      g_autofree double         *out = g_new (double, 40000);
      g_autofree char           *path = NULL;
      g_autoptr (DifSafetensors) st = NULL;
      g_autoptr (GError)         error = NULL;
      const DifTensorInfo       *info;

      memcpy (bytes->str + bytes->len - 3 * values[i].size, values[i].number, values[i].size);
      path = temp_write (values[i].id, bytes->str, bytes->len);
      st = dif_safetensors_open (path, &error);
      g_assert_no_error (error);
      info = dif_safetensors_find (st, "mid.w");
      if (info->dtype == DIF_DTYPE_F64)
        g_assert_false (dif_safetensors_read_f64 (st, info, out, &error));
      else
        g_assert_false (dif_safetensors_read_f32 (st, info, (float *) out, &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_NONFINITE);
      g_assert_nonnull (strstr (error->message, "mid.w"));
      g_assert_nonnull (strstr (error->message, values[i].id));
      if (info->dtype != DIF_DTYPE_F64)
        g_assert_true (dif_safetensors_read_f32_any (st, info, (float *) out, NULL));
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  temp_init ();
  g_test_add_func ("/io/safetensors/faults/raw", test_raw);
  g_test_add_func ("/io/safetensors/faults/headers", test_headers);
  g_test_add_func ("/io/safetensors/faults/not-files", test_not_files);
#ifdef G_OS_UNIX
  g_test_add_func ("/io/safetensors/faults/sparse", test_sparse);
#endif
  g_test_add_func ("/io/safetensors/faults/values", test_values);
  status = g_test_run ();
  temp_clear ();
  return status;
}
