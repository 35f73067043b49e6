/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/checkpoint.h"

#include <glib/gstdio.h>

#include "tests/core/support/folder.h"

const char *
test_scheduler_for (const DifSampler *sampler)
{
  if (sampler->one_level)
    return "{'_class_name': 'DDPMScheduler', 'trained_betas': [0.3], 'clip_sample': true}";
  if (sampler->distilled)
    return "{'_class_name': 'LCMScheduler', 'beta_schedule': 'linear', 'clip_sample': true}";
  return TEST_SCHEDULER;
}

char *
test_checkpoint_new (const TinyUNet *net, const char *scheduler, const char *labels)
{
  char            *folder = test_folder_new ();
  g_autofree char *unet = g_build_filename (folder, "unet", NULL);

  g_assert_cmpint (g_mkdir (unet, 0755), ==, 0);
  tiny_unet_write (net, unet);
  test_folder_write (folder, "model_index.json", "{'_class_name': 'DDPMPipeline'}");
  if (scheduler)
    test_folder_write (folder, "scheduler/scheduler_config.json", scheduler);
  if (labels)
    test_folder_write (folder, "labels.json", labels);
  return folder;
}
