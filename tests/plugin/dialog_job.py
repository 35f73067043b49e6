# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in gimp-console while dialog.py presses the buttons."""

import json
import os

from support import call, new_image, raw, settings

from gi.repository import Gimp

SIZE = 96


def main():
    image, source = new_image(width=SIZE, height=SIZE)
    before = raw(source)
    result = call("reimagine", image, [source], run_mode=Gimp.RunMode.INTERACTIVE)
    answer = {
        "good": result.good,
        "message": result.message,
        "layers": len(image.get_layers()),
        "same": raw(source) == before,
        "name": result.layer.get_name() if result.layer else "",
        "settings": settings(result.layer) if result.layer else {},
    }
    # As Filters > Repeat does: once more with what the dialog was left with.
    again = call("reimagine", image, [source], run_mode=Gimp.RunMode.WITH_LAST_VALS)
    answer["again"] = again.good
    answer["again_settings"] = settings(again.layer) if again.layer else {}
    answer["again_layers"] = len(image.get_layers())

    path = os.path.join(os.environ["GIMP3_DIRECTORY"], "answer")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(answer, file)
    os.rename(path + ".new", path)
    image.delete()
