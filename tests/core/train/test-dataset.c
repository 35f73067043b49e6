/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Batches: where crops come from, how they are turned, and that they can be drawn again. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/train/dataset.h"
#include "tests/core/support/numbers.h"

#define WIDTH  20
#define HEIGHT 14
#define SIZE   8
#define N      16
#define STEPS  60

/* Red says the column, green the row, blue which picture. */
static void
add (DifDataset *dataset, guint width, guint height, guint8 blue, const guint8 *coverage,
     const char *label)
{
  g_autofree guint8    *pixels = g_new (guint8, 3 * width * height);
  const DifTrainPicture picture = { width, height, pixels, coverage, label };

  for (guint i = 0; i < width * height; i++)
    {
      pixels[3 * i] = (guint8) (i % width);
      pixels[3 * i + 1] = (guint8) (i / width);
      pixels[3 * i + 2] = blue;
    }
  g_assert_true (dif_dataset_add (dataset, &picture, NULL));
}

static guint
byte (const DifBatch *batch, guint k, guint x, guint y, guint c)
{
  return (guint) lrintf ((batch->x0->data[((k * SIZE + y) * SIZE + x) * 3 + c] + 1.0f) * 127.5f);
}

typedef struct
{
  guint seen[WIDTH * HEIGHT];
  guint n, flipped_x, flipped_y, turned;
} Tally;

/* Where a crop lies and how, from its corners. */
static void
tally_crop (Tally *tally, const DifBatch *batch, guint k)
{
  const gboolean turned = byte (batch, k, 0, 0, 0) == byte (batch, k, SIZE - 1, 0, 0);
  const guint    right = turned ? 0 : SIZE - 1;
  const guint    end = turned ? SIZE - 1 : 0;

  tally->n++;
  tally->turned += turned;
  tally->flipped_x += byte (batch, k, 0, 0, 0) > byte (batch, k, right, end, 0);
  tally->flipped_y +=
      byte (batch, k, 0, 0, 1) > byte (batch, k, SIZE - 1 - right, SIZE - 1 - end, 1);
  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      {
        const guint column = byte (batch, k, x, y, 0);
        const guint row = byte (batch, k, x, y, 1);

        g_assert_cmpuint (column, <, WIDTH);
        g_assert_cmpuint (row, <, HEIGHT);
        tally->seen[row * WIDTH + column]++;
      }
}

static void
tally_batches (Tally *tally, const DifCropping *cropping)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifDataset) dataset = dif_dataset_new ();

  add (dataset, WIDTH, HEIGHT, 0, NULL, NULL);
  g_assert_true (dif_dataset_prepare (dataset, cropping, NULL, 0, NULL));
  for (guint step = 0; step < STEPS; step++)
    {
      g_auto (DifBatch) batch = { 0 };

      g_assert_true (dif_dataset_batch (dataset, context, 5, step, N, &batch));
      g_assert_true (test_has_shape (batch.x0, N, SIZE, SIZE, 3));
      g_assert_null (batch.mask);
      for (guint k = 0; k < N; k++)
        tally_crop (tally, &batch, k);
    }
}

static void
assert_about (guint count, guint n, double share)
{
  g_assert_cmpfloat (fabs (count - n * share), <, 5.0 * sqrt (n * share * (1.0 - share)));
}

static void
test_crops (void)
{
  const DifCropping plain = { .size = SIZE, .zoom = 1.0 };
  const DifCropping any = { .size = SIZE,
                            .zoom = 1.0,
                            .flip_x = TRUE,
                            .flip_y = TRUE,
                            .turn = TRUE };
  Tally             still = { 0 };
  Tally             turned = { 0 };

  tally_batches (&still, &plain);
  tally_batches (&turned, &any);
  g_assert_cmpuint (still.flipped_x + still.flipped_y + still.turned, ==, 0);
  for (guint i = 0; i < WIDTH * HEIGHT; i++)
    {
      g_assert_cmpuint (still.seen[i], >, 0);
      g_assert_cmpuint (turned.seen[i], >, 0);
    }
  /* a corner is in one of (20 - 8 + 1) (14 - 8 + 1) places */
  assert_about (still.seen[0], still.n, 1.0 / 91.0);
  assert_about (still.seen[WIDTH * HEIGHT - 1], still.n, 1.0 / 91.0);
  assert_about (turned.flipped_x, turned.n, 0.5);
  assert_about (turned.flipped_y, turned.n, 0.5);
  assert_about (turned.turned, turned.n, 0.5);
}

/* The same seed and step give the same bytes at any number of threads, others do not. */
static void
test_again (void)
{
  const DifCropping      cropping = { .size = SIZE,
                                      .zoom = 1.5,
                                      .flip_x = TRUE,
                                      .jitter = 0.1,
                                      .dropout = 0.5,
                                      .masks = TRUE };
  g_autoptr (DifContext) one = dif_context_new (1, NULL);
  g_autoptr (DifContext) many = dif_context_new (4, NULL);
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  const struct
  {
    DifContext *context;
    guint64     seed, step;
    gsize       n;
    gboolean    same;
  } cases[] = { { one, 1, 2, N, TRUE },
                { many, 1, 2, N, TRUE },
                { many, 1, 2, 3, TRUE },
                { one, 2, 2, N, FALSE },
                { one, 1, 3, N, FALSE } };
  g_auto (DifBatch) first = { 0 };

  add (dataset, WIDTH, HEIGHT, 100, NULL, "a");
  add (dataset, HEIGHT, WIDTH, 200, NULL, "b");
  g_assert_true (dif_dataset_prepare (dataset, &cropping, (guint[]) { 1, 2 }, 0, NULL));
  g_assert_true (dif_dataset_batch (dataset, one, 1, 2, N, &first));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (DifBatch) batch = { 0 };

      g_assert_true (dif_dataset_batch (dataset, cases[i].context, cases[i].seed, cases[i].step,
                                        cases[i].n, &batch));
      g_assert_cmpint (memcmp (batch.x0->data, first.x0->data,
                               cases[i].n * SIZE * SIZE * 3 * sizeof (float)) == 0,
                       ==, cases[i].same);
      g_assert_cmpint (memcmp (batch.mask->data, first.mask->data,
                               cases[i].n * SIZE * SIZE * sizeof (float)) == 0,
                       ==, cases[i].same);
      for (gsize k = 0; cases[i].same && k < cases[i].n; k++)
        g_assert_cmpuint (batch.labels[k], ==, first.labels[k]);
    }
}

/* Labels follow their pictures, are dropped as often as was asked, and rare ones are not lost. */
static void
test_labels (void)
{
  const DifCropping      cropping = { .size = SIZE, .zoom = 1.0, .dropout = 0.25, .masks = TRUE };
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  g_auto (GStrv) names = NULL;
  guint dropped = 0, rare = 0, full = 0;

  for (guint i = 0; i < 4; i++)
    add (dataset, WIDTH, HEIGHT, 50, NULL, "often");
  add (dataset, WIDTH, HEIGHT, 90, NULL, "a rare one");
  add (dataset, SIZE - 1, HEIGHT, 70, NULL, "small");
  names = dif_dataset_labels (dataset);
  g_assert_cmpuint (g_strv_length (names), ==, 3);
  g_assert_cmpstr (names[0], ==, "a rare one");
  g_assert_cmpstr (names[1], ==, "often");
  g_assert_true (dif_dataset_prepare (dataset, &cropping, (guint[]) { 3, 5, 9 }, 2, NULL));
  g_assert_cmpuint (dif_dataset_n_usable (dataset), ==, 5);
  for (guint step = 0; step < STEPS; step++)
    {
      g_auto (DifBatch) batch = { 0 };

      g_assert_true (dif_dataset_batch (dataset, context, 1, step, N, &batch));
      for (guint k = 0; k < N; k++)
        {
          const gboolean is_rare = byte (&batch, k, 0, 0, 2) == 90;
          double         made = 0.0;

          g_assert_true (batch.labels[k] == 2 || batch.labels[k] == (is_rare ? 3 : 5));
          dropped += batch.labels[k] == 2;
          rare += is_rare;
          for (guint i = 0; i < SIZE * SIZE; i++)
            made += batch.mask->data[k * SIZE * SIZE + i];
          full += made == SIZE * SIZE;
        }
    }
  assert_about (dropped, STEPS * N, 0.25);
  assert_about (rare, STEPS * N, 1.0 / 3.0); /* 1 : 4 / sqrt (4) */
  g_assert_cmpuint (full, >=, (guint) (0.34 * STEPS * N));
  g_assert_cmpuint (full, <=, (guint) (0.6 * STEPS * N));
}

/* What is not covered is cut out only where there is nothing else, and said to be so. */
static void
test_coverage (void)
{
  const DifCropping      cropping = { .size = SIZE, .zoom = 1.0 };
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  g_auto (DifBatch) batch = { 0 };
  guint8 coverage[WIDTH * HEIGHT];
  guint  outside = 0;

  for (guint i = 0; i < WIDTH * HEIGHT; i++)
    coverage[i] = i % WIDTH < 10 ? 255 : 0;
  add (dataset, WIDTH, HEIGHT, 0, coverage, NULL);
  g_assert_true (dif_dataset_prepare (dataset, &cropping, NULL, 0, NULL));
  g_assert_true (dif_dataset_batch (dataset, context, 1, 0, N, &batch));
  for (guint k = 0; k < N; k++)
    outside += byte (&batch, k, SIZE - 1, 0, 0) >= 10;
  g_assert_cmpuint (outside, <=, 1);
  g_assert_nonnull (batch.coverage);
  for (guint i = 0; i < N * SIZE * SIZE; i++)
    g_assert_cmpfloat (batch.coverage->data[i], ==,
                       byte (&batch, i / SIZE / SIZE, i % SIZE, i / SIZE % SIZE, 0) < 10 ? 1 : 0);
}

/* Scaled crops keep even ramps, and colors stray by as much as was asked. */
static void
test_zoom (void)
{
  DifCropping            cropping = { .size = SIZE, .zoom = 1.7 };
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  g_auto (DifBatch) batch = { 0 };
  g_auto (DifBatch) colored = { 0 };
  gboolean scaled = FALSE;
  float    most = 0.0f;

  add (dataset, WIDTH, HEIGHT, 120, NULL, NULL);
  g_assert_true (dif_dataset_prepare (dataset, &cropping, NULL, 0, NULL));
  g_assert_true (dif_dataset_batch (dataset, context, 1, 0, N, &batch));
  for (guint k = 0; k < N; k++)
    {
      const float *row = batch.x0->data + (k * SIZE + 3) * SIZE * 3;
      const float  slope = (row[3 * 5] - row[3 * 2]) / 3.0f * 127.5f;

      g_assert_cmpfloat (slope, >, 0.999);
      g_assert_cmpfloat (slope, <, 1.7001);
      scaled = scaled || slope > 1.2f;
      for (guint x = 3; x < 6; x++)
        g_assert_cmpfloat_with_epsilon ((row[3 * x] - row[3 * x - 3]) * 127.5f, slope, 1e-3);
    }
  g_assert_true (scaled);
  cropping.jitter = 0.1;
  g_assert_true (dif_dataset_prepare (dataset, &cropping, NULL, 0, NULL));
  g_assert_true (dif_dataset_batch (dataset, context, 1, 0, N, &colored));
  for (gsize i = 0; i < colored.x0->size; i++)
    most = MAX (most, ABS (colored.x0->data[i] - batch.x0->data[i]));
  g_assert_cmpfloat (most, >, 0.05);
  g_assert_cmpfloat (most, <, 0.4);
}

/* Every picture in its turn, whatever its label's chance; what nobody sees is told. */
static void
test_cut (void)
{
  const DifCropping      cropping = { .size = SIZE, .zoom = 1.0 };
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  guint8                 coverage[WIDTH * HEIGHT];
  float                  x0[2][SIZE * SIZE * 3];
  guint                  row;

  memset (coverage, 255, sizeof coverage);
  add (dataset, WIDTH, HEIGHT, 10, NULL, "a");
  add (dataset, WIDTH, SIZE - 1, 20, NULL, "a"); /* too small */
  add (dataset, WIDTH, HEIGHT, 30, coverage, "b");
  coverage[SIZE + 3] = 254;
  add (dataset, SIZE, SIZE, 40, coverage, NULL);
  g_assert_true (dif_dataset_prepare (dataset, &cropping, (const guint[]) { 5, 7 }, 9, NULL));
  for (guint k = 0; k < 3; k++)
    {
      gboolean moved = FALSE;

      g_assert_cmpint (dif_dataset_cut (dataset, 1, k, 0, x0[0], &row), ==, k < 2);
      g_assert_cmpuint (row, ==, ((const guint[]) { 5, 7, 9 })[k]);
      for (guint crop = 1; crop < 4; crop++)
        {
          dif_dataset_cut (dataset, 1, k, crop, x0[1], &row);
          g_assert_cmpfloat_with_epsilon (127.5f * (x0[1][2] + 1.0f), ((float[]) { 10, 30, 40 })[k],
                                          1e-3);
          moved = moved || memcmp (x0[0], x0[1], sizeof x0[0]) != 0;
        }
      g_assert_cmpint (moved, ==, k < 2); /* the last has no room */
      dif_dataset_cut (dataset, 1, k, 0, x0[1], &row);
      g_assert_cmpmem (x0[0], sizeof x0[0], x0[1], sizeof x0[1]);
    }
}

static void
test_wrong (void)
{
  const DifCropping      cropping = { .size = SIZE, .zoom = 1.0 };
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  g_autofree char       *none = dif_dataset_digest (dataset);
  g_autofree char       *one = NULL;
  GError                *error = NULL;

  g_assert_false (dif_dataset_prepare (dataset, &cropping, NULL, 0, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, NULL);
  add (dataset, WIDTH, SIZE - 1, 0, NULL, NULL);
  error = NULL;
  g_assert_false (dif_dataset_prepare (dataset, &cropping, NULL, 0, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "8 × 8", NULL);
  one = dif_dataset_digest (dataset);
  g_assert_cmpstr (one, !=, none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/crops", test_crops);
  g_test_add_func ("/dataset/again", test_again);
  g_test_add_func ("/dataset/labels", test_labels);
  g_test_add_func ("/dataset/coverage", test_coverage);
  g_test_add_func ("/dataset/zoom", test_zoom);
  g_test_add_func ("/dataset/cut", test_cut);
  g_test_add_func ("/dataset/wrong", test_wrong);
  return g_test_run ();
}
