# SPDX-License-Identifier: GPL-3.0-or-later
"""Crops of textures: what chosen.tsv names, cut up, without near duplicates and junk.

Pictures are scaled down, the larger ones more, and cut into squares of 256 pixels, or of 128 where
that is all there is.  Each label has a quota, and gets its crops from as many pictures as it can.
"""

import collections
import os
import random

import numpy as np

from crop import Crop

SEED = 7

# Crops of 256 pixels for each label, 100 for others; one of 128 pixels counts a quarter.
QUOTA = {"aerial": 100, "bark": 80, "brick": 150, "concrete": 150, "fabric": 150, "food": 60,
         "grass": 150, "gravel": 110, "lava": 50, "leaves": 135, "metal": 100, "panel": 90,
         "paper": 80, "paving": 200, "roof": 60, "rust": 115, "sand": 100, "sky": 60, "snow": 125,
         "soil": 155, "stone": 265, "straw": 20, "tiles": 90, "wood": 230}

# Crops of one picture, 6 for others.
MOST = {"aerial": 3, "grass": 3, "panel": 2, "sand": 4, "soil": 3, "stone": 4}

SAME_SHAPES = 64  # of 272 bits: recolourings and variants, which share a cluster
SAME = 26         # and a mean colour that hardly differs: one of them is enough
SAME_COLOUR = 9

Source = collections.namedtuple("Source", "path licence scale crops cluster")


def scale_for(path, label, width, height):
    """Photographs of textures are larger than what they show is sharp."""
    least, dds = min(width, height), path.endswith(".dds")
    if label == "panel" and least >= 512:
        return 0.5 if least >= 1000 else 1.0
    if label == "aerial":
        return 0.5 if least >= 2048 else 1.0
    if least >= 2048:
        return 0.3125 if dds else 0.375
    if least >= 1000:
        return 0.5
    return 0.75 if dds and least >= 512 else 1.0


def corners(side, size):
    """Where crops begin along a side: as many as there is room for, evenly spread."""
    if side < 1.5 * size:
        return [(side - size) // 2]
    n = side // size
    return [round(i * (side - size) / max(1, n - 1)) for i in range(n)]


def good(pixels, label):
    """Neither flat, black, white nor half empty, as far as its label has not to be."""
    grey = pixels.mean(2)
    if grey.std() < (1.2 if label in ("snow", "paper", "sand", "fabric", "wood", "sky") else 3.0):
        return False
    darkest, lightest = 26 if label == "panel" else 22, 253 if label in ("snow", "paper") else 247
    if not darkest <= grey.mean() <= lightest:
        return False
    if label not in ("snow", "paper", "lava", "sky") and (pixels > 250).all(2).mean() > 0.12:
        return False
    black = 0.25 if label in ("stone", "gravel", "lava") else 0.10
    if (pixels < 5).all(2).mean() > black:
        return False
    magenta = (abs(pixels - [255, 0, 255]) < [6, 10, 6]).all(2)  # what games do not draw
    if magenta.mean() > 0.002:
        return False
    cells = grey.reshape(8, grey.shape[0] // 8, 8, grey.shape[1] // 8).std((1, 3))
    return label in ("snow", "sky", "paper", "fabric") or (cells < 0.6).mean() <= 0.15


def cut(pixels, label):
    """-> [(size, x, y, pixels)] of the good ones"""
    height, width = pixels.shape[:2]
    size = 256 if min(width, height) >= 256 else 128
    if min(width, height) < 128:
        return []
    crops = [(size, x, y, pixels[y:y + size, x:x + size])
             for y in corners(height, size) for x in corners(width, size)]
    return [crop for crop in crops if good(crop[3].astype(float), label)]


def wrapped(pixels):
    """0 A.D.'s terrain repeats: there is more of it beyond its sides."""
    height, width = pixels.shape[:2]
    return np.tile(pixels, (2, 2, 1))[:-(-height // 256) * 256, :-(-width // 256) * 256]


def clusters(outlines):
    """-> number of each one's cluster: those that look alike, and those that look like these"""
    outlines = np.array(outlines)
    above = list(range(len(outlines)))

    def top(i):
        while above[i] != i:
            above[i] = above[above[i]]
            i = above[i]
        return i

    for i in range(len(outlines)):
        differing = (outlines[i + 1:] != outlines[i]).sum(1)
        for j in np.nonzero(differing < SAME_SHAPES)[0]:
            above[top(i + 1 + int(j))] = top(i)
    return [top(i) for i in range(len(outlines))]


def distinct(outlines, colours, cluster):
    """-> those that are not the same as one before"""
    kept = []
    for i, outline in enumerate(outlines):
        if not any(cluster[i] == cluster[j] and (outline != outlines[j]).sum() < SAME
                   and abs(colours[i] - colours[j]).max() < SAME_COLOUR for j in kept):
            kept.append(i)
    return kept


def pick(sources, label):
    """-> crops up to the label's quota: one of each source, then a second of each..."""
    quota, most = QUOTA.get(label, 100), MOST.get(label, 6)
    crops, n, used = [], 0, collections.Counter()
    for turn in range(most):
        before = n
        for source in sources:
            if n >= quota or turn >= len(source.crops) or used[source.cluster] >= max(3 * most, 8):
                continue
            size, x, y, pixels = source.crops[turn]
            crops.append(Crop(label, "", source.path, source.licence, source.scale, size, x, y,
                              pixels, f"{label}{source.cluster}"))
            used[source.cluster] += 1
            n += 1 if size == 256 else 0.25
        if n == before:
            break
    return crops


def read_source(root, path, label, scale, licence):
    from images import open_rgb, scaled  # pylint: disable=import-outside-toplevel
    image = open_rgb(root, path)
    scale = float(scale) or scale_for(path, label, *image.size)
    if scale != 1:
        image = scaled(image, image.width * scale, image.height * scale)
    pixels = np.asarray(image)
    if path.endswith(".dds") and min(image.size) >= 256 and "terrain" in path:
        pixels = wrapped(pixels)
    return Source(path, licence, scale, cut(pixels, label), None)


def textures(root):
    """-> crops of all labels that chosen.tsv has"""
    from images import outline  # pylint: disable=import-outside-toplevel
    numbers = random.Random(SEED)
    by_label = collections.defaultdict(list)
    with open(os.path.join(root, "chosen.tsv"), encoding="utf-8") as file:
        for line in file:
            path, label, scale, licence = line.rstrip("\n").split("\t")
            source = read_source(root, path, label, scale, licence)
            if source.crops:
                numbers.shuffle(source.crops)
                by_label[label].append(source)
    crops = []
    for label in sorted(by_label):
        sources = by_label[label]
        outlines, colours = zip(*(outline(root, source.path) for source in sources))
        cluster = clusters(outlines)
        kept = distinct(outlines, colours, cluster)
        print(f"{label}: {len(sources)} pictures, {len(kept)} without copies, "
              f"{len(set(cluster))} clusters")
        sources = [sources[i]._replace(cluster=cluster[i]) for i in kept]
        numbers.shuffle(sources)
        crops += pick(sources, label)
    return crops
