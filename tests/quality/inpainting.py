# SPDX-License-Identifier: GPL-3.0-or-later
"""Inpainting of held-out crops, beside simple fills."""

import os
import shlex

import numpy as np

import fills
import sheet
from maker import say

SIDES = [64, 96, 128, 192, 256]
AROUND = 8  # pixels of what is known, compared with the hole as a texture
LEAST = 48  # of a texture
SHOWN = 9
COLUMNS = ["psnr", "inside", "around", "texture"]


class Case:
    """a crop with a hole, in files"""

    def __init__(self, maker, number, label):
        rng = np.random.default_rng([maker.a.seed, number])
        self.maker, self.number, self.label = maker, number, label
        self.picture = np.round(255 * maker.crop(label, SIDES[number % len(SIDES)], rng)) / 255
        side = min(self.picture.shape[:2])
        self.picture = self.picture[:side, :side]
        self.shape = list(fills.SHAPES)[number // len(SIDES) % len(fills.SHAPES)]
        self.mask = fills.SHAPES[self.shape](side, rng.uniform(0.15, 0.30), rng)
        self.masked = np.where(self.mask[..., None], 0.5, self.picture)
        sheet.write(self.path("masked"), self.masked)
        sheet.write(self.path("mask"), self.mask[..., None] * np.ones(3))
        self.filled = {name: fill(self.masked, self.mask) for name, fill in fills.FILLS.items()}

    def path(self, name):
        return self.maker.path("inpaint", f"{self.number:02}-{name.replace(' ', '-')}.png")

    def make(self, name, words):
        words = [word.format(label=self.label) for word in shlex.split(words)]
        self.maker.make("inpaint", self.path(name), "-i", self.path("masked"), "--mask",
                        self.path("mask"), "-s", self.number, *words)
        made = sheet.read(self.path(name))
        self.filled[name] = np.where(self.mask[..., None], made, self.masked)

    def region(self):
        """the hole with a little around it, where that is as large as a texture has to be"""
        out = []
        for axis, n in enumerate(self.mask.shape):
            at = np.nonzero(self.mask.any(axis=1 - axis))[0]
            low, high = at[0] - AROUND, at[-1] + 1 + AROUND
            more = max(LEAST - (high - low), 0)
            low = max(min(low - more // 2, n - LEAST), 0)
            out.append(slice(low, min(max(high, low + LEAST), n)))
        return tuple(out)

    def textures(self):
        """by name, how far the region is from the picture's own"""
        region, names = self.region(), list(self.filled)
        for name, picture in [("true", self.picture), *self.filled.items()]:
            sheet.write(self.path(f"region-{name}"), picture[region])
        found = self.maker.distances(self.path("region-true"),
                                     [self.path(f"region-{name}") for name in names])
        return dict(zip(names, found)) if found else {}

    def measures(self):
        """{name: {measure: number}}"""
        textures, out = self.textures(), {}
        for name, picture in self.filled.items():
            inside, around = fills.ssim(self.picture, picture, self.mask)
            out[name] = {"psnr": fills.psnr(self.picture, picture, self.mask), "inside": inside,
                         "around": around, "texture": textures.get(name)}
        return out


def plan(maker):
    """labels of the crops: photo for a third of them, if there are any, and all others in turn"""
    others = [label for label in maker.labels if maker.heldout.get(label) and label != "photo"]
    n = maker.a.inpaint_crops
    n_photo = round(n / 3) if maker.heldout.get("photo") and "photo" in maker.labels else 0
    turn = [others[k % len(others)] for k in range(n - n_photo)] if others else []
    out = []
    for k in range(n_photo):  # evenly among the others
        out += turn[k * len(turn) // n_photo:(k + 1) * len(turn) // n_photo] + ["photo"]
    return out or turn


def means(cases, names):
    """of each measure, over those it could be taken of"""
    out = {}
    for name in names:
        row = {}
        for column in COLUMNS:
            numbers = [c[name][column] for c in cases if c[name][column] is not None]
            row[column] = float(np.mean(numbers)) if numbers else None
        out[name] = row
    return out


def beaten(cases, name, other):
    """share of crops on which @name is better than @other, of PSNR and of texture"""
    psnr = [c[name]["psnr"] > c[other]["psnr"] for c in cases]
    texture = [c[name]["texture"] < c[other]["texture"] for c in cases
               if c[name]["texture"] is not None]
    share = lambda x: float(np.mean(x)) if x else None
    return {"psnr": share(psnr), "texture": share(texture)}


def write_sheets(maker, cases, names):
    """one for every few crops"""
    head = ["", "true", "masked", *names]
    for first in range(0, len(cases), SHOWN):
        rows = [head]
        for case in cases[first:first + SHOWN]:
            pictures = [case.picture, case.masked, *(case.filled[name] for name in names)]
            rows.append([case.label, *(sheet.fitted(p, 128) for p in pictures)])
        sheet.write(os.path.join(maker.a.folder, f"inpaint-{first // SHOWN + 1}.png"),
                    sheet.sheet(rows, 128))


def measure(maker):
    variants = dict(words.split("=", 1) for words in maker.a.inpaint)
    names = [*variants, *fills.FILLS]
    cases, measured = [], []
    for number, label in enumerate(plan(maker)):
        case = Case(maker, number, label)
        say(f"inpainting {number}: {label}, {case.picture.shape[0]} pixels, {case.shape}")
        for name, words in variants.items():
            case.make(name, words)
        cases.append(case)
        measured.append(case.measures())
    write_sheets(maker, cases, names)
    photos = [m for case, m in zip(cases, measured) if case.label == "photo"]
    others = [m for case, m in zip(cases, measured) if case.label != "photo"]
    return {"crops": len(cases), "photos": len(photos), "options": variants,
            "all": means(measured, names),
            "photo": means(photos, names) if photos else None,
            "materials": means(others, names) if others else None,
            "better": {name: {other: beaten(measured, name, other) for other in fills.FILLS}
                       for name in variants},
            "each": [{"label": case.label, "side": case.picture.shape[0], "shape": case.shape, **m}
                     for case, m in zip(cases, measured)]}
