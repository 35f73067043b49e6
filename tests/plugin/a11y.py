# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows as a screen reader sees them."""

import collections
import subprocess
import sys
import time

import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PLUG_IN = "gimp-diffusion"


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


def window_with(name, role=None):
    """The plug-in's window that has something of that name."""
    def look():
        app = application(PLUG_IN)
        window = app and app.get_child_at_index(0)
        return window if window and find(window, name, role) else None
    return wait_for(look, 60.0)


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
    if not combo:  # it is being filled
        return []
    return [node.get_name() for node in walk(combo) if node.get_role() == Atspi.Role.MENU_ITEM]


class Keys:
    """The keyboard, and where its focus goes in a window."""

    CODES = {"Escape": 9, "Tab": 23, "Return": 36, "space": 65}
    SHIFT = 50

    def __init__(self, window):
        self.focus = None
        self.heard = collections.deque()
        self.listener = Atspi.EventListener.new(self.hear)
        self.listener.register("object:state-changed:focused")
        # Without a window manager the keys go to the window below the pointer.
        box = window.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        Atspi.generate_mouse_event(box.x + 3, box.y + 3, "abs")
        wait_for(lambda: has(window, Atspi.StateType.ACTIVE), 10.0)
        self.settle()

    def settle(self):
        """Waits until the focus stays where it is."""
        while self.listen(0.3):
            pass

    def hear(self, event):
        if event.detail1:
            self.heard.append((event.source.get_role_name(), event.source.get_name()))

    def listen(self, seconds):
        """Whether the focus has gone somewhere else.  GTK tells of some twice."""
        end = time.monotonic() + seconds
        context = GLib.MainContext.default()
        while time.monotonic() < end:
            while context.pending():
                context.iteration(False)
            while self.heard:
                heard = self.heard.popleft()
                if heard != self.focus:
                    self.focus = heard
                    return True
            time.sleep(0.01)
        return False

    def type(self, key):
        plain = key.removeprefix("Shift+")
        if plain != key:
            Atspi.generate_keyboard_event(self.SHIFT, None, Atspi.KeySynthType.PRESS)
        Atspi.generate_keyboard_event(self.CODES[plain], None, Atspi.KeySynthType.PRESSRELEASE)
        if plain != key:
            Atspi.generate_keyboard_event(self.SHIFT, None, Atspi.KeySynthType.RELEASE)
        return True

    def press(self, key):
        """Where the focus goes: role and name."""
        self.type(key)
        return self.focus if self.listen(5.0) else ("nothing", "")

    def end(self):
        self.listener.deregister("object:state-changed:focused")
