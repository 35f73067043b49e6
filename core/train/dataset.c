/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/dataset.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/streams.h"
#include "core/train/crop.h"
#include "core/train/random-mask.h"

/* Of each picture of a batch: which one, whether its label is told, and how it is cut. */
#define AT_CROP 4
#define N_DRAWS (AT_CROP + DIF_CROP_DRAWS)

struct _DifDataset
{
  GArray     *pictures; /* DifTrainPicture with memory of their own */
  DifCropping cropping;
  guint      *usable; /* pictures that are large enough */
  double     *up_to;  /* chances of these, added up; 1 at the end */
  guint      *rows;   /* of these */
  guint       n_usable;
  guint       null_row;
};

static void
picture_clear (gpointer data)
{
  DifTrainPicture *picture = data;

  g_free ((guint8 *) picture->pixels);
  g_free ((guint8 *) picture->coverage);
  g_free ((char *) picture->label);
}

DifDataset *
dif_dataset_new (void)
{
  DifDataset *dataset = g_new0 (DifDataset, 1);

  dataset->pictures = g_array_new (FALSE, FALSE, sizeof (DifTrainPicture));
  g_array_set_clear_func (dataset->pictures, picture_clear);
  return dataset;
}

void
dif_dataset_free (DifDataset *dataset)
{
  if (! dataset)
    return;
  g_array_unref (dataset->pictures);
  g_free (dataset->usable);
  g_free (dataset->up_to);
  g_free (dataset->rows);
  g_free (dataset);
}

static const DifTrainPicture *
nth (const DifDataset *dataset, guint i)
{
  return &g_array_index (dataset->pictures, DifTrainPicture, i);
}

gboolean
dif_dataset_add (DifDataset *dataset, const DifTrainPicture *picture, GError **error)
{
  const gsize     n = (gsize) picture->width * picture->height;
  DifTrainPicture own = { .width = picture->width, .height = picture->height };

  g_return_val_if_fail (n > 0, FALSE);
  own.pixels = g_try_malloc_n (n, 3);
  own.coverage = picture->coverage ? g_try_malloc (n) : NULL;
  if (! own.pixels || (picture->coverage && ! own.coverage))
    {
      picture_clear (&own);
      g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                   _ ("Not enough memory for a picture of %u × %u pixels."), picture->width,
                   picture->height);
      return FALSE;
    }
  memcpy ((guint8 *) own.pixels, picture->pixels, 3 * n);
  if (own.coverage)
    memcpy ((guint8 *) own.coverage, picture->coverage, n);
  own.label = g_strdup (picture->label);
  g_array_append_val (dataset->pictures, own);
  return TRUE;
}

guint
dif_dataset_n_pictures (const DifDataset *dataset)
{
  return dataset->pictures->len;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
dif_dataset_labels (const DifDataset *dataset)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < dataset->pictures->len; i++)
    if (nth (dataset, i)->label &&
        ! g_ptr_array_find_with_equal_func (names, nth (dataset, i)->label, g_str_equal, NULL))
      g_ptr_array_add (names, g_strdup (nth (dataset, i)->label));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

char *
dif_dataset_digest (const DifDataset *dataset)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < dataset->pictures->len; i++)
    {
      const DifTrainPicture *p = nth (dataset, i);
      const gsize            n = (gsize) p->width * p->height;
      g_autofree char       *head = g_strdup_printf ("%u %u %d %s", p->width, p->height,
                                                     p->coverage != NULL, p->label ? p->label : "");

      g_checksum_update (sum, (const guchar *) head, (gssize) strlen (head) + 1);
      g_checksum_update (sum, p->pixels, (gssize) (3 * n));
      if (p->coverage)
        g_checksum_update (sum, p->coverage, (gssize) n);
    }
  return g_strdup (g_checksum_get_string (sum));
}

/* Rare labels are shown more often than their share, frequent ones more often than rare ones: a
 * picture's chance is one over the root of how many have its label. */
static void
fill_chances (DifDataset *dataset)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  double                 sum = 0.0;

  for (guint k = 0; k < dataset->n_usable; k++)
    {
      const char *label = nth (dataset, dataset->usable[k])->label;
      gpointer    name = (gpointer) (label ? label : "");
      gsize       n = GPOINTER_TO_SIZE (g_hash_table_lookup (counts, name));

      g_hash_table_insert (counts, name, GSIZE_TO_POINTER (n + 1));
    }
  for (guint k = 0; k < dataset->n_usable; k++)
    {
      const char *label = nth (dataset, dataset->usable[k])->label;
      gsize       n = GPOINTER_TO_SIZE (g_hash_table_lookup (counts, label ? label : ""));

      sum += 1.0 / sqrt ((double) n);
      dataset->up_to[k] = sum;
    }
  for (guint k = 0; k < dataset->n_usable; k++)
    dataset->up_to[k] /= sum;
}

static guint
row_of (const DifDataset *dataset, const char *label, char **names, const guint *rows)
{
  for (guint i = 0; label && rows && names[i]; i++)
    if (g_str_equal (names[i], label))
      return rows[i];
  return dataset->null_row;
}

gboolean
dif_dataset_prepare (DifDataset *dataset, const DifCropping *cropping, const guint *rows,
                     guint null_row, GError **error)
{
  const guint n = dataset->pictures->len;
  g_auto (GStrv) names = dif_dataset_labels (dataset);

  dataset->cropping = *cropping;
  dataset->null_row = null_row;
  dataset->n_usable = 0;
  dataset->usable = g_renew (guint, dataset->usable, n);
  dataset->rows = g_renew (guint, dataset->rows, n);
  dataset->up_to = g_renew (double, dataset->up_to, n);
  for (guint i = 0; i < n; i++)
    if (MIN (nth (dataset, i)->width, nth (dataset, i)->height) >= cropping->size)
      {
        dataset->rows[dataset->n_usable] = row_of (dataset, nth (dataset, i)->label, names, rows);
        dataset->usable[dataset->n_usable++] = i;
      }
  if (n == 0)
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_REQUEST,
                         _ ("There are no pictures to learn from."));
  else if (dataset->n_usable == 0)
    g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                 _ ("None of the pictures has %u × %u pixels or more."), cropping->size,
                 cropping->size);
  if (dataset->n_usable == 0)
    return FALSE;
  fill_chances (dataset);
  return TRUE;
}

guint
dif_dataset_n_usable (const DifDataset *dataset)
{
  return dataset->n_usable;
}

guint
dif_dataset_size (const DifDataset *dataset)
{
  return dataset->cropping.size;
}

void
dif_batch_clear (DifBatch *batch)
{
  g_clear_pointer (&batch->x0, dif_tensor_unref);
  g_clear_pointer (&batch->mask, dif_tensor_unref);
  g_clear_pointer (&batch->coverage, dif_tensor_unref);
  g_clear_pointer (&batch->labels, g_free);
}

typedef struct
{
  const DifDataset *dataset;
  guint64           seed;
  guint64           step;
  DifBatch         *batch;
} BatchJob;

static void
draw_picture (gsize k, guint worker G_GNUC_UNUSED, gpointer data)
{
  const BatchJob    *job = data;
  const DifDataset  *dataset = job->dataset;
  const DifCropping *cropping = &dataset->cropping;
  const gsize        area = (gsize) cropping->size * cropping->size;
  double             draws[N_DRAWS], shape[DIF_RANDOM_MASK_DRAWS];
  guint              which = 0;

  dif_rng_uniform (job->seed, DIF_STREAM_CROP | job->step, k * N_DRAWS, draws, N_DRAWS);
  while (which + 1 < dataset->n_usable && draws[0] >= dataset->up_to[which])
    which++;
  job->batch->labels[k] = draws[1] < cropping->dropout ? dataset->null_row : dataset->rows[which];
  dif_crop (nth (dataset, dataset->usable[which]), cropping, draws + AT_CROP,
            job->batch->x0->data + k * area * 3,
            job->batch->coverage ? job->batch->coverage->data + k * area : NULL);
  if (! job->batch->mask)
    return;
  dif_rng_uniform (job->seed, DIF_STREAM_MASK | job->step, k * DIF_RANDOM_MASK_DRAWS, shape,
                   DIF_RANDOM_MASK_DRAWS);
  dif_random_mask (shape, cropping->size, job->batch->mask->data + k * area);
}

/* Whether there is a picture that is not all to be learnt from. */
static gboolean
has_coverage (const DifDataset *dataset)
{
  for (guint k = 0; k < dataset->n_usable; k++)
    if (nth (dataset, dataset->usable[k])->coverage)
      return TRUE;
  return FALSE;
}

gboolean
dif_dataset_batch (const DifDataset *dataset, DifContext *context, guint64 seed, guint64 step,
                   gsize n, DifBatch *batch)
{
  const guint    size = dataset->cropping.size;
  const gboolean covered = has_coverage (dataset);
  BatchJob       job = { dataset, seed, step, batch };

  batch->x0 = dif_context_nhwc (context, n, size, size, 3);
  if (dataset->cropping.masks)
    batch->mask = dif_context_nhwc (context, n, size, size, 1);
  if (covered)
    batch->coverage = dif_context_nhwc (context, n, size, size, 1);
  if (! batch->x0 || (dataset->cropping.masks && ! batch->mask) || (covered && ! batch->coverage))
    return FALSE;
  batch->labels = g_new (guint, n);
  dif_pool_run (dif_context_pool (context), n, draw_picture, &job);
  return TRUE;
}

gboolean
dif_dataset_cut (const DifDataset *dataset, guint64 seed, guint picture, guint crop, float *x0,
                 guint *row)
{
  const DifTrainPicture *source = nth (dataset, dataset->usable[picture]);
  const gsize            area = (gsize) dataset->cropping.size * dataset->cropping.size;
  g_autofree float      *coverage = source->coverage ? g_new (float, area) : NULL;
  double                 draws[DIF_CROP_DRAWS];

  dif_rng_uniform (seed, DIF_STREAM_CROP | crop, (guint64) picture * DIF_CROP_DRAWS, draws,
                   DIF_CROP_DRAWS);
  dif_crop (source, &dataset->cropping, draws, x0, coverage);
  *row = dataset->rows[picture];
  for (gsize i = 0; coverage && i < area; i++)
    if (coverage[i] < 1.0f)
      return FALSE;
  return TRUE;
}
