/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whole runs of a model that does not work on pixels.  The network writes nothing but zeros, so
 * that what comes out follows from what goes in: an epsilon of 0 leaves x / alpha of the start,
 * clipped, and a clean image of 0, or of a difference from a fill, leaves that. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/diffusion/noise-detail.h"
#include "core/diffusion/plan.h"
#include "core/image/color-match.h"
#include "core/image/fill.h"
#include "core/image/prefill.h"
#include "core/pipeline/guides.h"
#include "core/pipeline/run.h"
#include "tests/core/support/block-codec.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define W 37 /* padded to 40 x 32: 20 x 16 pixels of x */
#define H 25
#define N (W * H)

#define SAMPLE "{'beta_schedule': 'linear', 'prediction_type': 'sample', 'clip_sample': true}"

typedef struct
{
  DifCheckpoint *checkpoint;
  DifContext    *context;
  float          pixels[3 * N];
  float          mask[N];
  DifRequest     request;
} Fixture;

static DifCheckpoint *
open_checkpoint (const char *scheduler, gboolean inpainting)
{
  TinyUNet           net = tiny_unet;
  char              *folder;
  DifCheckpoint     *checkpoint;
  g_autoptr (GError) error = NULL;

  net.in_channels = inpainting ? 2 * BLOCK_CODEC_CHANNELS + 1 : BLOCK_CODEC_CHANNELS;
  net.out_channels = BLOCK_CODEC_CHANNELS;
  net.n_classes = 3;
  net.spread = 0.0;
  folder =
      test_checkpoint_new (&net, scheduler, "{'null': 0, 'labels': {'1': 'moss', '2': 'bark'}}");
  checkpoint = dif_checkpoint_open (folder, 0, &error);
  g_assert_no_error (error);
  test_folder_free (folder);
  dif_codec_free (checkpoint->codec);
  checkpoint->codec = block_codec_new ();
  checkpoint->inpainting = inpainting ? DIF_INPAINTING_SMOOTH_FILL : DIF_INPAINTING_NONE;
  return checkpoint;
}

static void
set_up (Fixture *f, DifTask task, const char *scheduler, gboolean inpainting)
{
  f->checkpoint = open_checkpoint (scheduler, inpainting);
  f->context = dif_context_new (2, NULL);
  for (gsize i = 0; i < N; i++)
    {
      for (guint c = 0; c < 3; c++)
        f->pixels[3 * i + c] = (float) ((i * (2 * c + 3) + c) % 29) / 29.0f;
      f->mask[i] = i % W > 12 && i % W < 28 && i / W > 6 && i / W < 20 ? 1.0f : 0.0f;
    }
  dif_request_init (&f->request, task);
  g_set_str (&f->request.sampler, "ddim");
  f->request.steps = 3;
  f->request.noise_level = 0.4;
  f->request.seed = 5;
  f->request.width = W;
  f->request.height = H;
  f->request.pixels = f->pixels;
  f->request.context = DIF_MAX_SIZE;
  f->request.match_colors = FALSE;
  f->request.detail = 0;
  f->request.guidance = 1.0;
  f->request.threads = 2;
}

static void
tear_down (Fixture *f)
{
  dif_request_clear (&f->request);
  dif_checkpoint_free (f->checkpoint);
  dif_context_free (f->context);
}

static DifResult *
run (const Fixture *f, DifProgress *progress)
{
  g_autoptr (GError) error = NULL;
  DifResult         *image = dif_run_checkpoint (f->checkpoint, &f->request, progress, &error);

  g_assert_no_error (error);
  g_assert_nonnull (image);
  return image;
}

static void
refused (const Fixture *f, const char *setting)
{
  GError *error = NULL;

  g_assert_null (dif_run_checkpoint (f->checkpoint, &f->request, NULL, &error));
  test_assert_setting (error, setting);
}

/* Of an x as of an image: by places, without the codec. */
static float
pixel_of (const DifTensor *x, gsize row, gsize column, guint c)
{
  return x->data[(row / 2 * x->dim[2] + column / 2) * 12 + (row % 2 * 2 + column % 2) * 3 + c];
}

/* The noise that a run begins with, without what is coarser than @detail pixels of x. */
static DifTensor *
noise_of (const Fixture *f, gsize h, gsize w, guint detail)
{
  DifSeededNoise seeded;
  DifDetailNoise source;

  dif_seeded_noise_init (&seeded, f->request.seed);
  dif_detail_noise_init (&source, &seeded.parent, detail);
  return dif_noise_over (&source.parent, f->context, dif_context_nhwc (f->context, 1, h, w, 12));
}

/* sigma / alpha where a run begins. */
static double
ratio_of (const Fixture *f, DifStep *first)
{
  g_autoptr (DifPlan) plan =
      dif_plan_new_from (f->checkpoint->process, dif_sampler_find (f->request.sampler),
                         dif_spacing_find ("trailing"), f->request.steps, f->request.noise_level);

  *first = plan->steps[0];
  return first->sigma / first->alpha;
}

/* The picture in [-1, 1], with another column and row mirrored in where there is padding. */
static float
known_at (const Fixture *f, gsize i, guint c)
{
  return 2.0f * f->pixels[3 * i + c] - 1.0f;
}

/* Where @mask is 0 the pixels are the request's own, bit for bit; elsewhere they are as expected.
 */
static void
check (const Fixture *f, const DifResult *image, const float *mask, const float *expected)
{
  for (gsize i = 0; image && i < 3 * N; i++)
    if (mask && mask[i / 3] == 0.0f)
      g_assert_cmpfloat (image->pixels[i], ==, f->pixels[i]);
    else
      g_assert_cmpfloat_with_epsilon (image->pixels[i],
                                      CLAMP (0.5f * expected[i] + 0.5f, 0.0f, 1.0f), 2e-5);
}

/* What a network that sees no noise leaves of an image, by default the picture. */
static void
expect_noised (const Fixture *f, const DifTensor *image, guint detail, float *expected)
{
  DifStep               step;
  const double          ratio = ratio_of (f, &step);
  g_autoptr (DifTensor) noise = noise_of (f, 16, 20, detail);

  for (gsize i = 0; i < N; i++)
    for (guint c = 0; c < 3; c++)
      {
        const float at = image ? image->data[(i / W * 40 + i % W) * 3 + c] : known_at (f, i, c);

        expected[3 * i + c] =
            (float) CLAMP (at + ratio * pixel_of (noise, i / W, i % W, c), -1.0, 1.0);
      }
}

static void
test_noise (void)
{
  Fixture               f;
  DifStep               step;
  g_autoptr (DifResult) image = NULL;
  g_autoptr (DifTensor) noise = NULL;
  float                 expected[3 * N];

  set_up (&f, DIF_TASK_NOISE, TEST_SCHEDULER, FALSE);
  ratio_of (&f, &step);
  noise = noise_of (&f, 16, 20, 0);
  for (gsize i = 0; i < N; i++)
    for (guint c = 0; c < 3; c++)
      expected[3 * i + c] = (float) (step.alpha * known_at (&f, i, c) +
                                     step.sigma * pixel_of (noise, i / W, i % W, c));
  image = run (&f, NULL);
  check (&f, image, NULL, expected);
  tear_down (&f);
}

/* From pixels and back to them, whole and where a mask that no block of pixels fits asks for it. */
static void
test_reimagine (void)
{
  Fixture               f;
  g_autoptr (DifResult) whole = NULL;
  g_autoptr (DifResult) part = NULL;
  g_autoptr (DifResult) detail = NULL;
  float                 expected[3 * N];

  set_up (&f, DIF_TASK_REIMAGINE, TEST_SCHEDULER, FALSE);
  expect_noised (&f, NULL, 0, expected);
  whole = run (&f, NULL);
  check (&f, whole, NULL, expected);
  f.request.mask = f.mask;
  part = run (&f, NULL);
  check (&f, part, f.mask, expected);
  f.request.detail = 9; /* pixels, which are 5 of x */
  expect_noised (&f, NULL, 5, expected);
  detail = run (&f, NULL);
  check (&f, detail, f.mask, expected);
  tear_down (&f);
}

static void
test_generate (void)
{
  Fixture               f;
  g_autoptr (DifResult) image = NULL;
  g_autoptr (DifTensor) noise = NULL;
  g_autoptr (DifPlan)   plan = NULL;
  float                 expected[3 * N];

  set_up (&f, DIF_TASK_GENERATE, TEST_SCHEDULER, FALSE);
  plan = dif_plan_new (f.checkpoint->process, dif_sampler_find ("ddim"),
                       dif_spacing_find ("trailing"), f.request.steps);
  noise = noise_of (&f, 16, 20, 0);
  for (gsize i = 0; i < N; i++)
    for (guint c = 0; c < 3; c++)
      expected[3 * i + c] = (float) CLAMP (pixel_of (noise, i / W, i % W, c) *
                                               (plan->steps[0].sigma / plan->steps[0].alpha),
                                           -1.0, 1.0);
  image = run (&f, NULL);
  check (&f, image, NULL, expected);
  tear_down (&f);
}

/* The request's image and mask as a canvas has them. */
static DifCanvas *
canvas_of (const Fixture *f, DifTask task)
{
  DifRequest r = f->request;

  r.task = task;
  return dif_canvas_new ((const DifInput[]) { dif_input_of (&r) }, f->checkpoint->codec, f->context,
                         2, 16);
}

/* Holes are filled as images, from which x is made then. */
static void
test_prefill (void)
{
  Fixture               f;
  g_autoptr (DifCanvas) canvas = NULL;
  g_autoptr (DifResult) image = NULL;
  float                 expected[3 * N];

  set_up (&f, DIF_TASK_INPAINT, TEST_SCHEDULER, FALSE);
  f.request.mask = f.mask;
  f.request.prefill = DIF_PREFILL_MEAN;
  canvas = canvas_of (&f, DIF_TASK_REIMAGINE);
  dif_prefill (f.context, canvas->image.known, canvas->image.mask, DIF_PREFILL_MEAN, 5);
  expect_noised (&f, canvas->image.known, 0, expected);
  image = run (&f, NULL);
  check (&f, image, f.mask, expected);
  tear_down (&f);
}

/* A network for inpainting adds to a smooth fill of x where x is to be made. */
static void
test_inpainting (void)
{
  Fixture               f;
  g_autoptr (DifCanvas) canvas = NULL;
  g_autoptr (DifTensor) base = NULL;
  g_autoptr (DifResult) image = NULL;
  float                 expected[3 * N];

  set_up (&f, DIF_TASK_INPAINT, SAMPLE, TRUE);
  f.request.mask = f.mask;
  f.request.noise_level = 1.0;
  canvas = canvas_of (&f, DIF_TASK_REIMAGINE);
  base = dif_inpainting_base (f.context, canvas->x.known, canvas->x.mask, FALSE, FALSE);
  for (gsize i = 0; i < 3 * N; i++)
    expected[i] = pixel_of (base, i / 3 / W, i / 3 % W, i % 3);
  image = run (&f, NULL);
  check (&f, image, f.mask, expected);
  tear_down (&f);
}

/* Drifts of color are measured and taken out on the image's side. */
static void
test_color_match (void)
{
  Fixture               f;
  g_autoptr (DifCanvas) canvas = NULL;
  g_autoptr (DifTensor) made = NULL;
  g_autoptr (DifResult) image = NULL;
  float                 expected[3 * N];
  float                 plain[3 * N];

  set_up (&f, DIF_TASK_REIMAGINE, TEST_SCHEDULER, FALSE);
  for (gsize i = 0; i < 3 * N; i++)
    f.pixels[i] = 0.9f; /* noise on it is cut off at white, and darker in the mean */
  f.request.mask = f.mask;
  f.request.noise_level = 0.1;
  f.request.match_colors = TRUE;
  canvas = canvas_of (&f, DIF_TASK_REIMAGINE);
  expect_noised (&f, NULL, 0, plain);
  made = dif_context_like (f.context, canvas->image.known);
  memset (made->data, 0, made->size * sizeof (float));
  for (gsize i = 0; i < N; i++)
    memcpy (made->data + (i / W * 40 + i % W) * 3, plain + 3 * i, 3 * sizeof (float));
  dif_color_match (f.context,
                   &(const DifColorMatch) { W, H, canvas->image.known, canvas->image.mask }, made);
  for (gsize i = 0; i < N; i++)
    memcpy (expected + 3 * i, made->data + (i / W * 40 + i % W) * 3, 3 * sizeof (float));
  g_assert_cmpfloat (fabs (expected[3 * (12 * W + 20)] - plain[3 * (12 * W + 20)]), >, 5e-4);
  image = run (&f, NULL);
  check (&f, image, f.mask, expected);
  tear_down (&f);
}

/* Coverage shrinks as masks do, and known pixels stay whatever their block does. */
static void
test_soft (void)
{
  Fixture               f;
  g_autoptr (DifCanvas) canvas = NULL;
  g_autoptr (DifResult) image = NULL;

  set_up (&f, DIF_TASK_REIMAGINE, TEST_SCHEDULER, FALSE);
  for (gsize i = 0; i < N; i++)
    f.mask[i] = (float) CLAMP ((i % W - 10.0) / 20.0, 0.0, 1.0);
  f.request.mask = f.mask;
  f.request.soft_selection = TRUE;
  canvas = canvas_of (&f, DIF_TASK_REIMAGINE);
  if (test_has_shape (canvas->x.coverage, 1, 16, 20, 1) &&
      test_has_shape (canvas->x.mask, 1, 16, 20, 1))
    for (gsize i = 0; i < 12 * 18; i++)
      {
        const gsize row = i / 18;
        const gsize column = i % 18;
        const float most = f.mask[2 * row * W + 2 * column + 1];

        g_assert_cmpfloat (canvas->x.coverage->data[row * 20 + column], ==, most);
        g_assert_cmpfloat (canvas->x.mask->data[row * 20 + column], ==, most > 0.0f ? 1.0f : 0.0f);
      }
  image = run (&f, NULL);
  for (gsize i = 0; image && i < 3 * N; i++)
    if (f.mask[i / 3] == 0.0f)
      g_assert_cmpfloat (image->pixels[i], ==, f.pixels[i]);
  g_assert_true (image && memcmp (image->pixels, f.pixels, sizeof f.pixels) != 0);
  tear_down (&f);
}

/* What tiles is worked on at its own size, which has to be a whole number of blocks. */
static void
test_tile (void)
{
  Fixture               f;
  DifStep               step;
  g_autoptr (DifResult) image = NULL;
  g_autoptr (DifTensor) noise = NULL;
  double                ratio;

  set_up (&f, DIF_TASK_REIMAGINE, TEST_SCHEDULER, FALSE);
  f.request.tile = DIF_TILE_XY;
  refused (&f, "tile");
  f.request.tile = DIF_TILE_Y;
  f.request.width = 36;
  refused (&f, "tile");
  f.request.height = 20;
  f.request.tile = DIF_TILE_XY;
  ratio = ratio_of (&f, &step);
  noise = noise_of (&f, 10, 18, 0);
  image = run (&f, NULL);
  for (gsize i = 0; image && i < 3 * 36 * 20; i++)
    {
      const double expected =
          2.0 * f.pixels[i] - 1.0 + ratio * pixel_of (noise, i / 3 / 36, i / 3 % 36, i % 3);

      g_assert_cmpfloat_with_epsilon (image->pixels[i], CLAMP (0.5 * expected + 0.5, 0.0, 1.0),
                                      2e-5);
    }
  tear_down (&f);
}

typedef struct
{
  guint n;
  float last[3 * 19 * 13];
} Seen;

static void
see (const DifProgressInfo *info, gpointer data)
{
  Seen *seen = data;

  if (! info->preview)
    return;
  g_assert_cmpuint (info->width, ==, 19);
  g_assert_cmpuint (info->height, ==, 13);
  memcpy (seen->last, info->preview, sizeof seen->last);
  seen->n++;
}

/* The codec's cheap preview, here at half the size, without padding. */
static void
test_preview (void)
{
  Fixture                 f;
  Seen                    seen = { 0 };
  g_autoptr (DifProgress) progress = dif_progress_new (see, &seen);
  g_autoptr (DifResult)   image = NULL;

  set_up (&f, DIF_TASK_REIMAGINE, TEST_SCHEDULER, FALSE);
  image = run (&f, progress);
  g_assert_cmpuint (seen.n, ==, 3);
  for (gsize i = 0; image && i < 19 * 13; i++)
    g_assert_cmpmem (seen.last + 3 * i, 3 * sizeof (float),
                     image->pixels + 3 * (i / 19 * 2 * W + i % 19 * 2), 3 * sizeof (float));
  tear_down (&f);
}

/* A block that lies in two regions belongs to each by as many of its pixels. */
static void
test_regions (void)
{
  Fixture               f;
  DifRegion             regions[] = { { "bark", f.mask } };
  g_autoptr (DifCanvas) canvas = NULL;
  g_autoptr (DifTensor) masks = NULL;
  g_autoptr (DifResult) image = NULL;

  set_up (&f, DIF_TASK_REIMAGINE, TEST_SCHEDULER, FALSE);
  f.request.regions = regions;
  f.request.n_regions = 1;
  canvas = canvas_of (&f, DIF_TASK_REIMAGINE);
  masks =
      dif_guides_extra ((const DifInput[]) { dif_input_of (&f.request) }, f.context, NULL, canvas);
  if (test_has_shape (masks, 1, 16, 20, 2))
    {
      const float *rows = masks->data;

      g_assert_cmpfloat (rows[2 * (5 * 20 + 10)], ==, 1.0f); /* columns 20 and 21 */
      g_assert_cmpfloat (rows[2 * (5 * 20 + 6)], ==, 0.5f);  /* 12 and 13, which begins */
      g_assert_cmpfloat (rows[2 * (3 * 20 + 6)], ==, 0.25f); /* and so does row 7 */
      g_assert_cmpfloat (rows[2 * (3 * 20 + 6) + 1], ==, 0.75f);
      g_assert_cmpfloat (rows[2 * (5 * 20 + 2)], ==, 0.0f);
      g_assert_cmpfloat (rows[2 * (5 * 20 + 2) + 1], ==, 1.0f);
    }
  image = run (&f, NULL);
  tear_down (&f);
}

/* Colors and classifiers have to see pixels. */
static void
test_needs_pixels (void)
{
  static const float colors[] = { 0.2f, 0.5f, 0.1f };
  Fixture            f;

  set_up (&f, DIF_TASK_REIMAGINE, TEST_SCHEDULER, FALSE);
  f.request.palette = g_memdup2 (colors, sizeof colors);
  f.request.n_palette = 1;
  f.request.color_guidance = 0.5;
  refused (&f, "color-guidance");
  f.request.n_palette = 0;
  f.request.classifier_guidance = 1.0;
  g_set_str (&f.request.prompt, "moss");
  refused (&f, "classifier-guidance");
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/run-codec/noise", test_noise);
  g_test_add_func ("/run-codec/reimagine", test_reimagine);
  g_test_add_func ("/run-codec/generate", test_generate);
  g_test_add_func ("/run-codec/prefill", test_prefill);
  g_test_add_func ("/run-codec/inpainting", test_inpainting);
  g_test_add_func ("/run-codec/color-match", test_color_match);
  g_test_add_func ("/run-codec/soft", test_soft);
  g_test_add_func ("/run-codec/tile", test_tile);
  g_test_add_func ("/run-codec/preview", test_preview);
  g_test_add_func ("/run-codec/regions", test_regions);
  g_test_add_func ("/run-codec/needs-pixels", test_needs_pixels);
  return g_test_run ();
}
