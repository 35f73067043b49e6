# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the result goes."""

import math
import struct

from support import (HEIGHT, NAMES, PRECISIONS, RGB, WIDTH, call, coverage, floats, new_image,
                     new_layer, put, raw, select, settings, texture)

from gi.repository import Gimp


def box_of(layer):
    _, x, y = layer.get_offsets()
    return x, y, layer.get_width(), layer.get_height()


def nothing_selected(tap):
    """no selection is the whole layer"""
    image, source = new_image()
    layer = call("reimagine", image, [source]).layer
    tap.equal(box_of(layer), (0, 0, WIDTH, HEIGHT), "the result is as large as the layer")
    tap.ok(layer.get_mask() is None, "and has no mask")
    select(image, WIDTH + 5, 0, 10, 10)
    tap.ok(Gimp.Selection.is_empty(image), "a selection beside the canvas is none")
    result = call("inpaint", image, [source])
    tap.ok(not result.good and "Select what" in result.message,
           "inpaint asks for a selection where nothing is transparent", result.message)
    image, source = new_image(alpha=True)
    put(source, texture(WIDTH, HEIGHT, lambda x, y: float(not (10 <= x < 15 and 20 <= y < 28))))
    result = call("inpaint", image, [source])
    tap.ok(result.good and box_of(result.layer) == (10, 20, 5, 8),
           "else it fills what is transparent", result.message)


def one_pixel(tap):
    """a selection of one pixel"""
    image, source = new_image()
    for x, y in ((WIDTH - 1, HEIGHT - 1), (17, 23)):
        select(image, x, y, 1, 1)
        for name in NAMES:
            result = call(name, image, [source])
            tap.ok(result.good and box_of(result.layer) == (x, y, 1, 1),
                   f"{name} at {x}, {y}", result.message)
    before = floats(source).tolist()
    layer = call("inpaint", image, [source], output="replace").layer
    after = floats(layer).tolist()
    changed = {i // 4 for i, (a, b) in enumerate(zip(before, after)) if a != b}
    tap.ok(changed <= {23 * WIDTH + 17}, "replacing changes that pixel only", f"{changed}")


def tiny_images(tap):
    """images of few pixels"""
    for width, height in ((1, 1), (5, 3)):
        image, source = new_image(width=width, height=height)
        for name in ("generate", "reimagine", "noise"):
            result = call(name, image, [source])
            tap.ok(result.good and box_of(result.layer) == (0, 0, width, height),
                   f"{name} on {width} x {height}", result.message)
        image.delete()


def beside_the_layer(tap):
    """layers smaller than the canvas, and larger"""
    image, big = new_image()
    small = new_layer(image, "small", 12, 10)
    small.set_offsets(30, 25)
    select(image, 0, 0, 10, 10)
    for name in ("reimagine", "inpaint", "noise"):
        result = call(name, image, [small], sample="layer")
        tap.ok(result.status == Gimp.PDBStatusType.EXECUTION_ERROR
               and "outside the layer" in result.message,
               f"{name}: a selection off the layer is refused", result.message)
    result = call("generate", image, [small], output="replace")
    tap.equal(result.status, Gimp.PDBStatusType.EXECUTION_ERROR, "generate: so is replacing")
    tap.equal(len(image.get_layers()), 2, "and nothing is added")
    tap.equal(box_of(call("generate", image, [small]).layer), (0, 0, 10, 10),
              "generate on a new layer goes by the selection alone")

    select(image, 25, 20, 12, 10)
    layer = call("reimagine", image, [small]).layer
    tap.equal(box_of(layer), (25, 20, 12, 10), "of what is visible all is taken")
    image.remove_layer(layer)
    layer = call("reimagine", image, [small], sample="layer").layer
    tap.equal(box_of(layer), (30, 25, 7, 5), "half on the layer: that half is taken")
    tap.equal(floats(layer.get_mask(), "Y float").tolist(), coverage(image, layer),
              "with its part of the mask")

    outside = new_layer(image, "outside", 30, 30)
    outside.set_offsets(-10, -12)
    select(image, 0, 0, 9, 9, feather=3.0)
    layer = call("inpaint", image, [outside], context=20).layer
    tap.equal(floats(layer.get_mask(), "Y float").tolist(), coverage(image, layer),
              "context beyond the canvas does not shift the mask")
    Gimp.Selection.none(image)
    layer = call("noise", image, [outside], sample="layer").layer
    tap.equal(box_of(layer), (-10, -12, 30, 30), "without a selection all of it is taken")
    layer = call("noise", image, [outside]).layer
    tap.equal(box_of(layer), (0, 0, 20, 18), "or as much of it as is visible")


def place(tap):
    """the new layer's place in the list"""
    image, bottom = new_image()
    top = new_layer(image, "top", 20, 20)
    layer = call("noise", image, [bottom]).layer
    tap.equal(image.get_layers(), [top, layer, bottom], "it is above the source")
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    inner = new_layer(image, "inner", 20, 20, parent=group)
    layer = call("reimagine", image, [inner]).layer
    tap.equal(group.get_children(), [layer, inner], "in a group it stays in the group")
    layer = call("generate", image, []).layer
    tap.equal(image.get_layers()[0], layer, "without a layer it is on top")
    tap.equal(box_of(layer), (0, 0, WIDTH, HEIGHT), "and as large as the canvas")
    layer = call("generate", image, [bottom, top]).layer
    layers = image.get_layers()
    tap.equal(layers.index(layer) + 1, layers.index(top), "with several it is above all of them")
    tap.equal(image.get_selected_layers(), [layer], "the new layer is selected")


def pixel_bytes(layer):
    """One bytes object for each pixel, as the layer itself holds it."""
    data = bytes(raw(layer))
    size = len(data) // (layer.get_width() * layer.get_height())
    return [data[i:i + size] for i in range(0, len(data), size)]


def replace(tap):
    """writing into the layer itself"""
    for precision in PRECISIONS:
        image, source = new_image(RGB, precision, alpha=True)
        # numbers that no conversion leaves alone by chance
        put(source, struct.pack(f"{4 * WIDTH * HEIGHT}f", *(
            1.0 if i % 4 == 3 else math.sin(i * i) ** 2 for i in range(4 * WIDTH * HEIGHT))))
        select(image, 10, 8, 24, 20, feather=4.0)
        cover = coverage(image, source)
        before = pixel_bytes(source)
        for name in NAMES if precision == "u8" else NAMES[:2]:
            result = call(name, image, [source], output="replace", seed=5)
            if not tap.ok(result.good, f"{name} into {precision}", result.message):
                continue
            after = pixel_bytes(source)
            outside = [i for i in range(WIDTH * HEIGHT) if cover[i] == 0.0 and before[i] != after[i]]
            inside = [i for i in range(WIDTH * HEIGHT) if cover[i] > 0.5 and before[i] != after[i]]
            tap.ok(not outside, f"{name}: nothing outside the selection changes",
                   f"{len(outside)} pixels")
            tap.ok(len(inside) > 100, f"{name}: what is inside does")
            tap.equal((result.layer, settings(source)["seed"]), (source, 5),
                      f"{name}: the layer is returned, with its settings")
            before = after
        tap.equal(len(image.get_layers()), 1, "no layer was added")
        image.delete()


TESTS = [nothing_selected, one_pixel, tiny_images, beside_the_layer, place, replace]
