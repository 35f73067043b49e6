# SPDX-License-Identifier: GPL-3.0-or-later
"""index.py FOLDER PACKAGE...: lists pictures.

Reads FOLDER/x/PACKAGE, writes FOLDER/index.tsv: path, width, height, mode of each picture of 128
pixels or more, the same bytes once only, without normal maps and their like.
"""

import hashlib
import os
import re
import sys

from PIL import Image

ENDS = (".png", ".jpg", ".jpeg", ".tga", ".dds", ".bmp", ".rgb", ".webp", ".rgba")
NO_COLOURS = re.compile(
    r"(_(n|s|norm|spec|nm|gm|sm|normal|normals|nrm|gloss|glow|mask|ao|height|bump|luma|shirt|pants|"
    r"reflect|local|h|hm)\.|norm_no|normal|specular)", re.I)
Image.MAX_IMAGE_PIXELS = None


def pictures_in(folder):
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(ENDS) and not NO_COLOURS.search(name):
                yield os.path.join(place, name)


def main():
    root, packages = sys.argv[1], sys.argv[2:]
    below = os.path.join(root, "x")
    seen = set()
    with open(os.path.join(root, "index.tsv"), "w", encoding="utf-8") as out:
        for package in packages:
            for path in pictures_in(os.path.join(below, package)):
                with open(path, "rb") as file:
                    digest = hashlib.md5(file.read()).hexdigest()
                if digest in seen:
                    continue
                try:
                    with Image.open(path) as image:
                        (width, height), mode = image.size, image.mode
                except Exception:  # pylint: disable=broad-except
                    continue  # a kind of its game's own
                if min(width, height) >= 128:
                    seen.add(digest)
                    out.write(f"{os.path.relpath(path, below)}\t{width}\t{height}\t{mode}\n")
    print(f"{len(seen)} pictures in {len(packages)} packages")


if __name__ == "__main__":
    main()
