/* SPDX-License-Identifier: GPL-3.0-or-later */

/* verify [--strict] FOLDER: compares the core with reference data computed by others.
 * Ends with 1 if a number is off or, if strict, if there is anything the core does not do.
 *
 * FOLDER holds folders (schedules, samplers, modules, models, losses, …) with pairs of a
 * NAME.json, which lists cases, and a NAME.safetensors, which holds their numbers. */

#include <locale.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/io/json.h"
#include "tests/verify/checks.h"

#define MISUSED   2
#define N_THREADS 2
#define MAX_JSON  (64 * 1024 * 1024)

typedef struct
{
  const char *scratch;
  DifContext *context;
  guint       n_passed;
  guint       n_failed;
  guint       n_unknown;
  GHashTable *unknown;  /* kind to how many */
  GHashTable *variants; /* likewise, of those that passed or failed */
} Report;

static const struct
{
  const char *group;
  void (*check) (Case *c);
} checks[] = {
  { "schedules/betas", check_betas },
  { "schedules/sigmas", check_sigmas },
  { "schedules/timesteps", check_timesteps },
  { "schedules/ve", check_ve },
  { "samplers/forward", check_forward },
  { "samplers/trajectories", check_walk },
  { "samplers/variants", check_walk },
  { "samplers/img2img", check_walk },
  { "samplers/inpaint", check_walk },
  { "samplers/annealed_langevin", check_annealed_langevin },
  { "samplers/score_sde_ve", check_score_sde_ve },
  { "samplers/score_sde_predictors", check_score_sde_predictors },
  { "samplers/karras_ve", check_karras_ve },
  { "samplers/repaint", check_repaint },
  { "samplers/classifier_guidance", check_classifier_guidance },
  { "modules/attention", check_module },
  { "modules/embeddings", check_module },
  { "modules/pipeline_ops", check_module },
  { "modules/primitives", check_module },
  { "modules/resample", check_module },
  { "modules/resnet", check_module },
  { "models/io", check_model },
  { "models/pixel_pipelines", check_pixel_pipeline },
  { "losses/unet_grad", check_unet_gradient },
  { "losses/optim", check_optim },
  { "losses/simple", check_losses_simple },
  { "losses/explicit_score", check_losses_explicit },
  { "losses/vlb", check_losses_vlb },
  { "losses/score_matching", check_losses_score },
};

static void
count (GHashTable *kinds, const char *kind, gsize n)
{
  guint so_far = GPOINTER_TO_UINT (g_hash_table_lookup (kinds, kind));

  g_hash_table_insert (kinds, g_strdup (kind), GUINT_TO_POINTER (so_far + (guint) n));
}

static void
count_unknown (Report *report, const char *kind, gsize n)
{
  if (n == 0)
    return;
  count (report->unknown, kind, n);
  report->n_unknown += (guint) n;
}

static void
failed (Report *report, const char *name, const char *problem)
{
  g_print ("%-48s %9s %9s FAIL: %s\n", name, "-", "-", problem);
  report->n_failed++;
}

static void
report_case (Report *report, Case *c)
{
  g_autofree char *name = g_strjoin ("/", c->group, c->id, NULL);
  gboolean         passed = c->ratio <= 1.0;
  GError          *error = NULL;

  if (dif_context_take_error (c->context, &error))
    case_fail_error (c, error);
  case_finish (c);
  if (c->variant && ! c->unknown)
    count (report->variants, c->variant, 1);
  if (c->unknown)
    count_unknown (report, c->unknown, 1);
  else if (c->problem)
    failed (report, name, c->problem);
  else
    {
      g_print ("%-48s %9.2e %9.2e %s%s%s\n", name, c->error, c->tolerance, passed ? "pass" : "FAIL",
               passed ? "" : ": ", passed ? "" : c->tensor);
      report->n_passed += passed;
      report->n_failed += ! passed;
    }
}

/* Rows of timesteps.json have no name of their own. */
static char *
id_of (json_t *json)
{
  const char *id = json_string_value (json_object_get (json, "id"));
  const char *spacing = json_string_value (json_object_get (json, "spacing"));
  json_t     *offset = json_object_get (json, "steps_offset");
  json_t     *n = json_object_get (json, "n");

  if (id)
    return g_strdup (id);
  id = json_string_value (json_object_get (json, "scheduler"));
  return g_strdup_printf ("%s_%s_%d_%d", id ? id : "", spacing ? spacing : "",
                          (int) json_integer_value (offset), (int) json_integer_value (n));
}

static void
check_all (Report *report, const char *group, const char *folder, json_t *root, json_t *list,
           DifSafetensors *file, void (*check) (Case *))
{
  gsize   i;
  json_t *json;

  json_array_foreach (list, i, json)
  {
    g_autofree char *id = id_of (json);
    g_auto (Case) c = { .group = group,
                        .folder = folder,
                        .scratch = report->scratch,
                        .id = id,
                        .json = json,
                        .root = root,
                        .file = file,
                        .context = report->context,
                        .used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                        .ratio = -1.0 };

    check (&c);
    report_case (report, &c);
  }
}

/* The entries and the file beside them must have the same tensors; that each entry's are there is
 * seen when it is checked. */
static void
check_listed (Report *report, const char *group, json_t *list, DifSafetensors *file)
{
  g_autoptr (GHashTable) listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize                  n, i;
  const DifTensorInfo   *infos = dif_safetensors_infos (file, &n);
  json_t                *json, *spec;
  const char            *tensor;

  json_array_foreach (list, i, json)
  {
    g_autofree char *id = id_of (json);

    json_object_foreach (json_object_get (json, "tensors"), tensor, spec)
    {
      g_autofree char *name = g_strjoin ("/", id, tensor, NULL);

      if (g_hash_table_contains (listed, name))
        failed (report, name, "two entries have this tensor");
      g_hash_table_add (listed, g_steal_pointer (&name));
    }
  }
  for (i = 0; i < n; i++)
    if (! g_hash_table_contains (listed, infos[i].name))
      {
        g_autofree char *problem =
            g_strdup_printf ("no entry lists the tensor \"%s\"", infos[i].name);

        failed (report, group, problem);
      }
}

/* The entries of one file. */
static void
verify_group (Report *report, const char *folder, const char *group, const char *json_path)
{
  g_autofree char           *path = g_strndup (json_path, strlen (json_path) - strlen (".json"));
  g_autofree char           *numbers = g_strconcat (path, ".safetensors", NULL);
  g_autoptr (GError)         error = NULL;
  json_t                    *root = dif_json_load_limit (json_path, MAX_JSON, &error);
  json_t                    *cases = json_object_get (root, "cases");
  json_t                    *list = cases ? cases : json_object_get (root, "rows");
  g_autoptr (DifSafetensors) file = NULL;
  void (*check) (Case *) = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (g_str_equal (checks[i].group, group))
      check = checks[i].check;
  if (! root)
    failed (report, group, error->message);
  else if (! check)
    count_unknown (report, group, json_array_size (list));
  else if (! json_is_array (list))
    failed (report, group, "the file lists no cases");
  else if (cases && ! (file = dif_safetensors_open (numbers, &error)))
    failed (report, group, error->message);
  else
    {
      check_all (report, group, folder, root, list, file, check);
      if (file)
        check_listed (report, group, list, file);
      if (file && ! dif_safetensors_finish (file, &error))
        failed (report, group, error->message);
    }
  json_decref (root);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Names in a folder, sorted; NULL-terminated. */
static char **
names_in (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray       *names = g_ptr_array_new ();
  const char      *name;

  while (dir && (name = g_dir_read_name (dir)))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

static void
verify_folder (Report *report, const char *top)
{
  g_auto (GStrv) folders = names_in (top);

  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *folder = g_build_filename (top, folders[i], NULL);
      g_auto (GStrv) names = names_in (folder);

      for (guint k = 0; names[k]; k++)
        if (g_str_has_suffix (names[k], ".json"))
          {
            g_autofree char *path = g_build_filename (folder, names[k], NULL);
            g_autofree char *group = g_strjoin ("/", folders[i], names[k], NULL);

            group[strlen (group) - strlen (".json")] = '\0';
            verify_group (report, folder, group, path);
          }
    }
}

static void
print_kinds (GHashTable *counts, const char *title)
{
  GList *kinds = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc) strcmp);

  for (GList *kind = kinds; kind; kind = kind->next)
    g_print ("%s: %u x %s\n", title, GPOINTER_TO_UINT (g_hash_table_lookup (counts, kind->data)),
             (const char *) kind->data);
  g_list_free (kinds);
}

static void
print_summary (const Report *report)
{
  print_kinds (report->variants, "as recorded, not as designed");
  print_kinds (report->unknown, "unknown");
  g_print ("%u passed, %u failed, %u unknown\n", report->n_passed, report->n_failed,
           report->n_unknown);
}

/* It holds files only. */
static void
remove_scratch (const char *scratch)
{
  g_auto (GStrv) names = names_in (scratch);

  for (guint i = 0; names[i]; i++)
    {
      g_autofree char *path = g_build_filename (scratch, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (scratch);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *scratch = NULL;
  gboolean           strict = argc > 1 && g_str_equal (argv[1], "--strict");
  const char        *folder = argc == 2 + strict ? argv[1 + strict] : "";
  Report             report = { NULL };

  setlocale (LC_CTYPE, ""); /* for messages; numbers are printed the same everywhere */
  if (! g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_printerr (
          "usage: verify [--strict] FOLDER\nFOLDER holds reference data; see tests/golden.\n");
      return MISUSED;
    }
  scratch = g_dir_make_tmp ("verify-XXXXXX", &error);
  if (! scratch)
    {
      g_printerr ("verify: %s\n", error->message);
      return MISUSED;
    }
  report.scratch = scratch;
  report.context = dif_context_new (N_THREADS, NULL);
  report.unknown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  report.variants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  verify_folder (&report, folder);
  print_summary (&report);
  remove_scratch (scratch);
  g_hash_table_unref (report.unknown);
  g_hash_table_unref (report.variants);
  dif_context_free (report.context);
  if (report.n_passed + report.n_failed + report.n_unknown == 0)
    {
      g_printerr ("verify: there is no reference data in \"%s\"\n", folder);
      return MISUSED;
    }
  return report.n_failed > 0 || (strict && report.n_unknown > 0);
}
