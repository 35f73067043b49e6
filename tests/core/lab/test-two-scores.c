/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two networks' scores, compared over the bridge. */

#include <math.h>

#include "core/base/rng.h"
#include "core/lab/two-scores.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"

#define SIZE 16

static const char ddpm[] = "{'_class_name': 'DDPMScheduler', 'beta_schedule': 'linear'}";
static const char cosine[] =
    "{'_class_name': 'DDPMScheduler', 'beta_schedule': 'squaredcos_cap_v2', "
    "'prediction_type': 'v_prediction'}";
static const char ve[] =
    "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_min': 0.01, 'sigma_max': 30.0}";

static DifCheckpoint *
model (const char *scheduler, guint64 seed, double spread)
{
  TinyUNet       net = tiny_unet;
  GError        *error = NULL;
  DifCheckpoint *checkpoint;
  char          *folder;

  net.seed = seed;
  net.spread = spread;
  folder = test_checkpoint_new (&net, scheduler, NULL);
  checkpoint = dif_checkpoint_open (folder, 0, &error);
  g_assert_no_error (error);
  test_folder_free (folder);
  return checkpoint;
}

/* A network of scores, of pictures in [0, 1] as diffusers has them. */
static DifCheckpoint *
unit_model (guint64 seed)
{
  DifCheckpoint *checkpoint = model (ve, seed, tiny_unet.spread);

  checkpoint->process->unit_range = TRUE;
  return checkpoint;
}

static DifTensor *
pictures (DifContext *context)
{
  DifTensor *x0 = dif_context_nhwc (context, 3, SIZE, SIZE, 3);

  dif_rng_normal (4, 0, 0, x0->data, x0->size);
  for (gsize i = 0; i < x0->size; i++)
    x0->data[i] *= 0.4f;
  return x0;
}

static DifTwoScores
compared (const DifCheckpoint *one, const DifCheckpoint *other, double ratio)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x0 = pictures (context);
  DifTwoScores           scores = { 0.0 };

  g_assert_true (dif_two_scores_compare (context, one, other, x0, ratio, 5, &scores));
  return scores;
}

static void
test_itself (void)
{
  g_autoptr (DifCheckpoint) same = model (ve, 1, tiny_unet.spread);
  const DifTwoScores        scores = compared (same, same, 0.5);

  g_assert_cmpfloat_with_epsilon (scores.cosine, 1.0, 1e-5);
  g_assert_cmpfloat (scores.difference, <, 1e-4);
  g_assert_cmpfloat_with_epsilon (scores.unseen[0], scores.unseen[1], 1e-4);
}

/* On whose process they are compared makes no difference. */
static void
check_both_ways (const DifCheckpoint *one, const DifCheckpoint *other, double ratio)
{
  const DifTwoScores there = compared (one, other, ratio);
  const DifTwoScores back = compared (other, one, ratio);

  g_test_message ("%g: cosine %g and %g, unseen %g and %g", ratio, there.cosine, back.cosine,
                  there.unseen[0], back.unseen[1]);
  g_assert_cmpfloat_with_epsilon (there.cosine, back.cosine, 2e-3);
  g_assert_cmpfloat_with_epsilon (there.unseen[0], back.unseen[1], 2e-3 * there.unseen[0]);
  g_assert_cmpfloat_with_epsilon (there.unseen[1], back.unseen[0], 2e-3 * there.unseen[1]);
  g_assert_cmpfloat (there.difference, >, 0.01);
}

static void
test_both_ways (void)
{
  const char *const rows[][2] = { { ddpm, ve }, { cosine, ve }, { ddpm, cosine } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (double ratio = 0.1; ratio < 10.0; ratio *= 3.0)
      {
        g_autoptr (DifCheckpoint) one = model (rows[i][0], 1, tiny_unet.spread);
        g_autoptr (DifCheckpoint) other = model (rows[i][1], 2, tiny_unet.spread);

        check_both_ways (one, other, ratio);
      }
}

static void
test_unit_range (void)
{
  g_autoptr (DifCheckpoint) one = model (ddpm, 1, tiny_unet.spread);
  g_autoptr (DifCheckpoint) other = unit_model (2);

  for (double ratio = 0.1; ratio < 10.0; ratio *= 3.0)
    check_both_ways (one, other, ratio);
}

/* A network that always says 0 for the clean picture sees x / sigma. */
static void
test_closed_form (void)
{
  static const char linear[] = "{'_class_name': 'DDPMScheduler', 'beta_schedule': 'linear', "
                               "'prediction_type': 'sample'}";
  g_autoptr (DifCheckpoint) one = model (linear, 1, 0.0);
  g_autoptr (DifCheckpoint) other = model (ve, 2, tiny_unet.spread);
  g_autoptr (DifContext)    context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)     x0 = pictures (context);
  double                    square = 0.0;

  for (gsize i = 0; i < x0->size; i++)
    square += pow (x0->data[i], 2.0) / (double) x0->size;
  for (double ratio = 0.1; ratio < 10.0; ratio *= 3.0)
    g_assert_cmpfloat_with_epsilon (compared (one, other, ratio).unseen[0],
                                    square / (ratio * ratio), 1e-3 * square / (ratio * ratio));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/two-scores/itself", test_itself);
  g_test_add_func ("/two-scores/both-ways", test_both_ways);
  g_test_add_func ("/two-scores/unit-range", test_unit_range);
  g_test_add_func ("/two-scores/closed-form", test_closed_form);
  return g_test_run ();
}
