# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside the main button before a run: outlook.py PNG ANSWER."""

import configparser
import hashlib
import os
import re
import sys

from a11y import Atspi, Tap, choose, find, has, picture, press, says, set_number, status, type_in
from a11y import wait_for, window_with

SPEEDS = os.path.join(os.environ["XDG_CACHE_HOME"], "gimp-diffusion", "speed.ini")
GROUP = "processor seconds for a megapixel step"
EMBEDDED = hashlib.sha256(b"").hexdigest()


def button(window, name):
    return find(window, name, Atspi.Role.PUSH_BUTTON)


def close(window):
    press(button(window, "Close"))
    wait_for(lambda: not has(window, Atspi.StateType.SHOWING), 20.0)


def shows(window, run, words, ready=True):
    """Whether that comes to stand there, and is said of the button, which can be pressed or not."""
    return wait_for(lambda: says(window, words)
                    and has(button(window, run), Atspi.StateType.SENSITIVE) == ready
                    and words in button(window, run).get_description(), 10.0)


def seconds(window, run):
    """The time that the button's description tells."""
    found = re.search(r"about (\d+) (second|minute)", button(window, run).get_description())
    return int(found[1]) * (60 if found[2] == "minute" else 1) if found else None


def refused(tap, window, run, words, what, png=None):
    tap.ok(shows(window, run, words, False), what, f"{status(window)}")
    if png:
        picture(window, png)
    close(window)


def told(tap, window, run, words, what):
    tap.ok(shows(window, run, words), what, f"{status(window)}")
    close(window)


def locked(tap, window, run):
    """what cannot be done is said once it is asked for"""
    tap.ok(shows(window, run, "Whole layer, 640 × 400"), "a locked layer can have one above it",
           f"{status(window)}")
    choose(window, "Output", "Replace pixels")
    tap.ok(shows(window, run, "The layer's pixels are locked.", False), "but cannot be replaced",
           f"{status(window)}")
    choose(window, "Output", "New layer")
    told(tap, window, run, "Whole layer, 640 × 400", "and one above it again")


def times(tap, window, run):
    """the time follows the settings"""
    tap.ok(shows(window, run, "Whole layer, 640 × 400, about"), "reimagine: the whole layer",
           f"{status(window)}")
    set_number(window, "Steps", 20)
    wait_for(lambda: (seconds(window, run) or 0) > 3)
    before = seconds(window, run)
    set_number(window, "Steps", 400)
    tap.ok(wait_for(lambda: (seconds(window, run) or 0) > 10 * before), "more steps, more time",
           f"{before}, {seconds(window, run)}")
    set_number(window, "Steps", 20)
    wait_for(lambda: seconds(window, run) == before)
    type_in(window, "Label", "grass")
    tap.ok(wait_for(lambda: 1.4 * before < (seconds(window, run) or 0) < 2.5 * before),
           "guidance asks the network twice", f"{before}, {seconds(window, run)}")
    type_in(window, "Label", "")
    wait_for(lambda: seconds(window, run) == before)
    set_number(window, "Working size", 160)
    tap.ok(wait_for(lambda: 0 < (seconds(window, run) or 0) < 0.5 * before),
           "a small working size is faster", f"{before}, {seconds(window, run)}")
    set_number(window, "Working size", 0)
    type_in(window, "Model", "no-such-model")
    tap.ok(shows(window, run, "There is no model", False), "no model, no button", f"{status(window)}")
    type_in(window, "Model", "")
    tap.ok(shows(window, run, "Whole layer"), "and again", f"{status(window)}")
    set_number(window, "Stop after step", 2)
    wait_for(lambda: seconds(window, run) and seconds(window, run) < before)
    close(window)


def read_speed():
    file = configparser.ConfigParser()
    file.read(SPEEDS)
    return float(file[GROUP][EMBEDDED]) if GROUP in file else None


def measured(tap, window, run):
    """after a run this machine's own speed counts"""
    tap.ok(read_speed() is None, "no speed was measured yet")
    set_number(window, "Steps", 12)
    press(button(window, run))
    tap.ok(wait_for(lambda: says(window, "Done"), 100.0), "a run", f"{status(window)}")
    speed = read_speed()
    tap.ok(speed and 0.1 < speed < 1000.0, "it is now", f"{speed}")
    before = seconds(window, run)
    with open(SPEEDS, "w", encoding="utf-8") as file:
        file.write(f"[{GROUP}]\n{EMBEDDED}={1000.0 * speed}\n")
    tap.ok(wait_for(lambda: (seconds(window, run) or 0) > 100 * before), "and is what counts",
           f"{before}, {seconds(window, run)}")
    tap.ok("minutes" in button(window, run).get_description(), "long times are told in minutes")
    close(window)


def drive(tap, png):
    steps = (
        ("Inpaint", refused, "Select what is to be removed first.", "inpaint: nothing is selected", png),
        ("Inpaint", told, "What is transparent of 640 × 400", "inpaint: what is transparent"),
        ("Inpaint", told, "200 × 100, about", "inpaint: the selection"),
        ("Reimagine", locked),
        ("Reimagine", times),
        ("Generate", told, "Whole image, 640 × 400, about", "generate: the whole image"),
        ("Learn", told, "Whole layer, 640 × 400", "learn: the whole layer"),
        ("Paint", refused, "has a name that begins with a material", "paint: no materials"),
        ("Reimagine", measured),
    )
    for run, function, *rest in steps:
        window = window_with(run, Atspi.Role.PUSH_BUTTON)
        if not tap.ok(window, f"the dialog of {run} opens"):
            return
        function(tap, window, run, *rest)


def main():
    tap = Tap()
    drive(tap, sys.argv[1])
    print(f"1..{tap.count}")
    sys.exit(tap.failed > 0)


main()
