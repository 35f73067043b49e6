# SPDX-License-Identifier: GPL-3.0-or-later
"""Sky and water out of the landscapes of endless-sky-data, 128 pixels on a side, as they are.

Landscapes have 720 x 360 pixels: five crops fit side by side.
"""

import collections
import glob
import os

import numpy as np

from crop import Crop
from licences import REFUSED, licence_of

LAND = "endless-sky-data/usr/share/games/endless-sky/images/land"
SIZE = 128
STEP, FIRST = 144, 8
SKY_Y, WATER_Y = 4, 228
MOST_SKY = 430
MOST_OF_ONE = 3

# No sky above these.
ELSEWHERE = ("station", "sivael", "space", "asteroid", "moon", "mars", "industrial", "loc",
             "peripheria", "earthrise", "mercury", "enceladus", "night", "nasa")
NO_SKY = ("desert15.jpg", "desert3.jpg", "earthrise.jpg", "canyon12.jpg")

# Of the candidates, by number, in version 0.11.4-1~bpo13+1: looked at, and no sky.
NO_SKY_NUMBERS = (0, 38, 56, 172)

# Looked at, and water: which of the five.
WATER = {"beach1": "0123", "beach14": "01234", "beach15": "01234", "beach2": "0124",
         "beach4": "34", "beach5": "34", "myrabella1": "34", "myrabella4": "234",
         "myrabella5": "234", "sea10-sfiera": "01234", "sea18": "0123", "sea22": "012",
         "sea23": "01", "sea24": "123", "sea3": "01234", "sea4": "4", "sea8": "01",
         "sea9": "01234", "water12": "1234", "water14": "01234", "water15": "014", "water2": "4",
         "water20": "0123", "water23": "01234", "water25": "1234", "water4": "0123",
         "water5": "0123", "water7": "01234", "water9": "234"}


def lands(root):
    """-> paths below x/ of all landscapes with a free licence"""
    below = os.path.join(root, "x")
    paths = [os.path.relpath(path, below)
             for path in sorted(glob.glob(os.path.join(below, LAND, "*.jpg")))]
    return [path for path in paths if not REFUSED.search(licence_of(root, path))]


def is_sky(pixels):
    """Something to see, but soft, and not night."""
    grey = pixels.astype(float).mean(2)
    down, along = np.abs(np.diff(grey, axis=0)), np.abs(np.diff(grey, axis=1))
    edges = (down > 28).mean() + (along > 28).mean()
    return (grey.std() > 7 and grey.mean() > 55 and edges < 0.0015
            and max(along.mean(), down.mean()) < 4.5 and along.mean() > 0.35)


def crop_at(root, label, path, x, y):
    from images import open_rgb  # pylint: disable=import-outside-toplevel
    pixels = np.asarray(open_rgb(root, path))[y:y + SIZE, x:x + SIZE]
    return Crop(label, "", path, licence_of(root, path), 1.0, SIZE, x, y, pixels, "es:" + path)


def sky(root, numbers):
    candidates = [crop_at(root, "sky", path, FIRST + STEP * i, SKY_Y) for path in lands(root)
                  if not os.path.basename(path).startswith(ELSEWHERE) for i in range(5)]
    candidates = list(enumerate(crop for crop in candidates if is_sky(crop.pixels)))
    numbers.shuffle(candidates)
    crops, used = [], collections.Counter()
    for number, crop in candidates:
        if (number in NO_SKY_NUMBERS or used[crop.path] >= MOST_OF_ONE or len(crops) >= MOST_SKY
                or os.path.basename(crop.path) in NO_SKY):
            continue
        used[crop.path] += 1
        crops.append(crop)
    return crops


def water(root):
    return [crop_at(root, "water", path, FIRST + STEP * int(i), WATER_Y) for path in lands(root)
            for i in WATER.get(os.path.basename(path)[:-4], "")]
