# SPDX-License-Identifier: GPL-3.0-or-later
"""Each setting goes from GIMP's argument to what is kept with a layer, and back."""

import json
import os

from support import NAMES, call, kept_text, new_image, raw, settings

from gi.repository import Gegl, Gimp, GObject

EMBEDDED = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "models",
                                        "embedded"))
OWN = ("run-mode", "image", "drawables", "random-seed", "sample", "output", "settings", "threads")
# What any value would do for but takes long, or is none that there is.
GIVEN = {"steps": 12, "stop-after": 2, "work-size": 40, "prompt": "stone:0.5,grass:0.5",
         "negative-prompt": "sky"}
EARLIER = {"label": "grass", "negative-label": "sky", "soft": False, "color-match": False,
           "colors": [[0.5, 0.25, 0.125]], "context": 0, "context-percent": 25.0, "tile-x": False,
           "tile-y": False, "seed": "123"}


def arguments_of(name):
    procedure = Gimp.get_pdb().lookup_procedure(f"plug-in-diffusion-{name}")
    return [spec for spec in procedure.get_arguments() if spec.get_name() not in OWN]


def other_value(spec, palette, model):
    """One that is not the default."""
    name, default = spec.get_name(), spec.get_default_value()
    if name in GIVEN:
        return GIVEN[name]
    if name == "model":
        return model
    if spec.__gtype__.name == "GimpParamChoice":
        nicks = Gimp.param_spec_choice_get_choice(spec).list_nicks()
        return [nick for nick in nicks if nick != default][-1]
    if isinstance(spec, GObject.ParamSpecBoolean):
        return not default
    if isinstance(spec, GObject.ParamSpecInt):
        return default + 3
    if isinstance(spec, GObject.ParamSpecDouble):
        return default / 2 if default > spec.minimum else (spec.minimum + spec.maximum) / 4
    return palette


def there_and_back(tap, name, palette, model):
    image, source = new_image()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 12, 10, 20, 16)
    values = {spec.get_name(): other_value(spec, palette, model) for spec in arguments_of(name)}
    first = call(name, image, [source],
                 **{key.replace("-", "_"): value for key, value in values.items()})
    if not tap.ok(first.good, f"{name}: other values than the defaults", first.message):
        return
    kept = settings(first.layer)
    for key, value in values.items():
        if value is not palette:
            tap.equal(kept.get(key), value, f"{name}: {key} is kept")
    if palette in values.values():
        tap.equal(len(kept["palette"]), len(palette.get_colors()), f"{name}: the palette is kept")
    tap.equal(set(values) - set(kept), set(), f"{name}: so are all settings")
    image.remove_layer(first.layer)
    again = call(name, image, [source], steps=9, settings=json.dumps(kept)) if name != "noise" \
        else call(name, image, [source], settings=json.dumps(kept))
    if tap.ok(again.good, f"{name}: what was kept is handed back", again.message):
        tap.equal(settings(again.layer), kept, f"{name}: and kept again")


def every(tap):
    """every argument of every procedure"""
    palette = Gimp.Palette.new("of a test")
    for name in ("#663311", "#ee9900"):
        palette.add_entry(name, Gegl.Color.new(name))
    for name in NAMES:
        there_and_back(tap, name, palette, EMBEDDED)
    palette.delete()


def same(tap):
    """what is kept makes the same picture"""
    image, source = new_image()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 12, 10, 20, 16)
    for name in NAMES:
        first = call(name, image, [source])
        before = raw(first.layer)
        text = kept_text(first.layer)
        image.remove_layer(first.layer)
        again = call(name, image, [source], random_seed=True, settings=text)
        tap.ok(again.good and raw(again.layer) == before, f"{name}: the same bytes", again.message)
        tap.equal(kept_text(again.layer), text, f"{name}: the same settings")
        image.remove_layer(again.layer)


def earlier(tap):
    """what earlier versions kept"""
    image, source = new_image()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 12, 10, 20, 16)
    result = call("reimagine", image, [source], prompt="stone",
                  settings=json.dumps({"task": "reimagine", **EARLIER}))
    if not tap.ok(result.good, "it is read", result.message):
        return
    kept = settings(result.layer)
    wanted = {"prompt": "grass", "negative-prompt": "sky", "soft-selection": False,
              "match-colors": False, "palette": [[0.5, 0.25, 0.125]], "context": "25%",
              "tile": "none", "seed": 123}
    tap.equal({key: kept[key] for key in wanted}, wanted, "and overrides the arguments")


def refused(tap):
    """what are no settings"""
    image, source = new_image()
    for text, word in (("steps", "settings"), ("[]", "settings"), ('{"magic": 1}', "magic"),
                       ('{"steps": 0}', "Steps"), ('{"task": "noise"}', "noise"),
                       ('{"model": "no-such-model"}', "no-such-model")):
        result = call("reimagine", image, [source], settings=text)
        tap.ok(result.status == Gimp.PDBStatusType.EXECUTION_ERROR and word in result.message,
               f"{text} is refused", f"{result.status}, {result.message!r}")
    tap.equal(len(image.get_layers()), 1, "nothing was added")


TESTS = [every, same, earlier, refused]
