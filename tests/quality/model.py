#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a model by pictures it was not trained on.

  loss       mean squared error of v by noise level, with labels and without
  bound      the variational bound in bits per dimension, by importance sampling and exact
  labels     how many pictures a classifier takes for what was asked for; grids of them
  texture    how far pictures of a label are from held-out crops, by texture-distance
  inpaint    holes in held-out crops: PSNR, SSIM and texture beside simple fills
  reimagine  sheets from a flat color, a gradient and brush strokes
  canvas     large pictures

Writes figures.json, figures.md and sheets.  A part that is not asked for keeps its figures.
"""

import argparse
import json
import os
import shutil

import numpy as np

import inpainting
import sheet
import tables
from maker import Maker, cut, mosaic, say

PARTS = ["loss", "bound", "labels", "texture", "inpaint", "reimagine", "canvas"]
GUIDANCES = [1, 2, 4]
SHOWN = 3
STEPS = [8, 16, 30]
LEVELS = [0.3, 0.5, 0.7]
SIDE = 64
INPAINT = ["as it comes=", "smooth first=--prefill smooth", "detail 8=--prefill smooth --detail 8",
           "patch first=--prefill patch"]


def arguments():
    p = argparse.ArgumentParser(prog="dev quality model", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, help="folder of held-out pictures, LABEL/*.png")
    p.add_argument("--model", help="folder of the model (the embedded one)")
    p.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART",
                   help=f"parts to measure ({' '.join(PARTS)})")
    p.add_argument("--loss-crops", type=int, default=128, help="crops for the loss (128)")
    p.add_argument("--pictures", type=int, default=4, help="for each label and guidance (4)")
    p.add_argument("--texture-side", type=int, default=128, help="of pictures for texture (128)")
    p.add_argument("--inpaint-crops", type=int, default=40, help="held-out crops with holes (40)")
    p.add_argument("--inpaint", action="append", metavar="NAME=OPTIONS",
                   help="a way to inpaint, compared with the others; may be given several times; "
                   "{label} is the crop's (the defaults, smooth colors filled in first, "
                   "with only fine detail, and a patch filled in first)")
    p.add_argument("--show", nargs="+", default=["grass", "stone", "wood", "sky"], metavar="LABEL",
                   help="labels to show at length (grass stone wood sky)")
    p.add_argument("--canvas", type=int, nargs="+", default=[512, 512, 1024], metavar="SIDE",
                   help="canvases, of the labels to show in turn (512 512 1024)")
    p.add_argument("--seed", type=int, default=0, help="of the random numbers (0)")
    p.add_argument("--keep", action="store_true", help="make only what the folder does not have")
    p.add_argument("--folder", help="where all goes (build/quality/model)")
    p.add_argument("--cli", required=True, help=argparse.SUPPRESS)
    p.add_argument("--tools", required=True, help=argparse.SUPPRESS)
    p.add_argument("--top", required=True, help=argparse.SUPPRESS)
    a = p.parse_args()
    a.inpaint = a.inpaint or INPAINT
    a.folder = os.path.abspath(a.folder or os.path.join(a.top, "build", "quality", "model"))
    os.makedirs(a.folder, exist_ok=True)
    return a


def write(maker, name, rows, side):
    sheet.write(os.path.join(maker.a.folder, name + ".png"), sheet.sheet(rows, side))


# ---------------------------------------------------------------- parts

def measure_loss(maker):
    say("loss")
    levels = maker.losses()
    return {"crops": maker.a.loss_crops, "levels": levels,
            "mean": {k: float(np.mean([level[k] for level in levels])) for k in ("label", "none")}}


def first_pictures(maker):
    """a folder with the first picture of each label"""
    for label, paths in maker.heldout.items():
        shutil.copy(paths[0], maker.path("bound", label, os.path.basename(paths[0])))
    return maker.path("bound")


def measure_bound(maker):
    out = {}
    for name, data, words in (
            ("all", maker.a.data, ["--variance", "small"]),
            ("all, large variance", maker.a.data, ["--variance", "large"]),
            ("first of each label", first_pictures(maker), ["--variance", "small"]),
            ("first of each label, exact", first_pictures(maker), ["--variance", "small", "--exact"])):
        say(f"bound: {name}")
        found = maker.bound(data, *words)
        found.pop("terms")
        out[name] = found
    return out


def counted(maker, paths):
    """{label: how many of its pictures are taken for it, for it among three, of how many}, of labels
    that the classifier knows"""
    paths = {label: some for label, some in paths.items() if label in maker.judgeable()}
    flat = [(label, path) for label, some in paths.items() for path in some]
    out = {label: [0, 0, len(some)] for label, some in paths.items()}
    for (label, _), words in zip(flat, maker.judged([path for _, path in flat])):
        out[label][0] += words[0] == label
        out[label][1] += label in words
    return out


def heldout_crops(maker, n):
    """files of crops of each label, as many as there are pictures but @n at most"""
    out = {}
    for label in maker.labels:
        out[label] = []
        for k, source in enumerate(maker.heldout.get(label, [])[:n]):
            path = maker.path("heldout", f"{label}-{k}.png")
            rng = np.random.default_rng([maker.a.seed, k])
            sheet.write(path, cut(sheet.read(source), SIDE, rng))
            out[label].append(path)
    return out


def seeds(maker, label):
    """different ones for each label, for the same noise makes the same shapes"""
    first = 1000 * maker.labels.index(label)
    return range(first, first + maker.a.pictures)


def measure_labels(maker):
    made = {}
    for guidance in GUIDANCES:
        say(f"labels at guidance {guidance}")
        made[guidance] = {label: [maker.generate(label, SIDE, guidance, 16, seed)
                                  for seed in seeds(maker, label)] for label in maker.labels}
    shown = lambda paths: [sheet.read(path) for path in paths[:SHOWN]] + [None] * (SHOWN - len(paths))
    head = [x for guidance in GUIDANCES for x in [f"g={guidance}", *[""] * (SHOWN - 1)]]
    write(maker, "labels", [["", *head, "true"]] + [
        [label, *(p for g in GUIDANCES for p in shown(made[g][label])), *shown(real)]
        for label, real in heldout_crops(maker, SHOWN).items()], SIDE)
    say(f"steps {STEPS}")
    write(maker, "steps", [["", *(f"n={n}" for n in STEPS for _ in range(2))]] + [
        [label, *(sheet.read(maker.generate(label, SIDE, 2, n, seed))
                  for n in STEPS for seed in seeds(maker, label)[:2])] for label in maker.labels], SIDE)
    return {"pictures": maker.a.pictures, "steps": 16,
            "held out": counted(maker, heldout_crops(maker, 16)),
            "guidance": {str(g): counted(maker, made[g]) for g in GUIDANCES}}


def texture_of(maker, label):
    """means over two halves of the held-out pictures, each the measure once"""
    n, side = maker.a.pictures, maker.a.texture_side
    made = [sheet.read(maker.generate(label, side, 2, 16, seed)) for seed in seeds(maker, label)]
    found = []
    for half in range(2):
        rng = np.random.default_rng([maker.a.seed, half])
        crops = [cut(sheet.read(path), side, rng) for path in maker.heldout[label]]
        own = mosaic(crops[half::2][:16], side)
        flat = np.broadcast_to(own.mean(axis=(0, 1)), own.shape)
        paths = [maker.path("texture", f"{label}-{half}-{k}.png") for k in range(4)]
        for path, picture in zip(paths, [own, mosaic(crops[1 - half::2][:n], side),
                                         mosaic(made, side), flat]):
            sheet.write(path, picture)
        found.append(maker.distances(paths[0], paths[1:]))
    return dict(zip(["held out", "model", "flat"], np.mean(found, axis=0).tolist()))


def measure_texture(maker):
    enough = [label for label in maker.labels
              if len(maker.heldout.get(label, [])) >= 2 * maker.a.pictures]
    out = {}
    for label in enough:
        say(f"texture of {label}")
        out[label] = texture_of(maker, label)
    mean = {k: float(np.mean([row[k] for row in out.values()])) for k in next(iter(out.values()))}
    return {"pictures": maker.a.pictures, "side": maker.a.texture_side, "labels": out, "mean": mean}


# ---------------------------------------------------------------- sheets alone

def strokes(low, middle, high, side, rng):
    """broad strokes of three colors"""
    picture = np.broadcast_to(middle, (side, side, 3)).copy()
    rows, columns = np.mgrid[:side, :side]
    for k in range(10):
        (y, x), angle = rng.uniform(0, side, 2), rng.uniform(0, np.pi)
        along = (rows - y) * np.sin(angle) + (columns - x) * np.cos(angle)
        across = (rows - y) * np.cos(angle) - (columns - x) * np.sin(angle)
        picture[(np.abs(along) < 0.35 * side) & (np.abs(across) < 0.05 * side)] = (low, high)[k % 2]
    return picture


def rough_pictures(maker, label, side):
    """in a label's own colors: nothing but one, from dark to light, and brush strokes"""
    rng = np.random.default_rng(maker.a.seed)
    colors = np.concatenate([maker.crop(label, SIDE, rng).reshape(-1, 3) for _ in range(8)])
    colors = colors[np.argsort(colors.sum(axis=1))]
    low, middle, high = (part.mean(axis=0) for part in np.array_split(colors, 3))
    at = np.linspace(0, 1, side)[:, None, None]
    return {"flat": np.broadcast_to(middle, (side, side, 3)),
            "gradient": np.broadcast_to(low + at * (high - low), (side, side, 3)),
            "strokes": strokes(low, middle, high, side, rng)}


def shown_labels(maker):
    known = [label for label in maker.labels if maker.heldout.get(label)]
    return [label for label in maker.a.show if label in known] or known[:4]


def measure_reimagine(maker):
    rows = [["", "", "from", *(f"t={t}" for t in LEVELS)]]
    for label in shown_labels(maker):
        say(f"reimagining {label}")
        for name, picture in rough_pictures(maker, label, 96).items():
            source = maker.path("reimagine", f"{label}-{name}.png")
            sheet.write(source, picture)
            made = [maker.make("reimagine", maker.path("reimagine", f"{label}-{name}-{t}.png"),
                               "-i", source, "-p", label, "-t", t, "-n", 16, "-s", 1)
                    for t in LEVELS]
            rows.append([label, name, picture, *map(sheet.read, made)])
    write(maker, "reimagine", rows, 96)


def measure_canvas(maker):
    labels = shown_labels(maker)
    for k, side in enumerate(maker.a.canvas):
        label = labels[k % len(labels)]
        say(f"canvas of {side} pixels: {label}")
        picture = sheet.read(maker.generate(label, side, 2, 16, 0))
        sheet.write(os.path.join(maker.a.folder, f"canvas-{side}-{label}.png"), picture)


def main():
    a = arguments()
    maker = Maker(a)
    path = os.path.join(a.folder, "figures.json")
    figures = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            figures = json.load(file)
    if figures.get("network") != maker.network:
        figures = {}
    figures.update(network=maker.network, seed=a.seed,
                   heldout={label: len(paths) for label, paths in maker.heldout.items()})
    parts = {"loss": measure_loss, "bound": measure_bound, "labels": measure_labels,
             "texture": measure_texture, "inpaint": inpainting.measure,
             "reimagine": measure_reimagine, "canvas": measure_canvas}
    for part in PARTS:
        if part in a.only:
            found = parts[part](maker)
            if found:
                figures[part] = found
            with open(path, "w", encoding="utf-8") as file:
                json.dump(figures, file, indent=1)
    words = tables.markdown(figures)
    with open(os.path.join(a.folder, "figures.md"), "w", encoding="utf-8") as file:
        file.write(words)
    print(words)
    print(f"Figures and sheets are in {a.folder}.")


if __name__ == "__main__":
    main()
