#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many bits models need for pictures: test_bound.py EXECUTABLE.

DIF_MODELS names the folder with the embedded model.  Prints TAP.
"""

import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys

from xml.etree import ElementTree

from tool import check, expect, run_tests, start, write_png

CONFIG = {"_class_name": "UNet2DModel", "in_channels": 3, "out_channels": 3, "sample_size": 16,
          "add_attention": False, "block_out_channels": [8, 8],
          "down_block_types": ["DownBlock2D"] * 2, "up_block_types": ["UpBlock2D"] * 2,
          "layers_per_block": 1, "norm_num_groups": 4}
LEVELS = 50


def make_pictures(folder, count=6, size=16, spread=20):
    """noise around gray; of spread 128, all bytes are as likely"""
    numbers = random.Random(size + spread)
    os.makedirs(folder, exist_ok=True)
    for k in range(count):
        write_png(f"{folder}/{k}.png", size, size,
                  bytes(numbers.randrange(128 - spread, 128 + spread) for _ in range(3 * size * size)))


def make_model(name="tiny", **scheduler):
    """a small network that has learned nothing to speak of"""
    if not os.path.exists("tiny"):
        make_pictures("pictures")
        with open("config.json", "w", encoding="utf-8") as file:
            json.dump(CONFIG, file)
        expect(0, "train", "-q", "-d", "pictures", "-o", "tiny", "--config", "config.json", "-b", "2",
               "--size", "16", "-n", "2", "-j", "1")
    if name != "tiny":
        shutil.copytree("tiny", name, dirs_exist_ok=True)
    with open(f"{name}/scheduler/scheduler_config.json", "w", encoding="utf-8") as file:
        json.dump(scheduler or {"_class_name": "DDPMScheduler", "num_train_timesteps": LEVELS}, file)
    return name


def bound(*words, **environment):
    """what is printed, and the figures"""
    done = expect(0, "bound", *words, "-q", "--json", "bound.json", **environment)
    with open("bound.json", encoding="utf-8") as file:
        return done.stdout.decode(), json.load(file)


def test_exact():
    """all terms, their sum, a table and a plot; the same bytes at any number of threads"""
    model = make_model()
    said, f = bound(model, "pictures", "--exact", "--svg", "bound.svg", "-j", "1")
    check(f["pictures"] == 6 and f["crops"] == 6 and f["levels"] == LEVELS, f"{f}")
    check(all(term["crops"] == 6 for term in f["terms"]), "all terms on all pictures")
    parts = sum(f[key]["mean"] for key in ("L_T", "steps", "L_0"))
    check(abs(parts - f["bound"]["mean"]) < 1e-6, "the bound is the sum of its parts")
    steps = sum(term["mean"] for term in f["terms"][1:])
    check(abs(steps - f["steps"]["mean"]) < 1e-5, "the terms add up")
    check(f["bound"]["error"] > 0 and f["drawn"] is None, "standard errors")
    check(f"{f['bound']['mean']:.4f}" in said and "L_1 … L_49" in said, f"{said!r}")
    root = ElementTree.parse("bound.svg").getroot()
    curves = root.findall(".//{http://www.w3.org/2000/svg}polyline")
    check([len(c.get("points").split()) for c in curves] == [LEVELS - 1, LEVELS], "two curves")
    check(bound(model, "pictures", "--exact", "-j", "2")[1] == f, "two threads")


def test_samples():
    """drawn timesteps: near the whole, with the same L_0, and as exact as is said"""
    model = make_model()
    whole = bound(model, "pictures", "--exact")[1]
    said, few = bound(model, "pictures", "--samples", "12", "--svg", "bound.svg")
    check(few["L_0"] == whole["L_0"] and few["L_T"] == whole["L_T"], "the same noise at the end")
    off = abs(few["bound"]["mean"] - whole["bound"]["mean"])
    check(0 < off < 4 * few["drawn"] < 0.1 * whole["bound"]["mean"],
          f"{few['bound']} and {whole['bound']}, drawn {few['drawn']}")
    check(sum(term["crops"] for term in few["terms"][1:]) <= 6 * 12, "no more than was asked for")
    check(f"{few['drawn']:.4f}" in said, f"{said!r}")
    other = bound(model, "pictures", "--samples", "12", "-s", "5")[1]
    check(other["bound"]["mean"] != few["bound"]["mean"], "another seed")


def test_variance():
    """the model's own, or the one that is asked for"""
    model = make_model("large", _class_name="DDPMScheduler", num_train_timesteps=LEVELS,
                       variance_type="fixed_large")
    own = bound(model, "pictures", "--exact")[1]
    large = bound(model, "pictures", "--exact", "--variance", "large")[1]
    small = bound(model, "pictures", "--exact", "--variance", "small")[1]
    check(own == large and own["variance"] == "large", "its own")
    check(small["variance"] == "small" and small["steps"] != large["steps"], "another")
    check(small["L_0"] == large["L_0"] and small["L_T"] == large["L_T"], "of steps back alone")


def test_processes():
    """networks of any process have a bound; crops of large pictures"""
    make_pictures("wide", count=2, size=40)
    for name in "ScoreSdeVeScheduler", "EDMEulerScheduler", "FlowMatchEulerDiscreteScheduler":
        model = make_model(name, _class_name=name, num_train_timesteps=12)
        f = bound(model, "wide", "--exact", "--crops", "3", "--size", "32")[1]
        check((f["pictures"], f["crops"], f["size"], f["levels"]) == (2, 6, 32, 12), f"{f}")
        sigmas = [term["sigma"] / max(term["alpha"], 1e-9) for term in f["terms"]]
        check(sigmas == sorted(set(sigmas)), f"{name}: levels rise: {sigmas}")
        check(math.isfinite(f["bound"]["mean"]) and f["bound"]["mean"] > 0, f"{name}: {f['bound']}")


def test_embedded():
    """less for what is plain than for noise, which nothing can tell in less than 8 bits"""
    make_pictures("plain/grass", count=2, size=64, spread=2)
    make_pictures("noise/grass", count=2, size=64, spread=128)
    make_pictures("noise/nothing", count=2, size=64, spread=128)
    said, plain = bound("", "plain", "--samples", "4")
    check("1 of 1" in said and plain["levels"] == 1000, f"{said!r}")
    said, noise = bound("", "noise", "--samples", "4")
    check("1 of 2" in said, f"{said!r}")
    check(plain["bound"]["mean"] < 6 and noise["bound"]["mean"] > 8 - noise["drawn"],
          f"{plain['bound']}, {noise['bound']}")
    one = bound("", "noise/grass", "--samples", "4")[1]
    os.makedirs("named", exist_ok=True)
    shutil.copytree("noise/grass", "named/grass", dirs_exist_ok=True)
    other = bound("", "named", "--samples", "4")[1]
    check(one["L_0"] != other["L_0"], "the network is told the label")


def wait_until_step(process, number):
    said = b""
    while not any(int(step) >= number for step in re.findall(rb"step (\d+) ", said)):
        more = process.stderr.read1()
        check(more, f"it ended before step {number}: {said!r}")
        said += more


def test_interrupt():
    """Ctrl+C: what was looked at until then is told"""
    model = make_model("long", _class_name="DDPMScheduler", num_train_timesteps=1000)
    make_pictures("many", count=400)
    with start("bound", model, "many", "--exact", "--json", "stopped.json",
               stdout=subprocess.PIPE) as process:
        wait_until_step(process, 4500)     # four crops are looked at together
        process.send_signal(signal.SIGINT)
        said = process.communicate()[0]
    check(process.returncode == 130 and "± " in said.decode(), f"{process.returncode}, {said!r}")
    with open("stopped.json", encoding="utf-8") as file:
        check(0 < json.load(file)["pictures"] < 400, "some of the pictures")
    with start("bound", model, "many", "--exact", stdout=subprocess.PIPE) as process:
        wait_until_step(process, 10)
        process.send_signal(signal.SIGINT)
        said = process.communicate()[0]
    check(process.returncode == 1 and said == b"", f"{process.returncode}, {said!r}")


def test_errors():
    """one sentence each"""
    model = make_model()
    make_pictures("small", count=1, size=8)
    os.makedirs("empty", exist_ok=True)
    pictures = [model, "pictures"]
    for code, words in [(2, [model]), (2, [*pictures, "x"]), (2, [*pictures, "--variance", "medium"]),
                        (2, [*pictures, "--variance", "learned"]), (2, [*pictures, "--samples", "1"]),
                        (2, [*pictures, "--samples", "8", "--exact"]),
                        (2, [*pictures, "--size", "15"]), (2, [*pictures, "--crops", "0"]),
                        (2, [*pictures, "-j", "-1"]), (2, [model, "small"]), (2, [model, "empty"]),
                        (1, [model, "nowhere"]), (1, ["nothing", "pictures"]),
                        (1, [*pictures, "--svg", "no/where.svg"]),
                        (1, [*pictures, "--json", "no/where.json"])]:
        expect(code, "bound", *words, "-q")
    help_text = expect(0, "bound", "--help").stdout
    check(b"--exact" in help_text and b"MODEL PICTURES" in help_text, f"{help_text!r}")


if __name__ == "__main__":
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
