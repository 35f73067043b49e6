# SPDX-License-Identifier: GPL-3.0-or-later
"""Ours and PyTorch alternately: rounds of both, medians, and the spread of the ratio."""

import os
import statistics

import cases
from machine import BUSY, Torch

VARIANTS = {
    "network": ["contiguous", "channels_last"],
    "conv3x3": ["contiguous", "channels_last"],
    "group-norm-silu": ["contiguous", "contiguous+inplace", "channels_last",
                        "channels_last+inplace"],
    "attention": ["heads_first", "heads_last", "products"],
}
SHAPE = ("in", "out", "size", "batch", "tokens", "heads", "width")


def variants(row, threads):
    names = VARIANTS[row["kind"]]
    if row["kind"] == "network" and threads == 1 and row["batch"] < 16:
        names = names + [name + "+onednn_pointwise" for name in names]
    return names


class Comparison:
    def __init__(self, a, ours):
        self.a, self.ours = a, ours
        self.torch = {n: Torch(a.kit, n) for n in a.threads}
        self.stock = {} if a.quick else {n: Torch(a.kit, n, tuned=False) for n in a.threads}
        self.checked = set()

    def close(self):
        for worker in [*self.torch.values(), *self.stock.values()]:
            worker.close()

    def folder(self, row):
        if row["model"] == "embedded":
            return self.a.embedded
        return os.path.join(self.a.work, row["model"])

    def request(self, row):
        shape = {key: row[key] for key in SHAPE if key in row}
        if row["kind"] == "network":
            shape["folder"] = self.folder(row)
        return {"kind": row["kind"], **shape}

    def theirs(self, worker, row, threads, variant, runs):
        """Seconds of one evaluation, on the clock that counts."""
        wall, cpu, load = self.a.patience.measure(lambda: worker.measure(
            **self.request(row), variant=variant, runs=runs), threads)
        return (cpu if threads == 1 else wall), load

    def own(self, row, threads, runs):
        words = ["--threads", threads, "--runs", runs]
        for key in SHAPE:
            if key in row:
                words += ["--" + key, row[key]]
        words += [self.folder(row)] if row["kind"] == "network" else ["--op", row["kind"]]
        found, load = self.a.patience.measure(lambda: self.ours.bench(*words), threads)
        return found["cpu_seconds_median" if threads == 1 else "seconds_median"], load, found

    def check(self, row):
        """Both evaluate the same input once; prints how far apart they are."""
        if row["kind"] != "network" or row["part"] in self.checked:
            return None
        self.checked.add(row["part"])
        folder = self.folder(row)
        names = [os.path.join(self.a.work, name) for name in ("in.safetensors", "out.safetensors")]
        size = min(row["size"], 64)
        with Torch(self.a.kit, 1) as torch:
            torch.ask(do="inputs", folder=folder, size=size, batch=row["batch"], input=names[0])
            self.ours.run("eval", folder, *names)
            found = torch.ask(do="difference", folder=folder, input=names[0], output=names[1])
        print(f"# {row['title']}: at {size} pixels we differ from PyTorch by "
              f"{found['float32']:.1e}; from float64 by {found['float64']:.1e}, "
              f"PyTorch by {found['torch']:.1e}", flush=True)
        if not found["finite"]:
            raise SystemExit("The output is not finite.")
        return found

    def best_variant(self, worker, row, threads, names):
        times = {}
        for name in names:
            times[name] = self.theirs(worker, row, threads, name, 1)[0]
            if times[name] < 0.5 and not self.a.quick:
                times[name] = self.theirs(worker, row, threads, name, 3)[0]
        return min(times, key=times.get), times

    def compare(self, row, threads):
        """One line of the table."""
        difference = self.check(row)
        sides = [(self.torch[threads], variants(row, threads))]
        if self.stock:
            sides.append((self.stock[threads], VARIANTS[row["kind"]]))
        probes = [self.best_variant(worker, row, threads, names) for worker, names in sides]
        variant, probed = probes[0]
        runs = self.a.runs if probed[variant] < 1 else max(1, self.a.runs // 3)
        takes, loads = [], []
        for _ in range(self.a.rounds):
            own, load, found = self.own(row, threads, runs)
            turn = [self.theirs(worker, row, threads, best, runs)
                    for (worker, _), (best, _) in zip(sides, probes)]
            takes.append([own, *(seconds for seconds, _ in turn)])
            loads += [load, *(share for _, share in turn)]
        ratios = sorted(take[1] / take[0] for take in takes)
        own, their, *stock = (statistics.median(side) for side in zip(*takes))
        result = {**row, "threads": threads, "ours": own, "torch": their, "variant": variant,
                  "probed": probed, "ratio": statistics.median(ratios), "ratios": ratios,
                  "gflop": found["gflop"], "other_load": statistics.median(loads),
                  "difference": difference, "ops": found["ops"],
                  "activation_bytes_peak": found["activation_bytes_peak"],
                  "trusted": threads == 1 or statistics.median(loads) <= BUSY}
        if stock:
            result["torch_stock"] = stock[0]
            result["ratio_stock"] = statistics.median(take[2] / take[0] for take in takes)
        return result


def peaks(a, ours):
    """GFLOP/s of multiplications and additions in registers, by number of threads."""
    found = {}
    for n in a.threads:
        figures, _ = a.patience.measure(
            lambda n=n: ours.bench("--op", "peak", "--threads", n, "--runs", 25), n)
        key = "cpu_seconds_median" if n == 1 else "seconds_median"
        found[n] = figures["gflop"] / figures[key]
    return found


HEADING = (f"{'':40} {'threads':>7} {'ours ms':>9} {'torch ms':>9} {'ratio':>6} {'spread':>11}"
           f" {'as it comes':>11} {'GFLOP/s':>8} {'of peak':>7}  PyTorch's best")


def line(result, peak):
    spread = f"{result['ratios'][0]:.2f}-{result['ratios'][-1]:.2f}"
    speed = result["gflop"] / result["ours"]
    work = f"{speed:8.0f} {speed / peak:6.2f}x" if speed else " " * 16
    note = "" if result["trusted"] else f"  (others used {100 * result['other_load']:.0f} %)"
    stock = f"{result['ratio_stock']:.2f}" if "ratio_stock" in result else ""
    return (f"{result['title']:40} {result['threads']:7} {1e3 * result['ours']:9.3f}"
            f" {1e3 * result['torch']:9.3f} {result['ratio']:6.2f} {spread:>11} {stock:>11} {work}"
            f"  {result['variant']}{note}")


def run(a, ours):
    """All rows asked for; prints as it goes."""
    with Torch(a.kit, 1) as torch:
        version = torch.version
        for shape in cases.SHAPES:
            if any(row.get("model") == shape and row["part"] in a.only for row in cases.rows()):
                torch.ask(do="ensure", folder=os.path.join(a.work, shape), shape=shape)
    peak = peaks(a, ours)
    print(f"# {a.processor}; {version}; peak " + ", ".join(
        f"{value:.0f} GFLOP/s on {n} thread{'s' if n > 1 else ''}" for n, value in peak.items()))
    print(HEADING, flush=True)
    results = []
    comparison = Comparison(a, ours)
    try:
        for row in cases.rows():
            for threads in a.threads if row["part"] in a.only else []:
                results.append(comparison.compare(row, threads))
                print(line(results[-1], peak[threads]), flush=True)
    finally:
        comparison.close()
    return {"torch": version, "peak_gflop_per_second": peak, "rows": results}
