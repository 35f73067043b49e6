# SPDX-License-Identifier: GPL-3.0-or-later
"""The floors of core/README.md, and the graph of what includes what."""

import os

FLOORS = {
    "core/base": 0,
    "core/tensor": 1,
    "core/ops": 2, "core/io": 2,
    "core/image": 3, "core/nn": 3,
    "core/models": 4,
    "core/diffusion": 5,
    "core/checkpoint": 6,
    "core/settings": 7,
    "core/pipeline": 8, "core/train": 8,
    "core/lab": 9, "core/bench": 9,
    "core/cli": 10, "ui": 10,
    "plugin": 11,
}
STRANGERS = {("core/settings", "core/checkpoint")}  # besides those on one floor
DOOR = "core/dif.h"
DOOR_OPENS = 8      # the highest floor that is part of the plug-in
OUTSIDE = {"plugin": ("plugin", "ui"), "ui": ("ui",)}   # what sees the core through its door


def folder_of(path):
    """The folder in FLOORS that a file belongs to, subfolders included."""
    return next((f for f in FLOORS if path.startswith(f + "/")), None)


def module_of(path):
    """A header and the source of its name are one module."""
    return os.path.splitext(path)[0]


def includes(tree):
    """Yields (path, line number, target) of all quoted includes."""
    for path in tree.sources("core", "plugin", "ui", ends=(".c", ".h", ".inc", ".c.in")):
        for number, quoted, target in tree.includes(path):
            if quoted:
                yield path, number, target


def graph(tree, node_of):
    """What each node includes, as sets."""
    found = {}
    for path, _, target in includes(tree):
        own, other = node_of(path), node_of(target)
        if own and other and own != other:
            found.setdefault(own, set()).add(other)
            found.setdefault(other, set())
    return found


def reachable(edges, start):
    """All that can be reached from the start, which is in it only on a circle."""
    seen = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += edges[node]
    return seen


def circles(edges):
    """One shortest circle for each knot of nodes that lead back to each other."""
    reach = {node: reachable(edges, node) for node in edges}
    knots = {frozenset(n for n in reach[node] if node in reach[n])
             for node in edges if node in reach[node]}
    for knot in sorted(knots, key=sorted):
        yield min((way_around(edges, node) for node in sorted(knot)), key=len)


def way_around(edges, start):
    """A shortest way from a node on a circle to itself."""
    ways = [[start]]
    seen = set()
    for way in ways:    # which grows
        for node in sorted(edges[way[-1]]):
            if node == start:
                return way + [start]
            if node not in seen:
                seen.add(node)
                ways.append(way + [node])
    return []


def without_shortcuts(edges):
    """The edges that do not follow from others."""
    return {node: {n for n in others
                   if not any(n in reachable(edges, other) for other in others - {n})}
            for node, others in edges.items()}
