#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets small networks learn with the command line tool, and ends it in all ways: test_train.py
EXECUTABLE.  Prints TAP.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from tool import (TOOL, check, expect, read_png, run, run_tests, start, wait_until_said,
                  write_png)

CONFIG = {"_class_name": "UNet2DModel", "in_channels": 7, "out_channels": 3, "sample_size": 64,
          "add_attention": False, "block_out_channels": [8, 8],
          "down_block_types": ["DownBlock2D"] * 2, "up_block_types": ["UpBlock2D"] * 2,
          "layers_per_block": 1, "norm_num_groups": 4}


def make_data(folder, labels=("",), size=80):
    """two pictures of noise for each label"""
    numbers = random.Random(4)
    for label in labels:
        os.makedirs(os.path.join(folder, label), exist_ok=True)
        for name in ["1.png", "2.png"]:
            write_png(os.path.join(folder, label, name), size, size, numbers.randbytes(3 * size * size))


def words_for(data, output, *more, size=16):
    with open("config.json", "w", encoding="utf-8") as file:
        json.dump(dict(CONFIG, sample_size=size), file)
    return ["train", "-d", data, "-o", output, "--config", "config.json", "-b", "2", "--warmup", "2",
            "--size", str(size), "-j", "2", *more]


def losses(path):
    """{step: loss as text}; of a step that was done twice both must be the same"""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            step, loss = line.split(",")
            check(found.get(step, loss) == loss, f"step {step}: {loss}, not {found.get(step)}")
            found[step] = loss
    return found


def size_of(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def test_train():
    """64 x 64: a model that opens, makes pictures and knows its labels; a sheet of samples"""
    make_data("kinds", ["bark", "moss"])
    done = expect(0, *words_for("kinds", "new", "-n", "3", "--sample-every", "3", "--samples",
                                "sheet.png", "--losses", "new.csv", size=64))
    check(b"step 3 of 3" in done.stderr and b"pictures/s" in done.stderr, f"{done.stderr!r}")
    check(len(losses("new.csv")) == 3, "three losses")
    check(read_png("sheet.png")[:2] == (256, 256), "a sheet of samples")
    said = expect(0, "info", "new").stdout
    check(b"bark" in said and b"moss" in said and b"64 pixels" in said, f"{said!r}")
    expect(0, "generate", "-q", "-m", "new", "-p", "moss", "-n", "2", "--size", "32", "-o", "x.png")
    expect(2, *words_for("kinds", "new", "-n", "3"))  # there is a model already


def test_from():
    """goes on from a model, with labels from a table and norms only"""
    make_data("one")
    with open("table.csv", "w", encoding="utf-8") as file:
        file.write("file,label\n1.png,gravel\n2.png,grass\n")
    words = ["train", "-q", "-d", "one", "--labels", "table.csv", "--from", "", "--adapt", "norms",
             "-n", "2", "-b", "1", "--size", "32"]
    expect(0, *words, "-o", "tuned")
    labels = json.load(open("tuned/labels.json", encoding="utf-8"))
    check({"gravel", "grass", "sky"} <= set(labels["labels"].values()), "all labels are known")
    with open("table.csv", "a", encoding="utf-8") as file:
        file.write("nothing here\n")
    expect(2, *words, "-o", "other")
    check(not os.path.exists("other"), "nothing is left of what did not begin")


def test_variance():
    """hybrid: a network tells its variance, new or grown, which DDPM alone uses, in all tasks"""
    make_data("one")
    expect(0, *words_for("one", "told", "-q", "-n", "6", "--objective", "hybrid"))
    check(b"7 in, 6 out" in (said := expect(0, "info", "told").stdout)
          and b"(learns its variance)" in said, f"{said!r}")
    scheduler = "told/scheduler/scheduler_config.json"
    saved = json.load(open(scheduler, encoding="utf-8"))
    check(saved["variance_type"] == "learned_range", f"{saved}")
    write_png("hole.png", 80, 80, b"".join(b"\xff" * 3 if 20 < x < 60 else bytes(3)
                                           for _ in range(80) for x in range(80)))
    picture = ["-i", "one/1.png", "--mask", "hole.png"]
    tasks = {"generate": ["--size", "32"], "reimagine": picture, "inpaint": picture}

    def made(sampler):
        out = {}
        for task, words in tasks.items():
            expect(0, task, "-q", "-m", "told", *words, "--sampler", sampler, "-n", "4", "-o", "x.png")
            out[task] = read_png("x.png")
        return out

    learned = {sampler: made(sampler) for sampler in ("ddpm", "dpmpp-2m", "ddim")}
    with open(scheduler, "w", encoding="utf-8") as file:
        json.dump(dict(saved, variance_type="fixed_small"), file)
    for sampler, pictures in learned.items():
        for task, fixed in made(sampler).items():
            check((fixed == pictures[task]) == (sampler != "ddpm"), f"{task} by {sampler}")
    check(b"learns its variance" not in expect(0, "info", "told").stdout, "it is not heeded")
    with open(scheduler, "w", encoding="utf-8") as file:
        json.dump(saved, file)
    for objective in ("hybrid", "vlb", "simple"):
        expect(0, "train", "-q", "-d", "one", "--from", "told", "-o", objective, "-n", "2", "-b", "1",
               "--objective", objective)
        check(b"learns its variance" in expect(0, "info", objective).stdout, objective)
    expect(0, *words_for("one", "plain", "-q", "-n", "2"))
    check(b"7 in, 3 out" in expect(0, "info", "plain").stdout, "as it was")
    expect(0, "train", "-q", "-d", "one", "--from", "plain", "-o", "grown", "-n", "2", "-b", "1",
           "--objective", "hybrid")
    check(b"learns its variance" in expect(0, "info", "grown").stdout, "it has got one")
    expect(0, "train", "-q", "-d", "one", "--resume", "grown/training-state.safetensors", "-o", "grown",
           "-n", "3")
    expect(0, "generate", "-q", "-m", "grown", "--sampler", "ddpm", "-n", "3", "--size", "32", "-o", "x.png")
    expect(0, "learn", "one/1.png", "--minutes", "0.01", "-m", "grown", "-o", "material")
    check(b"learns its variance" in expect(0, "info", "material").stdout, "learn keeps it")
    with open(scheduler, "w", encoding="utf-8") as file:
        json.dump(dict(saved, variance_type="learned"), file)
    said = expect(1, "generate", "-m", "told", "-n", "1", "-o", "x.png").stderr
    check(b"learned_range" in said, f"{said!r}")


def test_half():
    """half precision: half the bytes, in training and in going on, and pictures"""
    make_data("one")
    name = "half/unet/diffusion_pytorch_model{}.safetensors"
    expect(0, *words_for("one", "half", "-q", "-n", "2"))
    whole = os.path.getsize(name.format(""))
    expect(0, "train", "-q", "-d", "one", "--resume", "half/training-state.safetensors", "-o", "half",
           "-n", "3", "--half")
    check(not os.path.exists(name.format("")), "one file of weights")
    check(os.path.getsize(name.format(".fp16")) < 0.6 * whole, "half the bytes")
    expect(0, "generate", "-q", "-m", "half", "-n", "2", "--size", "32", "-o", "x.png")


def test_interrupt():
    """Ctrl+C keeps model and state, twice gives up"""
    make_data("one")
    with start(*words_for("one", "kept", "-n", "100000")) as process:
        wait_until_said(process, b"step 2 of")
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        check(process.wait(60) == 130, f"exit code {process.returncode}")
    expect(0, "info", "kept")
    check(os.path.exists("kept/training-state.safetensors"), "a state")


def test_kill():
    """killed at any time and resumed: the losses of an uninterrupted run, bit for bit"""
    make_data("one")
    count = 200
    options = ["-q", "-n", str(count), "--save-every", "7"]
    expect(0, *words_for("one", "whole", *options, "--losses", "whole.csv"))
    expected = losses("whole.csv")
    state = os.path.join("parts", "training-state.safetensors")
    numbers = random.Random(2)
    kills = 0
    while not os.path.exists("parts.csv") or len(losses("parts.csv")) < count:
        words = words_for("one", "parts", *options, "--losses", "parts.csv", "-j", "1")
        if os.path.exists(state):
            at = words.index("--config")
            words[at:at + 2] = ["--resume", state]
        else:
            shutil.rmtree("parts", ignore_errors=True)
        until = size_of("parts.csv") + numbers.randrange(100, 1200)
        with subprocess.Popen([TOOL, *words], stderr=subprocess.PIPE) as process:
            while process.poll() is None and size_of("parts.csv") < until:
                time.sleep(numbers.random() * 0.003)
            if process.poll() is None:
                kills += 1
                process.kill()
            else:
                check(process.returncode == 0, f"{process.stderr.read()!r}")
    print(f"# {kills} kills")
    check(kills > 2, "it was killed")
    check(losses("parts.csv") == expected, f"after {kills} kills: the same losses")
    with open("whole/unet/diffusion_pytorch_model.safetensors", "rb") as file:
        weights = file.read()
    deadline = time.time() + 5
    expect(0, *[w for w in words_for("one", "parts", "-q", "--resume", state)
                if w not in ("--config", "config.json")])
    check(time.time() < deadline, "there is nothing left to do")
    with open("parts/unet/diffusion_pytorch_model.safetensors", "rb") as file:
        check(file.read() == weights, "the same weights")


def test_wrong():
    """wrong words, pictures and states"""
    make_data("one")
    words = words_for("one", "none", "-q")
    for more in ["-n 0", "-n x", "--learning-rate 0", "--learning-rate nan", "--ema 1", "--dropout 2",
                 "--flip z", "--adapt some", "--batch 0", "--minutes 0", "--resume x --from y",
                 "--samples x.png", "--size 100", "--size 15", "--objective nonsense", "surplus"]:
        expect(2, *words, *more.split())
    expect(2, "train", "-d", "one")
    expect(2, "train", "-o", "none")
    os.makedirs("empty", exist_ok=True)
    expect(2, *words_for("empty", "none", "-q"))
    expect(1, *words_for("nowhere", "none", "-q"))
    with open("one/3.png", "wb") as file:
        file.write(b"no picture")
    said = run(*words).stderr
    check(b"3.png" in said, f"{said!r}")
    os.remove("one/3.png")
    for content in [b"", b"nonsense" * 10]:
        with open("state", "wb") as file:
            file.write(content)
        expect(1, "train", "-q", "-d", "one", "-o", "none", "--resume", "state")
    check(not os.path.exists("none"), "nothing is left")


def test_kept_objective():
    """a training that is resumed keeps its objective, and says so"""
    make_data("one")
    expect(0, *words_for("one", "one-objective", "-q", "-n", "2", "--objective", "dsm"))
    on = ["train", "-q", "-d", "one", "-o", "one-objective",
          "--resume", "one-objective/training-state.safetensors"]
    expect(0, *on, "-n", "3", "--objective", "dsm")
    said = expect(2, *on, "-n", "4", "--objective", "vlb").stderr
    check(b"dsm" in said and b"vlb" in said, f"{said!r}")


def test_learn():
    """learn: a material by name, which then is found by it; nothing is left of what went wrong"""
    home = {"XDG_DATA_HOME": os.path.abspath("data-home")}
    models = os.path.join("data-home", "gimp-diffusion", "models")
    numbers = random.Random(5)
    write_png("noise.png", 72, 65, numbers.randbytes(3 * 72 * 65))
    write_png("small.png", 72, 63, bytes(3 * 72 * 63))
    write_png("left.png", 72, 65, (b"\xff" * 66 * 3 + b"\0" * 6 * 3) * 65)
    words = ["learn", "noise.png", "--minutes", "0.01", "-j", "2"]
    expect(0, *words, "--name", "Noise 1", "--mask", "left.png", "--turned", "yes", "--samples", "four.png", **home)
    check(sorted(os.listdir(os.path.join(models, "Noise 1")))
          == ["labels.json", "model_index.json", "scheduler", "unet"], "a model and no state")
    check(read_png("four.png")[:2] == (192, 192), "four samples")
    expect(0, "generate", "-q", "-m", "Noise 1", "-n", "2", "--size", "32", "-o", "x.png", **home)
    expect(2, *words, "--name", "Noise 1", **home)  # there is one already
    for name in ["", "a/b", "embedded", "."]:
        expect(2, *words, "--name", name, **home)
    expect(2, *words, **home)
    expect(2, *words, "--name", "x", "-o", "y", **home)
    expect(2, "learn", "noise.png", "--name", "x", "--minutes", "0", **home)
    expect(2, "learn", "small.png", "--name", "x", **home)
    expect(1, "learn", "missing.png", "--name", "x", **home)
    check(os.listdir(models) == ["Noise 1"], "nothing else is left")
    with start("learn", "noise.png", "-o", "ended") as process:
        wait_until_said(process, b"step 1,")
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        check(process.wait(60) == 0, "Ctrl+C keeps what was learnt")
    expect(0, "info", "ended")


if __name__ == "__main__":
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
