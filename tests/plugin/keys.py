# SPDX-License-Identifier: GPL-3.0-or-later
"""Works the dialogs by keys alone: keys.py PNG ANSWER."""

import collections
import json
import os
import sys

from a11y import Atspi, Keys, Tap, choices, find, has, picture, says, status, wait_for, walk, window_with

DIALOGS = ("Generate", "Reimagine", "Inpaint", "Paint", "Add Noise", "Learn")
MORE = ("Generate", "Reimagine", "Inpaint", "Paint")
MOST = 80  # stops in a dialog
CONTROLS = (Atspi.Role.TEXT, Atspi.Role.SPIN_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.PUSH_BUTTON,
            Atspi.Role.TOGGLE_BUTTON, Atspi.Role.LABEL)


def controls(window):
    """The names of all that can be seen and used, each as often as Tab should come by."""
    names = collections.Counter()
    for node in walk(window):
        if not has(node, Atspi.StateType.SHOWING) or not has(node, Atspi.StateType.SENSITIVE):
            continue
        if node.get_role() == Atspi.Role.COMBO_BOX:
            names[node.get_name()] += len(choices(window, node.get_name())) > 0  # its button
        elif node.get_role() in CONTROLS and has(node, Atspi.StateType.FOCUSABLE):
            names[node.get_name()] += 1
    return names


def round_trip(keys, key):
    """Where the focus comes by until it is where it was at first."""
    keys.settle()
    stops = [keys.press(key)]
    while len(stops) < MOST:
        stop = keys.press(key)
        if stop == stops[0]:
            break
        stops.append(stop)
    return stops


def tab_through(tap, window, keys, run, what):
    forth = round_trip(keys, "Tab")
    wanted = controls(window)
    seen = collections.Counter(name for _, name in forth)
    tap.ok(seen == wanted, f"{what}: Tab comes by all that is shown, once",
           f"missed {dict(wanted - seen)}, too often {dict(seen - wanted)}")
    tap.ok(seen[run] == 1, f"{what}: and by {run}")
    back = round_trip(keys, "Shift+Tab")
    at = back.index(forth[0]) if forth[0] in back else 0
    back = back[at:] + back[:at]
    tap.ok(back == [forth[0]] + forth[:0:-1], f"{what}: Shift+Tab goes the same way back",
           f"{back}")


def go_to(keys, name):
    """Tab until the focus is there."""
    keys.settle()
    return any(keys.press("Tab")[1] == name for _ in range(MOST))


def more_of(window):
    return next((node.get_name() for node in walk(window) if node.get_name().startswith("More")), None)


def all_of(tap, window, run, png):
    keys = Keys(window)
    tab_through(tap, window, keys, run, run)
    if run in MORE:
        before = sum(controls(window).values())
        tap.ok(go_to(keys, "More") and keys.type("space"), f"{run}: More is reached")
        opened = wait_for(lambda: find(window, "Palette", Atspi.Role.COMBO_BOX)
                          and has(find(window, "Palette", Atspi.Role.COMBO_BOX), Atspi.StateType.SHOWING))
        tap.ok(opened and sum(controls(window).values()) > before + 5, f"{run}: and opens")
        if run == "Inpaint":
            picture(window, png)
        tab_through(tap, window, keys, run, f"{run} with More")
        go_to(keys, "More")
        keys.type("space")
        tap.ok(wait_for(lambda: sum(controls(window).values()) == before, 10.0), f"{run}: and closes")
        tab_through(tap, window, keys, run, f"{run} without More again")
    return keys


def begin(tap, window, keys, run, key):
    keys.type(key)
    stop = find(window, "Stop")
    good = wait_for(lambda: has(stop, Atspi.StateType.SENSITIVE), 60.0)
    return tap.ok(good, f"{run}: {key} starts a run", f"{status(window)}")


def run_and_stop(tap, window, keys, run):
    """Stop has the focus while it runs, the main button has it before and after."""
    tap.ok(go_to(keys, run), f"{run}: the button is reached")
    if not begin(tap, window, keys, run, "space"):
        return
    tap.ok(wait_for(lambda: has(find(window, "Stop"), Atspi.StateType.FOCUSED)),
           f"{run}: Stop is at hand")
    keys.type("space")
    tap.ok(wait_for(lambda: says(window, "Stopped")), f"{run}: and stops it", f"{status(window)}")
    tap.ok(wait_for(lambda: has(find(window, run, Atspi.Role.PUSH_BUTTON), Atspi.StateType.FOCUSED)),
           f"{run}: the button is at hand again")
    tab_through(tap, window, keys, run, f"{run} after a run")
    go_to(keys, run)
    if begin(tap, window, keys, run, "Return"):
        keys.type("Escape")


def run_to_the_end(tap, window, keys, run):
    go_to(keys, run)
    keys.type("Return")
    tap.ok(wait_for(lambda: says(window, "Done"), 60.0), f"{run}: Return runs it to the end",
           f"{status(window)}")
    keys.type("Escape")


def drive(tap, png, answer):
    for run in DIALOGS:
        window = window_with(run, Atspi.Role.PUSH_BUTTON)
        if not tap.ok(window, f"{run}: the dialog opens"):
            return
        keys = all_of(tap, window, run, png)
        if run == "Reimagine":
            run_and_stop(tap, window, keys, run)
        elif run == "Add Noise":
            run_to_the_end(tap, window, keys, run)
        else:
            keys.type("Escape")
        keys.end()
    if not tap.ok(wait_for(lambda: os.path.exists(answer), 60.0), "Escape closes all of them"):
        return
    with open(answer, encoding="utf-8") as file:
        made = json.load(file)
    tap.ok(made == {"generate": 0, "reimagine": 0, "inpaint": 0, "paint-with-materials": 0,
                    "noise": 1, "learn": 0}, "and only what ran to its end left something", f"{made}")


def main():
    tap = Tap()
    drive(tap, sys.argv[1], sys.argv[2])
    print(f"1..{tap.count}")
    sys.exit(tap.failed > 0)


main()
