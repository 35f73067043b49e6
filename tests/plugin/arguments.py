# SPDX-License-Identifier: GPL-3.0-or-later
"""Each argument has its effect, or says why not."""

from support import call, floats, new_image, new_layer, raw, settings

from gi.repository import Gegl, Gimp

SIDE = 64
EXECUTION = Gimp.PDBStatusType.EXECUTION_ERROR
LABEL = "grass"


def refused(tap, words, name, image, drawables, **arguments):
    result = call(name, image, drawables, **arguments)
    tap.ok(result.status == EXECUTION and words in result.message, f"{name}, {arguments}: refused",
           f"{result.status}, {result.message!r}")


def generate(image, **arguments):
    arguments = {"prompt": LABEL, "guidance": 4.0, "steps": 3, "seed": 1, **arguments}
    return call("generate", image, [], **arguments)


def guidance(tap):
    """labels, guidance and spacing"""
    image, _ = new_image(width=SIDE, height=SIDE)
    plain = raw(generate(image).layer)
    neutral = generate(image, negative_prompt="", spacing="default", guidance_rescale=0.0,
                       guidance_from=1.0, guidance_to=0.0, classifier_guidance=0.0,
                       color_guidance=0.9, mean_color=True)
    tap.ok(neutral.good and raw(neutral.layer) == plain, "their defaults change nothing",
           neutral.message)
    for name, value in {"negative_prompt": "stone", "spacing": "karras", "guidance_rescale": 0.7,
                        "guidance_from": 0.6, "guidance_to": 0.6,
                        "classifier_guidance": 50.0}.items():
        result = generate(image, **{name: value})
        if not tap.ok(result.good, f"{name}={value}", result.message):
            continue
        tap.ok(raw(result.layer) != plain, f"{name}={value} makes another picture")
        tap.equal(settings(result.layer)[name.replace("_", "-")], value,
                  f"{name}: it is kept with the layer")
    mixture = "stone:0.7,grass:0.3"
    result = generate(image, prompt=mixture, negative_prompt="water:0.5,sky:0.5")
    tap.ok(result.good and mixture in result.layer.get_name(), "mixtures are prompts",
           result.message)


def stopped(tap):
    """a run that ends early"""
    image, _ = new_image(width=SIDE, height=SIDE)
    for name in ("generate", "paint-with-materials"):
        source = new_layer(image, LABEL, SIDE, SIDE)
        seen = {stop_after: call(name, image, [source], steps=4, seed=1, stop_after=stop_after)
                for stop_after in (0, 2, 9)}
        if not tap.ok(all(result.good for result in seen.values()), f"{name} runs",
                      f"{[result.message for result in seen.values()]}"):
            continue
        layers = [result.layer for result in seen.values()]
        tap.ok(raw(layers[1]) != raw(layers[0]) == raw(layers[2]),
               f"{name}: after 2 of 4 steps it is another picture, after 9 it is not")
        tap.equal([settings(layer)["stop-after"] for layer in layers], [0, 2, 0],
                  f"{name}: the settings tell where it was stopped")
        tap.ok(layers[1].get_name().endswith("seed 1, stopped after 2"), f"{name}: and the name",
               layers[1].get_name())
        tap.ok("stopped" not in layers[0].get_name(), f"{name}: of none else")
        image.remove_layer(source)


def bad_guidance(tap):
    """what guidance cannot be"""
    image, _ = new_image(width=SIDE, height=SIDE)
    refused(tap, "0.2 and 0.8", "generate", image, [], guidance_from=0.2, guidance_to=0.8)
    refused(tap, "needs a label", "generate", image, [], classifier_guidance=5.0)
    refused(tap, "no-such-label", "generate", image, [], negative_prompt="no-such-label")
    tap.equal(len(image.get_layers()), 1, "nothing was added")


def new_palette(colors):
    palette = Gimp.Palette.new("of a test")
    for red, green, blue in colors:
        color = Gegl.Color.new("black")
        color.set_rgba(red, green, blue, 1.0)
        palette.add_entry("", color)
    return palette


def encoded(linear):
    """One channel of sRGB (IEC 61966-2-1)."""
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def palettes(tap):
    """colors that are followed"""
    image, _ = new_image(width=SIDE, height=SIDE)
    plain = raw(generate(image).layer)
    palette = new_palette([(0.9, 0.1, 0.1), (0.1, 0.1, 0.9)])
    entries = [[encoded(value) for value in color.get_rgba()[:3]] for color in palette.get_colors()]
    layer = generate(image, palette=palette, color_guidance=1.0).layer
    values = floats(layer).tolist()
    far = max(min(max(abs(a - b) for a, b in zip(values[i:i + 3], entry)) for entry in entries)
              for i in range(0, len(values), 4))
    tap.ok(far < 0.02, "followed fully there are no others", f"{far}")
    kept = settings(layer)["palette"]
    tap.ok(len(kept) == 2 and all(abs(a - b) < 1e-5 for c, e in zip(kept, entries)
                                  for a, b in zip(c, e)), "they are kept with the layer", f"{kept}")
    some = generate(image, palette=palette, color_guidance=0.3)
    mean = generate(image, palette=palette, color_guidance=0.3, mean_color=True)
    tap.ok(len({plain, raw(some.layer), raw(mean.layer), raw(layer)}) == 4,
           "a little, by the mean, fully and not at all are four pictures")
    palette.delete()

    palette = new_palette([])
    refused(tap, "no colors", "generate", image, [], palette=palette)
    for i in range(257):
        palette.add_entry("", Gegl.Color.new("red"))
    refused(tap, "257 colors", "generate", image, [], palette=palette)
    palette.delete()


def box_of(layer):
    _, x, y = layer.get_offsets()
    return x, y, layer.get_width(), layer.get_height()


def mask_of(layer):
    return floats(layer.get_mask(), "Y float").tolist()


def reach(tap):
    """what is worked on is not what is selected"""
    image, source = new_image(width=SIDE, height=SIDE)
    before = raw(source)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 20, 24, 16, 12)
    for name in ("reimagine", "inpaint"):
        layer = call(name, image, [source], grow=6).layer
        tap.equal(box_of(layer), (14, 18, 28, 24), f"{name}: grown by 6 pixels")
        mask = mask_of(layer)
        tap.ok(mask[0] == 0.0 and mask[14] == 1.0 and mask[12 * 28] == 1.0,
               f"{name}: to the sides, not as far across the corners")
    layer = call("inpaint", image, [source], grow=-4).layer
    tap.equal(sum(mask_of(layer)), 8.0 * 4.0, "shrunk by 4")
    layer = call("inpaint", image, [source], feather=5).layer
    tap.equal(box_of(layer), (15, 19, 26, 22), "feathered by 5")
    tap.ok(len(set(mask_of(layer))) > 8, "the mask is soft")
    layer = call("reimagine", image, [source], blend=5).layer
    tap.equal(box_of(layer), (20, 24, 16, 12), "blended in over 5")
    mask = mask_of(layer)
    tap.ok(0.0 < mask[0] < mask[2 * 17] < mask[5 * 17] == 1.0, "the mask rises",
           f"{mask[0]}, {mask[2 * 17]}, {mask[5 * 17]}")
    refused(tap, "leaves nothing", "inpaint", image, [source], grow=-40)
    small = new_layer(image, "small", 30, 30)
    small.set_offsets(10, 10)
    layer = call("reimagine", image, [small], grow=30, feather=4, sample="layer").layer
    tap.equal(box_of(layer), (10, 10, 30, 30), "no further than the layer")
    tap.ok(raw(source) == before, "the source is as it was")


def ways(tap):
    """working size, known pixels and what a hole begins as"""
    image, source = new_image(width=SIDE, height=SIDE)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 18, 22, 20, 16)
    for name in ("reimagine", "inpaint"):
        # a sampler without new noise goes the same way with both kinds of known pixels
        ways_of_one = {"plain": {}, "neutral": {"known": "xt", "work_size": 0},
                       "x0": {"known": "x0"}, "large": {"work_size": 48},
                       "fine": {"detail": 8}}
        seen = {way: raw(call(name, image, [source], seed=2, sampler="ddpm", context=8,
                              **arguments).layer)
                for way, arguments in ways_of_one.items()}
        tap.equal(seen["neutral"], seen["plain"], f"{name}: the defaults change nothing")
        tap.equal(len(set(seen.values())), 4, f"{name}: known, work-size and detail do")
    fills = {fill: call("inpaint", image, [source], seed=2, context=8, prefill=fill).layer
             for fill in ("keep", "smooth", "patch", "mean", "border", "noise")}
    tap.equal(len({raw(layer) for layer in fills.values()}), 6, "each prefill is another picture")
    tap.equal([settings(layer)["prefill"] for layer in fills.values()], list(fills),
              "and is kept with the layer")


TESTS = [guidance, stopped, bad_guidance, palettes, reach, ways]
