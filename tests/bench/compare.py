#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures one evaluation of a network by this core and by PyTorch, alternately, and prints the ratio.

With one thread, the process's CPU time counts, which other programs hardly disturb; with more,
the wall clock. PyTorch runs in its better memory format, without gradients.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--cli", required=True, help="the gimp-diffusion command")
    p.add_argument("--model", required=True, help="folder of a model")
    p.add_argument("--kit", required=True, help="folder with unet.py")
    p.add_argument("--json", help="file for the figures")
    p.add_argument("--sizes", default="64,256", help="pixels on a side (64,256)")
    p.add_argument("--threads", default="1,2", help="numbers of threads (1,2)")
    p.add_argument("--rounds", type=int, default=5, help="turns of each (5)")
    p.add_argument("--runs", type=int, default=3, help="evaluations in a turn (3)")
    return p.parse_args()


def load_torch(a):
    """The same network in PyTorch, in both memory formats."""
    import torch
    from safetensors.torch import load_file
    sys.path.insert(0, a.kit)
    from unet import UNet2DModel
    folder = os.path.join(a.model, "unet")
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
        config = {k: v for k, v in json.load(f).items() if not k.startswith("_")}
    names = [n for n in os.listdir(folder) if n.endswith(".safetensors")]
    weights = {k: v.float() for k, v in load_file(os.path.join(folder, names[0])).items()}
    nets = []
    for layout in torch.contiguous_format, torch.channels_last:
        net = UNet2DModel(**config)
        net.load_state_dict(weights)
        nets.append((layout, net.eval().to(memory_format=layout)))
    return torch, nets, config["in_channels"]


def ours(a, size, threads):
    text = subprocess.run([a.cli, "bench", a.model, "--size", str(size), "--threads", str(threads),
                           "--runs", str(a.runs)], check=True, capture_output=True, text=True).stdout
    return json.loads(text)


def theirs(torch, nets, channels, size, threads, runs):
    """The faster layout's median seconds of one evaluation."""
    torch.set_num_threads(threads)
    clock = time.process_time if threads == 1 else time.perf_counter
    t, label = torch.tensor([500]), torch.tensor([0])
    medians = []
    for layout, net in nets:
        x = torch.randn(1, channels, size, size).to(memory_format=layout)
        seconds = []
        with torch.no_grad():
            net(x, t, label)
            for _ in range(runs):
                start = clock()
                net(x, t, label)
                seconds.append(clock() - start)
        medians.append(statistics.median(seconds))
    return min(medians)


def main():
    a = arguments()
    torch, nets, channels = load_torch(a)
    rows = []
    print(f"{'pixels':>7} {'threads':>7} {'ours s':>8} {'torch s':>8} {'ratio':>6}  spread       GFLOP/s")
    for size in map(int, a.sizes.split(",")):
        for threads in map(int, a.threads.split(",")):
            key = "cpu_seconds_median" if threads == 1 else "seconds_median"
            pairs = []
            for _ in range(a.rounds):
                own = ours(a, size, threads)
                pairs.append((own[key], theirs(torch, nets, channels, size, threads, a.runs)))
            ratios = sorted(t / o for o, t in pairs)
            row = {"size": size, "threads": threads, "ours": statistics.median(o for o, _ in pairs),
                   "torch": statistics.median(t for _, t in pairs),
                   "ratio": statistics.median(ratios), "ratios": ratios, "gflop": own["gflop"]}
            rows.append(row)
            print(f"{size:7} {threads:7} {row['ours']:8.4f} {row['torch']:8.4f} {row['ratio']:6.2f}"
                  f"  {ratios[0]:.2f}-{ratios[-1]:.2f}  {row['gflop'] / row['ours']:7.0f}", flush=True)
    if a.json:
        with open(a.json, "w", encoding="utf-8") as f:
            json.dump({"torch": torch.__version__, "rows": rows}, f, indent=1)


main()
