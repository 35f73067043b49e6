#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What models/training/data-recipe decides, on made-up packages and numbers, without pictures of
packages: test_data.py EXECUTABLE.  Prints TAP.
"""

import collections
import os
import subprocess
import sys

import numpy as np

from support import TRAINING
from crop import Crop
from licences import REFUSED, licence_by_name, licence_of, tier
from rules import RULES, label_of
from split import held_out
from textures import QUOTA, Source, clusters, corners, cut, distinct, good, pick, scale_for, wrapped
from tool import check, run_tests

RECIPE = os.path.join(TRAINING, "data-recipe")
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2001, Everyone
License: GPL-2+

Files: terrains/*
 other/*
Copyright: 2002, Someone
  2003, Someone else
License: CC-BY-SA-4.0
 and its text

Files: terrains/grass*
Copyright: 2004, Nobody
License: CC-BY-NC-4.0

Files: debian/*
Copyright: 2005, Packager
License: MIT
"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_package(name="extremetuxracer-data"):
    write(f"x/{name}/usr/share/doc/{name}/copyright", COPYRIGHT)


def noise(size, seed=1, low=60, high=190):
    return np.random.default_rng(seed).integers(low, high, (size, size, 3)).astype("uint8")


def test_rules():
    """labels of paths: the first rule counts, exceptions and exclusions do not"""
    terrains = "extremetuxracer-data/usr/share/games/etr/terrains/"
    nature = "ufoai-textures/usr/share/games/base/unz/textures/tex_nature/"
    buildings = "ufoai-textures/usr/share/games/base/unz/textures/tex_buildings/"
    for path, label in [(terrains + "snow.png", "snow"), (terrains + "dirt01.png", "soil"),
                        (terrains + "tree.png", None), ("extremetuxracer-data/snow.png", None),
                        (nature + "dirt_se04.jpg", None), (nature + "dirt_se01.jpg", "soil"),
                        (buildings + "roof001.jpg", "roof"), (buildings + "roof006.jpg", "metal"),
                        (buildings + "roof004.jpg", None), (nature + "rock0_slime.jpg", None)]:
        found = label_of(path)
        check((found[0] if found else None) == label, f"{path}: {found}, not {label}")
    check(label_of("mate-backgrounds/x/nature/Wood.jpg") == ("wood", 0.4), "a rule's scale")
    labels = {label for label, _, _, _ in RULES if label}
    check(set(QUOTA) == labels, f"labels without a quota: {labels ^ set(QUOTA)}")


def test_licences():
    """licences of paths: later paragraphs count more, paths are those of the source"""
    make_package()
    terrains = "extremetuxracer-data/usr/share/games/etr/terrains/"
    for path, licence in [(terrains + "snow.png", "CC-BY-SA-4.0"),
                          (terrains + "grass1.png", "CC-BY-NC-4.0"),
                          ("extremetuxracer-data/usr/debian/x.png", "GPL-2+"),
                          ("extremetuxracer-data/usr/unz/other/x.png", "CC-BY-SA-4.0"),
                          ("python3-skimage/brick.png", "CC0-1.0"), ("no-package/x.png", "?")]:
        check(licence_of(".", path) == licence, f"{path}: {licence_of('.', path)}")
    check(licence_by_name(".", "no-package/x.png") == "?", "nothing is known")
    for licence in ["?", "CC-BY-NC-4.0", "CC-BY-ND-3.0", "GPL-2", "GFDL-1.3", "Unsplash"]:
        check(REFUSED.search(licence), f"{licence} is refused")
    for licence, kind in [("CC0", "A"), ("public-domain", "A"), ("CC-BY-3.0", "A"), ("MIT", "A"),
                          ("CC-BY-SA-3.0", "B"), ("GPL-2+", "C"), ("LGPL-3", "C")]:
        check(not REFUSED.search(licence) and tier(licence) == kind, f"{licence} is of tier {kind}")


def test_choose():
    """choose.py: what has a label, a size and a licence"""
    make_package()
    terrains = "extremetuxracer-data/usr/share/games/etr/terrains/"
    rows = [("snow.png", 256, 256), ("grass0.png", 256, 256), ("rock.png", 199, 199),
            ("ice.png", 128, 256), ("tree.png", 512, 512)]
    write("./index.tsv", "".join(f"{terrains}{name}\t{w}\t{h}\tRGB\n" for name, w, h in rows))
    said = subprocess.run([sys.executable, os.path.join(RECIPE, "choose.py"), "."], check=True,
                          env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"),
                          stdout=subprocess.PIPE).stdout.decode()
    with open("chosen.tsv", encoding="utf-8") as file:
        chosen = file.read()
    check(chosen == "".join(f"{terrains}{name}\tsnow\t0\tCC-BY-SA-4.0\n"
                            for name in ["snow.png", "ice.png"]), chosen)
    check("2 snow" in said and "1 of extremetuxracer-data, licence CC-BY-NC-4.0" in said, said)


def test_cut():
    """crops: evenly spread, inside, and neither flat, black, white nor half empty"""
    check(corners(256, 256) == [0] and corners(300, 256) == [22], "one in the middle")
    check(corners(1000, 256) == [0, 372, 744], f"{corners(1000, 256)}")
    check(scale_for("a.png", "stone", 2048, 3000) == 0.375
          and scale_for("a.dds", "stone", 2048, 3000) == 0.3125
          and scale_for("a.dds", "stone", 512, 512) == 0.75
          and scale_for("a.png", "aerial", 1024, 1024) == 1.0, "scales")
    check([crop[:3] for crop in cut(noise(512), "stone")]
          == [(256, 0, 0), (256, 256, 0), (256, 0, 256), (256, 256, 256)], "four of 256 pixels")
    check([crop[:3] for crop in cut(noise(190), "stone")] == [(128, 31, 31)], "one of 128 pixels")
    check(not cut(noise(127), "stone"), "none")
    check(wrapped(noise(300)).shape == (512, 512, 3), "what repeats is filled up")
    plain = noise(256).astype(float)
    half = plain.copy()
    half[:128] = 120
    spotted = plain.copy()
    spotted[:20, :20] = 255, 0, 255
    check(good(plain, "stone"), "noise is good")
    for name, pixels in [("flat", 0 * plain + 120), ("black", plain / 20), ("white", plain / 50 + 251),
                         ("half empty", half), ("what is missing", spotted)]:
        check(not good(pixels, "stone"), f"{name} is not")
    check(good(half, "snow"), "snow may be")


def test_pick():
    """near duplicates share a cluster, copies go, quotas hold and go round all pictures"""
    bits = np.random.default_rng(2).integers(0, 2, (4, 272)).astype(bool)
    bits[1] = bits[0]
    bits[1, :10] ^= True    # a copy, or a recoloring
    bits[3] = bits[2]
    bits[3, :50] ^= True    # a variant
    found = clusters(bits)
    check(found[0] == found[1] and found[2] == found[3] and found[0] != found[2], f"{found}")
    colors = np.array([[100.0] * 3, [105.0] * 3, [100.0] * 3, [100.0] * 3])
    check(distinct(bits, colors, found) == [0, 2, 3], "the copy goes")
    colors[1] += 10
    check(distinct(bits, colors, found) == [0, 1, 2, 3], "the recoloring stays")

    def sources(n, size):
        return [Source(f"p{i}", "CC0", 1.0, [(size, k, 0, None) for k in range(10)], i)
                for i in range(n)]
    most = collections.Counter(crop.path for crop in pick(sources(3, 256), "straw"))
    check(set(most.values()) == {6}, f"six of each: {most}")
    shared = pick(sources(30, 256), "straw")
    check(len(shared) == 20 and len({crop.path for crop in shared}) == 20, "20 straws of 20 pictures")
    check(len(pick(sources(30, 128), "straw")) == 80, "small ones count a quarter")
    one = [source._replace(cluster=0) for source in sources(10, 256)]
    check(len(pick(one, "straw")) == 18, "no cluster has all")


def test_split():
    """what is held out: whole clusters, about 6 % of each label, the same each time"""
    crops = [Crop(label, "", "", "", 1, 256, 0, 0, None, f"{kind}{i % n}")
             for label, n, kind in [("photo", 100, "es"), ("sky", 60, "es"), ("stone", 40, "st"),
                                    ("lava", 3, "la"), ("rust", 1, "ru")] for i in range(2 * n)]
    held = held_out(crops)
    check(held == held_out(crops[::-1]), "whatever the order")
    check("ru0" not in held, "there is something to learn of each label")
    for label in ["photo", "sky", "stone", "lava"]:
        own = [crop.cluster for crop in crops if crop.label == label]
        share = sum(cluster in held for cluster in own) / len(own)
        check(0.03 <= share <= 0.4 and (share < 0.1 or label == "lava"), f"{label}: {share}")


if __name__ == "__main__":
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
