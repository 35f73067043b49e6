# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen is what is worked on, and again what the last run made of it."""

import array

from scenes import COLOR, MAGENTA, Scene, all_of, effect, fill, flat, multiply, pixel
from support import (RGB, Tap, call, floats, mean, new_image, new_layer, put, raw, select, settings,
                     texture)

from gi.repository import Gimp

SIDE = 96
GRASS = (0.2, 0.6, 0.2)
EXECUTION = Gimp.PDBStatusType.EXECUTION_ERROR
LAST = Gimp.RunMode.WITH_LAST_VALS
ACTS = ("reimagine", "inpaint", "noise")


def refused(tap, what, result, *words):
    return tap.ok(result.status == EXECUTION and any(w in result.message for w in words), what,
                  f"{result.status} {result.message!r}")


def ground(side=SIDE, precision="u8", **named):
    """An image of something like gravel."""
    image, layer = new_image(RGB, precision, side, side, **named)
    put(layer, texture(side, side))
    return image, layer


def colored(color, side=SIDE, **named):
    image, layer = new_image(width=side, height=side, **named)
    fill(layer, (*color, 1.0) if not callable(color) else color)
    return image, layer


# ------------------------------------------------------------------------ one layer

def hidden(tap):
    """the color behind what is transparent, around a hole and in it"""
    for act in ACTS:
        made = []
        for behind in ((0.0, 0.0, 0.0), MAGENTA, GRASS):
            image, layer = colored(lambda x, y: (*(GRASS if x < 80 else behind), float(x < 80)),
                                   128, alpha=True)
            select(image, 50, 40, 40, 40)
            much = {} if act == "inpaint" else {"noise_level": 0.1}
            result = call(act, image, [layer], seed=1, **much)
            made.append(floats(result.layer).tolist() if result.good else result.message)
            image.delete()
        if tap.ok(all(isinstance(m, list) for m in made), f"{act} runs", f"{made}"):
            tap.ok(made[0] == made[1] == made[2], f"{act}: is not looked at")
            shown = [made[1][4 * i:4 * i + 3] for i in range(1600) if i % 40 < 30]
            off = [sum(p[c] for p in shown) / len(shown) - GRASS[c] for c in range(3)]
            tap.ok(max(map(abs, off)) < 0.06, f"{act}: what is not transparent keeps its color",
                   f"{off}")


def outwards(tap):
    """a picture that goes on beyond its edge, in two goes"""
    image, layer = colored((0.6, 0.6, 0.6), alpha=True)
    image.resize(160, SIDE, 0, 0)
    layer.resize(160, SIDE, 0, 0)
    for left in (SIDE, 128):
        select(image, left, 0, 32, SIDE)
        result = call("inpaint", image, image.get_selected_layers(), seed=2, steps=4)
        tap.ok(result.good, f"from column {left}", result.message)
    values = flat(image)[1]
    means = [sum(pixel(values, x, y, 160)[0] for y in range(SIDE)) / SIDE for x in range(160)]
    tap.ok(max(abs(m - 0.6) for m in means) < 0.12, "it gets neither darker nor lighter",
           f"{min(means)} {max(means)}")


def effects(tap):
    """an effect on the layer, in the picture and in a lesson"""
    for act in ACTS:
        for sample in ("visible", "layer"):
            scene = Scene(side=SIDE)
            effect(scene, MAGENTA)
            select(scene.image, 30, 30, 36, 36)
            result = call(act, scene.image, [scene.layer], sample=sample, noise_level=0.05, seed=1)
            values = flat(scene.image)[1]
            inside = [mean([v for y in range(32, 64) for x in range(32, 64)
                            for v in pixel(values, x, y, SIDE)], 4, c) for c in range(3)]
            off = max(abs(a - b) for a, b in zip(inside, COLOR))
            tap.ok(result.good and off < 0.1, f"{act}, {sample}", f"{result.message} {inside}")
            scene.image.delete()


def lessons(tap):
    """Learn sees what the user sees, and leaves it alone"""
    made = {}
    for name, sample in (("Night", "layer"), ("Day", "layer"), ("Noon", "visible")):
        image, layer = colored((0.1, 0.1, 0.1))
        layer.set_name(name)
        if name != "Night":
            layer.append_filter(Gimp.DrawableFilter.new(layer, "gegl:invert-gamma", "inverted"))
        image.clean_all()
        before = all_of(image)
        learnt = call("learn", image, [layer], minutes=0.4, sample=sample)
        tap.ok(learnt.good, f"{name} is learnt", learnt.message)
        tap.ok(all_of(image) == before and not image.is_dirty(), f"{name}: the image is as it was")
        layer = call("generate", image, [layer], model=learnt.model, steps=4, seed=1).layer
        made[name] = mean(floats(layer), 4, 1)
        image.delete()
    tap.ok(min(made["Day"], made["Noon"]) > made["Night"] + 0.05,
           "an effect is learnt as it looks", f"{made}")


def cleared(image, layer):
    """All of the layer made transparent, by an effect."""
    fill(layer, (1.0, 1.0, 1.0, 1.0))
    layer.append_filter(Gimp.DrawableFilter.new(layer, "gegl:color-to-alpha", "without white"))


def clear(tap):
    """what an effect has made transparent is no lesson, and no material"""
    image, layer = colored(COLOR, alpha=True)
    cleared(image, layer)
    for sample in ("layer", "visible"):
        refused(tap, f"nothing to learn from, {sample}",
                call("learn", image, [layer], minutes=0.1, sample=sample), "transparent")
    flat_image, flat_layer = colored(COLOR)
    cleared(flat_image, flat_layer)
    refused(tap, "nor of a layer without alpha",
            call("learn", flat_image, [flat_layer], minutes=0.1, sample="layer"), "transparent")
    layer.set_name("stone")
    below = new_layer(image, "grass", SIDE, SIDE)
    image.reorder_item(below, None, 1)
    made = [call("paint-with-materials", image, [below], seed=1)]
    layer.set_visible(False)
    made.append(call("paint-with-materials", image, [below], seed=1))
    tap.ok(all(r.good for r in made) and raw(made[0].layer) == raw(made[1].layer),
           "nothing to paint", f"{[r.message for r in made]}")


def masks(tap):
    """what a mask hides stays hidden"""
    for act in ACTS:
        for whole in (False, True):
            if whole and act == "inpaint":
                continue
            image, below = colored((1.0, 0.0, 0.0))
            top = new_layer(image, "top", SIDE, SIDE)
            fill(top, (0.0, 0.6, 0.0, 1.0))
            mask = top.create_mask(Gimp.AddMaskType.WHITE)
            top.add_mask(mask)
            fill(mask, lambda x, y: (float(x >= 48),), "Y float")
            top.set_edit_mask(False)
            if not whole:
                select(image, 20, 30, 56, 36)
            result = call(act, image, [top], noise_level=0.1, sample="layer", seed=1)
            left = pixel(flat(image)[1], 30, 50, SIDE)
            tap.ok(result.good and left[0] > 0.9 and left[1] < 0.1,
                   f"{act}, {'all' if whole else 'a part'}: red is seen as before",
                   f"{result.message} {left}")
            image.delete()


def modes(tap):
    """a multiplied layer of 60 %"""
    for act in ACTS:
        scene = Scene(side=SIDE)
        multiply(scene, MAGENTA)
        select(scene.image, 30, 30, 36, 36)
        before = flat(scene.image)[1]
        result = call(act, scene.image, [scene.layer], noise_level=0.05, seed=1)
        after = flat(scene.image)[1]
        inside = [(y * SIDE + x) * 4 for y in range(32, 64) for x in range(32, 64)]
        off = sum(abs(after[i] - before[i]) for i in inside) / len(inside)
        tap.ok(result.good and off < 0.06, f"{act}: leaves no patch", f"{result.message} {off}")
        scene.image.delete()


# ------------------------------------------------------------------ what is refused

def beside(tap):
    """a selection around a layer, but not on it"""
    for act in ACTS:
        for output, sample in (("new-layer", "layer"), ("replace", "visible"),
                               ("new-layer", "visible")):
            image = Gimp.Image.new(200, 200, RGB)
            small = new_layer(image, "small", 40, 40)
            small.set_offsets(80, 80)
            fill(small, (0.2, 0.6, 0.2, 1.0))
            select(image, 20, 20, 160, 160)
            image.select_rectangle(Gimp.ChannelOps.SUBTRACT, 60, 60, 80, 80)
            before = all_of(image)
            result = call(act, image, [small], output=output, sample=sample)
            what = f"{act}, {output}, {sample}"
            if (act, sample, output) == ("inpaint", "visible", "new-layer") and result.good:
                seen = floats(result.layer).tolist()[3::4]  # what is around it may be enough
                tap.ok(min(seen) == 1.0, f"{what}: covers the selection", f"{min(seen)}")
                image.delete()
                continue
            tap.ok(result.status == EXECUTION, f"{what}: is refused",
                   f"{result.status} {result.message!r}")
            tap.ok(all_of(image) == before, f"{what}: nothing is kept with the layer")
            image.delete()


def nothing_visible(tap):
    """a selection of nothing that is seen"""
    for act in ("reimagine", "noise"):
        for sample in ("visible", "layer"):
            image, layer = colored(lambda x, y: (*GRASS, float(x < 40)), alpha=True)
            select(image, 50, 20, 30, 30)
            refused(tap, f"{act}, {sample}: there is nothing to work on",
                    call(act, image, [layer], sample=sample), "visible", "transparent", "outside")
            layer.set_visible(False)
            Gimp.Selection.none(image)
            if sample == "visible":
                refused(tap, f"{act}: of a hidden layer", call(act, image, [layer]), "visible",
                        "transparent")
            image.delete()
    image, layer = colored(lambda x, y: (*(GRASS if x < 60 else MAGENTA), float(x < 60)),
                           alpha=True)
    select(image, 62, 30, 24, 24)
    result = call("inpaint", image, [layer], seed=1)
    tap.ok(result.good and min(floats(result.layer).tolist()[3::4]) == 1.0,
           "inpaint fills it from what is near", result.message)
    seen = pixel(flat(image)[1], 74, 42, SIDE)
    tap.ok(max(abs(a - b) for a, b in zip(seen, GRASS)) < 0.15, "in its color", f"{seen}")


def nothing_known(tap):
    """inpainting where there is nothing to be filled from"""
    image, layer = ground()
    for what, area in (("nothing selected", None), ("all", (0, 0, SIDE, SIDE)),
                       ("nearly all", (1, 1, SIDE - 2, SIDE - 2))):
        Gimp.Selection.none(image)
        if area:
            select(image, *area)
        for output in ("new-layer", "replace"):
            before = all_of(image)
            result = call("inpaint", image, [layer], output=output)
            tap.ok(result.status == EXECUTION and all_of(image) == before,
                   f"{what}, {output}: is refused", f"{result.status} {result.message!r}")
    # what is transparent is what is to be filled
    image, layer = colored(lambda x, y: (*(GRASS if x < 70 else MAGENTA), float(x < 70)),
                           alpha=True)
    before = flat(image)[1]
    result = call("inpaint", image, [layer], seed=1, steps=4)
    after = flat(image)[1]
    kept = all(pixel(before, x, y, SIDE) == pixel(after, x, y, SIDE)
               for x in range(0, 64) for y in range(SIDE))
    tap.ok(result.good and kept, "without a selection what is transparent is filled",
           result.message)
    void = [pixel(after, x, y, SIDE) for x in range(72, SIDE) for y in range(SIDE)]
    off = [sum(p[c] for p in void) / len(void) - GRASS[c] for c in range(3)]
    tap.ok(max(map(abs, off)) < 0.1, "in the color beside it", f"{off}")


def no_numbers(tap):
    """pixels that are no numbers"""
    def case(x, y, alpha=1.0, bad=float("nan")):
        image = Gimp.Image.new_with_precision(320, 320, RGB, Gimp.Precision.FLOAT_NON_LINEAR)
        layer = new_layer(image, "deep", 250, 250, alpha=True)
        layer.set_offsets(50, 50)
        fill(layer, lambda i, j: (0.4, 0.5, 0.6, 1.0) if (i, j) != (x, y) else (bad, bad, bad, alpha))
        select(image, 262, 250, 20, 20)
        return image, layer
    for sample in ("visible", "layer"):
        image, layer = case(210, 205)
        result = call("reimagine", image, [layer], sample=sample)
        tap.ok(not result.good and "260" in result.message and "255" in result.message,
               f"{sample}: are named by their place in the image", result.message)
        image.delete()
        image, layer = case(222, 210)
        result = call("inpaint", image, [layer], sample=sample)
        tap.ok(result.good, f"{sample}: in a hole they do not matter", result.message)
        image.delete()
        image, layer = case(210, 205, 0.0)
        result = call("reimagine", image, [layer], sample=sample)
        tap.ok(result.good, f"{sample}: nor where they are transparent", result.message)
        image.delete()
    image, layer = case(60, 60)
    Gimp.Selection.none(image)
    result = call("noise", image, [layer])
    tap.ok(not result.good and "110" in result.message, "noise names the image's column",
           result.message)
    result = call("learn", image, [layer], minutes=0.1)
    tap.ok(not result.good and "110" in result.message, "and so does learn", result.message)


def strangers(tap):
    """a layer of another image"""
    for act in (*ACTS, "learn", "generate", "paint-with-materials"):
        for output in ("new-layer", "replace"):
            image, _ = ground()
            other, layer = ground()
            layer.set_name("grass")
            select(image, 20, 20, 40, 40)
            select(other, 5, 5, 10, 10)
            before = all_of(image), all_of(other)
            more = {"minutes": 0.1} if act == "learn" else {"output": output}
            if act in ("learn", "paint-with-materials") and output == "replace":
                continue
            if act == "paint-with-materials":
                more = {}
            result = call(act, image, [layer], **more)
            tap.ok(not result.good and (all_of(image), all_of(other)) == before,
                   f"{act}, {output}: is refused", f"{result.status} {result.message!r}")
            image.delete()
            other.delete()


# --------------------------------------------------------------- several in a row

OBJECTS = ((14, 14, 18, 16), (56, 20, 20, 18), (30, 58, 18, 20))


def spotted():
    """Gravel with three things on it."""
    image, layer = ground(precision="float")
    values = floats(layer).tolist()
    for x, y, width, height in OBJECTS:
        for j in range(y + 2, y + height - 2):
            for i in range(x + 2, x + width - 2):
                values[4 * (j * SIDE + i):4 * (j * SIDE + i) + 3] = (0.9, 0.1, 0.9)
    put(layer, array.array("f", values).tobytes())
    return image, layer


def spots_left(image):
    seen = flat(image)[1]
    return sum(seen[i] > 0.7 and seen[i + 1] < 0.3 for i in range(0, len(seen), 4))


def in_a_row(tap):
    """three things removed, whatever layer is active by then"""
    for what, again in (("one by one", {}), ("with last values", {"run_mode": LAST})):
        image, layer = spotted()
        seeds = []
        for i, area in enumerate(OBJECTS):
            select(image, *area)
            before = flat(image)[1]
            copy = image.duplicate()
            result = call("inpaint", image, image.get_selected_layers(), **again)
            if not tap.ok(result.good, f"{what}: number {i + 1}", result.message):
                return
            tap.equal(tuple(result.layer.get_offsets()[1:]), area[:2],
                      f"{what}: lies where it was selected")
            tap.equal(image.get_selected_layers(), [result.layer], f"{what}: is active then")
            seeds.append(settings(result.layer)["seed"])
            same_as_flat(tap, f"{what}, number {i + 1}", copy, result.layer)
            after = flat(image)[1]
            x, y, width, height = area
            kept = all(pixel(before, i, j, SIDE) == pixel(after, i, j, SIDE)
                       for i in range(SIDE) for j in range(SIDE)
                       if not (x <= i < x + width and y <= j < y + height))
            tap.ok(kept, f"{what}: nothing else changes")
        tap.equal(spots_left(image), 0, f"{what}: in the end none is left")
        tap.equal(len(set(seeds)), 3, f"{what}: each time with another seed")
        tap.equal(len(image.get_layers()), 4, f"{what}: each on a layer of its own")
        image.delete()


def same_as_flat(tap, what, copy, layer):
    """Whether a run on a flat copy makes that layer as well."""
    kept = settings(layer)
    result = call("inpaint", copy, [copy.flatten()], seed=kept["seed"], steps=kept["steps"])
    wanted, got = floats(result.layer).tolist(), floats(layer).tolist()
    off = max(abs(a - b) for a, b in zip(wanted, got)) if len(wanted) == len(got) else 9.0
    tap.ok(off < 0.01, f"{what}: is what a flat image would have got", f"{off}")
    copy.delete()


def other_ones_active(tap):
    """any layer may be active, in a group too"""
    image, layer = spotted()
    empty = new_layer(image, "empty", 10, 10, alpha=True)
    empty.set_offsets(80, 80)
    fill(empty, (0.0, 0.0, 0.0, 0.0))
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    inner = new_layer(image, "inner", 6, 6, alpha=True, parent=group)
    fill(inner, (0.0, 0.0, 0.0, 0.0))
    select(image, *OBJECTS[0])
    result = call("inpaint", image, [empty], seed=3)
    tap.ok(result.good and tuple(result.layer.get_offsets()[1:]) == (14, 14), "a small empty layer",
           result.message)
    select(image, *OBJECTS[1])
    result = call("inpaint", image, [inner], seed=3)
    tap.ok(result.good, "an empty layer in a group", result.message)
    x, y, width, height = OBJECTS[2]
    seen = flat(image)[1]
    spots = sum(seen[i] > 0.7 and seen[i + 1] < 0.3 for i in range(0, len(seen), 4))
    tap.equal(spots, (width - 4) * (height - 4), "both things are gone, the third is there")
    refused(tap, "its own pixels are too few", call("inpaint", image, [empty], sample="layer"),
            "outside", "around")


def seeds(tap):
    """a seed that is given is meant, and none is a new one"""
    image, layer = ground()
    select(image, 30, 30, 20, 20)
    for act in (*ACTS, "generate"):
        given = call(act, image, [layer], seed=5)
        tap.equal(settings(given.layer)["seed"], 5, f"{act}: given")
        both = call(act, image, [layer], seed=5, random_seed=True)
        tap.equal(settings(both.layer)["seed"], 5, f"{act}: whatever the switch says")
        numbers = {settings(call(act, image, [layer]).layer)["seed"] for _ in range(3)}
        tap.ok(len(numbers) == 3, f"{act}: three runs have three", f"{numbers}")


PARTS = {
    "layers": [hidden, outwards, effects, masks, modes],
    "lessons": [lessons, clear],
    "refusals": [beside, nothing_visible, nothing_known, no_numbers, strangers],
    "rows": [in_a_row, other_ones_active, seeds],
}


def main(part):
    Tap().run(PARTS[part])
