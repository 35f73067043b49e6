/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/base/error.h"
#include "core/diffusion/network.h"
#include "core/pipeline/canvas.h"
#include "tests/verify/checks.h"
#include "tests/verify/walk.h"

/* The case is of an unknown kind if the core does not know the network. */
static DifModel *
open_model (Case *c, const char *folder, const char *kind)
{
  GError   *error = NULL;
  DifModel *model = dif_model_open (folder, FALSE, &error);

  if (model)
    return model;
  if (g_error_matches (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED))
    {
      case_unknown (c, "model %s", kind);
      g_clear_error (&error);
    }
  else
    case_fail_error (c, error);
  return NULL;
}

/* Labels for n pictures; those of a network without classes are 0. */
static guint *
read_labels (Case *c, const DifModel *model, const char *tensor, gsize n)
{
  guint              n_classes = dif_model_facts (model)->n_classes;
  guint             *labels = g_new0 (guint, n);
  gsize              n_given = 0;
  g_autofree double *given = n_classes ? case_numbers (c, tensor, &n_given) : NULL;

  if (! n_classes)
    case_use (c, tensor);
  if (given && n_given < n)
    case_fail (c, "%s: there are fewer labels than pictures", tensor);
  for (gsize i = 0; case_ok (c) && given && i < n; i++)
    if (given[i] >= 0.0 && given[i] < n_classes)
      labels[i] = (guint) given[i];
    else
      case_fail (c, "%s: the network has no label %g", tensor, given[i]);
  return labels;
}

static gboolean
check_sizes (Case *c, const DifModel *model, const DifTensor *x)
{
  const DifModelFacts *facts = dif_model_facts (model);

  if (x->n_dims != 4 || x->dim[3] != facts->in_channels || x->dim[1] % facts->multiple ||
      x->dim[2] % facts->multiple)
    case_fail (c, "the network cannot take pictures of that size");
  return case_ok (c);
}

/* One evaluation; all inputs share the labels. */
static void
evaluate (Case *c, const DifModel *model, const char *input, const char *output)
{
  g_autofree char      *x_name = g_strconcat (input, "/x", NULL);
  g_autofree char      *t_name = g_strconcat (input, "/t", NULL);
  g_autoptr (DifTensor) x = case_pictures (c, x_name);
  gsize                 n_t;
  g_autofree double    *t = case_numbers (c, case_lists (c, t_name) ? t_name : "in/t", &n_t);
  g_autofree guint     *labels = NULL;
  g_autoptr (DifTensor) y = NULL;

  if (! x || ! t || ! check_sizes (c, model, x))
    return;
  if (n_t != x->dim[0])
    case_fail (c, "%s: not one for each picture", t_name);
  labels = read_labels (c, model, "in/class_labels", x->dim[0]);
  if (case_ok (c))
    y = dif_model_forward_labels (model, c->context, x, t, labels);
  case_compare_tensor (c, output, y);
}

static gboolean
copy (Case *c, const char *folder, const char *name)
{
  g_autofree char *from = g_build_filename (folder, name, NULL);
  g_autofree char *to = g_build_filename (c->scratch, name, NULL);
  g_autofree char *bytes = NULL;
  gsize            size;
  GError          *error = NULL;

  if (! g_file_get_contents (from, &bytes, &size, &error) ||
      ! g_file_set_contents (to, bytes, (gssize) size, &error))
    case_fail_error (c, error);
  return case_ok (c);
}

/* The core prefers the file in full precision, so the other one is put into a folder of its
 * own. */
static void
check_half (Case *c, const char *folder, const char *kind)
{
  g_autoptr (DifModel) model = NULL;

  if (copy (c, folder, "config.json") &&
      copy (c, folder, "diffusion_pytorch_model.fp16.safetensors"))
    model = open_model (c, c->scratch, kind);
  if (model)
    evaluate (c, model, "in", "out_fp16_weights");
}

/* Each input with the output of the same ending: in/x with out, in_nonsquare/x with out_nonsquare.
 * What modules inside gave ("tap") is for those who look for a difference; the core shows nothing
 * of it. */
static void
evaluate_all (Case *c, const DifModel *model)
{
  const char *tensor;
  json_t     *spec;

  json_object_foreach (json_object_get (c->json, "tensors"), tensor, spec)
  {
    g_auto (GStrv) parts = g_strsplit (tensor, "/", 2);
    g_autofree char *output = NULL;

    if (g_str_equal (parts[0], "tap"))
      case_use (c, tensor);
    if (! g_str_has_prefix (tensor, "in") || g_strcmp0 (parts[1], "x") != 0)
      continue;
    output = g_strconcat ("out", parts[0] + strlen ("in"), NULL);
    evaluate (c, model, parts[0], output);
  }
}

void
check_model (Case *c)
{
  static const char *const known[] = { "folder", "model", "parameters", NULL };
  const char              *kind = case_string (c, c->json, "model");
  const char              *name = case_string (c, c->json, "folder");
  g_autofree char         *folder = g_build_filename (c->folder, name, NULL);
  g_autoptr (DifModel)     model = case_ok (c) ? open_model (c, folder, kind) : NULL;
  double                   n_parameters;

  case_keys (c, known);
  if (! model)
    return;
  n_parameters = (double) dif_model_facts (model)->n_parameters;
  case_compare_to (c, "parameters", &n_parameters,
                   (double[]) { case_number (c, c->json, "parameters") }, 1, 0.0, 0.0);
  evaluate_all (c, model);
  if (case_lists (c, "out_fp16_weights"))
    check_half (c, folder, kind);
}

static guint *
read_listed_labels (Case *c, const DifModel *model, json_t *list, gsize n)
{
  guint  n_classes = dif_model_facts (model)->n_classes;
  guint *labels = g_new0 (guint, n);

  if ((n_classes > 0) != json_is_array (list) || (list && json_array_size (list) != n))
    case_fail (c, "class_labels: not one for each picture of a network with classes");
  for (gsize i = 0; case_ok (c) && list && i < n; i++)
    {
      json_int_t label = json_integer_value (json_array_get (list, i));

      if (label >= 0 && label < n_classes)
        labels[i] = (guint) label;
      else
        case_fail (c, "class_labels: the network has no such label");
    }
  return labels;
}

/* Bytes may be off by one where the number is as far from one as from the other. */
static void
compare_bytes (Case *c, const double *numbers, gsize n)
{
  gsize              n_expected = 0;
  g_autofree double *expected =
      case_lists (c, "rgb8") ? case_numbers (c, "rgb8", &n_expected) : NULL;
  g_autofree double *got = g_new (double, n);

  if (! expected)
    return;
  if (n_expected != n)
    case_fail (c, "rgb8 is of another size than the picture");
  for (gsize i = 0; case_ok (c) && i < n; i++)
    got[i] = CLAMP (expected[i], 255.0 * numbers[i] - 0.5, 255.0 * numbers[i] + 0.5);
  case_compare_to (c, "rgb8", got, expected, n,
                   255.0 * case_number_or (case_spec (c, "image"), "atol", 4e-6), 0.0);
}

/* The end of the run as a picture in [0, 1], N H W C. */
static void
compare_image (Case *c, GPtrArray *trajectory)
{
  const DifTensor   *x = trajectory->len ? trajectory->pdata[trajectory->len - 1] : NULL;
  g_autofree float  *pixels = x ? g_new (float, x->size) : NULL;
  g_autofree double *numbers = x ? g_new (double, x->size) : NULL;
  gsize              size;

  if (! x || ! case_ok (c))
    return;
  size = x->size / x->dim[0];
  for (gsize i = 0; i < x->dim[0]; i++)
    {
      DifTensor one = *x;

      one.dim[0] = 1;
      one.size = size;
      one.data = x->data + i * size;
      dif_canvas_to_pixels (&one, (guint) x->dim[2], (guint) x->dim[1], TRUE, pixels + i * size);
    }
  for (gsize i = 0; i < x->size; i++)
    numbers[i] = pixels[i];
  case_compare_shaped (c, "image", numbers,
                       &CASE_SHAPE (x->dim[0], x->dim[1], x->dim[2], x->dim[3]));
  compare_bytes (c, numbers, x->size);
}

static DifEvaluator *
network_of (const DifModel *model, const guint *labels, guint n)
{
  g_autofree DifCondition **conditions = g_new (DifCondition *, n);
  DifEvaluator             *network;

  for (guint i = 0; i < n; i++)
    conditions[i] = dif_condition_new_label (labels ? labels[i] : 0);
  network = dif_network_new (model, conditions, n);
  for (guint i = 0; i < n; i++)
    dif_condition_unref (conditions[i]);
  return network;
}

static void
run_pipeline (Case *c, Setup *setup, const DifModel *model, json_t *args)
{
  g_autoptr (DifTensor) start = case_tensor (c, "x_init");
  json_t               *list = json_object_get (args, "class_labels");
  g_autofree guint     *labels = NULL;
  g_autoptr (GPtrArray) trajectory = NULL;
  Walk                  walk = { .setup = setup, .start = start, .args = args };

  if (! start || ! check_sizes (c, model, start))
    return;
  labels = read_listed_labels (c, model, list, start->dim[0]);
  if (! case_ok (c))
    return;
  walk.evaluator = network_of (model, labels, (guint) start->dim[0]);
  trajectory = walk_run (&walk, c);
  case_compare_series (c, "traj", trajectory);
  compare_image (c, trajectory);
}

void
check_pixel_pipeline (Case *c)
{
  static const char *const known[] = {
    "pipeline", "model", "scheduler", "config", "n", "args", NULL
  };
  const char      *scheduler = case_string (c, c->json, "scheduler");
  g_autofree char *folder = g_build_filename (c->folder, case_string (c, c->json, "model"), NULL);
  json_t          *args = json_object_get (c->json, "args");
  json_t          *step_args = json_copy (args);
  g_autoptr (DifModel) model = NULL;
  g_auto (Setup) setup = { NULL };

  json_object_del (step_args, "class_labels");
  setup_init (&setup, c, scheduler, json_object_get (c->json, "config"), step_args,
              case_count (c, c->json, "n"));
  json_decref (step_args);
  case_keys (c, known);
  setup_compare_plan (&setup, c, 0);
  if (case_ok (c))
    model = open_model (c, folder, case_string (c, c->json, "model"));
  if (model)
    run_pipeline (c, &setup, model, args);
}
