/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What leads a picture beside its label, in whole runs on a small random network. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/models/classifier.h"
#include "core/pipeline/guides.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/small-run.h"
#include "tests/core/support/tiny-classifier.h"

#define W 90
#define H 100
#define N (W * H)

typedef struct
{
  SmallRun   small;
  DifRequest request;  /* its own, for grass in all columns but a few */
  float      left[N];  /* regions: hard, */
  float      upper[N]; /* soft, */
  float      all[N];   /* and everything */
} Fixture;

static void
set_up_network (Fixture *f, DifTask task, gboolean inpainting, guint out_channels)
{
  TinyUNet net = tiny_unet;

  net.in_channels = inpainting ? 7 : 3;
  net.out_channels = out_channels;
  net.n_classes = 4;
  small_run_init (&f->small,
                  test_checkpoint_new (&net, TEST_SCHEDULER,
                                       "{'null': 0, 'labels': {'1': 'grass', '2': 'sky', "
                                       "'3': 'sea'}}"),
                  task, W, H);
  for (gsize i = 0; i < N; i++)
    {
      for (guint c = 0; c < 3; c++)
        f->small.pixels[3 * i + c] = (float) ((i * (c + 3)) % 17) / 17.0f;
      f->small.mask[i] = i % W > 10 ? 1.0f : 0.0f;
      f->left[i] = i % W < 33 ? 1.0f : 0.0f;
      f->upper[i] = (float) CLAMP ((60.0 - (double) (i / W)) / 20.0, 0.0, 1.0);
      f->all[i] = 1.0f;
    }
  f->request = f->small.request;
  f->request.prompt = "grass";
  f->request.seed = 0;
}

static void
set_up (Fixture *f, DifTask task, gboolean inpainting)
{
  set_up_network (f, task, inpainting, 3);
}

static void
tear_down (Fixture *f)
{
  small_run_clear (&f->small);
}

/* The request's picture is the same at any number of threads, and is or is not that one. */
static void
compare (const DifRequest *request, const DifResult *other, gboolean is_same)
{
  DifRequest            r = *request;
  g_autoptr (DifResult) first = NULL;
  g_autoptr (DifResult) again = NULL;

  r.threads = 1;
  first = small_run (&r);
  r.threads = 4;
  again = small_run (&r);
  g_assert_true (small_run_same (first, again));
  g_assert_cmpint (small_run_same (first, other), ==, is_same);
}

/* Settings that are nothing change nothing, and others do. */
static void
test_guidance (void)
{
  Fixture               f;
  g_autoptr (DifResult) plain = NULL;
  g_autoptr (DifResult) unguided = NULL;
  DifRequest            r;

  set_up (&f, DIF_TASK_GENERATE, FALSE);
  plain = small_run (&f.request);
  r = f.request;
  r.guidance_rescale = 0.7;
  compare (&r, plain, FALSE);
  r = f.request;
  r.guidance_from = 0.5;
  compare (&r, plain, FALSE);
  r = f.request;
  r.guidance_to = 0.5;
  compare (&r, plain, FALSE);
  r = f.request;
  r.negative_prompt = "sky";
  compare (&r, plain, FALSE);
  r.negative_prompt = " "; /* blanks are no label */
  compare (&r, plain, TRUE);
  r = f.request;
  r.prompt = "grass:1,sky:1";
  compare (&r, plain, FALSE);
  r.prompt = "grass:2,sky:0";
  compare (&r, plain, TRUE);

  r = f.request;
  r.guidance = 1.0;
  unguided = small_run (&r);
  r.guidance_rescale = 0.7;
  r.negative_prompt = "sky";
  compare (&r, unguided, TRUE);
  r = f.request;
  r.guidance_from = r.guidance_to = 0.0; /* never, since there is no step at 0 */
  compare (&r, unguided, TRUE);
  tear_down (&f);
}

/* A region of everything is its label; one without pixels is not there. */
static void
test_regions (gconstpointer data)
{
  Fixture               f;
  g_autoptr (DifResult) grass = NULL;
  g_autoptr (DifResult) sky = NULL;
  static const float    none[N];
  DifRequest            r;

  set_up (&f, GPOINTER_TO_UINT (data), GPOINTER_TO_UINT (data) != DIF_TASK_REIMAGINE);
  grass = small_run (&f.request);
  r = f.request;
  r.prompt = "sky";
  sky = small_run (&r);
  g_assert_false (small_run_same (grass, sky));

  r = f.request;
  r.regions = (const DifRegion[]) { { "sky", f.all } };
  r.n_regions = 1;
  compare (&r, sky, TRUE);
  r.regions = (const DifRegion[]) { { "sky", none } };
  compare (&r, grass, TRUE);
  r.regions = (const DifRegion[]) { { "sky", none }, { "grass", f.left } };
  r.n_regions = 2;
  compare (&r, sky, FALSE);
  r.regions = (const DifRegion[]) { { "sky", f.left }, { "sea:2,grass:1", f.upper } };
  compare (&r, grass, FALSE);
  tear_down (&f);
}

/* Masks add up to 1 whatever they were, also beyond the request's size. */
static void
test_masks (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  pixel = test_random (context, 1, 1, 1, 1, 4);
  g_autoptr (DifCodec)   codec = dif_codec_new_pixels ();
  const DifCanvas        canvas = { codec, W, H, W + 6, H + 4 };
  g_autoptr (DifTensor)  masks = NULL;
  g_autoptr (DifTensor)  none = NULL;
  Fixture                f;
  DifRegion              regions[] = { { "sky", f.left }, { "sea", f.upper }, { "", f.all } };

  set_up (&f, DIF_TASK_GENERATE, FALSE);
  f.left[0] = 7.0f;
  f.left[W - 1] = -3.0f;
  f.request.regions = regions;
  f.request.n_regions = 2;
  masks =
      dif_guides_extra ((const DifInput[]) { dif_input_of (&f.request) }, context, pixel, &canvas);
  for (gsize i = 0; test_has_shape (masks, 1, H + 4, W + 6, 7) && i < masks->size; i += 7)
    {
      const gsize  row = MIN (i / 7 / (W + 6), H - 1);
      const gsize  column = MIN (i / 7 % (W + 6), W - 1);
      const double left = CLAMP (f.left[row * W + column], 0.0f, 1.0f);
      const double upper = f.upper[row * W + column];
      const double sum = MAX (left + upper, 1.0);

      g_assert_cmpmem (masks->data + i, 4 * sizeof (float), pixel->data, 4 * sizeof (float));
      g_assert_cmpfloat_with_epsilon (masks->data[i + 4], left / sum, 1e-6);
      g_assert_cmpfloat_with_epsilon (masks->data[i + 5], upper / sum, 1e-6);
      g_assert_cmpfloat_with_epsilon (masks->data[i + 6], MAX (1.0 - left - upper, 0.0), 1e-6);
    }
  f.request.n_regions = 0;
  none =
      dif_guides_extra ((const DifInput[]) { dif_input_of (&f.request) }, context, pixel, &canvas);
  g_assert_true (none == pixel);
  g_assert_null (
      dif_guides_extra ((const DifInput[]) { dif_input_of (&f.request) }, context, NULL, &canvas));
  tear_down (&f);
}

/* Mean distance from the nearest of two colors, of what is made. */
static double
distance (const Fixture *f, const DifResult *image, const float *colors)
{
  double sum = 0.0;
  double n = 0.0;

  for (gsize i = 0; image && i < N; i++)
    {
      double far[2] = { 0.0 };

      for (guint k = 0; k < 6; k++)
        far[k / 3] += pow (image->pixels[3 * i + k % 3] - colors[k], 2.0);
      sum += f->small.mask[i] * sqrt (MIN (far[0], far[1]));
      n += f->small.mask[i];
    }
  return sum / n;
}

/* Each step towards 1 brings the picture nearer to the colors; 1 is nothing but them. */
static void
test_colors (void)
{
  static const float    colors[] = { 0.1f, 0.4f, 0.8f, 0.9f, 0.6f, 0.2f };
  static const double   shares[] = { 0.1, 0.4, 1.0 };
  Fixture               f;
  g_autoptr (DifResult) plain = NULL;
  double                last;
  DifRequest            r;

  set_up (&f, DIF_TASK_INPAINT, TRUE);
  f.request.match_colors = FALSE; /* which colors that are asked for turn off */
  plain = small_run (&f.request);
  last = distance (&f, plain, colors);
  r = f.request;
  r.match_colors = TRUE;
  r.palette = (float *) colors;
  r.n_palette = 2;
  r.color_guidance = 0.0;
  r.match_colors = FALSE;
  compare (&r, plain, TRUE);
  r.match_colors = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      g_autoptr (DifResult) image = NULL;

      r.color_guidance = shares[i];
      image = small_run (&r);
      compare (&r, image, TRUE);
      g_assert_cmpfloat (distance (&f, image, colors), <, last);
      last = distance (&f, image, colors);
    }
  g_assert_cmpfloat (last, <, 1e-5);
  r.mean_color = TRUE;
  compare (&r, plain, FALSE);
  tear_down (&f);
}

/* A classifier beside the model; returns its folder. */
static char *
add_classifier (const Fixture *f, guint n_classes, guint in_channels)
{
  TinyClassifier net = tiny_classifier;
  char          *folder = g_build_filename (f->small.folder, "classifier", NULL);

  net.n_classes = n_classes;
  net.in_channels = in_channels;
  tiny_classifier_write (&net, folder);
  return folder;
}

/* What the classifier gives to the label, with hardly any noise. */
static double
log_p (const char *folder, const DifResult *image, guint label)
{
  const double              t[] = { 1.0 };
  g_autoptr (DifContext)    context = dif_context_new (1, NULL);
  g_autoptr (DifClassifier) classifier = dif_classifier_open (folder, NULL);
  g_autoptr (DifTensor)     x = dif_context_nhwc (context, 1, H, W, 3);
  g_autoptr (DifTensor)     y = NULL;

  for (gsize i = 0; image && i < 3 * N; i++)
    x->data[i] = 2.0f * image->pixels[i] - 1.0f;
  y = dif_classifier_forward (classifier, context, x, t);
  return y ? y->data[label] : NAN;
}

/* 0 is none; more of it leads to pictures that the classifier takes for the label, whatever the
 * network makes of that. */
static void
test_classifier (gconstpointer data)
{
  Fixture               f;
  g_autofree char      *folder = NULL;
  g_autoptr (DifResult) plain = NULL;
  g_autoptr (DifResult) guided = NULL;
  g_autoptr (DifResult) other = NULL;
  DifRequest            r;

  set_up (&f, GPOINTER_TO_UINT (data), TRUE);
  f.request.guidance = 0.0;
  f.request.prompt = "sea";
  plain = small_run (&f.request);
  folder = add_classifier (&f, 4, 3);
  r = f.request;
  r.classifier_guidance = 0.0;
  compare (&r, plain, TRUE);
  r.classifier_guidance = 2.0;
  guided = small_run (&r);
  compare (&r, guided, TRUE);
  r.prompt = "sky";
  other = small_run (&r);
  compare (&r, guided, FALSE);
  g_assert_cmpfloat (log_p (folder, guided, 3), >, log_p (folder, plain, 3) + 0.1);
  g_assert_cmpfloat (log_p (folder, other, 2), >, log_p (folder, plain, 2) + 0.1);
  r.prompt = "sky:1,sea:1";
  compare (&r, other, FALSE);
  tear_down (&f);
}

/* What the network says of the variance counts for DDPM and for nobody else, if the scheduler does
 * not say that it is fixed; a classifier, which sees the colors, does not mind it. */
static void
test_variance (gconstpointer data)
{
  static char *const samplers[] = { "ddpm", "ddim", "dpmpp-2m", "repaint" };
  const DifTask      task = GPOINTER_TO_UINT (data);
  Fixture            f;
  g_autofree char   *folder = NULL;

  set_up_network (&f, task, TRUE, 6);
  folder = add_classifier (&f, 4, 3);
  f.request.guidance = 3.0;
  f.request.guidance_rescale = 0.5;
  for (guint i = 0; i < G_N_ELEMENTS (samplers); i++)
    {
      g_autoptr (DifResult) told = NULL;
      DifRequest            r = f.request;

      r.sampler = samplers[i];
      test_folder_write (f.small.folder, "scheduler/scheduler_config.json",
                         "{'variance_type': 'learned_range'}");
      told = small_run (&r);
      compare (&r, told, TRUE);
      r.classifier_guidance = 2.0;
      compare (&r, told, FALSE);
      r.classifier_guidance = 0.0;
      test_folder_write (f.small.folder, "scheduler/scheduler_config.json",
                         "{'variance_type': 'fixed_small'}");
      compare (&r, told, i > 0);
    }
  tear_down (&f);
}

static void
test_classifier_refused (void)
{
  Fixture          f;
  const DifRegion  regions[] = { { "sky", f.left } };
  g_autofree char *folder = NULL;
  DifRequest       r;

  set_up (&f, DIF_TASK_GENERATE, FALSE);
  r = f.request;
  r.classifier_guidance = 1.0;
  small_run_refused (&r, "classifier-guidance");
  folder = add_classifier (&f, 5, 3);
  small_run_fails (&r, DIF_ERROR_MISMATCH, "5");
  g_free (folder);
  folder = add_classifier (&f, 4, 2);
  small_run_fails (&r, DIF_ERROR_MISMATCH, "2");
  test_folder_write (folder, "config.json", "{'_class_name': 'Other'}");
  small_run_fails (&r, DIF_ERROR_UNSUPPORTED, "Other");
  r.prompt = NULL;
  small_run_refused (&r, "classifier-guidance");
  r.prompt = "grass";
  r.regions = regions;
  r.n_regions = 1;
  small_run_refused (&r, "classifier-guidance");
  tear_down (&f);
}

static void
test_refused (void)
{
  Fixture         f;
  const DifRegion regions[] = { { "sky", f.left }, { "moss", f.left } };
  DifRequest      r;

  set_up (&f, DIF_TASK_GENERATE, FALSE);
  r = f.request;
  r.negative_prompt = "rain";
  small_run_refused (&r, "negative-prompt");
  r = f.request;
  r.prompt = "grass,fog:2";
  small_run_refused (&r, "prompt");
  r = f.request;
  r.regions = regions;
  r.n_regions = 2;
  small_run_refused (&r, "regions");
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/guides/guidance", test_guidance);
  for (DifTask task = DIF_TASK_GENERATE; task < DIF_TASK_NOISE; task++)
    {
      g_autofree char *path = g_strdup_printf ("/guides/regions/%s", dif_task_row (task)->id);

      g_test_add_data_func (path, GUINT_TO_POINTER (task), test_regions);
    }
  g_test_add_func ("/guides/masks", test_masks);
  g_test_add_func ("/guides/colors", test_colors);
  for (DifTask task = DIF_TASK_GENERATE; task < DIF_TASK_NOISE; task++)
    {
      g_autofree char *path = g_strdup_printf ("/guides/classifier/%s", dif_task_row (task)->id);

      g_test_add_data_func (path, GUINT_TO_POINTER (task), test_classifier);
    }
  g_test_add_data_func ("/guides/variance/generate", GUINT_TO_POINTER (DIF_TASK_GENERATE),
                        test_variance);
  g_test_add_data_func ("/guides/variance/inpaint", GUINT_TO_POINTER (DIF_TASK_INPAINT),
                        test_variance);
  g_test_add_func ("/guides/classifier-refused", test_classifier_refused);
  g_test_add_func ("/guides/refused", test_refused);
  return g_test_run ();
}
