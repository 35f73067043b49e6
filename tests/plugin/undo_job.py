# SPDX-License-Identifier: GPL-3.0-or-later
"""What undo.py has GIMP do; each function ends with an answer in a file."""

import hashlib
import time

from scenes import all_of, stage
from support import answer, call, new_image, raw, select, settings
from walk import ACTS

from gi.repository import Gimp


def the_image():
    """Not a copy that the plug-in looks at meanwhile."""
    return min(Gimp.get_images(), key=lambda image: image.get_id(), default=None)


def state(image):
    """All of an image that the plug-in might change."""
    layers = image.get_layers()
    return {
        "layers": [layer.get_name() for layer in layers],
        "sizes": [[layer.get_width(), layer.get_height()] for layer in layers],
        "pixels": [hashlib.sha1(raw(layer)).hexdigest() for layer in layers],
        "settings": [settings(layer) for layer in layers],
        "selection": hashlib.sha1(raw(image.get_selection())).hexdigest(),
        "channels": len(image.get_channels()),
        "selected": [layer.get_name() for layer in image.get_selected_layers()],
        "masks": [layer.get_mask() is not None for layer in layers],
    }


def setup(name):
    image, _ = new_image()
    select(image, 10, 8, 24, 20, feather=4.0)
    Gimp.Display.new(image)
    answer(name, True)


def look(name):
    answer(name, state(the_image()))


def run(name, procedure, **arguments):
    """Runs a procedure on the image's first layer."""
    image = the_image()
    begin = time.monotonic()
    result = call(procedure, image, [image.get_layers()[-1]], **arguments)
    answer(name, {"good": result.good, "message": result.message,
                  "seconds": time.monotonic() - begin,
                  "state": state(the_image()) if the_image() else None})


def meddle(name, how):
    """Edits the image while a picture is made."""
    image = the_image()
    layer = image.get_layers()[-1]
    if how == "resize":
        layer.resize(30, 30, 0, 0)
    elif how == "move":
        layer.set_offsets(3, 3)
    elif how == "delete":
        image.remove_layer(layer)
    elif how in ("lock", "unlock"):
        layer.set_lock_content(how == "lock")
    elif how == "unselect":
        Gimp.Selection.none(image)
    elif how == "pierce":
        image.undo_group_start()
        layer.add_alpha()
        select(image, 30, 20, 10, 10)
        layer.edit_clear()
        Gimp.Selection.none(image)
        image.undo_group_end()
    elif how == "select":
        select(image, 0, 0, 12, 12)
    Gimp.displays_flush()
    answer(name, state(image))


def show(name, what):
    """Shows an image in that state in place of what is shown."""
    for number in filter(Gimp.Display.id_is_valid, range(1, 200)):
        Gimp.Display.get_by_id(number).delete()
    image = stage(what).image
    image.undo_disable()  # forgets how it was made
    image.undo_enable()
    Gimp.Display.new(image)
    answer(name, see())


def see():
    return all_of(Gimp.get_images()[0])


def look_closely(name):
    answer(name, see())


def run_act(name, act, way):
    """One of the acts on the active layer."""
    image = the_image()
    result = ACTS[act].run(image, image.get_selected_layers()[0], way)
    Gimp.displays_flush()
    answer(name, {"good": result.good, "message": result.message, "state": see()})
