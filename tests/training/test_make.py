#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the embedded model as models/training/make does, with a few steps and five pictures:
test_make.py EXECUTABLE.  Prints TAP.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

from support import TOP, TRAINING
from tool import TOOL, check, expect, read_png, run_tests

MAKE = os.path.join(TRAINING, "make")
EMBEDDED = os.path.join(TOP, "models", "embedded")
TEXTURES = os.path.join(TOP, "tests", "data", "textures")
LABELS = sorted(name[:-4] for name in os.listdir(TEXTURES) if name.endswith(".png"))
STATE = "training-state.safetensors"


def make_data():
    """pictures/train/LABEL/1.png, and one without a label"""
    for label in LABELS:
        os.makedirs(f"pictures/train/{label}", exist_ok=True)
        shutil.copy(os.path.join(TEXTURES, label + ".png"), f"pictures/train/{label}/1.png")
    shutil.copy(os.path.join(TEXTURES, LABELS[0] + ".png"), "pictures/train/1.png")


def environment(options, **more):
    words = {"LC_ALL": "C.UTF-8", "DATA": "pictures", "DIF_CLI": TOOL,
             "OPTIONS": "-q -j 2 " + options}
    return {**os.environ, **words, **more}


def make(code, *words, options="--steps 2 -b 2", **more):
    """-> what it printed"""
    done = subprocess.run([MAKE, *words], env=environment(options, **more), timeout=200,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    said = done.stdout.decode()
    check(done.returncode == code, f"{words}: exit code {done.returncode}, said {said}")
    return said


def files_in(folder):
    found = {os.path.relpath(os.path.join(place, name), folder)
             for place, _, names in os.walk(folder) for name in names}
    return {path for path in found if not path.startswith("classifier/")}


def check_model(folder, rows):
    """It has the embedded model's files, its labels' rows, and makes a picture."""
    check(files_in(folder) == files_in(EMBEDDED), f"files: {files_in(folder)}")
    with open(f"{folder}/labels.json", encoding="utf-8") as file:
        labels = json.load(file)
    check(labels["null"] == 0 and len(labels["labels"]) == len(LABELS), f"labels: {labels}")
    for row, label in rows.items():
        check(labels["labels"].get(row) == label, f"labels: {labels}")
    with open(f"{folder}/unet/config.json", encoding="utf-8") as file:
        config = json.load(file)
    check(config["sample_size"] == 64, f"config: {config}")
    said = expect(0, "info", folder).stdout.decode()
    check(all(label in said for label in LABELS), f"info: {said}")
    expect(0, "generate", "-q", "-m", folder, "-p", "wall", "--size", "64", "-n", "3", "-o", "x.png")
    width, height, pixels = read_png("x.png")
    check((width, height) == (64, 64) and len(set(pixels)) > 16, "a picture")


def test_anew():
    """from nothing: small crops, then larger ones, to the layout of models/embedded"""
    make_data()
    said = make(0, "new", "model")
    check(said.count("--config") == 1 and "'--size' '32'" in said, said)
    check(said.count("--from") == 2 and "'--size' '64'" in said and "'--size' '128'" in said, said)
    check_model("new/model", {str(i): label for i, label in enumerate(LABELS, 1)})
    for part in ["model-32", "model-64", "model"]:
        with open(f"new/{part}.csv", encoding="utf-8") as file:
            check(len(file.readlines()) == 2, "two losses")
    before = os.stat("new/model/unet").st_mtime
    said = make(0, "new", "model")
    check("--size" not in said and said.count("is finished") == 3, said)
    check(os.stat("new/model/unet").st_mtime == before, "what is finished stays")


def test_from_embedded():
    """from the embedded model: the largest crops only, and labels it knows keep their rows"""
    make_data()
    said = make(0, "tuned", "model", FROM=EMBEDDED)
    check("--config" not in said and said.count("--size") == 1, said)
    with open(os.path.join(EMBEDDED, "labels.json"), encoding="utf-8") as file:
        known = json.load(file)["labels"]
    rows = {row: label for row, label in known.items() if label in LABELS}
    check(rows, "some labels are known")
    check_model("tuned/model", rows)


def test_stopped():
    """killed at any time and run again: it goes on from its last state"""
    make_data()
    part = "killed/model-32.part"
    options = "--steps 100000 -b 1 --save-every 1"
    with subprocess.Popen([MAKE, "killed", "model"], env=environment(options),
                          stdout=subprocess.DEVNULL, start_new_session=True) as process:
        while not os.path.exists(os.path.join(part, STATE)) and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    check(os.path.exists(os.path.join(part, STATE)) and not os.path.exists("killed/model-32"),
          "it was killed")
    said = make(0, "killed", "model", options="--steps 3 -b 1")
    check(said.count("--resume") == 1 and "--config" not in said, said)
    check_model("killed/model", {})


def test_wrong():
    """words it does not know, pictures and programs that are not there"""
    make_data()
    for words in [[], ["here"], ["here", "modell"], ["here", "model", "all"]]:
        check("make FOLDER STAGE" in make(2, *words), "it says how it is used")
    check(not os.path.exists("here"), "nothing is made")
    check("nowhere/gimp-diffusion" in make(1, "here", "model", DIF_CLI="nowhere/gimp-diffusion"),
          "which program is missing")
    make(1, "here", "model", DATA="nowhere")
    check(not os.path.exists("here/model"), "no model")


if __name__ == "__main__":
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
