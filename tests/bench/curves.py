# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory and time by the size of the picture, and speed by threads, of the embedded model."""

import contextlib
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

import plot
from machine import Torch


def _generate(a, ours, side, steps, threads):
    """Processor seconds and largest resident memory of making one picture."""
    with tempfile.TemporaryDirectory() as folder:
        return ours.cost("generate", "-q", "-m", a.embedded, "--size", side, "--steps", steps,
                         "--seed", 1, "-j", threads, "-o", os.path.join(folder, "x.png"))


def memory(a, ours):
    """The largest memory of a generate, and what is left when canvas and picture are subtracted."""
    found = []
    print(f"{'pixels':>7} {'peak MB':>9} {'bytes a pixel over the least':>29}")
    for side in a.sizes or [256, 512, 1024, 2048]:
        _, peak = _generate(a, ours, side, 2, a.threads[-1])
        found.append({"side": side, "resident_bytes_peak": peak})
        first = found[0]
        grown = side ** 2 - first["side"] ** 2
        slope = (peak - first["resident_bytes_peak"]) / grown if grown else 0
        print(f"{side:7} {peak / 1e6:9.1f} {slope:29.1f}", flush=True)
    return found


def pixels(a, ours):
    """Time of a step, by the difference of a long and a short run, so that loading is left out."""
    found = []
    print(f"{'pixels':>7} {'s a step':>9} {'s a Mpixel':>10} {'to the first':>12}")
    for side in a.sizes or [256, 512, 1024, 2048]:
        more = 6 if side <= 512 else 2
        takes = [(_generate(a, ours, side, 1 + more, 1)[0] - _generate(a, ours, side, 1, 1)[0])
                 / more for _ in range(a.rounds if side <= 512 else 1 if a.quick else 2)]
        seconds = statistics.median(takes)
        rate = seconds / side ** 2 * 1e6
        found.append({"side": side, "seconds": seconds, "seconds_per_megapixel": rate})
        print(f"{side:7} {seconds:9.3f} {rate:10.3f} "
              f"{rate / found[0]['seconds_per_megapixel']:11.2f}x", flush=True)
    if len(found) > 1:
        plot.pixels(a.svg, [(f["side"], f["seconds"]) for f in found],
                    f"{a.processor}, 1 thread, embedded model, processor time")
    return found


@contextlib.contextmanager
def _busy(n):
    """n other programs that never rest."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def scaling(a, ours):
    """Wall clock of the embedded network by threads, idle and beside one busy program; each turn has
    them all, and one thread of the same turn is what they are compared with.  The rate of
    multiplications in registers shows what the machine itself gives to more threads."""
    side = (a.sizes or [256])[0]
    counts = sorted({1, *a.threads, os.cpu_count()})
    cases = [(threads, others) for others in (0, 1) for threads in counts]
    takes = {case: [] for case in cases}
    peaks = {threads: [] for threads in counts}
    for _ in range(a.rounds):
        for threads, others in cases:
            a.patience.wait()
            with _busy(others):
                bench, _ = ours.bench(a.embedded, "--size", side, "--threads", threads, "--runs", a.runs)
            takes[threads, others].append(bench["seconds_median"])
        for threads in counts:
            bench, _ = ours.bench("--op", "peak", "--threads", threads, "--runs", 25)
            peaks[threads].append(bench["gflop"] / bench["seconds_median"])
    alone = takes[1, 0]
    found = []
    print(f"{'threads':>7} {'others':>7} {'ms':>9} {'times 1 thread':>15} {'machine':>9}")
    for threads, others in cases:
        taken = takes[threads, others]
        speed = statistics.median(one / more for one, more in zip(alone, taken))
        machine = statistics.median(more / one for one, more in zip(peaks[1], peaks[threads]))
        found.append({"threads": threads, "others": others, "side": side, "takes": taken,
                      "seconds": statistics.median(taken), "speed": speed, "machine": machine})
        print(f"{threads:7} {others:7} {1e3 * statistics.median(taken):9.1f} {speed:14.2f}x"
              + (f" {machine:8.2f}x" if not others else ""), flush=True)
    return found


def _noise_png(path, side):
    """A picture to learn from: what it shows does not matter."""
    rows = b"".join(b"\0" + os.urandom(3 * side) for _ in range(side))
    chunk = lambda kind, data: (struct.pack(">I", len(data)) + kind + data
                                + struct.pack(">I", zlib.crc32(kind + data)))
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n"
                + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def _our_step(a, ours, folder, threads, batch):
    """Wall clock and processor time of a training step, by the difference of two runs."""
    found = []
    for steps in 2, 2 + a.runs:
        with tempfile.TemporaryDirectory() as model:
            start = time.perf_counter()
            cpu, _ = ours.cost("train", "-q", "-d", folder, "-o", os.path.join(model, "new"),
                               "--from", a.embedded, "-n", steps, "-b", batch, "-j", threads,
                               "--save-every", 0)
            found.append((time.perf_counter() - start, cpu))
    return [(long - short) / a.runs for short, long in zip(*found)]


def training(a, ours):
    """Pictures a second that are learnt from, of this core and PyTorch in turns."""
    rows = []
    print(f"{'threads':>7} {'batch':>6} {'ours':>8} {'torch':>8} {'ratio':>6} {'spread':>11}")
    with tempfile.TemporaryDirectory() as folder:
        _noise_png(os.path.join(folder, "noise.png"), 256)
        for threads in a.threads:
            by = 1 if threads == 1 else 0  # processor time, or the wall clock
            for batch in 8, 16:
                with Torch(a.kit, threads) as torch:
                    ask = {"kind": "training", "folder": a.embedded, "batch": batch, "size": 64,
                           "runs": a.runs}
                    variants = ("contiguous", "channels_last")
                    probe = {v: torch.measure(variant=v, **ask)[by] for v in variants}
                    best = min(probe, key=probe.get)
                    takes = []
                    for _ in range(a.rounds):
                        a.patience.wait()
                        takes.append((_our_step(a, ours, folder, threads, batch)[by],
                                      torch.measure(variant=best, **ask)[by]))
                ratios = sorted(theirs / own for own, theirs in takes)
                own, theirs = (batch / statistics.median(t) for t in zip(*takes))
                rows.append({"threads": threads, "batch": batch, "ours": own, "torch": theirs,
                             "variant": best, "ratios": ratios})
                print(f"{threads:7} {batch:6} {own:8.1f} {theirs:8.1f} "
                      f"{statistics.median(ratios):5.2f}x {ratios[0]:5.2f}-{ratios[-1]:.2f}",
                      flush=True)
    return rows
