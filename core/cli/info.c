/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/cli/cli.h"
#include "core/dif.h"

int
cli_info (int argc, char **argv)
{
  static const GOptionEntry entries[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (DifModelInfo)  info = NULL;
  GError                   *error = NULL;

  if (argc == 1) /* the embedded one */
    info = dif_model_info_load (NULL, &error);
  else if (! cli_parse (entries, _ ("[MODEL]"), _ ("Says what a model is."), 1, &argc, &argv))
    return CLI_MISUSED;
  else
    info = dif_model_info_load (argv[1], &error);
  if (! info)
    return cli_failed (error);

  g_print (_ ("folder:      %s\n"), info->path);
  g_print (_ ("network:     %s, %.2f million parameters\n"), info->class_name,
           info->n_parameters / 1e6);
  g_print (_ ("channels:    %u in, %u out%s%s\n"), info->in_channels, info->out_channels,
           info->inpainting ? _ (" (sees mask and masked picture)") : "",
           info->learns_variance ? _ (" (learns its variance)") : "");
  if (info->sample_height > 0 && info->sample_width > 0)
    g_print (_ ("trained on:  %u × %u pixels\n"), info->sample_width, info->sample_height);
  if (info->n_train_steps)
    g_print (_ ("process:     %s, %u steps, predicts %s\n"), info->schedule, info->n_train_steps,
             info->prediction);
  else if (info->n_levels == 1)
    g_print (_ ("process:     %s, one noise level, %g, predicts %s\n"), info->schedule,
             info->sigma_max, info->prediction);
  else if (info->n_levels)
    g_print (_ ("process:     %s, %u noise levels from %g to %g, predicts %s\n"), info->schedule,
             info->n_levels, info->sigma_min, info->sigma_max, info->prediction);
  if (info->labels)
    {
      g_autofree char *labels = g_strjoinv (", ", info->labels);

      g_print (_ ("labels:      %s\n"), labels);
    }
  return CLI_OK;
}
