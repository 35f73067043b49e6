# SPDX-License-Identifier: GPL-3.0-or-later
"""choose.py FOLDER: which pictures are textures, and of what.

Reads FOLDER/index.tsv, writes FOLDER/chosen.tsv: path, label, scale (0: by its size), licence of
each picture that rules.py has a label for and that is large enough and freely licensed.
"""

import collections
import os
import sys

from licences import REFUSED, licence_of
from rules import label_of


def large_enough(path, width, height):
    least, most = min(width, height), max(width, height)
    return least >= 200 or (least >= 128 and most >= 256) or "spiceTower/" in path


def main():
    root = sys.argv[1]
    labels, refused = collections.Counter(), collections.Counter()
    with open(os.path.join(root, "index.tsv"), encoding="utf-8") as index, \
         open(os.path.join(root, "chosen.tsv"), "w", encoding="utf-8") as out:
        for line in index:
            path, width, height, _ = line.rstrip("\n").split("\t")
            found = label_of(path)
            if not found or not large_enough(path, int(width), int(height)):
                continue
            licence = licence_of(root, path)
            if REFUSED.search(licence):
                refused[path.split("/")[0], licence] += 1
                continue
            label, scale = found
            labels[label] += 1
            out.write(f"{path}\t{label}\t{scale or 0}\t{licence}\n")
    print("chosen:", ", ".join(f"{n} {label}" for label, n in labels.most_common()))
    for (package, licence), n in refused.items():
        print(f"refused: {n} of {package}, licence {licence}")


if __name__ == "__main__":
    main()
