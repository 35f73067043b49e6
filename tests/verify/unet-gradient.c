/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/base/error.h"
#include "core/models/model.h"
#include "core/ops/elementwise.h"
#include "tests/verify/checks.h"
#include "tests/verify/gradient.h"
#include "tests/verify/setup.h"

/* The case is of an unknown kind if the core does not know the network. */
static DifModel *
open_model (Case *c)
{
  const char      *name = case_string (c, c->json, "model");
  g_autofree char *folder = g_build_filename (c->folder, "..", "models", name, NULL);
  GError          *error = NULL;
  DifModel        *model = case_ok (c) ? dif_model_open_trainable (folder, &error) : NULL;

  if (! model && g_error_matches (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED))
    case_unknown (c, "gradient of the model %s", name);
  else if (! model)
    case_fail_error (c, g_steal_pointer (&error));
  g_clear_error (&error);
  return model;
}

/* Each picture at its own time, of the schedule that a DDPMScheduler has with the entry's
 * configuration, usually none. */
static DifTensor *
noise_pictures (Case *c, const DifTensor *x0, const DifTensor *noise, const double *t)
{
  g_auto (Setup) setup = { NULL };
  json_t    *config = json_object_get (c->json, "config");
  DifTensor *x = dif_context_like (c->context, x0);
  gsize      size = x0->size / x0->dim[0];

  setup_init (&setup, c, "DDPMScheduler", config, NULL, 0);
  for (gsize i = 0; case_ok (c) && x && i < x->size; i++)
    {
      const DifStep step = dif_process_step (setup.process, t[i / size]);

      x->data[i] = (float) (step.alpha * x0->data[i] + step.sigma * noise->data[i]);
    }
  return x;
}

/* L = mean (y - noise)², and its gradient with respect to y. */
static DifTensor *
loss_gradient (Case *c, const DifTensor *y, const DifTensor *noise)
{
  DifTensor *dy = y ? dif_context_like (c->context, y) : NULL;
  double     loss = 0.0;

  if (! dy)
    return NULL;
  for (gsize i = 0; i < y->size; i++)
    {
      const double off = (double) y->data[i] - noise->data[i];

      loss += off * off / y->size;
      dy->data[i] = (float) (2.0 * off / y->size);
    }
  case_compare (c, "loss", &loss, 1);
  return dy;
}

static void
run (Case *c, DifModel *model, gboolean sparse)
{
  gsize                 n;
  g_autofree double    *t = case_numbers (c, "t", &n);
  g_autoptr (DifTensor) x0 = case_tensor (c, "x0");
  g_autoptr (DifTensor) noise = case_tensor (c, "noise");
  g_autoptr (DifTensor) x = NULL;
  g_autoptr (DifTensor) y = NULL;
  g_auto (Gradient) g = { NULL };

  if (! case_ok (c))
    return;
  if (! dif_tensor_same_shape (x0, noise) || x0->n_dims != 4 || x0->dim[0] != n)
    {
      case_fail (c, "t, x0 and noise do not fit together");
      return;
    }
  x = noise_pictures (c, x0, noise, t);
  if (! case_ok (c))
    return;
  gradient_begin (&g, c);
  dif_tape_set_sparse (g.tape, sparse);
  gradient_watch (&g, "x_t", x);
  gradient_watch_params (&g, dif_model_params (model), "");
  y = dif_model_forward (model, c->context, x, t, NULL);
  case_compare_tensor (c, "out", y);
  if (gradient_walk (&g, c, y, loss_gradient (c, y, noise)))
    gradient_compare (&g, c, "grad_", "grad/");
}

/* Once with all that the forward pass makes kept, and once with blocks done twice. */
void
check_unet_gradient (Case *c)
{
  static const char *const known[] = { "model", "loss", "config", NULL };
  g_autoptr (DifModel)     model = NULL;

  case_keys (c, known);
  model = open_model (c);
  for (gboolean sparse = FALSE; model && sparse <= TRUE; sparse++)
    run (c, model, sparse);
}
