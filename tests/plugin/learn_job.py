# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in gimp-console while learn.py presses the buttons."""

from support import answer as tell, call, new_image, put, raw, settings, texture

from gi.repository import Gimp

SIZE = 96


def main():
    image, source = new_image(width=SIZE, height=SIZE)
    source.set_name("Moss")
    put(source, texture(SIZE, SIZE))
    before = raw(source)
    learnt = call("learn", image, [source], run_mode=Gimp.RunMode.INTERACTIVE)
    answer = {
        "model": learnt.model,
        "message": learnt.message,
        "same": raw(source) == before and image.get_layers() == [source],
    }
    # Another dialog, in which the new model is chosen.
    made = call("generate", image, [source], run_mode=Gimp.RunMode.INTERACTIVE)
    answer["made_with"] = settings(made.layer)["model"] if made.layer else made.message
    tell("answer", answer)
    image.delete()
