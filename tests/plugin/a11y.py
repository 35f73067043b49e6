# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows as a screen reader sees them."""

import subprocess
import sys
import time

import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


class Tap:
    count = 0
    failed = 0

    def ok(self, good, name, note=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if note and not good:
            print(f"# {note}")
        sys.stdout.flush()
        return good


def wait_for(what, seconds=30.0):
    """The first true value of what(), or None when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            value = what()
        except GLib.Error:  # the widget went away while we looked
            value = None
        if value:
            return value
        time.sleep(0.05)
    return None


def application(name):
    """The application of that name, once it has a window."""
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(i)
        if child and child.get_name() == name and child.get_child_count():
            return child
    return None


def walk(node):
    yield node
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child:
            yield from walk(child)


def find(top, name, role=None):
    for node in walk(top):
        if node.get_name() == name and (role is None or node.get_role() == role):
            return node
    return None


def press(node):
    node.get_action_iface().do_action(0)


def has(node, state):
    return node.get_state_set().contains(state)


def status(top):
    """All that the dialog's labels say."""
    return [node.get_name() for node in walk(top) if node.get_role() == Atspi.Role.LABEL]


def says(top, words):
    return any(words in text for text in status(top))


def picture(window, path):
    box = window.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
    crop = f"{box.width}x{box.height}+{box.x}+{box.y}"
    subprocess.run(["import", "-window", "root", "-crop", crop, "+repage", path], check=True)


def set_number(top, name, value):
    spin = find(top, name, Atspi.Role.SPIN_BUTTON)
    spin.get_value_iface().set_current_value(value)


def type_in(top, name, text):
    return find(top, name, Atspi.Role.TEXT).get_editable_text_iface().set_text_contents(text)


def choose(top, name, wanted):
    """Picks an entry of a combo box by its words."""
    combo = find(top, name, Atspi.Role.COMBO_BOX)
    items = [node for node in walk(combo) if node.get_role() == Atspi.Role.MENU_ITEM]
    for item in items:
        if item.get_name() == wanted:
            press(item)
            return True
    print(f"# {name} has {[item.get_name() for item in items]}")
    return False


def choices(top, name):
    combo = find(top, name, Atspi.Role.COMBO_BOX)
    return [node.get_name() for node in walk(combo) if node.get_role() == Atspi.Role.MENU_ITEM]
