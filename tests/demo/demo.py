# SPDX-License-Identifier: GPL-3.0-or-later
"""Three pictures made by the plug-in's procedures, as a user's script would make them."""

import os
import sys
import time

import gi
gi.require_version("Gimp", "3.0")
from gi.repository import Gimp, Gio  # noqa: E402

PHOTO = os.environ["DEMO_PHOTO"]
FOLDER = os.environ["DEMO_FOLDER"]


def run(name, image, layers, **settings):
    """Calls one procedure and returns the layer it made."""
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-diffusion-" + name)
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("image", image)
    config.set_core_object_array("drawables", layers)
    for key, value in settings.items():
        config.set_property(key.replace("_", "-"), value)
    start = time.monotonic()
    result = procedure.run(config)
    if result.index(0) != Gimp.PDBStatusType.SUCCESS:
        sys.exit(Gimp.get_pdb().get_last_error())
    print(f"{name}: {time.monotonic() - start:.1f} s", flush=True)
    return result.index(1)


def save(image, name):
    file = Gio.File.new_for_path(os.path.join(FOLDER, name))
    if not Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None):
        sys.exit(f"could not write {name}")


def load_photo():
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(PHOTO))
    return image, image.get_layers()


def generated():
    image = Gimp.Image.new(256, 256, Gimp.ImageBaseType.RGB)
    run("generate", image, [], prompt="grass", seed=1)
    save(image, "generated.png")
    image.delete()


def reimagined():
    image, layers = load_photo()
    save(image, "before.png")
    bank = [0, 275, 110, 250, 240, 240, 330, 270, 420, 285, 500, 290, 470, 330, 400, 360, 0, 360]
    image.select_polygon(Gimp.ChannelOps.REPLACE, bank)
    Gimp.Selection.feather(image, 6)
    run("reimagine", image, layers, prompt="gravel", seed=3)
    save(image, "reimagined.png")
    image.delete()


def inpainted():
    image, layers = load_photo()
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 64, 20, 134, 62)
    Gimp.Selection.feather(image, 6)
    run("inpaint", image, layers, seed=1)
    save(image, "inpainted.png")
    image.delete()


for make in generated, reimagined, inpainted:
    make()
