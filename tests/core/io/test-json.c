/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>

#include <glib.h>

#include "core/base/error.h"
#include "core/io/json.h"
#include "tests/core/io/temp.h"

#define BYTES(text) text, sizeof (text) - 1
#define MAX_N       8

/* What a configuration reads, as core/models would. */
typedef struct
{
  guint       channels;
  guint       n_blocks;
  guint       blocks[MAX_N];
  guint       n_betas;
  double      betas[MAX_N];
  guint       n_types;
  const char *types[MAX_N];
  double      eps;
  gboolean    flip;
  guint       schedule;
  guint       classes;
  const char *name;
  const char *variance;
} Config;

static const char *const schedules[] = { "linear", "scaled_linear", NULL };

static DifJsonReader
reader_of (const char *text)
{
  g_autoptr (GString) json = temp_json (text, -1);
  DifJsonReader       r = DIF_JSON_READER_INIT;
  g_autoptr (GError)  error = NULL;
  json_t             *root = dif_json_parse (json->str, json->len, "config.json", &error);

  if (root)
    dif_json_reader_init (&r, root, "config.json");
  else
    {
      r.file = g_strdup ("config.json");
      r.error = g_steal_pointer (&error);
    }
  json_decref (root);
  return r;
}

static void
read_config (DifJsonReader *r, Config *c)
{
  dif_json_require (r, "in_channels", NULL);
  c->channels = dif_json_uint (r, "in_channels", 0, 1, 64);
  c->n_blocks = dif_json_uint_array (r, "blocks", c->blocks, MAX_N, 1, 65536);
  c->n_betas = dif_json_double_array (r, "betas", c->betas, MAX_N, 0.0, 1.0);
  c->n_types = dif_json_string_array (r, "types", c->types, MAX_N);
  c->eps = dif_json_double (r, "eps", 1e-5, 0.0, 1.0);
  c->flip = dif_json_bool (r, "flip", TRUE);
  c->schedule = dif_json_choice (r, "schedule", 1, schedules);
  c->classes = dif_json_uint_or_null (r, "classes", 1000, 0, 1, 100000);
  c->name = dif_json_string (r, "name", "none");
  c->variance = dif_json_string_or_null (r, "variance", "small", NULL);
}

static void
test_values (void)
{
  g_auto (DifJsonReader) r = reader_of (
      "{'in_channels':4,'blocks':[32,64],'betas':[0.5,1],'types':['a','b','c'],'eps':1e-6,"
      "'flip':false,'schedule':'linear','classes':null,'name':'\xc3\xa4','variance':null}");
  Config c;

  read_config (&r, &c);
  g_assert_no_error (r.error);
  g_assert_cmpuint (c.channels, ==, 4);
  g_assert_cmpuint (c.n_blocks, ==, 2);
  g_assert_cmpuint (c.blocks[1], ==, 64);
  g_assert_cmpuint (c.n_betas, ==, 2);
  g_assert_cmpfloat (c.betas[0], ==, 0.5);
  g_assert_cmpfloat (c.betas[1], ==, 1.0);
  g_assert_cmpuint (c.n_types, ==, 3);
  g_assert_cmpstr (c.types[2], ==, "c");
  g_assert_cmpfloat (c.eps, ==, 1e-6);
  g_assert_false (c.flip);
  g_assert_cmpuint (c.schedule, ==, 0);
  g_assert_cmpuint (c.classes, ==, 0);
  g_assert_cmpstr (c.name, ==, "\xc3\xa4");
  g_assert_null (c.variance);
  g_assert_true (dif_json_reader_finish (&r, NULL));
  g_assert_null (r.root);
}

static void
test_missing (void)
{
  g_auto (DifJsonReader) r = reader_of ("{'in_channels':4}");
  g_autoptr (GError) error = NULL;
  Config             c;

  read_config (&r, &c);
  g_assert_cmpuint (c.n_blocks + c.n_betas + c.n_types, ==, 0);
  g_assert_cmpfloat (c.eps, ==, 1e-5);
  g_assert_true (c.flip);
  g_assert_cmpuint (c.schedule, ==, 1);
  g_assert_cmpuint (c.classes, ==, 1000);
  g_assert_cmpstr (c.name, ==, "none");
  g_assert_cmpstr (c.variance, ==, "small");
  g_assert_true (dif_json_reader_finish (&r, &error));
  g_assert_no_error (error);
}

static const struct
{
  const char *id;
  const char *text;
  gint        code;
  const char *key;
} faults[] = {
  { "C03", "[]", DIF_ERROR_JSON, "" },
  { "C03-null", "null", DIF_ERROR_JSON, "" },
  { "C03-text", "'a'", DIF_ERROR_JSON, "" },
  { "C04", "{}", DIF_ERROR_SCHEMA, "in_channels" },
  { "C04-null", "{'in_channels':null}", DIF_ERROR_SCHEMA, "in_channels" },
  { "C05", "{'in_channels':'4'}", DIF_ERROR_SCHEMA, "in_channels" },
  { "C05-real", "{'in_channels':4.0}", DIF_ERROR_SCHEMA, "in_channels" },
  { "C05-bool", "{'in_channels':true}", DIF_ERROR_SCHEMA, "in_channels" },
  { "C05-list", "{'in_channels':[4]}", DIF_ERROR_SCHEMA, "in_channels" },
  { "C06", "{'in_channels':4,'eps':1e999}", DIF_ERROR_VALUE, "" },
  { "C07", "{'in_channels':99999999999999999999}", DIF_ERROR_VALUE, "" },
  { "C07-negative", "{'in_channels':-99999999999999999999}", DIF_ERROR_VALUE, "" },
  { "C07-32", "{'in_channels':4294967300}", DIF_ERROR_LIMIT, "in_channels" },
  { "C08", "{'in_channels':4,'blocks':[]}", DIF_ERROR_VALUE, "blocks" },
  { "C09-nine", "{'in_channels':4,'blocks':[1,2,3,4,5,6,7,8,9]}", DIF_ERROR_VALUE, "blocks" },
  { "C10", "{'in_channels':4,'blocks':[320,0]}", DIF_ERROR_VALUE, "blocks" },
  { "C11", "{'in_channels':4,'blocks':[-320]}", DIF_ERROR_VALUE, "blocks" },
  { "C11-number", "{'in_channels':4,'blocks':320}", DIF_ERROR_SCHEMA, "blocks" },
  { "C11-text", "{'in_channels':4,'blocks':['320']}", DIF_ERROR_SCHEMA, "blocks" },
  { "C12", "{'in_channels':0}", DIF_ERROR_VALUE, "in_channels" },
  { "C15", "{'in_channels':1000000000}", DIF_ERROR_LIMIT, "in_channels" },
  { "C16", "{'in_channels':4,'schedule':'cubic'}", DIF_ERROR_UNSUPPORTED, "schedule" },
  { "C16-number", "{'in_channels':4,'schedule':3}", DIF_ERROR_SCHEMA, "schedule" },
  { "C18", "{'in_channels':4,'eps':'NaN'}", DIF_ERROR_SCHEMA, "eps" },
  { "C18-nan", "{'in_channels':4,'eps':NaN}", DIF_ERROR_SCHEMA, "eps" },
  { "C18-infinity", "{'in_channels':4,'eps':Infinity}", DIF_ERROR_VALUE, "Infinity" },
  { "C18-minus", "{'in_channels':4,'eps':-Infinity}", DIF_ERROR_VALUE, "-Infinity" },
  { "C18-whole", "{'in_channels':Infinity}", DIF_ERROR_SCHEMA, "in_channels" },
  { "C18-list", "{'in_channels':4,'betas':[-Infinity]}", DIF_ERROR_VALUE, "betas" },
  { "C18-plus", "{'in_channels':4,'eps':+Infinity}", DIF_ERROR_JSON, "" },
  { "C18-case", "{'in_channels':4,'eps':nan}", DIF_ERROR_JSON, "" },
  { "C18-longer", "{'in_channels':4,'eps':NaNa}", DIF_ERROR_JSON, "" },
  { "C18-key", "{'in_channels':4,NaN:1}", DIF_ERROR_JSON, "" },
  { "C18-range", "{'in_channels':4,'eps':1.5}", DIF_ERROR_VALUE, "eps" },
  { "C19", "{'in_channels':4,'eps':'0,18215'}", DIF_ERROR_SCHEMA, "eps" },
  { "C19-comma", "{'in_channels':4,'eps':0,18215}", DIF_ERROR_JSON, "" },
  { "D06", "{'in_channels':4,'betas':[0.5,2]}", DIF_ERROR_VALUE, "betas" },
  { "D06-text", "{'in_channels':4,'betas':['x']}", DIF_ERROR_SCHEMA, "betas" },
  { "types", "{'in_channels':4,'types':['a',1]}", DIF_ERROR_SCHEMA, "types" },
  { "flip", "{'in_channels':4,'flip':1}", DIF_ERROR_SCHEMA, "flip" },
  { "name", "{'in_channels':4,'name':null}", DIF_ERROR_SCHEMA, "name" },
  { "classes", "{'in_channels':4,'classes':'x'}", DIF_ERROR_SCHEMA, "classes" },
  { "twice", "{'in_channels':4,'in_channels':4}", DIF_ERROR_DUPKEY, "" },
  { "twice-inner", "{'in_channels':4,'x':{'a':1,'a':2}}", DIF_ERROR_DUPKEY, "" },
  { "two roots", "{'in_channels':4}{}", DIF_ERROR_JSON, "" },
  { "comma", "{'in_channels':4,}", DIF_ERROR_JSON, "" },
  { "comment", "{/**/'in_channels':4}", DIF_ERROR_JSON, "" },
  { "hex", "{'in_channels':0x4}", DIF_ERROR_JSON, "" },
  { "octal", "{'in_channels':04}", DIF_ERROR_JSON, "" },
  { "bom", "\xef\xbb\xbf{'in_channels':4}", DIF_ERROR_JSON, "" },
  { "utf8", "{'in_channels':4,'name':'\xff'}", DIF_ERROR_UTF8, "" },
  { "surrogate", "{'in_channels':4,'name':'\\ud800'}", DIF_ERROR_UTF8, "" },
  { "nul", "{'in_channels':4,'name':'\\u0000'}", DIF_ERROR_NAME, "" },
  { "nul key", "{'in_channels':4,'\\u0000':1}", DIF_ERROR_NAME, "" },
};

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      DifJsonReader      r = reader_of (faults[i].text);
      g_autoptr (GError) error = NULL;
      Config             c;

      read_config (&r, &c);
      g_assert_false (dif_json_reader_finish (&r, &error));
      g_test_message ("%s: %s", faults[i].id, error->message);
      if (! g_error_matches (error, DIF_ERROR, faults[i].code))
        g_test_fail_printf ("%s: expected error %d", faults[i].id, faults[i].code);
      g_assert_nonnull (strstr (error->message, "config.json"));
      g_assert_nonnull (strstr (error->message, faults[i].key));
    }
}

/* Whole files: C01, C02, C09, depth. */
static void
test_files (void)
{
  g_autoptr (GString) large = g_string_new ("{\"a\":[0");
  g_autoptr (GString) deep = g_string_new ("{\"a\":");
  g_autofree char    *absent = temp_path ("absent.json");
  g_auto (DifJsonReader) r = DIF_JSON_READER_INIT;
  guint out[4];

  while (large->len < 2000000)
    g_string_append (large, ",0");
  while (deep->len < 900000)
    g_string_append (deep, "[");
  g_string_append (large, "]}");
  {
    const struct
    {
      const char *id;
      const char *bytes;
      gsize       size;
      gint        code;
    } files[] = {
      { "C01", "", 0, DIF_ERROR_JSON },
      { "C01-space", " \n", 2, DIF_ERROR_JSON },
      { "C02", large->str, large->len, DIF_ERROR_LIMIT },
      { "deep", deep->str, deep->len, DIF_ERROR_JSON },
      { "nul", BYTES ("{}\0"), DIF_ERROR_JSON },
    };

    for (guint i = 0; i < G_N_ELEMENTS (files); i++)
      {
        g_autofree char   *path = temp_write (files[i].id, files[i].bytes, files[i].size);
        g_autoptr (GError) error = NULL;

        g_assert_null (dif_json_load (path, &error));
        g_assert_error (error, DIF_ERROR, files[i].code);
        g_assert_nonnull (strstr (error->message, files[i].id));
      }
  }
  {
    g_autofree char   *path = temp_write ("C09", large->str, large->len);
    g_autoptr (GError) error = NULL;
    json_t            *root = dif_json_load_limit (path, 3000000, &error);

    g_assert_no_error (error);
    dif_json_reader_init (&r, root, "C09");
    json_decref (root);
    g_assert_cmpuint (dif_json_uint_array (&r, "a", out, 4, 0, 9), ==, 0);
    g_assert_false (dif_json_reader_finish (&r, &error));
    g_assert_error (error, DIF_ERROR, DIF_ERROR_VALUE);
  }
  g_assert_false (dif_json_reader_open (&r, absent));
  g_assert_cmpuint (dif_json_uint (&r, "a", 5, 0, 1), ==, 5);
  g_assert_error (r.error, DIF_ERROR, DIF_ERROR_MISSING);
}

static void
test_sticky (void)
{
  g_auto (DifJsonReader) r = reader_of ("{'a':'x','b':'y','o':{'c':3},'n':1}");
  DifJsonReader      child;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (dif_json_kind (&r, "a"), ==, DIF_JSON_STRING);
  g_assert_cmpint (dif_json_kind (&r, "o"), ==, DIF_JSON_OBJECT);
  g_assert_cmpint (dif_json_kind (&r, "n"), ==, DIF_JSON_NUMBER);
  g_assert_cmpint (dif_json_kind (&r, "z"), ==, DIF_JSON_MISSING);
  g_assert_false (dif_json_reader_enter (&r, "z", &child));
  g_assert_no_error (r.error);
  g_assert_true (dif_json_reader_enter (&r, "o", &child));
  g_assert_cmpuint (dif_json_uint (&child, "c", 0, 0, 9), ==, 3);
  dif_json_reader_fail (&child, DIF_ERROR_MISMATCH, "c", "expected %d, found %d", 4, 3);
  g_assert_false (dif_json_reader_finish (&child, &r.error));
  g_assert_error (r.error, DIF_ERROR, DIF_ERROR_MISMATCH);
  /* The first error stays, and nothing is looked up any more. */
  g_assert_cmpuint (dif_json_uint (&r, "a", 7, 0, 9), ==, 7);
  g_assert_cmpuint (dif_json_uint (&r, "n", 7, 0, 9), ==, 7);
  g_assert_cmpstr (dif_json_string (&r, "b", NULL), ==, NULL);
  g_assert_false (dif_json_reader_enter (&r, "o", &child));
  g_assert_false (dif_json_reader_finish (&r, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "expected 4, found 3"));
}

/* Those that write 0.5 in another way; Pashto's decimal point has two bytes. */
static void
test_locales (void)
{
  const char      *locales[] = { "C", "de_DE.UTF-8", "tr_TR.UTF-8", "fa_IR.UTF-8", "ps_AF.UTF-8" };
  g_autofree char *before = g_strdup (setlocale (LC_ALL, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (locales); i++)
    {
      g_auto (DifJsonReader) r = DIF_JSON_READER_INIT;

      if (! setlocale (LC_ALL, locales[i]))
        continue;
      g_test_message ("%s", locales[i]);
      r = reader_of ("{'a':0.18215,'b':-1.5e-3}");
      g_assert_cmpfloat (dif_json_double (&r, "a", 0.0, -1.0, 1.0), ==, 0.18215);
      g_assert_cmpfloat (dif_json_double (&r, "b", 0.0, -1.0, 1.0), ==, -0.0015);
      g_assert_no_error (r.error);
      {
        json_t *numbers = json_pack ("{s:f,s:f,s:i}", "a", 0.5, "b", -1.5e-7, "c", 1234567);
        g_autofree char *text = dif_json_dump (numbers, JSON_COMPACT | JSON_PRESERVE_ORDER);

        g_assert_cmpstr (text, ==, "{\"a\":0.5,\"b\":-1.4999999999999999e-7,\"c\":1234567}");
        json_decref (numbers);
      }
    }
  setlocale (LC_ALL, before);
}

/* What Python writes is read, and written as it was. */
static void
test_infinity (void)
{
  static const char text[] =
      "{\"a\":-Infinity,\"b\":[Infinity,1.5],\"Infinity\":\"NaN,\\\"NaN\",\"c\":null}";
  g_auto (DifJsonReader) r =
      reader_of ("{'a':-Infinity,'b':[Infinity, 1.5] , 'Infinity':'NaN,\\'NaN',"
                 "'c':NaN\n}");
  g_autofree char *written = NULL;

  g_assert_no_error (r.error);
  g_assert_cmpfloat (dif_json_bound (&r, "a", 3.0, 4.0, -5.0, 5.0), ==, -5.0);
  g_assert_cmpfloat (dif_json_bound (&r, "c", 3.0, 4.0, -5.0, 5.0), ==, 4.0);
  g_assert_cmpfloat (dif_json_bound (&r, "z", 3.0, 4.0, -5.0, 5.0), ==, 3.0);
  g_assert_cmpstr (dif_json_string (&r, "Infinity", ""), ==, "NaN,\"NaN");
  g_assert_cmpint (dif_json_kind (&r, "c"), ==, DIF_JSON_NULL);
  g_assert_true (dif_json_bool_or_null (&r, "c", FALSE, TRUE));
  g_assert_cmpuint (dif_json_choice_or_null (&r, "c", 0, 1, schedules), ==, 1);
  written = dif_json_dump (r.root, JSON_COMPACT | JSON_PRESERVE_ORDER);
  g_assert_cmpstr (written, ==, text);
  g_assert_cmpfloat (dif_json_double (&r, "a", 0.0, -1e308, 1e308), ==, 0.0);
  g_assert_error (r.error, DIF_ERROR, DIF_ERROR_VALUE);
}

/* However long what a file says is. */
static void
test_long_sentence (void)
{
  g_auto (DifJsonReader) r = reader_of ("{'in_channels':4}");
  g_autofree char *name = g_strnfill (100000, 'x');

  dif_json_reader_fail (&r, DIF_ERROR_VALUE, "name", "there is no “%s”", name);
  g_assert_cmpuint (strlen (r.error->message), <, 500);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  temp_init ();
  g_test_add_func ("/io/json/values", test_values);
  g_test_add_func ("/io/json/missing", test_missing);
  g_test_add_func ("/io/json/faults", test_faults);
  g_test_add_func ("/io/json/files", test_files);
  g_test_add_func ("/io/json/sticky", test_sticky);
  g_test_add_func ("/io/json/locales", test_locales);
  g_test_add_func ("/io/json/infinity", test_infinity);
  g_test_add_func ("/io/json/long-sentence", test_long_sentence);
  status = g_test_run ();
  temp_clear ();
  return status;
}
