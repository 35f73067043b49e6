# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the packages as arrays; all that needs python3-pil, but for the programs around it."""

import os
import warnings

import numpy as np
from PIL import Image

warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = None


def open_rgb(root, path):
    """A picture below x/; what is transparent shows the colours that lie below."""
    image = Image.open(os.path.join(root, "x", path))
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        image = Image.merge("RGB", image.split()[:3])
    return image.convert("RGB")


def size_of(root, path):
    with Image.open(os.path.join(root, "x", path)) as image:
        return image.size


def scaled(image, width, height):
    return image.resize((max(1, round(width)), max(1, round(height))), Image.LANCZOS)


def outline(root, path):
    """-> (272 bits: whether it grows brighter from cell to cell, mean colour) of a picture"""
    image = open_rgb(root, path)
    cells = image.resize((256, 256), Image.BILINEAR).convert("L").resize((17, 16), Image.BOX)
    cells = np.asarray(cells).astype(int)
    return ((cells[:, 1:] > cells[:, :-1]).ravel(),
            np.asarray(image.resize((8, 8), Image.BOX)).reshape(-1, 3).mean(0))


def save(path, pixels):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Image.fromarray(np.ascontiguousarray(pixels)).save(path, optimize=True)
