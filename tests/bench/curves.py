# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory and time by the size of the picture, and speed by threads, of the embedded model."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile

import plot


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
