# SPDX-License-Identifier: GPL-3.0-or-later
"""Paint with Materials: layers of a group as regions."""

import array
import json
import os
import pathlib
import shutil
import tempfile

from support import call, new_image, new_layer, put, raw, select, settings

from gi.repository import Gimp

SIZE = 96
NAME = "paint-with-materials"
EXECUTION = Gimp.PDBStatusType.EXECUTION_ERROR


def blob(inside):
    """R'G'B'A floats: a color that means nothing, opaque where inside(x, y)."""
    data = array.array("f")
    for y in range(SIZE):
        for x in range(SIZE):
            data.extend((0.9, 0.1, 0.8, 1.0 if inside(x, y) else 0.0))
    return data.tobytes()


def group_of(image, blobs):
    """A group with a layer for each (name, inside), the last on top."""
    group = Gimp.GroupLayer.new(image, "materials")
    image.insert_layer(group, None, 0)
    layers = []
    for name, inside in blobs:
        layer = new_layer(image, name, SIZE, SIZE, alpha=True, parent=group)
        put(layer, blob(inside))
        layers.append(layer)
    return group, layers


def difference(a, b):
    return max(abs(x - y) for x, y in zip(raw(a), raw(b)))


def makes_a_picture(tap):
    """one picture above the group, whatever of the group is active"""
    image, _ = new_image(width=SIZE, height=SIZE)
    group, layers = group_of(image, [("grass", lambda x, y: True),
                                     ("Stone path", lambda x, y: 30 < x < 66)])
    results = []
    for active in (group, layers[0]):
        result = call(NAME, image, [active], steps=4, seed=5)
        tap.ok(result.good, f"with {active.get_name()} active", result.message)
        tap.equal(result.layer.get_parent(), None, "the result is not in the group")
        tap.equal(image.get_item_position(result.layer), image.get_item_position(group) - 1,
                  "but right above it")
        tap.ok(result.layer.get_mask() is None, "without a selection it has no mask")
        results.append(result.layer)
    tap.equal(raw(results[0]), raw(results[1]), "and is the same picture")
    tap.equal(settings(results[0])["regions"], ["stone", "grass"],
              "the settings tell the materials, from the top down")
    layers[1].set_visible(False)
    without = call(NAME, image, [group], steps=4, seed=5)
    tap.ok(difference(results[0], without.layer) > 16, "a hidden layer is no material")
    plain = call("generate", image, [], steps=4, seed=5, prompt="grass")
    tap.ok(difference(plain.layer, without.layer) <= 1,
           "one material everywhere is what Generate makes of that label")
    layers[0].set_opacity(0.0)
    empty = call(NAME, image, [group], steps=4)
    tap.ok(not empty.good and "empty" in empty.message, "nothing painted is refused", empty.message)


def order_and_shape(tap):
    """what lies above covers, masks and opacity count"""
    image, _ = new_image(width=SIZE, height=SIZE)
    group, layers = group_of(image, [("grass", lambda x, y: True), ("sky", lambda x, y: True)])
    covered = call(NAME, image, [group], steps=4, seed=2).layer
    sky = call("generate", image, [], steps=4, seed=2, prompt="sky").layer
    tap.ok(difference(covered, sky) <= 1, "a layer that is covered counts for nothing")
    layers[1].set_opacity(0.0)
    grass = call("generate", image, [], steps=4, seed=2, prompt="grass").layer
    seen = call(NAME, image, [group], steps=4, seed=2).layer
    tap.ok(difference(seen, grass) <= 1, "nor does one without opacity")
    layers[1].set_opacity(100.0)
    layers[1].add_mask(layers[1].create_mask(Gimp.AddMaskType.BLACK))
    seen = call(NAME, image, [group], steps=4, seed=2).layer
    tap.ok(difference(seen, grass) <= 1, "nor one whose mask hides it")


def selected_part(tap):
    """a selection bounds the picture"""
    image, _ = new_image(width=SIZE, height=SIZE)
    group, _ = group_of(image, [("water", lambda x, y: y < 48), ("stone", lambda x, y: y >= 48)])
    select(image, 10, 20, 40, 50)
    layer = call(NAME, image, [group]).layer
    _, x, y = layer.get_offsets()
    tap.equal((x, y, layer.get_width(), layer.get_height()), (10, 20, 40, 50), "its bounds")
    tap.ok(layer.get_mask() is not None, "and its mask")


def refusals(tap):
    """what cannot be painted is said in words"""
    image, source = new_image(width=SIZE, height=SIZE)
    before = len(image.get_layers())
    result = call(NAME, image, [source])
    tap.ok(result.status == EXECUTION and "stone" in result.message,
           "no layer of a material: the labels are named", result.message)
    group, layers = group_of(image, [("stones", lambda x, y: True)])
    result = call(NAME, image, [group])
    tap.ok(result.status == EXECUTION, "a longer word is not a label", result.message)
    layers[0].set_name("stone 2")
    result = call(NAME, image, [group])
    tap.ok(result.good, "a word and a number is", result.message)
    tap.equal(len(image.get_layers()), before + 2, "only the good one added a layer")


def other_models(tap):
    """models whose noise has no named schedule, called as a file manager calls them"""
    image, _ = new_image(width=SIZE, height=SIZE)
    group, _ = group_of(image, [("grass", lambda x, y: True)])
    embedded = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "models",
                            "embedded")
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "my model")
        shutil.copytree(embedded, model)
        uri = pathlib.Path(model).as_uri() + "/"
        for scheduler in ({"trained_betas": [1e-4 + k * 2e-5 for k in range(1000)]},
                          {"_class_name": "EDMEulerScheduler"},
                          {"_class_name": "CMStochasticIterativeScheduler"}):
            with open(os.path.join(model, "scheduler", "scheduler_config.json"), "w",
                      encoding="utf-8") as file:
                json.dump(scheduler, file)
            for name, drawable in ((NAME, [group]), ("generate", [])):
                result = call(name, image, drawable, model=uri, steps=2, seed=1)
                if "CMStochastic" in str(scheduler):
                    tap.ok(result.status == EXECUTION and "consistency" in result.message,
                           f"{name}: another kind of model is refused", result.message)
                else:
                    tap.ok(result.good, f"{name} with {list(scheduler)}", result.message)
    result = call("generate", image, [], steps=2, seed=1, prompt="stone:0,5")
    tap.ok(result.status == EXECUTION and "stone:0.5" in result.message,
           "a decimal comma is told", result.message)


TESTS = [makes_a_picture, order_and_shape, selected_part, refusals, other_models]
