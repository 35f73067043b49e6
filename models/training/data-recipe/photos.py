# SPDX-License-Identifier: GPL-3.0-or-later
"""Photographs, and what is cut out of large ones: the labels photo, swirl and some water."""

import glob
import os
import re

import numpy as np

from crop import Crop
from landscapes import LAND, lands
from licences import REFUSED, licence_by_name, licence_of

SIZE = 256

# By the beginning of a landscape's name; others are their own.
KINDS = {"badlands": "desert", "beach": "coast", "bwerner": "desert", "canyon": "canyon",
         "city": "city", "clouds": "sky", "desert": "desert", "dmottl": "mountain",
         "dokimi": "desert", "dune": "desert", "fields": "field", "fog": "forest",
         "forest": "forest", "garden": "forest", "haze": "hill", "hills": "hill",
         "industrial": "interior", "lava": "lava", "loc": "city", "mfield": "mountain",
         "mountain": "mountain", "myrabella": "coast", "path": "forest", "sea": "coast",
         "sivael": "interior", "sky": "sky", "snow": "snow", "space": "interior",
         "station": "interior", "tundra": "hill", "valley": "valley", "water": "water"}
NOT_ON_EARTH = ("nasa", "asteroid", "earthrise", "enceladus", "mars", "mercury", "moon",
                "peripheria")

BUDGIE = "budgie-backgrounds/usr/share/backgrounds/budgie/"
BUDGIE_PHOTOS = """beacon-street-sunset blue-periwinkle canyon-wren casa-mila extreme-desert-hike
lake-sherburne oakland-zoo-otters perched-osprey roman-colosseum singaporean-cityscape
tea-gardens""".split()
MATE = "mate-backgrounds/usr/share/backgrounds/mate/nature/"
MATE_PHOTOS = {"Aqua": 0.3, "Dune": 0.45, "FreshFlower": 0.45, "Garden": 0.3, "LadyBird": 0.3,
               "Storm": 0.4, "TwoWings": 0.3, "YellowFlower": 0.3}
LOMIRI = "lomiri-wallpapers-*/usr/share/backgrounds/*.jpg"
LOMIRI_DRAWN = "analog|umang|Fossa|Infinite|Painting"
PLASMA = "plasma-workspace-wallpapers/usr/share/wallpapers/{}/contents/images/*.jpg"
PLASMA_PHOTOS = """Autumn FallenLeaf Path EveningGlow Kite OneStandsOut ColdRipple BytheWater
DarkestHour""".split()
RECIPES = "gnome-recipes-data/usr/share/gnome-recipes/images/"
RECIPES_PHOTOS = "chinese.png french.jpg indian.jpg mediterranean.png nordic.jpg turkish.png".split()
SKIMAGE = "python3-skimage/usr/lib/python3/dist-packages/skimage/data/"
SKIMAGE_PHOTOS = "chelsea coffee astronaut".split()
PALAPELI = "palapeli-data/usr/share/palapeli/collection/*.jpg"


def squares(pixels):
    """-> [(x, y, pixels)] of all that are neither dark nor flat, evenly spread"""
    height, width = pixels.shape[:2]
    found = []
    for y in places(height):
        for x in places(width):
            part = pixels[y:y + SIZE, x:x + SIZE]
            if part.mean() > 14 and part.astype(float).mean(2).std() > 9:
                found.append((x, y, part))
    return found


def places(side):
    n = side // SIZE
    if n < 1:
        return []
    if n < 2:
        return [(side - SIZE) // 2]
    return [round(i * (side - SIZE) / (n - 1)) for i in range(n)]


class Photos:
    """Cuts photographs; packages that are not there have none."""

    def __init__(self, root, numbers):
        self.root = root
        self.numbers = numbers
        self.crops = []

    def has(self, path):
        return os.path.isdir(os.path.join(self.root, "x", path.split("/")[0]))

    def glob(self, pattern):
        below = os.path.join(self.root, "x")
        return [os.path.relpath(path, below) for path in sorted(glob.glob(f"{below}/{pattern}"))]

    def size_of(self, path):
        from images import size_of  # pylint: disable=import-outside-toplevel
        return size_of(self.root, path)

    def cut(self, path, label, sublabel, scale, most):
        """Adds so many squares of a picture that is scaled first."""
        from images import open_rgb, scaled  # pylint: disable=import-outside-toplevel
        if not self.has(path):
            return
        image = open_rgb(self.root, path)
        image = scaled(image, image.width * scale, image.height * scale)
        found = squares(np.asarray(image))
        self.numbers.shuffle(found)
        licence = licence_by_name(self.root, path)
        if REFUSED.search(licence):
            print(f"refused: {path}, licence {licence}")
            return
        self.crops += [Crop(label, sublabel, path, licence, scale, SIZE, x, y, pixels, "w:" + path)
                       for x, y, pixels in found[:most]]

    def swirls(self):
        """Jupiter, by NASA: nothing else turns like this."""
        for path in self.glob(LAND + "/nasa*.jpg"):
            if (not re.fullmatch(r"nasa[0-7]\.jpg", os.path.basename(path))
                    and not REFUSED.search(licence_of(self.root, path))):
                self.cut(path, "swirl", "", 0.8, 3)

    def landscapes(self):
        """Two halves of each."""
        from images import open_rgb, scaled  # pylint: disable=import-outside-toplevel
        for path in lands(self.root):
            kind = re.match(r"[a-z]+", os.path.basename(path)).group(0)
            if kind in NOT_ON_EARTH:
                continue
            pixels = np.asarray(scaled(open_rgb(self.root, path), 2 * SIZE, SIZE))
            self.crops += [Crop("photo", KINDS.get(kind, kind), path, licence_of(self.root, path),
                                SIZE / 360, SIZE, x, 0, pixels[:, x:x + SIZE], "es:" + path)
                           for x in (0, SIZE)]

    def wallpapers(self):
        for name in BUDGIE_PHOTOS:
            self.cut(f"{BUDGIE}{name}.jpg", "photo", "misc", 0.25, 6)
        for name, scale in MATE_PHOTOS.items():
            self.cut(f"{MATE}{name}.jpg", "photo", "macro", scale, 5)
        for path in self.glob(LOMIRI):
            if not re.search(LOMIRI_DRAWN, path):
                self.cut(path, "photo", "misc", 640 / min(self.size_of(path)), 5)
        for name in PLASMA_PHOTOS:
            sizes = {path: self.size_of(path) for path in self.glob(PLASMA.format(name))}
            if sizes:
                widest = max(sizes, key=sizes.get)
                self.cut(widest, "photo", "misc", 640 / min(sizes[widest]), 5)
            elif self.has(PLASMA):
                print(f"there is no wallpaper {name}")

    def others(self):
        paths = self.glob(RECIPES + "big-*")
        for path in paths + [RECIPES + name for name in RECIPES_PHOTOS if self.has(RECIPES)]:
            self.cut(path, "photo", "food", max(0.5, 270 / min(self.size_of(path))), 4)
        for name in SKIMAGE_PHOTOS:
            self.cut(f"{SKIMAGE}{name}.png", "photo", "misc", 0.9, 2)
        for path in self.glob(PALAPELI):
            self.cut(path, "photo", "misc", 520 / min(self.size_of(path)), 5)


def photos(root, numbers):
    found = Photos(root, numbers)
    found.cut(BUDGIE + "ocean-waves.jpg", "water", "", 0.5, 14)
    found.swirls()
    found.landscapes()
    found.wallpapers()
    found.others()
    return found.crops
