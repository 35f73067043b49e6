# SPDX-License-Identifier: GPL-3.0-or-later
"""Every act on a layer in every state: what the user sees in the end."""

from scenes import AREA, BLACK, MAGENTA, SIDE, STATES, WHITE, all_of, digest, flat, items_of, stage
from support import GRAY, RGB, Tap, call, raw

INSIDE = [y * SIDE + x for y in range(AREA[1], AREA[1] + AREA[3])
          for x in range(AREA[0], AREA[0] + AREA[2])]
OUTSIDE = sorted(set(range(SIDE * SIDE)) - set(INSIDE))


# ------------------------------------------ what is promised of the selected pixels

def difference(before, after, where):
    """How far off the pixels are, in the mean, and the mean of them."""
    if not where:
        return 0.0, 0.0
    each = [after[4 * i + c] - before[4 * i + c] for i in where for c in range(3)]
    return sum(map(abs, each)) / len(each), abs(sum(each)) / len(each)


def near(limit):
    """Almost as it was, as all that is seen is of one color."""
    return lambda each, drift: each <= limit


def drifts(limit):
    """Changed, but not in the mean."""
    return lambda each, drift: each > 0.0005 and drift <= limit


def anew(each, drift):
    """Another picture."""
    return each > 0.004


class Act:
    """One of the procedures: @promise of the @each and @drift above; whether it @fills what is
    transparent, or keeps its shape."""

    def __init__(self, name, promise, fills, **arguments):
        self.name = name
        self.promise = promise
        self.fills = fills
        self.arguments = arguments
        self.reads = name in ("reimagine", "inpaint", "noise")
        if name == "paint-with-materials":
            self.ways = {"a new layer": {}}
        elif name == "generate":
            self.ways = {"a new layer": {}, "in place": {"output": "replace"}}
        else:
            self.ways = {"a new layer": {"sample": "visible"},
                         "a new layer of the layer's own": {"sample": "layer"},
                         "in place": {"output": "replace"}}

    def run(self, image, layer, way):
        return call(self.name, image, [layer], seed=3, **self.arguments, **self.ways[way])


ACTS = {
    "generate": Act("generate", anew, True, steps=2, prompt="water"),
    "paint": Act("paint-with-materials", anew, True, steps=2),
    "reimagine": Act("reimagine", near(0.06), False, steps=3, noise_level=0.05),
    "inpaint": Act("inpaint", near(0.1), True, steps=4),
    "noise": Act("noise", drifts(0.04), False, noise_level=0.1),
}


# ----------------------------------------------------------------------- the checks

class Run:
    """One act on one scene, and the scene before and after."""

    def __init__(self, act, way, scene):
        self.act, self.way, self.scene = act, way, scene
        self.replaces = act.ways[way].get("output") == "replace"
        self.of_its_own = self.replaces or act.ways[way].get("sample") == "layer"
        image, layer = scene.image, scene.layer
        self.items = list(items_of(image))
        self.whole = all_of(image)
        self.own = bytes(raw(layer))
        self.before = flat(image)
        self.result = act.run(image, layer, way)
        if self.result.good:
            self.after = flat(image)
            self.made = bytes(raw(self.result.layer))

    def veiled(self, at):
        """Whether a mask keeps hiding there what is made."""
        return self.of_its_own and self.scene.veiled(at % SIDE, at // SIDE)

    def kept(self):
        """Pixels inside that are as they were, for nothing is there that could change."""
        shape = [i for i in INSIDE if self.scene.void(i % SIDE, i // SIDE)]
        return {i for i in INSIDE if self.veiled(i)} | set([] if self.act.fills else shape)

    def wrong(self):
        """What does not hold, in words."""
        scene, image, layer = self.scene, self.scene.image, self.scene.layer
        found = [text for text, bad in (
            ("pixels outside changed", self.changed(self.before[0], self.after[0], OUTSIDE)),
            ("hidden pixels changed", self.changed(self.before[0], self.after[0], self.kept())),
            ("the layer's own pixels changed", self.changed_in(self.own, layer)),
            ("other layers changed", [1 for item in self.items
                                      if item.get_id() != layer.get_id() and not item.is_group()
                                      and digest(item) not in str(self.whole["layers"])]),
            ("the selection or a list changed", self.lists_changed()),
            ("beside another group", self.result.layer.get_parent() not in
                                     [None, layer.get_parent()]),
        ) if bad]
        filled = [i for i in INSIDE if i not in self.kept()]
        solid = [i for i in filled if not scene.void(i % SIDE, i // SIDE)]
        each, drift = difference(self.before[1], self.after[1], solid)
        fair = scene.own or not self.of_its_own  # else what is hidden was rightly looked at
        if solid and fair and not self.act.promise(each, drift):
            found.append(f"{each:.3f} off inside, {drift:.3f} in the mean")
        spread = self.off_the_color([i for i in filled if i not in solid])
        if self.act.name == "inpaint" and spread > 0.1:
            found.append(f"{spread:.3f} off where nothing was")
        image.delete()
        return found

    def off_the_color(self, where):
        """How far pixels that were not there before are from what is seen elsewhere."""
        wanted = self.before[1][:3]
        if not where:
            return 0.0
        return sum(abs(self.after[1][4 * i + c] - wanted[c]) for i in where
                   for c in range(3)) / (3 * len(where))

    @staticmethod
    def changed(before, after, where):
        size = len(before) // (SIDE * SIDE)
        return [i for i in where if before[i * size:(i + 1) * size] != after[i * size:(i + 1) * size]]

    def changed_in(self, before, layer):
        """Bytes of the layer itself that must not change: all, or those that are not selected."""
        after = bytes(raw(layer))
        if not self.replaces:
            return before != after
        _, left, top = layer.get_offsets()
        width, height = layer.get_width(), layer.get_height()
        size = len(before) // (width * height)
        inside = set(INSIDE)
        return [i for i in range(width * height)
                if (top + i // width) * SIDE + left + i % width not in inside
                and before[i * size:(i + 1) * size] != after[i * size:(i + 1) * size]]

    def lists_changed(self):
        now = all_of(self.scene.image)
        more = len(now["layers"]) - len(self.whole["layers"])
        return (now["selection"] != self.whole["selection"] or now["channels"] or
                more != (0 if self.replaces else 1))


def check(tap, act, way, name, base):
    """One state with two colors in what is hidden, which must not make a difference."""
    what = f"{act.name}, {'gray' if base == GRAY else 'RGB'}, {name}, {way}"
    scenes = [stage(name, hidden, base) for hidden in (BLACK, WHITE if base == GRAY else MAGENTA)]
    if all_of(scenes[0].image) == all_of(scenes[1].image):  # nothing is hidden there
        scenes.pop().image.delete()
    runs = [Run(act, way, scene) for scene in scenes]
    bad = [run.result.message for run in runs if not run.result.good]
    if not tap.ok(not bad, f"{what}: runs", f"{bad}"):
        return
    found = [run.wrong() for run in runs]
    tap.ok(not any(found), f"{what}: what is seen is as promised", f"{found}")
    if len(runs) == 2 and (scenes[0].own or not runs[0].of_its_own):
        same = runs[0].after[0] == runs[1].after[0]
        tap.ok(same and (runs[0].replaces or runs[0].made == runs[1].made),
               f"{what}: what is hidden makes no difference")


def walk(act, base):
    def each_state(tap):
        for name in STATES:
            for way in act.ways:
                if (act.name, name) == ("paint-with-materials", "below one that is not visible"):
                    continue  # no material there, and said so
                check(tap, act, way, name, base)
    each_state.__doc__ = act.name
    return each_state


def main(act, base):
    Tap().run([walk(ACTS[act], RGB if base == "RGB" else GRAY)])
