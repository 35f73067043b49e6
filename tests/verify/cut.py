#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts reference data to other shapes: cut.py FOLDER OUT SEED.

Every entry of losses/ keeps some of its pictures, points, noise levels, timesteps, parameters,
steps, widths and dimensions, some of them more than once, and some of the tensors that it expects.
What it expects of them is computed anew (formulas.py); a network's gradients cannot be, so there
only tensors are left out.  Entries of samplers/ keep some of their pixels, where those do not see
each other.  All else stays.
"""

import json
import os
import re
import sys

import numpy as np

from formulas import GROUPS
from group import Group

INPUTS = re.compile(r"(x|x0|noise|t|x0_bytes|z|sigmas|points|projections|[wpg][./].*)$")
SEE_EACH_OTHER = ("score_sde_ve", "classifier_guidance")  # files whose pixels do

# What the dimensions of inputs are: those of one letter are cut alike.
PICTURES = {"x": "nchw", "x0": "nchw", "x0_bytes": "nchw", "t": "n", "noise": "nchw"}
AXES = {
    "simple": PICTURES,
    "explicit_score": PICTURES,
    "vlb": PICTURES | {"t": "t", "noise": "tnchw"},
    "levels": {"x0": "nchw", "z": "nlchw", "sigmas": "l"},
    "points": {"points": "nd", "z": "nd", "projections": "knd", "w/0.weight": "ad", "w/0.bias": "a",
               "w/2.weight": "ba", "w/2.bias": "b", "w/4.weight": "db", "w/4.bias": "d"},
}


class Axes:
    """Which indices of each letter there are; the same for all that are cut by it."""

    def __init__(self, rng):
        self.rng = rng
        self.kept = {}
        self.rank = rng.choice(["chw", "cp", "c"])  # of pictures: one size for pixels, or none

    def cut(self, value, letters):
        for axis, letter in enumerate(letters):
            n = value.shape[axis]
            if letter not in self.kept:
                self.kept[letter] = some(self.rng, n)
            value = value.take(self.kept[letter], axis)
        if letters.endswith("chw") and self.rank != "chw":
            value = value.reshape(value.shape[:-2] + (-1,))
            value = value[..., 0] if self.rank == "c" else value
        return value


def some(rng, n):
    """Which of n there are, in their order; from one of them to two too many."""
    return np.sort(rng.choice(n, rng.integers(1, n + 3)))


def own_inputs(group, entry):
    return {name: value for name, value in group.of(entry).items() if INPUTS.match(name)}


def all_inputs(group, entry):
    """An entry's own, and those that the entries of its configuration share."""
    found = {}
    for other in group.entries:
        if other.get("config") == entry.get("config") and "sigmas" not in other["tensors"]:
            found |= {name: value for name, value in own_inputs(group, other).items()
                      if name not in ("z", "projections")}
    return found | own_inputs(group, entry)


def expected_of(name, group, entry):
    """What an entry expects, computed anew; {} where that cannot be done."""
    if "model" in entry or name not in GROUPS:
        return {}
    return GROUPS[name](entry, group.root, all_inputs(group, entry))


def keep_some(rng, expected):
    """Some of the tensors; one at least."""
    names = [name for name in expected if rng.random() < 0.7] or list(expected)[:1]
    return {name: expected[name] for name in names}


def drop_layer(rng, group):
    """Now and then the network loses the layer in its middle."""
    if rng.random() < 0.5:
        return AXES["points"]
    for entry in group.entries:
        if "points" in entry["tensors"]:
            entry["note"] = "score net: Linear(d,H), tanh, Linear(H,d); two layers"
        group.put(entry, {name: value for name, value in group.of(entry).items()
                          if not re.match(r"(w|grad)/2\.", name)})
    return AXES["points"] | {"w/4.weight": "da"}


def on_sphere(projections):
    """Of length sqrt (d) whatever d is."""
    length = np.sqrt((projections.astype(float) ** 2).sum(axis=-1, keepdims=True))
    return projections / length * np.sqrt(projections.shape[-1])


def cut_pictures(rng, name, group):
    axes = {}
    for entry in group.entries:
        kind = "levels" if "sigmas" in entry["tensors"] else name
        key = json.dumps(entry["config"]) if name == "vlb" else entry["id"]
        axes.setdefault(key, Axes(rng))
        group.put(entry, group.of(entry) | {
            tensor: axes[key].cut(value, AXES[kind][tensor])
            for tensor, value in own_inputs(group, entry).items()})


def cut_score_matching(rng, name, group):
    del name
    letters, axes, levels = drop_layer(rng, group), Axes(rng), Axes(rng)
    for entry in group.entries:
        inputs = own_inputs(group, entry)
        for tensor, value in inputs.items():
            if "sigmas" in entry["tensors"]:
                inputs[tensor] = levels.cut(value, AXES["levels"][tensor])
            else:
                inputs[tensor] = axes.cut(value, letters[tensor])
        if entry["id"].endswith("_sphere"):
            inputs["projections"] = on_sphere(inputs["projections"])
        group.put(entry, group.of(entry) | inputs)


def cut_optim(rng, name, group):
    """Some parameters with their numbers, some steps from the first on."""
    del name
    entry = next(entry for entry in group.entries if "p.0" in entry["tensors"])
    tensors = group.of(entry)
    numbers = np.unique(some(rng, sum(name.startswith("p.") for name in tensors)))
    steps = rng.integers(1, 1 + sum(name.endswith(".0") and name[0] == "g" for name in tensors))
    kept = {}
    for number in numbers:
        axes, letters = Axes(rng), "ABCD"[:tensors[f"p.{number}"].ndim]
        for name in [f"p.{number}"] + [f"g.{step}.{number}" for step in range(steps)]:
            kept[name] = axes.cut(tensors[name], letters)
    group.put(entry, kept)


def cut_unet_grad(rng, group, needed):
    """Which gradients there are; those that a step of an optimizer begins with stay."""
    for entry in group.entries:
        tensors = group.of(entry)
        results = {name: value for name, value in tensors.items()
                   if name.startswith("grad") or name in ("out", "loss")}
        kept = keep_some(rng, results)
        group.put(entry, {name: value for name, value in tensors.items()
                          if name not in results or name in kept or name in needed})


def recompute(rng, name, group):
    """After the inputs were cut: some of what is expected of them."""
    for entry in group.entries:
        own = own_inputs(group, entry)
        new = expected_of(name, group, entry)
        results = {tensor: new.get(tensor, value) for tensor, value in group.of(entry).items()
                   if tensor not in own and (tensor in new or not new)}
        group.put(entry, own | keep_some(rng, results))


def cut_losses(rng, folder, out):
    cutters = {"score_matching": cut_score_matching, "optim": cut_optim}
    for name in GROUPS:
        group = Group(os.path.join(folder, "losses", name))
        cutters.get(name, cut_pictures)(rng, name, group)
        recompute(rng, name, group)
        group.write(os.path.join(out, "losses", name))
        if name == "optim":
            needed = {"grad/" + tensor.split("/", 1)[1] for entry in group.entries
                      if "model" in entry for tensor in entry["tensors"]}
    group = Group(os.path.join(folder, "losses", "unet_grad"))
    cut_unet_grad(rng, group, needed)
    group.write(os.path.join(out, "losses", "unet_grad"))


def cut_samplers(rng, folder, out):
    for file in sorted(os.listdir(os.path.join(folder, "samplers"))):
        name, end = os.path.splitext(file)
        if end != ".json":
            continue
        group = Group(os.path.join(folder, "samplers", name))
        for entry in group.entries:
            tensors = group.of(entry)
            size = next(tensors[key].shape[-2:] for key in ("x_init", "x0") if key in tensors)
            rows, columns = some(rng, size[0]), some(rng, size[1])
            if name in SEE_EACH_OTHER or entry.get("config", {}).get("thresholding"):
                continue
            group.put(entry, {key: value[..., rows, :][..., columns]
                              if value.ndim > 3 and value.shape[-2:] == size else value
                              for key, value in tensors.items()})
        group.write(os.path.join(out, "samplers", name))


def cut(folder, out, seed, others=True):
    """Makes the folder @out; without @others it has only what was cut, and the networks' files."""
    rng = np.random.default_rng(seed)
    cut_losses(rng, folder, out)
    cut_samplers(rng, folder, out)
    for name in sorted(os.listdir(folder)) if others else []:
        if not os.path.exists(os.path.join(out, name)):
            os.symlink(os.path.abspath(os.path.join(folder, name)), os.path.join(out, name))
    if not others:
        os.mkdir(os.path.join(out, "models"))
        for name in os.listdir(os.path.join(folder, "models")):
            path = os.path.abspath(os.path.join(folder, "models", name))
            if os.path.isdir(path):
                os.symlink(path, os.path.join(out, "models", name))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    cut(sys.argv[1], sys.argv[2], int(sys.argv[3]))
