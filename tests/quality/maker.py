# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that the judge of the model calls, and the held-out pictures."""

import json
import os
import re
import shlex
import subprocess
import sys

import numpy as np

import sheet

JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "judge")


def say(words):
    """what is being done, on a line of its own that nothing reads"""
    print(words, file=sys.stderr, flush=True)


def run(*words, may_fail=False):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE if may_fail else None, check=False)
    if done.returncode and not may_fail:
        sys.exit(f"{shlex.join(words)} ended with status {done.returncode}")
    return None if done.returncode else done.stdout.decode()


class Maker:
    """makes pictures with one model, in one folder"""

    def __init__(self, a):
        self.a = a
        info = run(a.cli, "info", *([a.model] if a.model else []))
        found = lambda name: re.search(rf"^{name}:\s*(.+)$", info, re.M).group(1)
        self.model, self.network = found("folder"), found("network")
        self.labels = found("labels").split(", ")
        self.heldout = {}
        for label in sorted(os.listdir(a.data)):
            folder = os.path.join(a.data, label)
            if os.path.isdir(folder):
                self.heldout[label] = [os.path.join(folder, name) for name
                                       in sorted(os.listdir(folder)) if name.endswith(".png")]

    def path(self, *parts):
        path = os.path.join(self.a.folder, "pictures", *map(str, parts))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def make(self, task, path, *words):
        """the path of a picture the tool makes"""
        if not (self.a.keep and os.path.exists(path)):
            run(self.a.cli, task, "-q", "-m", self.model, "-o", path, *map(str, words))
        return path

    def generate(self, label, side, guidance, steps, seed):
        path = self.path("generate", f"{label}-{side}-{guidance}-{steps}-{seed}.png")
        return self.make("generate", path, "-p", label, "--size", f"{side}x{side}", "-g", guidance,
                         "-n", steps, "-s", seed)

    def crop(self, label, side, rng):
        """of a held-out picture drawn by @rng; smaller if that is"""
        paths = self.heldout[label]
        picture = sheet.read(paths[rng.integers(len(paths))])
        return cut(picture, side, rng)

    def distances(self, source, pictures):
        """of pictures from a texture; None if it is flat"""
        lines = run(os.path.join(self.a.tools, "texture-distance"), source, *pictures,
                    may_fail=True)
        return lines and [float(line.split()[0]) for line in lines.splitlines()]

    @staticmethod
    def judgeable():
        """labels the classifier knows"""
        with open(os.path.join(JUDGE, "labels.json"), encoding="utf-8") as file:
            return set(json.load(file)["labels"].values())

    def judged(self, paths):
        """the three labels each picture is taken for, likeliest first"""
        if not paths:
            return []
        lines = run(os.path.join(self.a.tools, "label-judge"), JUDGE,
                    os.path.join(JUDGE, "labels.json"), *paths)
        return [line.split()[::2] for line in lines.splitlines()]

    def bound(self, data, *words):
        """the bound's figures on the crops of pictures in a folder"""
        path = self.path("bound.json")
        run(self.a.cli, "bound", self.model, data, "-q", "--size", "64", "-s", str(self.a.seed),
            "--json", path, *words)
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def losses(self):
        lines = run(os.path.join(self.a.tools, "denoising-loss"), self.model, self.a.data,
                    str(self.a.loss_crops), str(self.a.seed))
        return [dict(zip(("t", "alpha", "label", "none"), map(float, line.split())))
                for line in lines.splitlines()]


def cut(picture, side, rng):
    height, width = (min(side, n) // 8 * 8 for n in picture.shape[:2])
    top = rng.integers(picture.shape[0] - height + 1)
    left = rng.integers(picture.shape[1] - width + 1)
    return picture[top:top + height, left:left + width]


def mosaic(pictures, side):
    """pictures side by side, in a nearly square whole without gaps"""
    columns = int(np.ceil(np.sqrt(len(pictures))))
    while len(pictures) % columns:
        columns += 1
    squares = [p[:side, :side] for p in pictures]
    return np.concatenate([np.concatenate(squares[k:k + columns], axis=1)
                           for k in range(0, len(squares), columns)])
