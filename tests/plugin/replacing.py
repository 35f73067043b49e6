# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaced pixels: mixed as a new layer would be, and nothing else touched."""

import math
import struct

from support import GRAY, PRECISIONS, RGB, call, floats, new_image, put, raw, settings

from gi.repository import Gimp

SIDE = 64
WAYS = {
    "soft": {},
    "grown, feathered and blended in": {"grow": 5, "feather": 4, "blend": 4,
                                        "soft_selection": False},
    "shrunk": {"grow": -2, "soft_selection": False},
}


def texture(alpha):
    """Numbers that no conversion leaves alone by chance."""
    return struct.pack(f"{4 * SIDE * SIDE}f", *(
        (1.0 if i % 8 == 3 else alpha) if i % 4 == 3 else math.sin(i * i) ** 2
        for i in range(4 * SIDE * SIDE)))


def pixel_bytes(drawable):
    data = bytes(raw(drawable))
    size = len(data) // (drawable.get_width() * drawable.get_height())
    return [data[i:i + size] for i in range(0, len(data), size)]


def by_a_layer(layer, own):
    """Weights and pixels that the new layer has, for the whole image."""
    weights = [0.0] * (SIDE * SIDE)
    pixels = [None] * (SIDE * SIDE)
    _, left, top = layer.get_offsets()
    width = layer.get_width()
    mask = floats(layer.get_mask(), "Y float").tolist()
    values = floats(layer).tolist()
    if layer.get_composite_mode() == Gimp.LayerCompositeMode.CLIP_TO_BACKDROP:
        values[3::4] = [own[4 * ((top + i // width) * SIDE + left + i % width) + 3]
                        for i in range(len(mask))]
    for i, weight in enumerate(mask):
        at = (top + i // width) * SIDE + left + i % width
        weights[at] = weight
        pixels[at] = values[4 * i:4 * i + 4]
    return weights, pixels


def mixed(own, new, weight):
    alpha = own[3] + weight * (new[3] - own[3])
    share = weight * new[3] / alpha if alpha > 0.0 else weight
    return [a + share * (b - a) for a, b in zip(own[:3], new[:3])] + [alpha]


def off(own, after, weights, pixels):
    """The largest difference to what was to be expected, where anything was to change."""
    return max(abs(a - b) for i, weight in enumerate(weights) if weight > 0.0
               for a, b in zip(mixed(own[4 * i:4 * i + 4], pixels[i], weight),
                               after[4 * i:4 * i + 4]))


def check(tap, what, image, source, name, tolerance, **arguments):
    """The same once as a new layer and once in place."""
    before = pixel_bytes(source)
    own = floats(source).tolist()
    selection = bytes(raw(image.get_selection()))
    result = call(name, image, [source], seed=4, **arguments)
    if not tap.ok(result.good, f"{what}: a new layer", result.message):
        return
    weights, pixels = by_a_layer(result.layer, own)
    image.remove_layer(result.layer)
    result = call(name, image, [source], seed=4, output="replace", **arguments)
    if not tap.ok(result.good, f"{what}: in place", result.message):
        return
    after = pixel_bytes(source)
    outside = [i for i, weight in enumerate(weights) if weight == 0.0 and before[i] != after[i]]
    tap.ok(not outside, f"{what}: all else is as it was", f"{len(outside)} pixels")
    difference = off(own, floats(source).tolist(), weights, pixels)
    tap.ok(difference < tolerance, f"{what}: mixed as a layer is", f"off by {difference}")
    tap.ok(bytes(raw(image.get_selection())) == selection, f"{what}: the selection is as it was")
    tap.equal((result.layer, settings(source)["seed"]), (source, 4), f"{what}: and returned")
    tap.equal((len(image.get_layers()), len(image.get_channels()), image.get_selected_layers()),
              (1, 0, [source]), f"{what}: the lists are as they were")


def new_case(precision, base=RGB, profile=None, alpha=0.6):
    image, source = new_image(base, precision, SIDE, SIDE, True, profile)
    put(source, texture(alpha))
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 20, 18, 22, 20)
    image.select_rectangle(Gimp.ChannelOps.ADD, 4, 50, 6, 5)
    Gimp.Selection.feather(image, 5.0)
    return image, source


def each_way(tap):
    """soft, grown, feathered, blended in"""
    for what, arguments in WAYS.items():
        image, source = new_case("u8")
        check(tap, f"reimagine, {what}", image, source, "reimagine", 0.01, **arguments)
        image.delete()
    image, source = new_case("u8")
    check(tap, "inpaint over what is transparent", image, source, "inpaint", 0.02, grow=3, blend=6)


def each_precision(tap):
    """every precision, with profiles"""
    adobe = Gimp.ColorProfile.new_rgb_adobe()
    cases = [(precision, RGB, None) for precision in PRECISIONS if precision != "u8"]
    cases += [("u8", RGB, adobe), ("u16", RGB, adobe), ("u8", GRAY, None),
              ("float linear", RGB, adobe.new_linear_from_color_profile())]
    for precision, base, profile in cases:
        image, source = new_case(precision, base, profile)
        what = f"{'gray' if base == GRAY else 'RGB'} {precision}{' with a profile' if profile else ''}"
        # gray of what is colored is not mixed as the colors are
        tolerance = 1.0 if base == GRAY else 0.01
        check(tap, what, image, source, "reimagine", tolerance, grow=5, feather=4)
        image.delete()


def beyond_the_canvas(tap):
    """a layer that is larger than the canvas"""
    image, source = new_case("float")
    source.set_offsets(-8, -8)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 6, 6)
    before = pixel_bytes(source)
    result = call("inpaint", image, [source], output="replace", grow=7)
    tap.ok(result.good, "growing across its edge", result.message)
    changed = [i for i, (a, b) in enumerate(zip(before, pixel_bytes(source))) if a != b]
    places = [(i % SIDE - 8, i // SIDE - 8) for i in changed]
    tap.ok(places and all(0 <= x < 13 and 0 <= y < 13 for x, y in places),
           "only what is on the canvas can be replaced", f"{places}")
    tap.ok(any(x > 6 for x, _ in places), "and what was grown into is")


TESTS = [each_way, each_precision, beyond_the_canvas]
