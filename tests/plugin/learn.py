# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the dialog of Learn from Layer by its accessible names: learn.py PNG ANSWER."""

import json
import os
import sys
import time

from a11y import Atspi, Tap, application, choices, choose, find, has, picture, press, says
from a11y import set_number, status, type_in, wait_for, walk

APPLICATION = "gimp-diffusion"
NAMES = ("Name", "Minutes", "Looks the same turned", "Model", "Seed", "Threads", "Progress", "Keep",
         "Stop", "Preview", "Learn", "Close")
FOLDER = os.path.join(os.environ["XDG_DATA_HOME"], "gimp-diffusion", "models")


def dialog_with(name):
    """The window that has a control of that name."""
    def look():
        app = application(APPLICATION)
        window = app and app.get_child_at_index(0)
        return window if window and find(window, name) else None
    return wait_for(look, 60.0)


def begin(tap, window):
    """Presses Learn and waits for a step."""
    press(find(window, "Learn", Atspi.Role.PUSH_BUTTON))
    keep = find(window, "Keep")
    return tap.ok(wait_for(lambda: has(keep, Atspi.StateType.SENSITIVE), 60.0),
                  "a step is done", f"{status(window)}")


def stop(tap, window):
    if not begin(tap, window):
        return
    began = time.monotonic()
    press(find(window, "Stop"))
    stopped = wait_for(lambda: says(window, "Nothing was learnt"))
    took = time.monotonic() - began
    tap.ok(stopped and took < 3.0, "Stop is heard at once", f"after {took:.1f} s: {status(window)}")
    tap.ok(not os.path.exists(FOLDER) or not os.listdir(FOLDER), "and nothing is left of it")


def keep(tap, window, png):
    type_in(window, "Name", "Moss")
    if not begin(tap, window):
        return
    time.sleep(1.0)
    picture(window, png)
    press(find(window, "Keep"))
    tap.ok(wait_for(lambda: says(window, "Learnt “Moss”. It can now be chosen as a model.")),
           "Keep ends early, with a model", f"{status(window)}")
    picture(window, png.replace(".png", "-done.png"))
    tap.ok(os.listdir(FOLDER) == ["Moss"], "which is there", f"{os.listdir(FOLDER)}")
    tap.ok(find(window, "Name", Atspi.Role.TEXT).get_text_iface().get_character_count() == 0,
           "the next one may have another name")


def refuse(tap, window):
    type_in(window, "Name", "a/b")
    press(find(window, "Learn", Atspi.Role.PUSH_BUTTON))
    tap.ok(wait_for(lambda: says(window, "cannot be a model's name")), "a bad name is refused",
           f"{status(window)}")


def use(tap):
    """Another dialog, which offers the new model."""
    window = dialog_with("Steps")
    if not tap.ok(window, "the dialog of Generate opens"):
        return
    tap.ok(choices(window, "Model") == ["Moss"], "the new model is offered",
           f"{choices(window, 'Model')}")
    choose(window, "Model", "Moss")
    set_number(window, "Steps", 2)
    press(find(window, "Generate", Atspi.Role.PUSH_BUTTON))
    tap.ok(wait_for(lambda: says(window, "Done"), 60.0), "it makes a picture", f"{status(window)}")
    press(find(window, "Close", Atspi.Role.PUSH_BUTTON))


def check_answer(tap, path):
    if not tap.ok(wait_for(lambda: os.path.exists(path), 60.0), "GIMP gets its answers"):
        return
    with open(path, encoding="utf-8") as file:
        answer = json.load(file)
    tap.ok(answer["model"] == "Moss", "the model's name is returned", f"{answer}")
    tap.ok(answer["same"], "the image is as it was")
    tap.ok(answer["made_with"] == "Moss", "the model that was chosen made the picture", f"{answer}")


def drive(tap, png, answer):
    window = dialog_with("Minutes")
    if not tap.ok(window, "the dialog opens"):
        return
    missing = [name for name in NAMES if not find(window, name)]
    tap.ok(not missing, "all controls have names", f"not {missing}")
    unnamed = [str(node.get_role_name()) for node in walk(window)
               if node.get_role() in (Atspi.Role.SPIN_BUTTON, Atspi.Role.COMBO_BOX, Atspi.Role.TEXT)
               and not node.get_name()]
    tap.ok(not unnamed, "those of numbers and words too", f"{unnamed}")
    refuse(tap, window)
    type_in(window, "Name", "")
    set_number(window, "Minutes", 3)
    stop(tap, window)
    keep(tap, window, png)
    press(find(window, "Close", Atspi.Role.PUSH_BUTTON))
    use(tap)
    check_answer(tap, answer)


def main():
    tap = Tap()
    drive(tap, sys.argv[1], sys.argv[2])
    print(f"1..{tap.count}")
    sys.exit(tap.failed > 0)


main()
