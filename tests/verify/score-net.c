/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/score-net.h"

#include <stdlib.h>
#include <string.h>

#include "tests/verify/losses.h"

#define NOTE "score net:"

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const guint x = *(const guint *) a;
  const guint y = *(const guint *) b;

  return x < y ? -1 : x > y;
}

/* Numbers of layers, in their order. */
static guint
find_layers (ScoreNet *net, Case *c, json_t *source)
{
  guint       n = 0;
  const char *name;
  json_t     *spec;

  json_object_foreach (json_object_get (source, "tensors"), name, spec)
  {
    guint       layer;
    const char *dot = strchr (name, '.');

    if (! dot || ! g_str_equal (dot, ".weight") || ! case_indices (name, "w", 1, &layer))
      continue;
    if (n < DIF_MLP_MAX_LAYERS)
      net->layer[n] = layer;
    n++;
  }
  if (n > DIF_MLP_MAX_LAYERS)
    case_unknown (c, "score network of %u layers", n);
  else
    qsort (net->layer, n, sizeof *net->layer, compare_numbers);
  return case_ok (c) ? n : 0;
}

static char *
name_of (const ScoreNet *net, const char *prefix, guint l, const char *kind)
{
  return g_strdup_printf ("%s%u.%s", prefix, net->layer[l], kind);
}

/* Of each layer [out, in]; its input must be what comes out before it. */
static void
read_widths (const ScoreNet *net, Case *c, guint n_layers, guint *width)
{
  width[0] = (guint) net->d;
  for (guint l = 0; l < n_layers && case_ok (c); l++)
    {
      g_autofree char *name = name_of (net, "w/", l, "weight");
      const CaseShape  shape = case_input_shape (c, name);

      if (case_ok (c) && (shape.n_dims != 2 || shape.dim[1] != width[l]))
        case_fail (c, "%s: is no matrix that takes the %u numbers before it", name, width[l]);
      width[l + 1] = (guint) shape.dim[0];
    }
  if (case_ok (c) && width[n_layers] != width[0])
    case_fail (c, "the score network has %u outputs for points of %u numbers", width[n_layers],
               width[0]);
}

static void
usual_curves (guint n_layers, DifMlpCurve *curve)
{
  for (guint l = 0; l < n_layers; l++)
    curve[l] = l == n_layers - 1 ? DIF_MLP_LINEAR : l == 0 ? DIF_MLP_TANH : DIF_MLP_SOFTPLUS;
}

/* "Linear(2,H), tanh, Linear(H,2); ...": commas in parentheses separate nothing. */
static void
read_curves (Case *c, const char *note, guint n_layers, DifMlpCurve *curve)
{
  g_auto (GStrv) parts = g_strsplit (note, ";", 2);
  g_autoptr (GRegex) comma = g_regex_new (",(?![^(]*\\))", 0, 0, NULL);
  g_auto (GStrv) words = g_regex_split (comma, parts[0], 0);
  guint n = 0;

  for (guint i = 0; words[i]; i++)
    {
      const char *word = g_strstrip (words[i]);

      if (g_str_has_prefix (word, "Linear"))
        {
          if (n < n_layers)
            curve[n] = DIF_MLP_LINEAR;
          n++;
        }
      else if (n > 0 && n <= n_layers && g_str_equal (word, "tanh"))
        curve[n - 1] = DIF_MLP_TANH;
      else if (n > 0 && n <= n_layers && g_str_equal (word, "softplus"))
        curve[n - 1] = DIF_MLP_SOFTPLUS;
      else
        case_unknown (c, "score network with %s", word);
    }
  if (n != n_layers)
    case_fail (c, "the note tells of a score network of %u layers, and there are weights of %u", n,
               n_layers);
}

static void
read_params (const ScoreNet *net, Case *c)
{
  double *to = net->mlp->params;

  for (guint l = 0; l < net->mlp->n_layers && case_ok (c); l++)
    {
      const gsize        n_in = net->mlp->width[l];
      const gsize        n_out = net->mlp->width[l + 1];
      g_autofree char   *weight = name_of (net, "w/", l, "weight");
      g_autofree char   *bias = name_of (net, "w/", l, "bias");
      g_autofree double *of_weight = losses_input (c, weight, &CASE_SHAPE (n_out, n_in));
      g_autofree double *of_bias = losses_input (c, bias, &CASE_SHAPE (n_out));

      memcpy (to, of_weight, n_out * n_in * sizeof *to);
      memcpy (to + n_out * n_in, of_bias, n_out * sizeof *to);
      to += n_out * (n_in + 1);
    }
}

gboolean
score_net_read (ScoreNet *net, Case *c)
{
  const LossShape shape = losses_shape (c, "points");
  json_t         *source = case_ok (c) ? case_source (c, "w/*.weight") : NULL;
  const char     *note = json_string_value (json_object_get (source, "note"));
  const char     *told = note ? strstr (note, NOTE) : NULL;
  const guint     n_layers = source ? find_layers (net, c, source) : 0;
  guint           width[DIF_MLP_MAX_LAYERS + 1] = { 0 };
  DifMlpCurve     curve[DIF_MLP_MAX_LAYERS];

  net->n = shape.n;
  net->d = shape.size;
  net->points = losses_input (c, "points", &CASE_SHAPE (net->n, net->d));
  read_widths (net, c, n_layers, width);
  usual_curves (n_layers, curve);
  if (told)
    read_curves (c, told + strlen (NOTE), n_layers, curve);
  if (! case_ok (c))
    return FALSE;
  net->mlp = dif_mlp_new (n_layers, width, curve, 0);
  read_params (net, c);
  return case_ok (c);
}

void
score_net_compare (const ScoreNet *net, Case *c, const char *prefix, const double *got)
{
  for (guint l = 0; l < net->mlp->n_layers; l++)
    {
      const gsize      n_in = net->mlp->width[l];
      const gsize      n_out = net->mlp->width[l + 1];
      g_autofree char *weight = name_of (net, prefix, l, "weight");
      g_autofree char *bias = name_of (net, prefix, l, "bias");

      case_compare_shaped (c, weight, got, &CASE_SHAPE (n_out, n_in));
      case_compare_shaped (c, bias, got + n_out * n_in, &CASE_SHAPE (n_out));
      got += n_out * (n_in + 1);
    }
}

void
score_net_clear (ScoreNet *net)
{
  dif_mlp_free (net->mlp);
  g_free (net->points);
}
