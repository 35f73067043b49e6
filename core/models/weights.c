/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/models/weights.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

#define STEM   "diffusion_pytorch_model"
#define ENDING ".safetensors"
#define INDEX  ".safetensors.index"
#define PLAIN  STEM ENDING

/* Smaller is better: "2fp16" before "4mine" before "9non_ema". */
static char *
rank_of (const char *variant)
{
  static const char *const best[] = { "", "ema", "fp32", "fp16", "bf16" };

  for (guint i = 0; i < G_N_ELEMENTS (best); i++)
    if (g_str_equal (variant, best[i]))
      return g_strdup_printf ("%u", i);
  return g_strdup_printf ("%u%s", g_str_equal (variant, "non_ema") ? 9 : 8, variant);
}

/* What comes of a name without these beginning and ending; NULL if it has others. */
static char *
between (const char *name, const char *begin, const char *end)
{
  const gsize n = strlen (name);

  if (n < strlen (begin) + strlen (end) || ! g_str_has_prefix (name, begin) ||
      ! g_str_has_suffix (name, end))
    return NULL;
  return g_strndup (name + strlen (begin), n - strlen (begin) - strlen (end));
}

/* ".fp16" to "fp16"; NULL for "-00001-of-00002" and the like */
static char *
variant_of (char *middle)
{
  g_autofree char *own = middle;

  if (! own || (*own && (*own != '.' || own[1] == '\0' || strchr (own + 1, '.'))))
    return NULL;
  return g_strdup (*own ? own + 1 : "");
}

/* The rank of a file, which begins with a digit; NULL if it holds no weights. */
static char *
rank_file (const char *name)
{
  g_autofree char *index = variant_of (between (name, STEM INDEX, ".json"));
  g_autofree char *variant_index = variant_of (between (name, STEM, INDEX ".json"));
  g_autofree char *single = variant_of (between (name, STEM, ENDING));
  g_autofree char *rank = NULL;
  const gboolean   several = index || variant_index;

  if (! several && ! single)
    return NULL;
  rank = rank_of (several ? (index ? index : variant_index) : single);
  return g_strconcat (rank, several ? " 1" : " 0", NULL);
}

/* Nothing without its index. */
static gboolean
is_part (const char *name)
{
  return g_str_has_prefix (name, STEM) && g_str_has_suffix (name, ENDING) &&
         strstr (name, "-of-") != NULL;
}

static gboolean
is_foreign (const char *name)
{
  static const char *const endings[] = { ".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".h5" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]))
      return TRUE;
  return FALSE;
}

/* Keeps the first in alphabetical order, so that it does not depend on the folder's. */
static void
keep_first (char **kept, const char *name)
{
  if (*kept && strcmp (*kept, name) <= 0)
    return;
  g_free (*kept);
  *kept = g_strdup (name);
}

static void
say_what_is_there (const char *folder, const char *part, const char *foreign, GError **error)
{
  g_autofree char *display = g_filename_display_name (folder);
  g_autofree char *name = part || foreign ? g_filename_display_name (part ? part : foreign) : NULL;

  if (part)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
                 _ ("The folder “%s” holds “%s”, a part of a model, but no index (“%s”) that says "
                    "which parts there are.  Was all of the model copied or downloaded?"),
                 display, name, STEM INDEX ".json");
  else if (foreign)
    g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                 _ ("The folder “%s” holds its weights as “%s” only, a kind of file that can hold "
                    "programs and is not opened.  Convert it to safetensors, with diffusers in "
                    "Python: UNet2DModel.from_pretrained(folder).save_pretrained(folder)."),
                 display, name);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
                 _ ("The folder “%s” holds no weights: neither “%s” nor a variant of it."), display,
                 PLAIN);
}

char *
dif_weights_find (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *best = NULL;
  g_autofree char *best_rank = NULL;
  g_autofree char *part = NULL;
  g_autofree char *foreign = NULL;
  const char      *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *rank = rank_file (name);

      if (is_part (name))
        keep_first (&part, name);
      else if (is_foreign (name))
        keep_first (&foreign, name);
      else if (rank && (! best_rank || strcmp (rank, best_rank) < 0 ||
                        (g_str_equal (rank, best_rank) && strcmp (name, best) < 0)))
        {
          g_free (best);
          g_free (best_rank);
          best = g_strdup (name);
          best_rank = g_steal_pointer (&rank);
        }
    }
  if (best)
    return g_build_filename (folder, best, NULL);
  say_what_is_there (folder, part, foreign, error);
  return NULL;
}
