/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/settings/request.h"
#include "core/train/learn.h"

#define FIELD(name) G_STRUCT_OFFSET (DifLearning, name)

/* Learning is no task of a request: what it begins with is the same always. */
static const DifSetting rows[] = {
  { .id = "name",
    .kind = DIF_SETTING_TEXT,
    .offset = FIELD (name),
    .group = DIF_GROUP_MATERIAL,
    .per_image = TRUE,
    .nick = N_ ("_Name"),
    .help = N_ ("What the new model is called. Empty for the layer's name, and a number if there "
                "is one of that name already."),
    .empty = N_ ("The layer's") },
  { .id = "minutes",
    .kind = DIF_SETTING_REAL,
    .offset = FIELD (minutes),
    .least = 0.01,
    .most = 1440.0,
    .usual_least = 1.0,
    .usual_most = 15.0,
    .initial = DIF_ALWAYS (5.0),
    .group = DIF_GROUP_MATERIAL,
    .nick = N_ ("M_inutes"),
    .help = N_ ("How long to learn. About 2 show whether it will do, 5 are usual, and 15 learn "
                "finer details.") },
  { .id = "turned",
    .kind = DIF_SETTING_SWITCH,
    .offset = FIELD (turned),
    .group = DIF_GROUP_MATERIAL,
    .nick = N_ ("Looks the same _turned"),
    .help = N_ ("The material looks the same from all sides, as gravel does and bricks do not. "
                "Then there is more to learn from.") },
  { .id = "seed",
    .kind = DIF_SETTING_WHOLE,
    .offset = FIELD (seed),
    .most = G_MAXINT32,
    .group = DIF_GROUP_RUN,
    .per_image = TRUE,
    .letter = 's',
    .nick = N_ ("See_d"),
    .help = N_ ("Another seed learns from other parts of the layer in another order") },
  { .id = "model",
    .kind = DIF_SETTING_MODEL,
    .offset = FIELD (model),
    .group = DIF_GROUP_RUN,
    .letter = 'm',
    .nick = N_ ("_Model"),
    .help = N_ ("Name or folder of the model to begin with. Empty for the one that comes with the "
                "plug-in, which is a good one to begin with.") },
  { .id = "threads",
    .kind = DIF_SETTING_WHOLE,
    .offset = FIELD (threads),
    .most = DIF_MAX_THREADS,
    .group = DIF_GROUP_RUN,
    .of_machine = TRUE,
    .letter = 'j',
    .nick = N_ ("Thre_ads"),
    .help = N_ ("How many processors compute at once. 0 for all that may be used. More of them "
                "learn more in the same time.") },
};

const DifSetting *
dif_learning_settings (guint *n)
{
  *n = G_N_ELEMENTS (rows);
  return rows;
}

void
dif_learning_init (DifLearning *learning)
{
  *learning = (DifLearning) { .mirrored = TRUE };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    dif_setting_init (&rows[i], learning, 0);
}

void
dif_learning_clear (DifLearning *learning)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    dif_setting_clear (&rows[i], learning);
}

gboolean
dif_learning_check_settings (const DifLearning *learning, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (! dif_setting_check (&rows[i], learning, error))
      return FALSE;
  return TRUE;
}
