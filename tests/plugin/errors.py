# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused, with a message that helps, before anything is computed."""

import array

from support import (HEIGHT, NAMES, WIDTH, call, new_image, new_layer, put, raw, select)

from gi.repository import Gegl, Gimp

CALLING = Gimp.PDBStatusType.CALLING_ERROR
EXECUTION = Gimp.PDBStatusType.EXECUTION_ERROR


def refused(tap, what, image, drawables, words, status=EXECUTION, names=NAMES, **arguments):
    layers = image.get_layers()
    bytes_before = [raw(layer) for layer in layers if not layer.is_group()]
    for name in names:
        result = call(name, image, drawables, **arguments)
        tap.ok(result.status == status and words in result.message, f"{name}: {what}",
               f"{result.status}, {result.message!r}")
    same = (image.get_layers() == layers and
            [raw(layer) for layer in layers if not layer.is_group()] == bytes_before)
    tap.ok(same, f"{what}: the image is as it was")


def kinds_of_images(tap):
    """indexed images and floating selections"""
    image, source = new_image()
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 8,
                          False, False, "")
    refused(tap, "an indexed image", image, [source], "Convert it to RGB")
    image.delete()

    image, source = new_image()
    select(image, 5, 5, 10, 10)
    floating = Gimp.Selection.float(image, [source], 3, 3)
    refused(tap, "a floating selection", image, [source], "Anchor it")
    Gimp.floating_sel_anchor(floating)


def kinds_of_drawables(tap):
    """groups, masks, channels"""
    image, source = new_image()
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    new_layer(image, "inner", 10, 10, parent=group)
    for arguments in ({"output": "replace"}, {"sample": "layer"}):
        names = NAMES if "output" in arguments else NAMES[1:]
        refused(tap, "a layer group", image, [group], "layer group", names=names, **arguments)

    mask = source.create_mask(Gimp.AddMaskType.WHITE)
    source.add_mask(mask)
    refused(tap, "a layer mask", image, [mask], "layer mask", output="replace")
    select(image, 5, 5, 10, 10)
    for name in NAMES:
        for what, drawable, above in (("group", group, group), ("mask", mask, source)):
            result = call(name, image, [drawable])
            layers = image.get_layers()
            tap.ok(result.good and layers.index(result.layer) + 1 == layers.index(above),
                   f"{name}: a new layer goes above a {what}", result.message)

    channel = Gimp.Channel.new(image, "channel", WIDTH, HEIGHT, 50.0, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    refused(tap, "a channel", image, [channel], "channel")


def locks(tap):
    """locked pixels"""
    image, source = new_image()
    source.set_lock_content(True)
    refused(tap, "locked pixels", image, [source], "locked", output="replace")
    select(image, 5, 5, 10, 10)
    for name in NAMES:
        tap.ok(call(name, image, [source]).good, f"{name}: a new layer above them is fine")
    image.delete()

    image, _ = new_image()
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    inner = new_layer(image, "inner", 10, 10, parent=group)
    group.set_lock_content(True)
    refused(tap, "a locked group", image, [inner], "locked", output="replace")
    image.delete()

    image, source = new_image(alpha=True)
    source.set_lock_alpha(True)
    alpha = raw(source)[3::4]
    select(image, 5, 5, 10, 10)
    tap.ok(call("inpaint", image, [source], output="replace").good, "locked alpha is fine")
    tap.ok(raw(source)[3::4] == alpha, "and stays")


def numbers_of_layers(tap):
    """none or several layers"""
    image, source = new_image()
    other = new_layer(image, "other", 10, 10)
    rest = NAMES[1:]
    refused(tap, "no layer", image, [], "No layer", CALLING, rest)
    refused(tap, "two layers", image, [source, other], "Several layers", CALLING, rest)
    refused(tap, "nothing to replace", image, [], "No layer", CALLING, NAMES[:1],
            output="replace")


def values(tap):
    """pixels, models and labels that are not"""
    image, source = new_image(precision="float")
    data = array.array("f", [0.5] * (WIDTH * HEIGHT * 4))
    data[4 * (WIDTH + 3)] = float("nan")
    put(source, data.tobytes())
    refused(tap, "a pixel that is not a number", image, [source], "", names=NAMES[1:])
    image.delete()

    image, source = new_image()
    refused(tap, "a model that is not there", image, [source], "no-such-model",
            model="no-such-model")
    select(image, 5, 5, 10, 10)
    refused(tap, "a label the model lacks", image, [source], "no-such-label",
            names=NAMES[:3], prompt="no-such-label")


TESTS = [kinds_of_images, kinds_of_drawables, locks, numbers_of_layers, values]
