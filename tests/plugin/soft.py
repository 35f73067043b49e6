# SPDX-License-Identifier: GPL-3.0-or-later
"""Little selected is little changed, in every precision and profile."""

import math

from scenes import fill, flat
from support import GRAY, RGB, Tap, call, floats, new_image, raw, select

from gi.repository import Gimp

SIDE = 56
AREA = (12, 12, 32, 32)
INSIDE = [y * SIDE + x for y in range(AREA[1], AREA[1] + AREA[3])
          for x in range(AREA[0], AREA[0] + AREA[2])]
OUTSIDE = sorted(set(range(SIDE * SIDE)) - set(INSIDE))
LITTLE = 0.01
ACTS = {
    "reimagine": {"noise_level": 0.4, "steps": 3},
    "reimagine, blended in": {"noise_level": 0.4, "steps": 3, "soft_selection": False},
    "inpaint": {"steps": 3},
    "noise": {"noise_level": 0.3},
}
OUTPUTS = ("new-layer", "replace")


def shades(x, y):
    """Neither dark nor light, and not two pixels alike."""
    return tuple(0.45 + 0.2 * math.sin((x * 7 + y * 13) * (c + 1)) for c in range(3)) + (1.0,)


def bright(x, y):
    """More than a screen can show."""
    return tuple(4.0 * v for v in shades(x, y)[:3]) + (1.0,)


def vivid(x, y):
    """A green that no screen of sRGB can show; the numbers are of the image's own space."""
    return (0.0, 1.0, 0.0, 1.0) if (x + y) % 5 else shades(x, y)


CASES = {
    "u8": (RGB, "u8", shades, None),
    "gray u8": (GRAY, "u8", shades, None),
    "u16": (RGB, "u16", shades, None),
    "gray u16": (GRAY, "u16", shades, None),
    "half": (RGB, "half", shades, None),
    "float": (RGB, "float", shades, None),
    "double": (RGB, "double", shades, None),
    "float linear, brighter than white": (RGB, "float linear", bright, None),
    "float, brighter than white": (RGB, "float", bright, None),
    "gray float, brighter than white": (GRAY, "float linear", bright, None),
    "Adobe RGB u8": (RGB, "u8", vivid, "gamma"),
    "Adobe RGB u16": (RGB, "u16", vivid, "gamma"),
    "Adobe RGB float linear": (RGB, "float linear", vivid, "linear"),
}


def new_case(name):
    base, precision, color, profile = CASES[name]
    image, source = new_image(base, precision, SIDE, SIDE)
    fill(source, color)
    if profile:  # the numbers stay, and mean other colors
        adobe = Gimp.ColorProfile.new_rgb_adobe()
        image.set_color_profile(adobe if profile == "gamma" else
                                adobe.new_linear_from_color_profile())
    return image, source


def select_in_part(image, share):
    """The area, selected to that share.  A channel would be of other numbers where 8 bits hold
    them."""
    x, y, width, height = AREA
    image.select_rectangle(Gimp.ChannelOps.REPLACE, *AREA)
    fill(image.get_selection(),
         lambda i, j: (share * (x <= i < x + width and y <= j < y + height),), "Y float")


def changes(tap, what, act, output, name, share):
    """By how much each number that is seen changes."""
    image, source = new_case(name)
    select_in_part(image, share)
    before = flat(image)
    result = call(act.split(",")[0], image, [source], seed=5, output=output, **ACTS[act])
    good = tap.ok(result.good, f"{what}, {share:.0%} selected", result.message)
    after = flat(image)
    size = len(before[0]) // (SIDE * SIDE)
    same = all(before[0][i * size:(i + 1) * size] == after[0][i * size:(i + 1) * size]
               for i in OUTSIDE)
    tap.ok(same, f"{what}, {share:.0%} selected: nothing changes outside")
    image.delete()
    return [abs(after[1][4 * i + c] - before[1][4 * i + c]) for i in INSIDE
            for c in range(3)] if good else None


def little(tap, name):
    """1 % selected is 1 % of the change"""
    for act in ACTS:
        for output in OUTPUTS:
            what = f"{act}, {name}, {output}"
            full = changes(tap, what, act, output, name, 1.0)
            some = changes(tap, what, act, output, name, LITTLE)
            if not full or not some:
                continue
            full, some = sum(full) / len(full), sum(some) / len(some)
            # what is rounded to 1/255 may change by a whole one, or not at all
            rounded = 0.5 / 255 if "u8" in name else 0.0
            tap.ok(full > 0.01, f"{what}: all of it is a change", f"{full}")
            tap.ok(some <= 3 * LITTLE * full + rounded, f"{what}: little of it is a little change",
                   f"{some / full:.2%} of {full}")
            # as a noise level that little may be less than the first step
            tap.ok(rounded or act == "reimagine" or some >= LITTLE * full / 4, f"{what}: but one",
                   f"{some / full:.2%} of {full}")


def blended(tap):
    """two layers are read as finely as one would be that looks like both"""
    for name in CASES:
        image, source = new_case(name)
        image.select_rectangle(Gimp.ChannelOps.REPLACE, *AREA)
        source.set_opacity(60.0)
        below = source.copy()
        image.insert_layer(below, None, 1)
        below.set_opacity(100.0)
        fill(below, (0.3, 0.4, 0.5, 1.0))
        copy = image.duplicate()
        both = (call("noise", image, [source], noise_level=0.05, seed=2),
                call("noise", copy, [copy.flatten()], noise_level=0.05, seed=2))
        if tap.ok(both[0].good and both[1].good, f"{name} runs", f"{[r.message for r in both]}"):
            one, other = (floats(result.layer).tolist() for result in both)
            off = max(abs(a - b) for a, b in zip(one, other))
            least = {"u8": 1.5 / 255, "half": 0.004, "u16": 1e-3}.get(CASES[name][1], 2e-4)
            tap.ok(off < least, name, f"off by {off}")
        image.delete()
        copy.delete()


def ring(tap):
    """values above 1 go on where the selection fades"""
    for output in OUTPUTS:
        for act in ("reimagine", "inpaint"):
            image, source = new_image(RGB, "float linear", 140, 140)
            fill(source, (4.0, 4.0, 4.0, 1.0))
            select(image, 40, 40, 60, 60, feather=20)
            cover = floats(image.get_selection(), "Y float").tolist()
            result = call(act, image, [source], noise_level=0.01, output=output, seed=1)
            seen = flat(image)[1][::4]
            least = min(v for v, c in zip(seen, cover) if c < 0.05)
            tap.ok(result.good and least > 3.0, f"{act}, {output}", f"{result.message} {least}")
            steep = max(abs(seen[i] - seen[i + 1]) for i in range(len(seen) - 1)
                        if abs(cover[i] - cover[i + 1]) < 0.02 and i % 140 < 139 and cover[i] < 0.2)
            tap.ok(steep < 0.5, f"{act}, {output}: without an edge", f"{steep}")
            image.delete()


def wide(tap):
    """colors beyond sRGB survive a breath of noise, whatever is selected"""
    for precision, most in (("u8", 50), ("u16", 50 * 257), ("float", 0.2)):
        for act in ("noise", "reimagine"):
            for output in OUTPUTS:
                image, source = new_image(RGB, precision)
                fill(source, (0.0, 1.0, 0.0, 1.0))
                image.set_color_profile(Gimp.ColorProfile.new_rgb_adobe())
                if act == "reimagine":
                    select(image, 8, 8, 30, 24, feather=12)
                result = call(act, image, [source], noise_level=0.01, output=output, seed=1)
                copy = image.duplicate()
                kind = {"u8": "B", "u16": "H", "float": "f"}[precision]
                numbers = memoryview(bytes(raw(copy.flatten()))).cast(kind).tolist()
                red = numbers[::3] if act == "noise" else numbers[3 * (8 + 8 * 48):][:90:3]
                copy.delete()
                image.delete()
                tap.ok(result.good and max(red) < most, f"{act}, {precision}, {output}",
                       f"{result.message} {max(red)}")


def main(part):
    names = list(CASES)
    names = names[:len(names) // 2] if part == "1" else names[len(names) // 2:]

    def each_case(tap):
        """little selected"""
        for name in names:
            little(tap, name)
    Tap().run([each_case] + ([] if part == "1" else [blended, ring, wide]))
