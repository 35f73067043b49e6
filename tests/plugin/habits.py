# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds, and what the dialogs remember from run to run: habits.py PNG ANSWER."""

import json
import os
import sys

from a11y import Atspi, Keys, Tap, choices, choose, find, has, picture, press, says, set_number, status
from a11y import type_in, wait_for, walk, window_with

RUN = "Reimagine"
PALETTE = "of a test"
AUTO = -1


def number(window, name):
    return find(window, name, Atspi.Role.SPIN_BUTTON).get_value_iface().get_current_value()


def words(window, name, role=Atspi.Role.TEXT):
    text = find(window, name, role).get_text_iface()
    return Atspi.Text.get_text(text, 0, -1)


def more(window):
    """What the expander is called."""
    return next(node.get_name() for node in walk(window) if node.get_name().startswith("More"))


def button(window):
    return find(window, RUN, Atspi.Role.PUSH_BUTTON)


def run(tap, window, words_after):
    press(button(window))
    wait_for(lambda: not says(window, words_after), 3.0)  # of the run before
    tap.ok(wait_for(lambda: says(window, words_after), 60.0), f"a run ends with “{words_after}”",
           f"{status(window)}")
    return number(window, "Seed")


def close(window):
    press(find(window, "Close", Atspi.Role.PUSH_BUTTON))


def of_picture(window):
    """What belongs to a picture, as the dialog shows it."""
    return {"prompt": words(window, "Label"), "negative": words(window, "Negative label"),
            "noise": round(number(window, "Noise level"), 3), "context": number(window, "Context"),
            "stop": number(window, "Stop after step"), "seed": number(window, "Seed")}


MADE_AS = {"prompt": "", "negative": "", "noise": 0.5, "context": AUTO, "stop": 0, "seed": -1}


def seeds(tap, window):
    """a new one each time, which can be kept"""
    tap.ok(words(window, "Seed", Atspi.Role.SPIN_BUTTON) == "new", "a seed that is not chosen yet")
    set_number(window, "Steps", 3)
    first = run(tap, window, "Run again for another one")
    second = run(tap, window, "Run again for another one")
    tap.ok(first >= 0 and second >= 0 and first != second, "the dialog shows each run's seed",
           f"{first}, {second}")
    press(find(window, "New seed each time"))
    wait_for(lambda: has(find(window, "Seed", Atspi.Role.SPIN_BUTTON), Atspi.StateType.SENSITIVE))
    third = run(tap, window, "the same again")
    tap.ok(third == second, "fixed, it stays", f"{third}, {second}")
    press(find(window, "New seed each time"))
    return [first, second, third]


def counting(tap, window):
    """More counts what was changed in it, closed and open"""
    tap.ok(more(window) == "More", "nothing was changed in More", more(window))
    set_number(window, "Grow by", 3)
    tap.ok(wait_for(lambda: more(window) == "More (1 changed)"), "one setting", more(window))
    tap.ok(choose(window, "Palette", PALETTE) and wait_for(lambda: more(window) == "More (2 changed)"),
           "two", more(window))
    set_number(window, "Grow by", 0)
    tap.ok(wait_for(lambda: more(window) == "More (1 changed)"), "one is as it was made again",
           more(window))


def words_for_numbers(tap, window):
    """what is below 0 is a word"""
    role = Atspi.Role.SPIN_BUTTON
    tap.ok(words(window, "Context", role) == "auto", "context", words(window, "Context", role))
    set_number(window, "Context", 40)
    tap.ok(wait_for(lambda: words(window, "Context", role) == "40"), "a number",
           words(window, "Context", role))
    keys = Keys(window)
    entry = find(window, "Context", role)
    entry.get_component_iface().grab_focus()
    entry.get_editable_text_iface().set_text_contents(" Auto")
    keys.settle()
    keys.press("Tab")
    keys.end()
    tap.ok(wait_for(lambda: number(window, "Context") == AUTO), "the word can be typed",
           f"{number(window, 'Context')}, {words(window, 'Context', role)}")


def first_picture(tap, window, png):
    made = seeds(tap, window)
    counting(tap, window)
    words_for_numbers(tap, window)
    type_in(window, "Label", "grass")
    type_in(window, "Negative label", "stone")
    set_number(window, "Noise level", 0.7)
    set_number(window, "Context", 50)
    set_number(window, "Stop after step", 2)
    made.append(run(tap, window, "Kept after step 2"))
    picture(window, png)
    close(window)
    return made


def again(tap, window, seed):
    """The same picture: all is as it was left."""
    wanted = {"prompt": "grass", "negative": "stone", "noise": 0.7, "context": 50, "stop": 2,
              "seed": seed}
    seen = of_picture(window)
    tap.ok(seen == wanted, "on the same picture all is as it was left", f"{seen}")
    tap.ok(more(window) == "More (3 changed)", "and More counts it", more(window))
    close(window)


def other_picture(tap, window):
    seen = of_picture(window)
    tap.ok(seen == MADE_AS, "another picture has its own", f"{seen}")
    tap.ok(has(find(window, "New seed each time"), Atspi.StateType.CHECKED), "and new seeds")
    tap.ok(more(window) == "More", "no palette either", more(window))
    tap.ok(number(window, "Steps") == 3, "but how one likes to work stays",
           f"{number(window, 'Steps')}")
    type_in(window, "Label", "sand")
    set_number(window, "Noise level", 0.9)
    set_number(window, "Steps", 1000)
    set_number(window, "Grow by", 2)
    press(button(window))
    stop = find(window, "Stop")
    wait_for(lambda: has(stop, Atspi.StateType.SENSITIVE))
    press(stop)
    tap.ok(wait_for(lambda: says(window, "Stopped")), "a run is stopped", f"{status(window)}")
    close(window)


def after_a_stop(tap, window):
    seen = (words(window, "Label"), round(number(window, "Noise level"), 3), number(window, "Steps"),
            number(window, "Grow by"))
    tap.ok(seen == ("sand", 0.9, 1000, 2), "what was stopped is remembered as well", f"{seen}")
    close(window)


def third_picture(tap, window):
    seen = of_picture(window)
    tap.ok(seen == MADE_AS, "but not for the next picture", f"{seen}")
    seen = (number(window, "Steps"), number(window, "Grow by"))
    tap.ok(seen == (1000, 2), "whose style it is", f"{seen}")
    close(window)


def back_again(tap, window):
    seen = of_picture(window)
    tap.ok(seen["prompt"] == "grass" and seen["noise"] == 0.7,
           "the first picture still has what was set for it", f"{seen}")
    set_number(window, "Steps", 3)
    run(tap, window, "Kept after step 2")
    close(window)


def check_answer(tap, path, made):
    if not tap.ok(wait_for(lambda: os.path.exists(path), 60.0), "GIMP gets its answers"):
        return
    with open(path, encoding="utf-8") as file:
        answer = json.load(file)
    tap.ok(answer["seeds"] == [int(seed) for seed in made], "the seeds shown are those kept",
           f"{answer['seeds']}, {made}")
    tap.ok(answer["named"], "and named")
    tap.ok(answer["same"] == [False, True], "another seed is another picture, the same is the same",
           f"{answer['same']}")
    last = answer["last"]
    tap.ok(last["prompt"] == "grass" and last["seed"] not in answer["seeds"],
           "the last values once more: all as it was, but for the seed", f"{last}")


def drive(tap, png, answer):
    made = []
    steps = (lambda window: made.extend(first_picture(tap, window, png)),
             lambda window: again(tap, window, made[-1]),
             lambda window: other_picture(tap, window),
             lambda window: after_a_stop(tap, window),
             lambda window: third_picture(tap, window),
             lambda window: back_again(tap, window))
    for step in steps:
        window = window_with(RUN, Atspi.Role.PUSH_BUTTON)
        if not tap.ok(window and choices(window, "Sampler"), "the dialog opens"):
            return
        step(window)
        wait_for(lambda: not has(window, Atspi.StateType.SHOWING), 20.0)
    check_answer(tap, answer, made)


def main():
    tap = Tap()
    drive(tap, sys.argv[1], sys.argv[2])
    print(f"1..{tap.count}")
    sys.exit(tap.failed > 0)


main()
