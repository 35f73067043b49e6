/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One good file, 20,000 times damaged at random: no crash, no hang. */

#include <glib.h>

#include "core/io/safetensors.h"
#include "tests/core/io/temp.h"

static void
mutate (GRand *rand, GString *bytes)
{
  static const char likely[] = "{}[]\",:0\\u-e \xff";
  gint              n = g_rand_int_range (rand, 1, 4);

  while (n-- > 0 && bytes->len > 0)
    {
      /* Mostly in the header, which comes first. */
      gsize at = g_rand_int_range (rand, 0, (gint32) MIN (bytes->len, 400));
      char  c = likely[g_rand_int_range (rand, 0, (gint32) sizeof likely)];

      switch (g_rand_int_range (rand, 0, 6))
        {
        case 0:
          bytes->str[at] ^= (char) (1 << g_rand_int_range (rand, 0, 8));
          break;
        case 1:
          bytes->str[at] = c;
          break;
        case 2:
          g_string_insert_c (bytes, (gssize) at, c);
          break;
        case 3:
          g_string_erase (bytes, (gssize) at, 1);
          break;
        case 4:
          g_string_insert_len (bytes, (gssize) at, bytes->str + at / 2,
                               MIN (20, (gssize) (bytes->len - at / 2)));
          break;
        default:
          g_string_truncate (bytes, g_rand_boolean (rand) ? bytes->len - 1 : at);
          break;
        }
    }
  if (bytes->len >= 8 && g_rand_boolean (rand))
    {
      guint64 length = GUINT64_TO_LE (MIN (bytes->len - 8, 320));

      memcpy (bytes->str, &length, sizeof length); /* get past the first check */
    }
}

static void
read_all (DifSafetensors *st)
{
  gsize                n;
  const DifTensorInfo *infos = dif_safetensors_infos (st, &n);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree double *out = g_new (double, infos[i].size);

      g_assert_true (dif_safetensors_find (st, infos[i].name) == &infos[i]);
      if (! dif_safetensors_read_f32 (st, &infos[i], (float *) out, NULL) &&
          ! dif_safetensors_read_i64 (st, &infos[i], (gint64 *) out, NULL))
        dif_safetensors_read_f64 (st, &infos[i], out, NULL);
    }
}

static void
test_mutations (void)
{
  const char         *text = "{'__metadata__':{'format':'pt','n\\u00e4':'\\ud83d\\ude00'},"
                             "'a.b':{'dtype':'F32','shape':[2,2],'data_offsets':[0,16]},"
                             "'a.c':{'dtype':'F16','shape':[],'data_offsets':[16,18]},"
                             "'z':{'dtype':'BF16','shape':[0,4],'data_offsets':[18,18]},"
                             "'ids':{'dtype':'I64','shape':[1,1],'data_offsets':[18,26]}}      ";
  g_autoptr (GString) good = temp_safetensors (text, -1, 26);
  g_autoptr (GRand)   rand = g_rand_new_with_seed (20240607);
  guint               n_accepted = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString)        bytes = g_string_new_len (good->str, (gssize) good->len);
      g_autoptr (DifSafetensors) st = NULL;
      g_autoptr (GError)         error = NULL;
      g_autofree char           *path = NULL;

      mutate (rand, bytes);
      path = temp_write ("mutation", bytes->str, bytes->len);
      st = dif_safetensors_open (path, &error);
      g_assert_true ((st != NULL) == (error == NULL));
      g_assert_true (! error || g_utf8_validate (error->message, -1, NULL));
      if (st)
        {
          read_all (st);
          n_accepted++;
        }
    }
  g_test_message ("%u of 20000 accepted", n_accepted);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  temp_init ();
  g_test_add_func ("/io/safetensors/mutations", test_mutations);
  status = g_test_run ();
  temp_clear ();
  return status;
}
