#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures this core, alternately with PyTorch on the same stored weights and inputs.

  compare (or nothing)  networks, convolutions, norms and attention; the ratio with its spread
  memory                largest memory of making pictures of growing sizes
  pixels                time of a step by the size of the picture
  scaling               speed by threads, alone and beside a busy program
  training              pictures a second that are learnt from, against PyTorch
  plot                  draws the plot of the last comparison again

On one thread the process's CPU time counts, which other programs hardly disturb; on more, the wall
clock, after waiting for others to leave nine tenths of the machine; where they do not, it is marked.
PyTorch runs eagerly in the best of several settings, which are probed for each row.
"""

import argparse
import json
import os
import signal
import sys

import cases
import compare
import curves
import plot
from machine import Ours, Patience, processor


def arguments():
    p = argparse.ArgumentParser(prog="dev bench", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [int(word) for word in text.split(",")]
    words = lambda text: text.split(",")
    p.add_argument("command", nargs="?", default="compare",
                   choices=["compare", "memory", "pixels", "scaling", "training", "plot"])
    p.add_argument("--only", type=words, default=cases.PARTS,
                   help=f"parts of the comparison ({','.join(cases.PARTS)})")
    p.add_argument("--threads", type=numbers, default=[1, 2], help="numbers of threads (1,2)")
    p.add_argument("--sizes", type=numbers, help="sides of pictures, for the other commands")
    p.add_argument("--rounds", type=int, help="turns of each side (5)")
    p.add_argument("--runs", type=int, default=5, help="evaluations in a turn (5)")
    p.add_argument("--patience", type=float, default=120,
                   help="seconds to wait in all for an idle machine (120)")
    p.add_argument("--quick", action="store_true", help="fewer rounds, rougher figures")
    p.add_argument("--json", help="file for the figures (build/bench.json, …)")
    p.add_argument("--svg", help="file for the plot (build/bench.svg, …)")
    p.add_argument("--cli", required=True, help=argparse.SUPPRESS)
    p.add_argument("--top", required=True, help=argparse.SUPPRESS)
    a = p.parse_args()
    if set(a.only) - set(cases.PARTS):
        p.error(f"--only knows {', '.join(cases.PARTS)}")
    a.patience = Patience(a.patience)
    a.rounds = a.rounds or (2 if a.quick else 5)
    a.embedded = os.path.join(a.top, "models", "embedded")
    a.kit = os.path.join(a.top, "models", "training")
    a.work = os.path.join(a.top, "build", "bench")
    name = "bench" if a.command in ("compare", "plot") else "bench-" + a.command
    a.json = a.json or os.path.join(a.top, "build", name + ".json")
    a.svg = a.svg or os.path.join(a.top, "build", name + ".svg")
    a.processor = processor()
    return a


def describe(found):
    return f"{found['processor']}; {found['torch']}"


def comparison(a):
    found = {"processor": a.processor, "rounds": a.rounds, "runs": a.runs,
             **compare.run(a, Ours(a.cli))}
    plot.ratios(a.svg, found["rows"], describe(found))
    return found


def main():
    a = arguments()
    for number in signal.SIGTERM, signal.SIGHUP:  # PyTorch's processes are not to be left behind
        signal.signal(number, lambda *_: sys.exit(1))
    os.makedirs(a.work, exist_ok=True)
    if a.command == "plot":
        with open(a.json, encoding="utf-8") as f:
            found = json.load(f)
        plot.ratios(a.svg, [r for r in found["rows"] if r["threads"] in a.threads],
                    describe(found))
        return
    if a.command == "compare":
        found = comparison(a)
    else:
        found = {"processor": a.processor, "rows": getattr(curves, a.command)(a, Ours(a.cli))}
    with open(a.json, "w", encoding="utf-8") as f:
        json.dump(found, f, indent=1)
    print(f"# {a.json}" + (f", {a.svg}" if os.path.exists(a.svg) else ""), file=sys.stderr)


main()
