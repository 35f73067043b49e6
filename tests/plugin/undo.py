# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a whole GIMP: undo, menus, and edits while a picture is made."""

import json
import os
import subprocess
import sys
import time

from a11y import Atspi, Tap, application, choose, find, has, press, says
from a11y import set_number, status, wait_for, walk

PLUG_IN = "gimp-diffusion"
NAMES = ("generate", "reimagine", "inpaint", "noise")
STATES = ("an opaque layer", "transparent in part, over another", "a mask, over another",
          "an effect", "multiplied at 60 %", "in a group", "in a group with a mask",
          "in a group that passes through", "below another", "a small layer with a mask")
STATE_RUNS = (("inpaint", "a new layer"), ("reimagine", "a new layer of the layer's own"),
              ("noise", "in place"))
BUS = ("gdbus", "call", "--session", "--dest", "org.gimp.GIMP.UI", "--object-path",
       "/org/gimp/GIMP/UI", "--method", "org.gimp.GIMP.UI.BatchRun", "python-fu-eval")


class Gimp:
    """The running GIMP: asked through D-Bus, operated through its menus."""

    def __init__(self, profile):
        self.profile = profile
        self.count = 0
        self.app = wait_for(lambda: application("gimp"), 60.0)

    def start(self, function, *arguments, **named):
        self.count += 1
        name = f"answer-{self.count}"
        text = ", ".join([repr(name)] + [repr(a) for a in arguments] +
                         [f"{k}={v!r}" for k, v in named.items()])
        code = f"import undo_job; undo_job.{function}({text})"
        subprocess.run([*BUS, code], check=True, stdout=subprocess.DEVNULL)
        return os.path.join(self.profile, name)

    def wait(self, path, seconds=60.0):
        if not wait_for(lambda: os.path.exists(path), seconds):
            return None
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def do(self, function, *arguments, **named):
        return self.wait(self.start(function, *arguments, **named))

    def menu_item(self, menu, words):
        """An entry of a menu of the image window, by how it begins."""
        for node in walk(find(self.app, menu, Atspi.Role.MENU)):
            if node.get_role() == Atspi.Role.MENU_ITEM and node.get_name().startswith(words):
                return node
        return None

    def choose(self, menu, words):
        item = wait_for(lambda: self.menu_item(menu, words), 10.0)
        if not item:
            return False
        if not wait_for(lambda: has(item, Atspi.StateType.SENSITIVE), 10.0):
            return False
        press(item)
        return True

    def undo(self):
        return self.choose("Edit", "Undo ")

    def redo(self):
        return self.choose("Edit", "Redo ")

    def becomes(self, wanted, look="look"):
        """Whether the image comes to look like that."""
        for _ in range(5):
            seen = self.do(look)
            if seen == wanted:
                return True
            time.sleep(0.3)
        print(f"# {seen} is not {wanted}")
        return False


def one_step(tap, gimp):
    """each procedure, each output: one undo takes it back, and nothing else"""
    before = gimp.do("look")
    for name in NAMES:
        for output in ("new-layer", "replace"):
            result = gimp.do("run", name, output=output, seed=4)
            good = result is not None and result["good"] and result["state"] != before
            tap.ok(good, f"{name}, {output}: changes the image", f"{result}")
            gimp.undo()
            tap.ok(gimp.becomes(before), f"{name}, {output}: one undo takes it back")


def reaching_out(tap, gimp):
    """pixels replaced beyond a soft selection: still one undo, which keeps the selection"""
    before = gimp.do("look")
    for name in ("reimagine", "inpaint"):
        result = gimp.do("run", name, output="replace", seed=4, grow=4, feather=3, blend=2)
        after = result and result["state"]
        good = result is not None and result["good"] and after["pixels"] != before["pixels"]
        tap.ok(good, f"{name}: changes the image", f"{result}")
        rest = ("selection", "channels", "selected", "layers")
        tap.ok(good and all(after[key] == before[key] for key in rest),
               f"{name}: but neither the selection nor a list", f"{after}")
        gimp.undo()
        tap.ok(gimp.becomes(before), f"{name}: one undo takes it back")
        gimp.redo()
        tap.ok(gimp.becomes(after), f"{name}: one redo has it again")
        gimp.undo()
        gimp.becomes(before)


def all_but_seed(state):
    """The newest layer's settings."""
    return {**state["settings"][0], "seed": None}


def looking_ahead(tap, gimp):
    """the dialog follows the selection while it is open"""
    before = gimp.do("look")
    gimp.do("meddle", "unselect")
    gimp.choose("Diffusion", "Inpaint")
    app = wait_for(lambda: application(PLUG_IN), 30.0)
    window = app.get_child_at_index(0)
    button = find(window, "Inpaint", Atspi.Role.PUSH_BUTTON)
    for how, words, ready in (("look", "Select what is to be removed first.", False),
                              ("select", "12 × 12, about", True),
                              ("unselect", "Select what is to be removed first.", False),
                              ("select", "12 × 12, about", True)):
        gimp.do(how) if how == "look" else gimp.do("meddle", how)
        tap.ok(wait_for(lambda: says(window, words)
                        and has(button, Atspi.StateType.SENSITIVE) == ready, 10.0),
               f"{how}: {words}", f"{status(window)}")
    press(button)
    tap.ok(wait_for(lambda: says(window, "Done"), 60.0), "then it runs", f"{status(window)}")
    gimp.do("meddle", "pierce")
    tap.ok(wait_for(lambda: says(window, "What is transparent of 48 × 40"), 10.0)
           and has(button, Atspi.StateType.SENSITIVE), "what is transparent needs no selection",
           f"{status(window)}")
    for which in ("first", "second"):
        press(button)
        wait_for(lambda: not says(window, "Done"), 3.0)  # of the run before
        tap.ok(wait_for(lambda: says(window, "Done"), 60.0), f"the {which} try fills it",
               f"{status(window)}")
        tap.ok(wait_for(lambda: says(window, "What is transparent of 48 × 40"))
               and has(button, Atspi.StateType.SENSITIVE), "and leaves it open for another one",
               f"{status(window)}")
    press(find(window, "Close", Atspi.Role.PUSH_BUTTON))
    wait_for(lambda: application(PLUG_IN) is None)
    for _ in range(8):
        gimp.undo()
    tap.ok(gimp.becomes(before), "one undo for it and for each edit")


def from_the_menu(tap, gimp):
    """the dialog, Repeat and Re-Show"""
    before = gimp.do("look")
    tap.ok(gimp.choose("Diffusion", "Reimagine"), "Filters > Diffusion > Reimagine...")
    app = wait_for(lambda: application(PLUG_IN), 30.0)
    if not tap.ok(app is not None, "opens its dialog"):
        return
    window = app.get_child_at_index(0)
    set_number(window, "Steps", 3)
    press(find(window, "Reimagine", Atspi.Role.PUSH_BUTTON))
    tap.ok(wait_for(lambda: says(window, "Done"), 60.0), "which runs", f"{status(window)}")
    press(find(window, "Close", Atspi.Role.PUSH_BUTTON))
    wait_for(lambda: application(PLUG_IN) is None)
    once = gimp.do("look")
    tap.ok(len(once["layers"]) == len(before["layers"]) + 1, "and makes one layer", f"{once}")

    tap.ok(gimp.choose("Filters", "Repeat \"Reimagine"), "Filters > Repeat")
    twice = wait_for(lambda: (lambda s: s if len(s["layers"]) > len(once["layers"]) else None)
                     (gimp.do("look")), 30.0)
    tap.ok(twice and all_but_seed(twice) == all_but_seed(once), "does the same again", f"{twice}")
    tap.ok(twice and twice["settings"][0]["seed"] != once["settings"][0]["seed"],
           "with another seed")
    tap.ok(gimp.choose("Filters", "Re-Show \"Reimagine"), "Filters > Re-Show")
    app = wait_for(lambda: application(PLUG_IN), 30.0)
    shown = app and find(app, "Steps", Atspi.Role.SPIN_BUTTON)
    tap.ok(shown and shown.get_value_iface().get_current_value() == 3.0,
           "opens the dialog with the last values")
    press(find(app, "Close", Atspi.Role.PUSH_BUTTON))
    wait_for(lambda: application(PLUG_IN) is None)
    gimp.undo()
    tap.ok(gimp.becomes(once), "one undo for the repeated run")
    gimp.undo()
    tap.ok(gimp.becomes(before), "one for the first, none for the one that was closed")


def run_in(window, steps):
    """Presses the main button and returns once the run has begun."""
    set_number(window, "Steps", steps)
    press(find(window, "Inpaint", Atspi.Role.PUSH_BUTTON))
    wait_for(lambda: has(find(window, "Stop"), Atspi.StateType.SENSITIVE))


def enough_steps(window, seconds):
    """As many steps as take about that long."""
    begin = time.monotonic()
    run_in(window, 20)
    wait_for(lambda: says(window, "Done"), 60.0)
    return max(40, min(1000, int(20 * seconds / (time.monotonic() - begin))))


def edits_meanwhile(tap, gimp):
    """the image changes while a picture is made"""
    before = gimp.do("look")
    gimp.choose("Diffusion", "Inpaint")
    app = wait_for(lambda: application(PLUG_IN), 30.0)
    window = app.get_child_at_index(0)
    steps = enough_steps(window, 2.5)
    gimp.undo()
    tap.ok(gimp.becomes(before), "GIMP can be used while the dialog is open")

    cases = (("resize", "New layer", "resized"), ("move", "New layer", "moved"),
             ("select", "Replace pixels", "selection"), ("delete", "New layer", "deleted"),
             ("lock", "Replace pixels", "locked"))
    for how, output, words in cases:
        choose(window, "Output", output)
        before = gimp.do("look")
        run_in(window, steps)
        changed = gimp.do("meddle", how)
        tap.ok(wait_for(lambda: says(window, words), 60.0), f"{how}: the dialog tells",
               f"{status(window)} after {steps} steps")
        tap.ok(gimp.becomes(changed), f"{how}: nothing is written")
        if how == "lock":  # GIMP notes no undo for that
            gimp.do("meddle", "unlock")
        else:
            gimp.undo()
        tap.ok(gimp.becomes(before), f"{how}: taking back the user's edit takes back all")
    press(find(window, "Close", Atspi.Role.PUSH_BUTTON))


def each_state(tap, gimp):
    """layers in every state: one undo takes back all that was made of them"""
    for name in STATES:
        before = gimp.do("show", name)
        for act, way in STATE_RUNS:
            result = gimp.do("run_act", act, way)
            good = result is not None and result["good"] and result["state"] != before
            tap.ok(good, f"{name}: {act}, {way}: changes the image", f"{result}")
            gimp.undo()
            tap.ok(gimp.becomes(before, "look_closely"), f"{name}: one undo takes it back")


PARTS = {"steps": (one_step, reaching_out, looking_ahead, from_the_menu, edits_meanwhile),
         "states": (each_state,)}


def main():
    tap = Tap()
    gimp = Gimp(sys.argv[1])
    if tap.ok(gimp.app and gimp.do("setup"), "GIMP starts"):
        for test in PARTS[sys.argv[2]]:
            print(f"# {test.__doc__}")
            try:
                test(tap, gimp)
            except Exception as error:  # noqa: BLE001  (the others should still run)
                tap.ok(False, f"{test.__name__} ran to its end", repr(error))
    print(f"1..{tap.count}")
    sys.exit(tap.failed > 0)


main()
