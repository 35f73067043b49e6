# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in gimp-console while keys.py presses keys."""

from support import answer, call, new_image, select

from gi.repository import Gimp

NAMES = ("generate", "reimagine", "inpaint", "paint-with-materials", "noise", "learn")


def main():
    made = {}
    for name in NAMES:
        image, source = new_image(width=256, height=256)
        source.set_name("stone")  # which is a material
        select(image, 20, 20, 200, 200)
        steps = {} if name in ("noise", "learn") else {"steps": 1000}
        call(name, image, [source], run_mode=Gimp.RunMode.INTERACTIVE, **steps)
        made[name] = len(image.get_layers()) - 1
        image.delete()
    answer("answer", made)
