/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whole runs with masks: what every choice of how to work on a selection must keep to. */

#include <string.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/diffusion/sampler.h"
#include "core/pipeline/prepare.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/small-run.h"

#define W 40
#define H 32
#define N (W * H)

static SmallRun small;
static float    soft_mask[N]; /* rises from column 8 to column 24 */
static float    hard_mask[N];

static void
set_up (void)
{
  small_run_init (&small, test_checkpoint_new (&tiny_unet, TEST_SCHEDULER, NULL),
                  DIF_TASK_REIMAGINE, W, H);
  for (gsize i = 0; i < N; i++)
    {
      soft_mask[i] = CLAMP (((float) (i % W) - 8.0f) / 16.0f, 0.0f, 1.0f);
      hard_mask[i] = i % W >= 16 ? 1.0f : 0.0f;
    }
}

static DifRequest
request (DifTask task, const float *mask)
{
  DifRequest r = small_run_request (&small, task);

  r.steps = 4;
  r.mask = mask;
  return r;
}

static void
set_soft (DifRequest *r)
{
  r->soft_selection = TRUE;
}

static void
set_hard (DifRequest *r)
{
  r->soft_selection = FALSE;
}

static void
set_shape (DifRequest *r)
{
  r->grow = -2;
  r->feather = 3;
}

static void
set_unmatched (DifRequest *r)
{
  r->match_colors = FALSE;
}

static void
set_known_in_x0 (DifRequest *r)
{
  r->known = DIF_KNOWN_X0;
}

static void
set_tile (DifRequest *r)
{
  r->tile = DIF_TILE_XY;
}

static void
set_larger (DifRequest *r)
{
  r->context = 3;
  r->work_size = 53;
}

static void
set_smaller (DifRequest *r)
{
  r->context_percent = 10.0;
  r->context = 0;
  r->work_size = 19;
}

static void
set_border (DifRequest *r)
{
  r->prefill = DIF_PREFILL_BORDER;
}

static void
set_noise (DifRequest *r)
{
  r->prefill = DIF_PREFILL_NOISE;
  r->soft_selection = TRUE;
}

/* Ways to work on a selection. */
static const struct
{
  const char *name;
  DifTask     task;
  void (*set) (DifRequest *r);
} ways[] = {
  { "reimagine-soft", DIF_TASK_REIMAGINE, set_soft },
  { "reimagine-hard", DIF_TASK_REIMAGINE, set_hard },
  { "inpaint-soft", DIF_TASK_INPAINT, set_soft },
  { "inpaint-hard", DIF_TASK_INPAINT, set_hard },
  { "inpaint-border", DIF_TASK_INPAINT, set_border },
  { "inpaint-noise", DIF_TASK_INPAINT, set_noise },
  { "reimagine-unmatched", DIF_TASK_REIMAGINE, set_unmatched },
  { "reimagine-known-in-x0", DIF_TASK_REIMAGINE, set_known_in_x0 },
  { "inpaint-known-in-x0", DIF_TASK_INPAINT, set_known_in_x0 },
  { "reimagine-larger", DIF_TASK_REIMAGINE, set_larger },
  { "inpaint-smaller", DIF_TASK_INPAINT, set_smaller },
  { "reimagine-tile", DIF_TASK_REIMAGINE, set_tile },
  { "inpaint-tile", DIF_TASK_INPAINT, set_tile },
  { "reimagine-shape", DIF_TASK_REIMAGINE, set_shape },
};

static DifRequest
way (guint i)
{
  DifRequest r = request (ways[i].task, soft_mask);

  ways[i].set (&r);
  return r;
}

/* By every sampler: pixels of coverage 0 have their own bytes, and full ones are new. */
static void
test_keeps (gconstpointer data)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  for (guint k = 0; k < n; k++)
    {
      DifRequest r = way (GPOINTER_TO_UINT (data));
      char      *folder = test_checkpoint_new (&tiny_unet, test_scheduler_for (rows[k]), NULL);
      g_autoptr (DifResult) image = NULL;

      r.model = folder;
      r.sampler = (char *) rows[k]->id;
      r.steps = 4 * rows[k]->evals;
      if (rows[k]->least_evals > 0) /* a list is what is asked for and no more */
        {
          r.spacing = (char *) "450,300,150,50";
          r.inner_steps = 1;
        }
      image = small_run (&r);
      for (gsize i = 0; image && i < N; i++)
        {
          gboolean equal = memcmp (image->pixels + 3 * i, small.pixels + 3 * i, 12) == 0;
          gsize    x = i % W;

          if (x < 8 || x > 28)
            g_assert_cmpint (equal, ==, x < 8);
        }
      test_folder_free (folder);
    }
}

static void
test_threads (gconstpointer data)
{
  static const guint    threads[] = { 2, 4 };
  DifRequest            r = way (GPOINTER_TO_UINT (data));
  g_autoptr (DifResult) first = small_run (&r);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (DifResult) again = NULL;

      r.threads = threads[i];
      again = small_run (&r);
      g_assert_true (small_run_same (first, again));
    }
}

typedef struct
{
  DifProgress *progress;
  guint        at;
} Cancel;

static void
cancel_at (const DifProgressInfo *info, gpointer data)
{
  Cancel *cancel = data;

  g_assert_cmpuint (info->step, <=, cancel->at);
  if (info->step == cancel->at)
    dif_progress_cancel (cancel->progress);
}

static void
test_cancel (gconstpointer data)
{
  const DifRequest r = way (GPOINTER_TO_UINT (data));

  for (guint at = 0; at <= r.steps; at++)
    {
      Cancel  cancel = { NULL, at };
      GError *error = NULL;

      cancel.progress = dif_progress_new (cancel_at, &cancel);
      g_assert_null (dif_run (&r, cancel.progress, &error));
      test_assert_error (error, DIF_ERROR_CANCELLED, NULL);
      dif_progress_free (cancel.progress);
    }
}

/* Softness is of soft masks only. */
static void
test_soft_hard (void)
{
  for (DifTask task = DIF_TASK_REIMAGINE; task <= DIF_TASK_NOISE; task++)
    for (guint soft = 0; soft < 2; soft++)
      {
        DifRequest            r = request (task, soft ? soft_mask : hard_mask);
        g_autoptr (DifResult) on = NULL;
        g_autoptr (DifResult) off = NULL;

        r.soft_selection = TRUE;
        on = small_run (&r);
        r.soft_selection = FALSE;
        off = small_run (&r);
        g_assert_cmpint (small_run_same (on, off), ==, ! soft || task == DIF_TASK_NOISE);
      }
}

/* Each way to fill a hole makes another picture of it, but the automatic one, which is one of them.
 */
static void
test_prefills (void)
{
  DifResult *images[DIF_PREFILL_AUTO];

  for (DifPrefill way = 0; way < DIF_PREFILL_AUTO; way++)
    {
      DifRequest r = request (DIF_TASK_INPAINT, hard_mask);

      r.prefill = way;
      images[way] = small_run (&r);
      for (DifPrefill other = 0; other < way; other++)
        g_assert_false (small_run_same (images[way], images[other]));
    }
  for (DifPrefill way = 0; way < DIF_PREFILL_AUTO; way++)
    dif_result_free (images[way]);
}

/* Any size can tile, on either axis, with attention or without. */
static void
test_tile_sizes (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 1, 17 }, { 37, 23 }, { 600, 9 } };

  for (guint attention = 0; attention < 2; attention++)
    {
      TinyUNet         net = tiny_unet;
      g_autofree char *own = NULL;

      net.mid_attention = attention > 0;
      own = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        for (guint axes = 1; axes < 4; axes++)
          {
            DifRequest            r = request (DIF_TASK_GENERATE, NULL);
            g_autoptr (DifResult) image = NULL;

            r.model = own;
            r.steps = 2;
            r.width = sizes[i][0];
            r.height = sizes[i][1];
            r.tile = axes;
            image = small_run (&r);
            g_assert_true (image && image->width == r.width && image->height == r.height);
          }
      test_folder_free (g_steal_pointer (&own));
    }
}

#define SIDE 96

/* One masked pixel, at every column and every row there is against the network's grid, in the
 * picture as it is, with some context alone, and worked on larger and smaller: only it changes. */
static void
test_impulse (void)
{
  static const struct
  {
    gint  context;
    guint work_size;
  } sizes[] = { { -1, 0 }, { 5, 0 }, { 6, 40 }, { 20, 13 } };
  g_autofree float *picture = g_new (float, 3 * SIDE * SIDE);
  g_autofree float *mask = g_new0 (float, SIDE *SIDE);
  DifRequest        r = request (DIF_TASK_REIMAGINE, mask);

  dif_rng_normal (4, 4, 0, picture, 3 * SIDE * SIDE);
  r.pixels = picture;
  r.width = r.height = SIDE;
  r.steps = 1;
  /* every residue of 64, to the last column and row; the whole picture now and then */
  for (guint i = 0; i < 64 * 64; i++)
    {
      const gsize           x = i % 64 < 48 ? i % 64 : i % 64 + 32;
      const gsize           y = i / 64 < 48 ? i / 64 : i / 64 + 32;
      const gsize           at = y * SIDE + x;
      const guint           size = i % 67 == 0 ? 0 : 1 + i % 3;
      g_autoptr (DifResult) image = NULL;

      r.context = sizes[size].context;
      r.work_size = sizes[size].work_size;
      mask[at] = 1.0f;
      image = small_run (&r);
      mask[at] = 0.0f;
      for (gsize k = 0; image && k < SIDE * SIDE; k++)
        if ((memcmp (image->pixels + 3 * k, picture + 3 * k, 12) != 0) != (k == at))
          g_test_fail ();
    }
}

/* A selection that is grown, shrunk and feathered is as one that was drawn so. */
static void
test_shape (void)
{
  DifRequest r = request (DIF_TASK_REIMAGINE, hard_mask);
  g_auto (DifPrepared) prepared = { 0 };
  g_autoptr (DifResult) shaped = NULL;
  g_autoptr (DifResult) drawn = NULL;

  r.grow = 3;
  r.feather = 5;
  g_assert_true (dif_prepare (&prepared, &r, NULL));
  shaped = small_run (&r);
  r.grow = 0;
  r.feather = 0;
  r.mask = prepared.mask;
  drawn = small_run (&r);
  g_assert_true (small_run_same (shaped, drawn));
}

static void
test_shrunk_away (void)
{
  DifRequest r = request (DIF_TASK_INPAINT, soft_mask);
  float      mask[N] = { 0.0f };

  mask[W * 5 + 5] = 1.0f;
  r.mask = mask;
  r.grow = -2;
  small_run_refused (&r, "grow");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (gconstpointer way);
  } contracts[] = { { "keeps", test_keeps },
                    { "threads", test_threads },
                    { "cancel", test_cancel } };
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  set_up ();
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    for (guint k = 0; k < G_N_ELEMENTS (contracts); k++)
      {
        g_autofree char *path =
            g_strdup_printf ("/run-masks/%s/%s", contracts[k].name, ways[i].name);

        g_test_add_data_func (path, GUINT_TO_POINTER (i), contracts[k].func);
      }
  g_test_add_func ("/run-masks/soft-hard", test_soft_hard);
  g_test_add_func ("/run-masks/prefills", test_prefills);
  g_test_add_func ("/run-masks/tile-sizes", test_tile_sizes);
  g_test_add_func ("/run-masks/impulse", test_impulse);
  g_test_add_func ("/run-masks/shape", test_shape);
  g_test_add_func ("/run-masks/shrunk-away", test_shrunk_away);
  result = g_test_run ();
  small_run_clear (&small);
  return result;
}
