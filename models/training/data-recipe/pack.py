# SPDX-License-Identifier: GPL-3.0-or-later
"""pack.py FOLDER: makes the crops.

Reads FOLDER/chosen.tsv, FOLDER/versions.tsv and the pictures in FOLDER/x, writes
FOLDER/pack/train/LABEL/*.png, FOLDER/pack/val/LABEL/*.png and FOLDER/pack/labels.tsv.  Kinds that are
shown without a label go to FOLDER/pack/train/*.png and FOLDER/pack/val/*.png.
"""

import collections
import os
import random
import shutil
import sys

from landscapes import sky, water
from licences import tier
from photos import photos
from images import save
from split import digest, held_out
from textures import textures

SEED = 11
COLUMNS = """file split label sublabel size tier licence package version source_path scale x y
cluster""".split()


# Too few, or too many different things, for a network to learn what the word means; good to learn
# from all the same.
WITHOUT_LABEL = {"aerial", "food", "metal", "panel", "paper", "rust", "straw", "swirl"}


def versions(root):
    with open(os.path.join(root, "versions.tsv"), encoding="utf-8") as file:
        return {line.split("\t")[0]: line.split("\t")[1] for line in file}


def main():
    root = sys.argv[1]
    pack = os.path.join(root, "pack")
    numbers = random.Random(SEED)
    crops = textures(root) + sky(root, numbers) + water(root) + photos(root, numbers)
    if not crops:
        sys.exit("There is nothing to learn from in these packages.")
    held, version = held_out(crops), versions(root)
    count, kept = collections.Counter(), collections.Counter()
    crops.sort(key=lambda c: (c.label == "photo", c.label, c.path, c.y, c.x))
    shutil.rmtree(pack, ignore_errors=True)
    os.makedirs(pack)
    with open(os.path.join(pack, "labels.tsv"), "w", encoding="utf-8") as out:
        out.write("\t".join(COLUMNS) + "\n")
        for c in crops:
            part = "val" if c.cluster in held else "train"
            folder = part if c.label in WITHOUT_LABEL else f"{part}/{c.label}"
            file = f"{folder}/{c.label}_{count[c.label]:04d}.png"
            count[c.label] += 1
            kept[c.label] += part == "val"
            package, path = c.path.split("/", 1)
            save(os.path.join(pack, file), c.pixels)
            row = (file, part, c.label, c.sublabel or "-", c.size, tier(c.licence), c.licence,
                   package, version[package], path, f"{c.scale:.4g}", c.x, c.y,
                   digest(c.cluster)[:8])
            out.write("\t".join(map(str, row)) + "\n")
    for label in sorted(count):
        print(f"{label}: {count[label]} crops, {kept[label]} of them held out")
    print(f"{len(crops)} crops of {len(set(count) - WITHOUT_LABEL)} labels and of none")


if __name__ == "__main__":
    main()
