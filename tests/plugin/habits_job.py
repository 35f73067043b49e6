# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in gimp-console while habits.py works the dialogs."""

from support import answer, call, new_image, raw, settings

from gi.repository import Gegl, Gimp

SIZE = 96


def ask(image, source):
    return call("reimagine", image, [source], run_mode=Gimp.RunMode.INTERACTIVE)


def main():
    palette = Gimp.Palette.new("of a test")
    palette.add_entry("red", Gegl.Color.new("red"))
    pictures = [new_image(width=SIZE, height=SIZE) for _ in range(3)]

    ask(*pictures[0])
    layers = list(reversed(pictures[0][0].get_layers()))[1:]
    told = [settings(layer) for layer in layers]
    bytes_of = [raw(layer) for layer in layers]

    for number in (0, 1, 1, 2, 0):
        ask(*pictures[number])
    image, source = pictures[0]
    last = call("reimagine", image, [source], run_mode=Gimp.RunMode.WITH_LAST_VALS)
    answer("answer", {
        "seeds": [one["seed"] for one in told],
        "named": all(f"seed {one['seed']}" in layer.get_name() for one, layer in zip(told, layers)),
        "same": [bytes_of[0] == bytes_of[1], bytes_of[1] == bytes_of[2]],
        "last": settings(last.layer) if last.layer else {"prompt": last.message, "seed": ""},
    })
    for image, _ in pictures:
        image.delete()
