/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/**
 * DifBenchOptions:
 * @size: pixels on a side
 * @batch: pictures at once
 * @threads: how many; one per processor if 0
 * @runs: how many times to take
 * @in: an op's input channels
 * @out: its output channels
 * @tokens: rows of linear and attention
 * @keys: keys of attention
 * @heads: heads of attention
 * @width: channels of a head
 *
 * What is measured.  Where a number is 0 (but @batch and @runs cannot be), it is the usual one.
 */
typedef struct
{
  int size;
  int batch;
  int threads;
  int runs;
  int in, out;
  int tokens, keys, heads, width;
} DifBenchOptions;
