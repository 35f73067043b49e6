# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the Reimagine dialog by its accessible names: dialog.py PNG ANSWER."""

import json
import os
import sys
import time

from a11y import Atspi, Tap, application, choices, choose, find, has, picture, press, says
from a11y import set_number, status, wait_for, walk

APPLICATION = "gimp-diffusion"
LABEL = "lava"
STEPS = 24
NAMES = ("Label", "Noise level", "Steps", "Sampler", "Guidance", "Context",
         "Less change where selected less", "Match colors", "Seed",
         "New seed each time", "Output", "Model", "Threads", "Progress", "Keep", "Stop",
         "Preview", "More", "Reimagine", "Close")
MORE = ("Negative label", "Guidance rescale", "Guidance from level", "Guidance to level",
        "Classifier guidance", "Palette", "Color guidance", "Only the mean color",
        "Spacing of steps", "Grow by", "Feather by", "Blend over", "Largest detail",
        "Known pixels", "Working size", "Stop after step")
SCREEN = (1280, 800)
GROW = 3
PALETTE = "of a test"


def size_of(window):
    box = window.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
    return box.width, box.height


def shows(window, name):
    node = find(window, name)
    return node and has(node, Atspi.StateType.SHOWING)


def open_more(tap, window, png):
    """The expander, whose inside must fit the smallest screens."""
    more = find(window, "More")
    before = size_of(window)
    tap.ok(not has(more, Atspi.StateType.EXPANDED), "More is closed while all is as it was made")
    press(more)
    tap.ok(wait_for(lambda: all(shows(window, name) for name in MORE), 10.0), "More shows its settings",
           f"not {[name for name in MORE if not shows(window, name)]}")
    unnamed = [str(node.get_role_name()) for node in walk(window)
               if node.get_role() in (Atspi.Role.SPIN_BUTTON, Atspi.Role.COMBO_BOX)
               and not node.get_name()]
    tap.ok(not unnamed, "all of them have names", f"{unnamed}")
    tap.ok(choices(window, "Palette")[0] == "None", "no palette is a choice")
    tap.ok(choose(window, "Palette", PALETTE), "GIMP's palettes are others")
    set_number(window, "Grow by", GROW)
    time.sleep(0.3)
    picture(window, png.replace(".png", "-more.png"))
    size = size_of(window)
    tap.ok(size[0] <= SCREEN[0] and size[1] <= SCREEN[1], "it fits small screens", f"{size}")
    press(more)
    tap.ok(wait_for(lambda: size_of(window) == before, 10.0), "closed again it is as small as before",
           f"{size_of(window)}, not {before}")


def keep_half_way(tap, window):
    set_number(window, "Steps", 1000)
    press(find(window, "Reimagine", Atspi.Role.PUSH_BUTTON))
    keep = find(window, "Keep")
    tap.ok(wait_for(lambda: has(keep, Atspi.StateType.SENSITIVE), 60.0),
           "Keep can be pressed once a step is done")
    press(keep)
    tap.ok(wait_for(lambda: says(window, "Kept after step")), "it ends and keeps the picture",
           f"{status(window)}")
    # some samplers evaluate the network twice in a step and take half as many
    tap.ok(any(text.endswith(("of 1000.", "of 500.")) for text in status(window)),
           "and tells how far it was", f"{status(window)}")
    tap.ok(not has(keep, Atspi.StateType.SENSITIVE), "then there is nothing to keep")


def stop_half_way(tap, window):
    set_number(window, "Steps", 1000)
    press(find(window, "Reimagine", Atspi.Role.PUSH_BUTTON))
    stop = find(window, "Stop")
    tap.ok(wait_for(lambda: has(stop, Atspi.StateType.SENSITIVE)), "Stop can be pressed")
    bar = find(window, "Progress")
    moved = wait_for(lambda: bar.get_value_iface().get_current_value() > 0.01, 60.0)
    tap.ok(moved, "the bar moves")
    tap.ok(not has(find(window, "Steps", Atspi.Role.SPIN_BUTTON), Atspi.StateType.SENSITIVE),
           "the settings are greyed meanwhile")
    begin = time.monotonic()
    press(stop)
    stopped = wait_for(lambda: says(window, "Stopped"))
    took = time.monotonic() - begin
    tap.ok(stopped and took < 2.0, "it stops at once", f"after {took:.1f} s: {status(window)}")


def run_to_the_end(tap, window, png):
    tap.ok(LABEL in choices(window, "Label"), "the model's labels are offered")
    label = find(window, "Label", Atspi.Role.TEXT)
    tap.ok(label.get_editable_text_iface().set_text_contents(LABEL), "a label can be typed")
    set_number(window, "Noise level", 0.95)
    set_number(window, "Steps", STEPS)
    press(find(window, "Reimagine", Atspi.Role.PUSH_BUTTON))
    tap.ok(wait_for(lambda: says(window, "Done"), 60.0), "a run to the end", f"{status(window)}")
    picture(window, png)
    tap.ok(os.path.getsize(png) > 10000, "its picture is taken")


def check_answer(tap, path, sampler):
    if not tap.ok(wait_for(lambda: os.path.exists(path), 60.0), "GIMP gets its answer"):
        return
    with open(path, encoding="utf-8") as file:
        answer = json.load(file)
    facts = {
        "the procedure succeeds": answer["good"],
        "stopped runs leave nothing behind, kept ones do": answer["layers"] == 3,
        "the kept one tells where it was stopped":
            answer["kept"] > 0 and answer["kept_name"].endswith(f"stopped after {answer['kept']}"),
        "stop-after makes the same bytes again": answer["kept_again"],
        "what More has was meant": answer["settings"].get("grow") == GROW
                                   and len(answer["settings"]["palette"]) == 2,
        "the source is as it was": answer["same"],
        "the steps that were set were taken": answer["settings"].get("steps") == STEPS,
        "the label that was typed was meant": answer["settings"].get("prompt") == LABEL,
        "the layer is named after label and sampler": f"{LABEL}, {sampler}" in answer["name"],
        "last values are the dialog's, but for the seed":
            answer["again"] and {**answer["again_settings"], "seed": None} ==
                                {**answer["settings"], "seed": None}
            and answer["again_settings"]["seed"] != answer["settings"]["seed"],
        "and make one more layer": answer["again_layers"] == 4,
    }
    for fact, holds in facts.items():
        tap.ok(holds, fact, f"{answer}")


def once_more(tap):
    """The dialog of the last values."""
    app = wait_for(lambda: application(APPLICATION), 60.0)
    window = app and wait_for(lambda: app.get_child_at_index(0))
    tap.ok(window and wait_for(lambda: shows(window, "Grow by"), 10.0),
           "More is open if something in it is not as it was made")
    press(find(window, "Close", Atspi.Role.PUSH_BUTTON))


def drive(tap, png, answer):
    app = wait_for(lambda: application(APPLICATION), 60.0)
    if not tap.ok(app is not None, "the dialog opens"):
        return
    window = wait_for(lambda: app.get_child_at_index(0))
    missing = [name for name in NAMES if not find(window, name)]
    tap.ok(not missing, "all controls have names", f"not {missing}")
    open_more(tap, window, png)

    samplers = choices(window, "Sampler")
    tap.ok(len(samplers) >= 1, "there are samplers")
    sampler = samplers[min(1, len(samplers) - 1)]
    tap.ok(choose(window, "Sampler", sampler), f"choosing {sampler}")
    stop_half_way(tap, window)
    keep_half_way(tap, window)
    run_to_the_end(tap, window, png)
    press(find(window, "Close", Atspi.Role.PUSH_BUTTON))
    check_answer(tap, answer, sampler)
    once_more(tap)


def main():
    tap = Tap()
    drive(tap, sys.argv[1], sys.argv[2])
    print(f"1..{tap.count}")
    sys.exit(tap.failed > 0)


main()
