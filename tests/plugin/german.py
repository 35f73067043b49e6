# SPDX-License-Identifier: GPL-3.0-or-later
"""What german.sh runs in gimp-console."""

from support import Tap, call, new_image, raw, settings

from gi.repository import Gimp


def words(tap):
    """menus, arguments and errors speak German"""
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-diffusion-reimagine")
    tap.ok("träumen" in procedure.get_menu_label(), "the menu", procedure.get_menu_label())
    nick = procedure.find_argument("noise-level").get_nick()
    tap.equal(nick.replace("_", ""), "Rauschstärke", "an argument")
    image, source = new_image()
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    result = call("noise", image, [group], sample="layer")
    tap.ok("Ebenengruppe" in result.message, "an error of the plug-in", result.message)
    result = call("noise", image, [source], model="no-such-model")
    tap.ok("kein Modell" in result.message, "an error of the core", result.message)


def numbers(tap):
    """numbers are read and written with a point"""
    image, source = new_image()
    whole = call("noise", image, [source], noise_level=1.0, seed=3).layer
    half = call("noise", image, [source], noise_level=0.5, seed=3).layer
    tap.ok(raw(whole) != raw(half), "0.5 is not 0, nor 1")
    tap.equal(settings(half)["noise-level"], 0.5, "the settings kept are JSON")
    tap.ok("0,50" in half.get_name(), "people read 0,50", half.get_name())
    result = call("reimagine", image, [source], guidance=1.5)
    tap.ok(result.good, "a model's configuration is read", result.message)


def main():
    Tap().run([words, numbers])
