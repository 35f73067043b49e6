/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/cost.h"

#include <string.h>
#include <time.h>

#include "core/base/cpu.h"
#include "core/ops/product.h"

#define LANES      DIF_WINOGRAD_LANES
#define FEW_INPUTS 24 /* below this little time is won for the digit that it costs */

/* Printed by `gimp-diffusion bench --calibrate` on an AMD EPYC of the Zen 4 kind, with each
 * setting of DIF_CPU. */
static const DifCosts measured[] = {
  [DIF_CPU_PLAIN] = { 1.10,
                      0.15,
                      0.17,
                      { { 46.0, 29.0, 38.0 }, { 155.0, 203.0, 70.0 }, { 540.0, 450.0, 122.0 } } },
  [DIF_CPU_AVX2] = { 0.64,
                     0.15,
                     0.07,
                     { { 36.0, 21.0, 61.0 }, { 109.0, 145.0, 70.0 }, { 390.0, 300.0, 106.0 } } },
  [DIF_CPU_AVX512] = { 0.57,
                       0.15,
                       0.05,
                       { { 36.0, 21.0, 52.0 }, { 108.0, 147.0, 58.0 }, { 355.0, 273.0, 95.0 } } },
};

const DifCosts *
dif_costs (void)
{
  return &measured[dif_cpu ()];
}

static double
divide_up (gsize n, gsize by)
{
  return (double) ((n + by - 1) / by);
}

/* Rows alone keep only half of the multipliers busy. */
static double
busy_rows (gsize rows)
{
  return (double) (rows + rows % 2);
}

static double
cost_im2row (const DifCosts *costs, const DifConvWork *work)
{
  const gsize  rows = work->n * work->h * work->w;
  const double k = 9.0 * work->c_in;
  const double panels = divide_up (work->c_out, DIF_PANEL);
  const double products = busy_rows (rows) * k * panels * costs->product;
  const double weights = k * panels * DIF_PANEL * costs->stream;

  return MAX (products, weights) + rows * k * costs->gather;
}

static double
cost_winograd (const DifCosts *costs, const DifConvWork *work, DifWinogradKind kind)
{
  const DifWinogradForm  *form = dif_winograd_form (kind);
  const DifWinogradCosts *pieces = &costs->forms[kind];
  const gsize             blocks =
      work->n * ((work->h + form->out - 1) / form->out) * ((work->w + form->out - 1) / form->out);
  const double panels = divide_up (work->c_out, DIF_PANEL);
  const double groups = divide_up (blocks, 2 * form->group);
  const double numbers = work->c_in * panels * DIF_PANEL; /* of one tap or point */
  const double products = form->points * busy_rows (blocks) * work->c_in * panels * costs->product;
  const double weights = 9.0 * numbers * costs->stream;
  const double transforms = blocks * divide_up (work->c_in, LANES) * pieces->inputs +
                            blocks * panels * DIF_PANEL / LANES * pieces->outputs;

  return MAX (products, weights) + transforms + groups * numbers / LANES * pieces->weights;
}

double
dif_cost_conv (const DifCosts *costs, const DifConvWork *work, DifConvAlgorithm algorithm)
{
  if (algorithm == DIF_CONV_IM2ROW)
    return cost_im2row (costs, work);
  return cost_winograd (costs, work, dif_cost_winograd_kind (algorithm));
}

DifConvAlgorithm
dif_cost_pick (const DifCosts *costs, const DifConvWork *work)
{
  DifConvAlgorithm best = DIF_CONV_IM2ROW;

  for (guint a = DIF_CONV_WINOGRAD_2; a < DIF_N_CONV_ALGORITHMS; a++)
    if (work->c_in >= FEW_INPUTS &&
        dif_cost_conv (costs, work, a) < dif_cost_conv (costs, work, best))
      best = a;
  return best;
}

/* ---- measuring: each piece alone, on memory larger than the caches where it meets such ---- */

#define REPEATS 7
#define ROOM    (16 << 20) /* numbers: 64 MiB */

typedef void (*Piece) (float *room, gconstpointer data);

/* Nanoseconds of processor time, the least of some runs. */
static double
time_piece (Piece piece, float *room, gconstpointer data, double units)
{
  double least = G_MAXDOUBLE;

  for (guint i = 0; i < REPEATS; i++)
    {
      clock_t start = clock ();

      piece (room, data);
      least = MIN (least, (double) (clock () - start) / CLOCKS_PER_SEC);
    }
  return least * 1e9 / units;
}

#define PRODUCT_RUNS 400

static void
run_product (float *room, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < PRODUCT_RUNS; i++)
    dif_product (64, DIF_PANEL, 64, room, 64, room + 8192, room + 16384, DIF_PANEL, FALSE);
}

static void
run_gather (float *room, gconstpointer data G_GNUC_UNUSED)
{
  for (gsize at = 0; at + 96 <= ROOM / 2; at += 96)
    memcpy (room + ROOM / 2 + at % 65536, room + at, 96 * sizeof (float));
}

static void
run_stream (float *room, gconstpointer data G_GNUC_UNUSED)
{
  const gsize k = ROOM / 2 / DIF_PANEL; /* a product of one row does nothing but read */

  dif_product (1, DIF_PANEL, k, room, k, room + ROOM / 2, room + k, DIF_PANEL, FALSE);
}

#define N_BLOCKS 16384

static void
run_inputs (float *room, gconstpointer data)
{
  const DifWinogradForm *form = data;
  const float           *d[DIF_WINOGRAD_MAX_POINTS];

  for (gsize b = 0; b < N_BLOCKS; b++)
    {
      for (guint p = 0; p < form->points; p++)
        d[p] = room + ROOM / 2 + (b * form->out * form->out + p) % (ROOM / 2 / LANES) * LANES;
      form->inputs (d, 0, LANES, room + b % 64 * LANES, 65 * LANES);
    }
}

static void
run_outputs (float *room, gconstpointer data)
{
  const DifWinogradForm    *form = data;
  const DifWinogradEpilogue none = { room, NULL, 1.0f };
  const gsize               pixels = (gsize) form->out * form->out;

  for (gsize b = 0; b < N_BLOCKS; b++)
    form->outputs (room + b % 64 * LANES, 65 * LANES, LANES,
                   room + ROOM / 2 + b * pixels % (ROOM / 2 / LANES - pixels) * LANES,
                   form->out * LANES, LANES, &none);
}

static void
run_weights (float *room, gconstpointer data)
{
  const DifWinogradForm *form = data;
  const gsize            n = 64 * DIF_PANEL;

  for (gsize i = 0; i < N_BLOCKS * LANES / n; i++)
    form->weights (room + ROOM / 2 + i % 64 * 9 * n, n, n, room, n + LANES);
}

static void
measure_form (const DifWinogradForm *form, float *room, DifWinogradCosts *costs)
{
  costs->inputs = time_piece (run_inputs, room, form, N_BLOCKS);
  costs->outputs = time_piece (run_outputs, room, form, N_BLOCKS);
  costs->weights = time_piece (run_weights, room, form, N_BLOCKS);
}

void
dif_costs_measure (DifCosts *costs)
{
  g_autofree float *room = g_new0 (float, ROOM);

  costs->product = time_piece (run_product, room, NULL, PRODUCT_RUNS * 64.0 * 64.0);
  costs->gather = time_piece (run_gather, room, NULL, ROOM / 2);
  costs->stream = time_piece (run_stream, room, NULL, ROOM / 2);
  for (guint kind = 0; kind < DIF_N_WINOGRAD_FORMS; kind++)
    measure_form (dif_winograd_form (kind), room, &costs->forms[kind]);
}
