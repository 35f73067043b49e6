/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/spy.h"

static GPtrArray *
tensors (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
}

/* Who holds a tensor keeps a sampler from writing over it. */
static void
denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
         DifPrediction *out)
{
  Spy *spy = (Spy *) self;

  g_ptr_array_add (spy->asked, dif_tensor_ref (x));
  dif_denoise (spy->inner, context, x, step, out);
}

static gboolean
after_step (guint step, const DifTensor *x, const DifTensor *x0 G_GNUC_UNUSED, gpointer data)
{
  Spy *spy = data;

  g_ptr_array_add (spy->moved, dif_tensor_ref ((DifTensor *) x));
  g_array_append_val (spy->steps, step);
  return TRUE;
}

void
spy_init (Spy *spy, DifDenoiser *inner)
{
  *spy = (Spy) { .parent = { .denoise = denoise },
                 .inner = inner,
                 .asked = tensors (),
                 .moved = tensors (),
                 .steps = g_array_new (FALSE, FALSE, sizeof (guint)) };
}

void
spy_clear (Spy *spy)
{
  g_ptr_array_unref (spy->asked);
  g_ptr_array_unref (spy->moved);
  g_array_unref (spy->steps);
}

void
spy_watch (Spy *spy, DifSampling *sampling)
{
  sampling->denoiser = &spy->parent;
  sampling->after_step = after_step;
  sampling->data = spy;
}

GPtrArray *
spy_pick (GPtrArray *list, guint first, guint apart, guint n)
{
  GPtrArray *some = tensors ();

  for (guint i = 0; i < n && first + i * apart < list->len; i++)
    g_ptr_array_add (some, dif_tensor_ref (list->pdata[first + i * apart]));
  return some;
}
