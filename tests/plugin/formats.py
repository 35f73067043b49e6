# SPDX-License-Identifier: GPL-3.0-or-later
"""The four procedures on every kind of image GIMP has."""

from support import (GRAY, NAMES, PRECISIONS, RGB, call, coverage, floats, mean,
                     new_image, raw, select, settings)

import os

from gi.repository import Gimp, Gio

AREA = (10, 8, 24, 20)


def wanted_mask(name, image, layer):
    """Reimagine takes softness as a noise level: all that is selected is the result's."""
    cover = coverage(image, layer)
    return [1.0 if c > 0.0 else 0.0 for c in cover] if name == "reimagine" else cover


def position(image, layer):
    return image.get_item_position(layer)


def check_result(tap, what, name, image, source, before):
    """One call with a feathered selection, looked at from all sides."""
    bounds = Gimp.Selection.bounds(image)
    result = call(name, image, [source], seed=7)
    if not tap.ok(result.good, f"{name} on {what}", result.message):
        return None
    layer = result.layer
    _, x, y = layer.get_offsets()
    box = (x, y, x + layer.get_width(), y + layer.get_height())
    mask = layer.get_mask()
    facts = {
        "is as large as the selection": box == tuple(bounds)[2:],
        "is above the source": position(image, layer) == position(image, source) - 1,
        "has alpha": layer.has_alpha(),
        "has the selection as its mask":
            mask is not None and floats(mask, "Y float").tolist() == wanted_mask(name, image, layer),
        "is named after its seed": "seed 7" in layer.get_name(),
        "keeps its settings": (settings(layer) or {}).get("seed") == 7,
        "is finite": all(v == v and abs(v) < 2 for v in floats(layer)),
        "leaves the source alone": raw(source) == before,
    }
    wrong = [fact for fact, holds in facts.items() if not holds]
    tap.ok(not wrong, f"{name} on {what}: the new layer is in order", f"not so: {wrong}")
    return layer


def each_format(tap):
    """RGB and gray, five types, gamma and linear"""
    for base, kind in ((RGB, "RGB"), (GRAY, "gray")):
        for precision in PRECISIONS:
            image, source = new_image(base, precision)
            select(image, *AREA, feather=4.0)
            before = raw(source)
            for name in NAMES:
                layer = check_result(tap, f"{kind} {precision}", name, image, source, before)
                if layer is not None:
                    image.remove_layer(layer)
            image.delete()


def average(layer):
    values = floats(layer)
    return [mean(values, 4, channel) for channel in range(3)]


def check_colors(tap, what, image, source):
    """A breath of noise on everything leaves the mean colors where they were."""
    result = call("noise", image, [source], noise_level=0.01, seed=3)
    if not tap.ok(result.good, f"noise on {what}", result.message):
        return
    was, now = average(source), average(result.layer)
    drift = max(abs(a - b) for a, b in zip(was, now))
    tap.ok(drift < 0.01, f"{what} keeps its colors", f"{was} became {now}")
    tap.ok(raw(result.layer) != raw(source), f"{what} has changed a little")


def colors(tap):
    """colors survive the way to the model and back"""
    for base, kind in ((RGB, "RGB"), (GRAY, "gray")):
        for precision in PRECISIONS:
            image, source = new_image(base, precision)
            check_colors(tap, f"{kind} {precision}", image, source)
            image.delete()


def adobe_rgb(tap):
    """a color profile other than sRGB"""
    for precision in ("u8", "u16", "float linear"):
        profile = Gimp.ColorProfile.new_rgb_adobe()
        if precision == "float linear":
            profile = profile.new_linear_from_color_profile()
        image, source = new_image(RGB, precision, profile=profile)
        tap.ok("Adobe" in image.get_color_profile().get_label() or "compatible" in
               image.get_color_profile().get_label().lower(), "the profile is set",
               image.get_color_profile().get_label())
        check_colors(tap, f"Adobe RGB {precision}", image, source)
        select(image, *AREA, feather=4.0)
        before = raw(source)
        check_result(tap, f"Adobe RGB {precision}", "reimagine", image, source, before)
        image.delete()


def alpha(tap):
    """transparent layers"""
    for base, kind in ((RGB, "RGB"), (GRAY, "gray")):
        image, source = new_image(base, "u8", alpha=True)
        wanted = floats(source).tolist()[3::4]
        for name in ("reimagine", "noise"):
            layer = call(name, image, [source]).layer
            got = floats(Gimp.Layer.new_from_visible(image, image, "")).tolist()[3::4]
            tap.ok(max(abs(a - b) for a, b in zip(got, wanted)) < 1e-6,
                   f"{name} keeps what is seen of a {kind} layer")
            image.remove_layer(layer)
        select(image, *AREA)
        for name in ("generate", "inpaint"):
            layer = call(name, image, [source]).layer
            tap.ok(min(floats(layer).tolist()[3::4]) == 1.0, f"{name} is opaque on {kind}")
        image.delete()


def saved(tap):
    """settings travel with the file"""
    image, source = new_image()
    layer = call("reimagine", image, [source], seed=11, model="").layer
    wanted = settings(layer)
    file = Gio.File.new_for_path(os.path.join(os.environ["GIMP3_DIRECTORY"], "saved.xcf"))
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None)
    again = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)
    tap.equal(settings(again.get_layers()[0]), wanted, "an XCF file keeps the settings")
    tap.ok("/" not in str(wanted.get("model")), "no folder of the user's is in them")


TESTS = [each_format, colors, adobe_rgb, alpha, saved]
