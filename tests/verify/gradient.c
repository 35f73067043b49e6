/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/gradient.h"

#include <string.h>

void
gradient_begin (Gradient *g, Case *c)
{
  g->tape = dif_tape_new ();
  dif_context_set_tape (c->context, g->tape);
}

void
gradient_watch (Gradient *g, const char *name, DifTensor *x)
{
  g_assert (g->n_inputs < GRADIENT_MAX_INPUTS);
  dif_tape_watch (g->tape, x);
  g->inputs[g->n_inputs].name = name;
  g->inputs[g->n_inputs++].x = x;
}

static gconstpointer
leaf_of (const DifParam *param)
{
  return param->weight ? (gconstpointer) param->weight : param->value;
}

void
gradient_watch_params (Gradient *g, DifParams *params, const char *prefix)
{
  guint           n;
  const DifParam *list = dif_params_list (params, &n);

  g->params = params;
  g->prefix = prefix;
  for (guint i = 0; i < n; i++)
    dif_tape_watch (g->tape, leaf_of (&list[i]));
}

gboolean
gradient_walk (Gradient *g, Case *c, DifTensor *y, DifTensor *dy)
{
  g_autoptr (DifTensor) own = dy;

  dif_context_set_tape (c->context, NULL);
  if (! case_ok (c) || ! y || ! dy)
    return FALSE;
  if (! dif_tensor_same_shape (y, dy))
    case_fail (c, "the gradient of the output has another shape than the output");
  else
    dif_tape_backward (g->tape, c->context, y, g_steal_pointer (&own));
  return case_ok (c);
}

/* Cases have today's names also where a file has the ones from before. */
static char *
name_of (const DifParam *param, const char *prefix)
{
  static const struct
  {
    const char *before, *now;
  } renamed[] = { { ".query.", ".to_q." },
                  { ".key.", ".to_k." },
                  { ".value.", ".to_v." },
                  { ".proj_attn.", ".to_out.0." } };
  GString *name = g_string_new (param->name + strlen (prefix));

  for (guint i = 0; i < G_N_ELEMENTS (renamed); i++)
    g_string_replace (name, renamed[i].before, renamed[i].now, 0);
  return g_string_free (name, FALSE);
}

static gconstpointer
find_param (const Gradient *g, const char *name)
{
  guint           n = 0;
  const DifParam *list = g->params ? dif_params_list (g->params, &n) : NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *own = name_of (&list[i], g->prefix);

      if (g_str_equal (own, name) || g_str_equal (list[i].name + strlen (g->prefix), name))
        return leaf_of (&list[i]);
    }
  return NULL;
}

static void
compare_input (const Gradient *g, Case *c, const char *tensor, const char *name)
{
  for (guint i = 0; i < g->n_inputs; i++)
    if (g_str_equal (g->inputs[i].name, name))
      {
        g_autoptr (DifTensor) gradient = dif_tape_take (g->tape, g->inputs[i].x);

        case_compare_tensor (c, tensor, gradient);
        return;
      }
  case_fail (c, "%s: there is no such input", tensor);
}

/* They are in the order of files. */
static void
compare_param (const Gradient *g, Case *c, const char *tensor, const char *name)
{
  gconstpointer         leaf = find_param (g, name);
  g_autoptr (DifTensor) gradient = leaf ? dif_tape_take (g->tape, leaf) : NULL;
  g_autofree double    *numbers = gradient ? g_new (double, gradient->size) : NULL;

  if (! leaf)
    case_fail (c, "%s: there is no such parameter", tensor);
  if (! gradient)
    {
      case_fail (c, "%s: the core gave no gradient", tensor);
      return;
    }
  for (gsize i = 0; i < gradient->size; i++)
    numbers[i] = gradient->data[i];
  case_compare (c, tensor, numbers, gradient->size);
}

void
gradient_compare (Gradient *g, Case *c, const char *inputs, const char *weights)
{
  const char *tensor;
  json_t     *spec;

  json_object_foreach (json_object_get (c->json, "tensors"), tensor, spec)
  {
    if (g_str_has_prefix (tensor, weights))
      compare_param (g, c, tensor, tensor + strlen (weights));
    else if (g_str_has_prefix (tensor, inputs))
      compare_input (g, c, tensor, tensor + strlen (inputs));
  }
}

void
gradient_clear (Gradient *g)
{
  dif_tape_free (g->tape);
}
