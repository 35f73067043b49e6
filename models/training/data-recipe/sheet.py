# SPDX-License-Identifier: GPL-3.0-or-later
"""sheet.py FOLDER: sixteen crops of each label, of different pictures where there are as many.

Reads FOLDER/pack, writes FOLDER/sheet.png.
"""

import collections
import csv
import os
import random
import sys

from PIL import Image, ImageDraw

SIDE, COLUMNS, MARGIN = 92, 16, 96
SEED = 3


def shuffled(rows, numbers):
    """One crop of each picture, then the others."""
    numbers.shuffle(rows)
    seen, first, later = set(), [], []
    for row in rows:
        (later if row["source_path"] in seen else first).append(row)
        seen.add(row["source_path"])
    return first + later, len(seen)


def main():
    root = sys.argv[1]
    pack = os.path.join(root, "pack")
    labels = collections.defaultdict(list)
    with open(os.path.join(pack, "labels.tsv"), encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            labels[row["label"]].append(row)
    cell, numbers = SIDE + 2, random.Random(SEED)
    sheet = Image.new("RGB", (COLUMNS * cell + MARGIN, len(labels) * cell), (30, 30, 30))
    draw = ImageDraw.Draw(sheet)
    for line, label in enumerate(labels):
        rows, n = shuffled(labels[label], numbers)
        draw.text((4, line * cell + 10), label, fill=(255, 255, 120))
        draw.text((4, line * cell + 30), f"{len(rows)} crops\n{n} pictures", fill=(200, 200, 200))
        for column, row in enumerate(rows[:COLUMNS]):
            image = Image.open(os.path.join(pack, row["file"])).resize((SIDE, SIDE), Image.LANCZOS)
            sheet.paste(image, (MARGIN + column * cell, line * cell))
    sheet.save(os.path.join(root, "sheet.png"))


if __name__ == "__main__":
    main()
