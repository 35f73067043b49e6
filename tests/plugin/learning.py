# SPDX-License-Identifier: GPL-3.0-or-later
"""Learn from Layer: a layer becomes a model."""

import array
import fcntl
import os

from errors import CALLING, refused
from support import GRAY, RGB, call, new_image, new_layer, put, raw, select, settings, texture

from gi.repository import Gegl, Gimp

SIZE = 96
MINUTES = 0.1  # the least there is: a few steps
FOLDER = os.path.join(os.environ["XDG_DATA_HOME"], "gimp-diffusion", "models")


def material(name="Bark", base=RGB, precision="u8", **named):
    """An image whose only layer is a material."""
    image, source = new_image(base, precision, SIZE, SIZE, alpha="alpha" in named)
    source.set_name(name)
    put(source, texture(SIZE, SIZE, **named))
    image.clean_all()
    return image, source


def learnt(tap, what, image, source, wanted, **arguments):
    """One run that must go well, and leave the image alone."""
    before = (raw(source), image.get_layers())
    result = call("learn", image, [source], minutes=MINUTES, **arguments)
    tap.ok(result.good, what, result.message)
    tap.equal(result.model, wanted, f"{what}: the model's name")
    tap.ok((raw(source), image.get_layers()) == before and not image.is_dirty(),
           f"{what}: the image is as it was, with nothing to undo")
    return result


def to_a_model(tap):
    """a layer of a material, and what the new model makes"""
    image, source = material()
    learnt(tap, "RGB", image, source, "Test bark", name="  Test bark ", turned=True)
    files = sorted(os.listdir(os.path.join(FOLDER, "Test bark")))
    tap.equal(files, ["labels.json", "model_index.json", "scheduler", "unet"],
              "the user's data folder has the model and nothing else")
    select(image, 0, 0, 64, 64)
    own = call("generate", image, [source], seed=3)
    made = call("generate", image, [source], seed=3, model="Test bark")
    tap.ok(made.good and raw(made.layer) != raw(own.layer), "which makes other pictures",
           made.message)
    tap.equal(settings(made.layer)["model"], "Test bark", "and is kept by its name")
    again = call("learn", image, [source], name="Test bark")
    tap.ok(not again.good and "already" in again.message, "a name is taken once", again.message)


def from_any_layer(tap):
    """gray, deep, in part, and named after the layer"""
    image, source = material("../Bark.jpg", GRAY, "u16")
    learnt(tap, "gray, 16 bit", image, source, "-Bark")
    image.delete()
    image, source = material("-Bark", RGB, "float", alpha=lambda x, y: float(x >= 20))
    source.set_offsets(-10, 0)
    select(image, 0, 5, 80, 70, feather=4.0)
    image.clean_all()
    learnt(tap, "a selected part, some transparent", image, source, "-Bark 2", model="Test bark")


def claimed(tap):
    """a name that another GIMP is learning under belongs to that one, while it lives"""
    image, source = material("Moss")
    folder = os.path.join(FOLDER, "Moss")
    os.makedirs(folder)
    with open(os.path.join(folder, ".learning"), "wb") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        learnt(tap, "beside another that learns", image, source, "Moss 2")
        there = call("learn", image, [source], minutes=MINUTES, name="Moss")
        tap.ok(not there.good and "already" in there.message, "its name is taken", there.message)
        tap.equal(os.listdir(folder), [".learning"], "its folder is left alone")
    learnt(tap, "when it was killed", image, source, "Moss", name="Moss")
    tap.ok(".learning" not in os.listdir(folder), "nothing is left of it")
    image.delete()
    image, source = material("embedded")
    learnt(tap, "a layer called as no model can be", image, source, "embedded 2")


def unwritable(tap):
    """where no model can be put nothing is learnt first"""
    image, source = material("Sand")
    away = FOLDER + "-away"
    os.rename(FOLDER, away)
    with open(FOLDER, "wb"):
        pass
    try:
        refused(tap, "a file instead of the folder", image, [source], "Could not write",
                names=("learn",), minutes=120.0)
    finally:
        os.remove(FOLDER)
        os.rename(away, FOLDER)


def refuses(tap, what, image, source, words, **arguments):
    refused(tap, what, image, [source], words, names=("learn",), **arguments)


def refusals(tap):
    """what cannot be learnt is said in words"""
    there = sorted(os.listdir(FOLDER))
    image, source = material(alpha=lambda x, y: float(x < 30))
    for name in ("a/b", ".bark", "embedded"):
        refuses(tap, f"the name {name}", image, source, "cannot be a model's name", name=name)
    refuses(tap, "a model that is not there", image, source, "no-such-model", model="no-such-model")
    select(image, 0, 0, 63, 96)
    refuses(tap, "63 columns", image, source, "63 × 96")
    select(image, 31, 0, 65, 96)
    refuses(tap, "a transparent part", image, source, "transparent")
    Gimp.Selection.none(image)
    mask = source.create_mask(Gimp.AddMaskType.BLACK)
    source.add_mask(mask)
    refuses(tap, "a layer that its mask hides", image, source, "transparent")
    refuses(tap, "the mask itself", image, mask, "layer mask")
    small = new_layer(image, "small", 50, 40)
    refuses(tap, "a small layer", image, small, "50 × 40")
    refused(tap, "two layers", image, [source, small], "Several layers", CALLING, ("learn",))
    image.delete()

    image, source = material(precision="float")
    data = array.array("f", texture(SIZE, SIZE))
    data[4 * (SIZE + 3)] = float("nan")
    source.get_buffer().set(Gegl.Rectangle.new(0, 0, SIZE, SIZE), "R'G'B'A float", data.tobytes())
    refuses(tap, "a pixel that is not a number", image, source, "column 3, row 1")
    tap.equal(sorted(os.listdir(FOLDER)), there, "nothing of all that is left")


TESTS = [to_a_model, from_any_layer, claimed, unwritable, refusals]
