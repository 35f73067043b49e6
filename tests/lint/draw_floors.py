#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws docs/floors.svg from the includes, or (--check) tells as TAP whether it is true.

  draw_floors.py [--check] FOLDER

Rooms stand on their floors; an arrow leads to what a room includes.  Arrows that follow from others
are left out, and so is everything that changes from day to day.
"""

import os
import sys

import floors
from lint import Tree

PICTURE = "docs/floors.svg"

# Columns of a floor that a room takes, of four: none that an arrow passes through.
PLACES = {
    "plugin": (0, 2), "ui": (0, 2), "core/cli": (2, 4),
    floors.DOOR: (0, 2), "core/bench": (2, 3), "core/lab": (3, 4),
    "core/pipeline": (0, 2), "core/train": (2, 4),
    "core/settings": (0, 2),
    "core/checkpoint": (2, 4),
    "core/diffusion": (0, 4),
    "core/models": (2, 4),
    "core/image": (0, 2), "core/nn": (2, 4),
    "core/ops": (0, 2), "core/io": (2, 4),
    "core/tensor": (0, 4),
    "core/base": (0, 4),
}
COLORS = {"plugin": "#d4721a", "ui": "#d4721a", "core/cli": "#d4721a", floors.DOOR: "#8250df",
          "core/bench": "#2da44e", "core/lab": "#2da44e"}
COLOR = "#2f81f7"
INK = "#6e7781"

LEFT, TOP, COLUMN, GAP = 58, 20, 178, 14
BOX, STOREY = 44, 76
WIDTH = LEFT + 4 * COLUMN + 12


def rooms_of(tree):
    """The rooms that there are, lowest first, each with its folders."""
    found = {}
    for path in tree.sources("core", "plugin", "ui"):
        room = floors.folder_of(path)
        if room:
            parts = found.setdefault(room, set())
            parts.update(path[len(room) + 1:].split("/")[:-1])
    homeless = sorted(set(found) - set(PLACES))
    if homeless:
        sys.exit(f"give {', '.join(homeless)} a place in PLACES of tests/lint/draw_floors.py")
    return {room: sorted(found[room]) for room in floors.FLOORS if room in found}


def arrows_of(tree):
    """(room, room) for each arrow, door included."""
    def node_of(path):
        return path if path == floors.DOOR else floors.folder_of(path)
    edges = floors.without_shortcuts(floors.graph(tree, node_of))
    return sorted((room, other) for room, others in edges.items() for other in others)


def floor_of(room):
    return floors.DOOR_OPENS + 1 if room == floors.DOOR else floors.FLOORS[room]


class Plan:
    """Where things are on the page."""

    def __init__(self):
        self.highest = max(floors.FLOORS.values())
        self.height = TOP + (self.highest + 1) * STOREY + 18

    def top(self, room):
        return TOP + (self.highest - floor_of(room)) * STOREY

    def sides(self, room):
        first, end = PLACES[room]
        return LEFT + first * COLUMN, LEFT + end * COLUMN - GAP

    def ends(self, room, other):
        """The x at which an arrow leaves, and that at which it arrives."""
        (a, b), (c, d) = self.sides(room), self.sides(other)
        if max(a, c) < min(b, d):
            middle = (max(a, c) + min(b, d)) / 2
            return middle, middle
        return (b - 30, c + 30) if b < c else (a + 30, d - 30)


def text(x, y, size, words, anchor="middle", weight="normal", color=INK):
    return (f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' fill='{color}' "
            f"font-weight='{weight}' text-anchor='{anchor}'>{words}</text>")


def draw_room(plan, room, parts):
    left, right = plan.sides(room)
    top = plan.top(room)
    middle = (left + right) / 2
    color = COLORS.get(room, COLOR)
    dash = " stroke-dasharray='5 4'" if room == floors.DOOR else ""
    yield (f"<rect x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{BOX}' rx='7' "
           f"fill='{color}' fill-opacity='0.13' stroke='{color}' stroke-width='1.2'{dash}/>")
    base = top + (19 if parts else 27)
    yield text(middle, base, 14, room.replace("/", "/<tspan font-weight='bold'>") + "</tspan>"
               if "/" in room else f"<tspan font-weight='bold'>{room}</tspan>")
    if parts:
        yield text(middle, base + 16, 11, " · ".join(parts))


def draw_arrow(plan, room, other):
    x, to = plan.ends(room, other)
    y = plan.top(room) + BOX
    end = plan.top(other) - 2
    if end <= y:
        sys.exit(f"{room} includes {other}, which is no lower")
    bend = (end - y) / 2
    curve = f"L {x:.1f} {end:.1f}" if x == to else \
        f"C {x:.1f} {y + bend:.1f} {to:.1f} {end - bend:.1f} {to:.1f} {end - 5:.1f} V {end:.1f}"
    yield (f"<path d='M {x:.1f} {y:.1f} {curve}' fill='none' stroke='{INK}' stroke-width='1.4' "
           f"marker-end='url(#arrow)'/>")


def draw(tree):
    plan = Plan()
    rooms = rooms_of(tree)
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{plan.height}' "
        f"viewBox='0 0 {WIDTH} {plan.height}' font-family='system-ui, sans-serif'>",
        "<title>What includes what: rooms on their floors, arrows down</title>",
        "<defs><marker id='arrow' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' "
        f"markerHeight='7' orient='auto'><path d='M 0 0.5 L 8 4 L 0 7.5 Z' fill='{INK}'/>"
        "</marker></defs>",
    ]
    for floor in range(plan.highest + 1):
        y = TOP + (plan.highest - floor) * STOREY
        lines.append(text(24, y + 27, 13, floor, weight="bold"))
        lines.append(f"<line x1='44' y1='{y}' x2='44' y2='{y + BOX}' stroke='{INK}' "
                     "stroke-opacity='0.35'/>")
    for room, other in arrows_of(tree):
        lines += draw_arrow(plan, room, other)
    for room, parts in [*rooms.items(), (floors.DOOR, [])]:
        lines += draw_room(plan, room, parts)
    lines.append(text(LEFT, plan.height - 8, 11, "An arrow leads to what a folder includes; arrows "
                      "that follow from others are left out.", anchor="start"))
    return "\n".join(lines) + "\n</svg>\n"


def check(tree, root):
    path = os.path.join(root, PICTURE)
    shown = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
    good = shown == draw(tree)
    print(f"1..1\n{'ok' if good else 'not ok'} 1 - {PICTURE} shows what includes what")
    if not good:
        print("# it is not drawn from these includes: run tests/lint/draw_floors.py .")
    return not good


def main():
    checks = "--check" in sys.argv[1:]
    roots = [word for word in sys.argv[1:] if word != "--check"]
    if len(roots) != 1:
        sys.exit(__doc__)
    tree = Tree(os.path.abspath(roots[0]))
    if checks:
        sys.exit(check(tree, roots[0]))
    with open(os.path.join(roots[0], PICTURE), "w", encoding="utf-8") as file:
        file.write(draw(tree))


if __name__ == "__main__":
    main()
