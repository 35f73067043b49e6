/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Noise levels of guidance and regions, by what the network is told: timesteps, sigma,
 * log (sigma) / 4, or sigma in thousandths. */

#include <math.h>
#include <string.h>

#include "core/ops/elementwise.h"
#include "core/pipeline/guides.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define W 48
#define H 32

/* By the definitions, not by the core's. */
static double
discrete (double level)
{
  return 1000.0 * level - 1.0;
}

static double
ve (double level)
{
  return 0.01 * pow (50.0 / 0.01, level);
}

static double
edm (double level)
{
  return log (0.002 * pow (80.0 / 0.002, level)) / 4.0;
}

static double
flow (double level)
{
  return 1000.0 * 3.0 * level / (1.0 + 2.0 * level);
}

typedef struct
{
  const char *name;
  const char *json;
  double (*told) (double level);
  double hair; /* of a level, more than it is rounded by */
} Kind;

static const Kind kinds[] = {
  { "discrete", TEST_SCHEDULER, discrete, 0.0006 },
  { "ve", "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_min': 0.01, 'sigma_max': 50}", ve, 1e-9 },
  { "edm", "{'_class_name': 'EDMEulerScheduler'}", edm, 1e-9 },
  { "flow", "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'shift': 3}", flow, 1e-9 },
};

typedef struct
{
  char          *folder;
  DifCheckpoint *checkpoint;
  DifContext    *context;
  float          left[W * H];
  DifRegion      region;
  DifRequest     request;
} Fixture;

static void
set_up (Fixture *f, const Kind *kind)
{
  TinyUNet net = tiny_unet;

  net.n_classes = 4;
  f->folder = test_checkpoint_new (&net, kind->json,
                                   "{'null': 0, 'labels': {'1': 'grass', '2': 'sky', '3': 'sea'}}");
  f->checkpoint = dif_checkpoint_open (f->folder, 0, NULL);
  g_assert_nonnull (f->checkpoint);
  f->context = dif_context_new (1, NULL);
  for (gsize i = 0; i < W * H; i++)
    f->left[i] = i % W < W / 2 ? 1.0f : 0.0f;
  f->region = (DifRegion) { "sky", f->left };
  dif_request_init (&f->request, DIF_TASK_GENERATE);
  f->request.prompt = "grass";
  f->request.width = W;
  f->request.height = H;
}

static void
tear_down (Fixture *f)
{
  dif_context_free (f->context);
  dif_checkpoint_free (f->checkpoint);
  test_folder_free (f->folder);
}

/* Behind x, the region's mask and the rest's. */
static DifTensor *
with_masks (Fixture *f, DifTensor *x)
{
  g_autoptr (DifTensor) masks = dif_context_nhwc (f->context, 1, H, W, 2);

  for (gsize i = 0; i < W * H; i++)
    {
      masks->data[2 * i] = f->left[i];
      masks->data[2 * i + 1] = 1.0f - f->left[i];
    }
  return dif_concat_channels (f->context, x, masks);
}

/* What a network guided as the request says makes of x. */
static DifTensor *
ask (Fixture *f, DifTensor *x, double t)
{
  g_autoptr (DifEvaluator) evaluator = dif_guides_evaluator (&f->request, f->checkpoint, NULL);
  g_autoptr (DifTensor)    seen = f->request.n_regions > 0 ? with_masks (f, x) : dif_tensor_ref (x);

  g_assert_nonnull (evaluator);
  return dif_evaluate (evaluator, f->context, seen, t);
}

static gboolean
same (const DifTensor *a, const DifTensor *b)
{
  return a && b && memcmp (a->data, b->data, a->size * sizeof (float)) == 0;
}

static gboolean
is_guided (Fixture *f, DifTensor *x, double from, double to, double t)
{
  g_autoptr (DifTensor) plain = NULL;
  g_autoptr (DifTensor) always = NULL;
  g_autoptr (DifTensor) y = NULL;

  f->request.guidance = 1.0;
  plain = ask (f, x, t);
  f->request.guidance = 4.0;
  f->request.guidance_from = 1.0;
  f->request.guidance_to = 0.0;
  always = ask (f, x, t);
  f->request.guidance_from = from;
  f->request.guidance_to = to;
  y = ask (f, x, t);
  g_assert_true (! same (plain, always) && (same (y, plain) || same (y, always)));
  return same (y, always);
}

/* From one noise level down to the other, and nowhere else. */
static void
test_interval (gconstpointer data)
{
  static const struct
  {
    double from, to;
  } intervals[] = { { 0.7, 0.3 }, { 1.0, 0.3 }, { 0.7, 0.0 }, { 0.5, 0.5 } };
  const Kind           *kind = data;
  const double          hair = kind->hair;
  Fixture               f;
  g_autoptr (DifTensor) x = NULL;

  set_up (&f, kind);
  x = test_random (f.context, 1, 1, H, W, 3);
  for (guint i = 0; i < G_N_ELEMENTS (intervals); i++)
    {
      const double from = intervals[i].from;
      const double to = intervals[i].to;
      const double levels[] = { 0.01,        0.2,         to - hair, to + hair, 0.5,
                                from - hair, from + hair, 0.8,       0.999 };

      for (guint k = 0; k < G_N_ELEMENTS (levels); k++)
        {
          const double   level = levels[k];
          const gboolean within = level <= from + 0.5 * hair && level >= to - 0.5 * hair;

          if (level > 0.0 && level <= 1.0)
            g_assert_cmpint (is_guided (&f, x, from, to, kind->told (level)), ==, within);
        }
    }
  tear_down (&f);
}

/* Whether what stands right of a region changes what is made in it. */
static gboolean
sees_neighbor (Fixture *f, double t)
{
  g_autoptr (DifTensor) x = test_random (f->context, 1, 1, H, W, 3);
  g_autoptr (DifTensor) before = ask (f, x, t);
  g_autoptr (DifTensor) after = NULL;
  gboolean              differs = FALSE;

  for (gsize i = 0; i < x->size; i++)
    if (i / 3 % W >= W / 2)
      x->data[i] += 1.0f;
  after = ask (f, x, t);
  for (gsize i = 0; before && after && i < before->size; i++)
    if (i / 3 % W < W / 2)
      differs = differs || before->data[i] != after->data[i];
  return differs;
}

/* Above half of the training time a region sees itself alone, below it its neighbors. */
static void
test_regions (gconstpointer data)
{
  static const double below[] = { 0.02, 0.3, 0.49 };
  static const double above[] = { 0.51, 0.7, 1.0 };
  const Kind         *kind = data;
  Fixture             f;

  set_up (&f, kind);
  f.request.regions = &f.region;
  f.request.n_regions = 1;
  for (guint i = 0; i < G_N_ELEMENTS (below); i++)
    {
      g_assert_true (sees_neighbor (&f, kind->told (below[i])));
      g_assert_false (sees_neighbor (&f, kind->told (above[i])));
    }
  g_assert_true (sees_neighbor (&f, kind->told (0.5 - kind->hair)));
  g_assert_false (sees_neighbor (&f, kind->told (0.5 + 2.0 * kind->hair)));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *interval = g_strdup_printf ("/guides-levels/interval/%s", kinds[i].name);
      g_autofree char *regions = g_strdup_printf ("/guides-levels/regions/%s", kinds[i].name);

      g_test_add_data_func (interval, &kinds[i], test_interval);
      g_test_add_data_func (regions, &kinds[i], test_regions);
    }
  return g_test_run ();
}
