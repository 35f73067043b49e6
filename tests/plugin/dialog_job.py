# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in gimp-console while dialog.py presses the buttons."""

from support import answer as tell, call, kept_text, new_image, raw, settings

from gi.repository import Gegl, Gimp

SIZE = 96


def new_palette():
    palette = Gimp.Palette.new("of a test")
    for name in ("brown", "orange"):
        palette.add_entry(name, Gegl.Color.new(name))
    return palette


def same_again(image, source, layer):
    """Whether the settings that are kept with a layer make the same picture."""
    again = call("reimagine", image, [source], settings=kept_text(layer)).layer
    same = raw(again) == raw(layer)
    image.remove_layer(again)
    return same


def main():
    image, source = new_image(width=SIZE, height=SIZE)
    new_palette()
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
    # What was kept can be made again.
    kept = image.get_layers()[1] if answer["layers"] > 2 else None
    answer["kept"] = settings(kept)["stop-after"] if kept else 0
    answer["kept_name"] = kept.get_name() if kept else ""
    answer["kept_again"] = bool(kept) and same_again(image, source, kept)

    # As Filters > Repeat does: once more with what the dialog was left with.
    again = call("reimagine", image, [source], run_mode=Gimp.RunMode.WITH_LAST_VALS)
    answer["again"] = again.good
    answer["again_settings"] = settings(again.layer) if again.layer else {}
    answer["again_layers"] = len(image.get_layers())
    tell("answer", answer)
    # Once more, which is closed at once.
    call("reimagine", image, [source], run_mode=Gimp.RunMode.INTERACTIVE)
    image.delete()
