# SPDX-License-Identifier: GPL-3.0-or-later
"""patterns.py FOLDER: GIMP's patterns as PNG.

Reads FOLDER/usr/**/*.pat of an unpacked package, writes FOLDER/png/NAME.png.
"""

import glob
import os
import struct
import sys

from PIL import Image

MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def main():
    folder = sys.argv[1]
    os.makedirs(os.path.join(folder, "png"), exist_ok=True)
    for path in sorted(glob.glob(os.path.join(folder, "usr/**/*.pat"), recursive=True)):
        with open(path, "rb") as file:
            data = file.read()
        header, _, width, height, channels = struct.unpack(">5I", data[:20])
        pixels = data[header:header + width * height * channels]
        name = os.path.basename(path)[:-4] + ".png"
        try:
            image = Image.frombytes(MODES[channels], (width, height), pixels)
        except (KeyError, ValueError) as error:
            print(f"{path}: {error}")
            continue
        image.convert("RGB").save(os.path.join(folder, "png", name))


if __name__ == "__main__":
    main()
