# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in gimp-console while outlook.py looks at the dialogs."""

from support import call, fill_alpha, new_image, select

from gi.repository import Gimp

SIZE = {"width": 640, "height": 400}


def ask(name, layer_alpha=None, selection=None, lock=False):
    image, source = new_image(alpha=layer_alpha is not None, **SIZE)
    if layer_alpha is not None:
        fill_alpha(source, layer_alpha)
    if selection:
        select(image, *selection)
    source.set_lock_content(lock)
    steps = {"steps": 20} if name != "learn" else {}
    call(name, image, [source], run_mode=Gimp.RunMode.INTERACTIVE, **steps)
    image.delete()


def main():
    ask("inpaint", layer_alpha=lambda x, y: 1.0)
    ask("inpaint", layer_alpha=lambda x, y: float(x > 300))
    ask("inpaint", selection=(10, 10, 200, 100))
    ask("reimagine", lock=True)
    ask("reimagine")
    ask("generate")
    ask("learn")
    ask("paint-with-materials")
    ask("reimagine")
