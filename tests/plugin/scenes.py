# SPDX-License-Identifier: GPL-3.0-or-later
"""Images whose layers are in some state.

All that is seen of each is one color, whatever it is made of, and what is not seen is another: so
what is made of it must be of that color too, and a trace of the other tells that the plug-in looked
where the user cannot."""

import array
import hashlib

from support import ANY_PRECISION, GRAY, RGB, floats, new_layer, raw, rectangle

from gi.repository import Gegl, Gimp

SIDE = 64
EDGE = 44  # from this column on the active layer is not seen, where it is hidden in part
AREA = (24, 18, 28, 26)  # selected: on both sides of that
COLOR = (0.35, 0.6, 0.45)
WHITE = (1.0, 1.0, 1.0)
BLACK = (0.0, 0.0, 0.0)
MAGENTA = (1.0, 0.0, 1.0)


def fill(drawable, color, form="R'G'B'A float"):
    """Numbers, or a function of x and y that has them, for each pixel."""
    at = color if callable(color) else lambda x, y: color
    data = array.array("f")
    for y in range(drawable.get_height()):
        for x in range(drawable.get_width()):
            data.extend(at(x, y))
    buffer = drawable.get_buffer()
    buffer.set(rectangle(drawable), form, data.tobytes())
    buffer.flush()
    drawable.update(0, 0, drawable.get_width(), drawable.get_height())


def flat(image):
    """What the user sees: a layer's bytes, and its R'G'B'A floats."""
    copy = image.duplicate()
    layer = copy.flatten()
    seen = bytes(raw(layer)), floats(layer).tolist()
    copy.delete()
    return seen


def pixel(values, x, y, width=SIDE):
    return values[4 * (y * width + x):4 * (y * width + x) + 4]


def digest(drawable):
    return hashlib.sha1(bytes(raw(drawable))).hexdigest()


def items_of(image):
    """All layers, groups before what is in them."""
    rest = list(image.get_layers())
    while rest:
        layer = rest.pop(0)
        yield layer
        if layer.is_group():
            rest = list(layer.get_children()) + rest


def all_of(image):
    """All of an image that the plug-in might change."""
    def of_layer(layer):
        mask = layer.get_mask()
        return [layer.get_name(), digest(layer), list(layer.get_offsets())[1:], layer.get_visible(),
                layer.get_mode().value_nick, layer.get_opacity(), digest(mask) if mask else None,
                [f.get_operation_name() for f in layer.get_filters()],
                sorted(layer.get_parasite_list())]
    return {"layers": [of_layer(layer) for layer in items_of(image)],
            "selected": [layer.get_name() for layer in image.get_selected_layers()],
            "selection": digest(image.get_selection()),
            "channels": len(image.get_channels())}


class Scene:
    """An image and its active layer.  @void(x, y): nothing at all is seen there.  @veiled(x, y):
    a mask hides there what is in the layer or its group.  @own: whether the layer itself hides what
    is hidden, so that its own pixels, as they are rendered, are seen."""

    def __init__(self, base=RGB, precision="u8", side=SIDE):
        self.image = Gimp.Image.new_with_precision(side, side, base, ANY_PRECISION[precision])
        self.side = side
        self.layer = None
        self.void = self.veiled = lambda x, y: False
        self.own = True

    def gray(self, color):
        """Gray images have no other colors to compute with."""
        return color if self.image.get_base_type() != GRAY else (sum(color) / 3.0,) * 3

    def add(self, color, alpha=None, parent=None, size=None, at=(0, 0), name="layer"):
        """A layer on top of what is there; it is the active one."""
        width, height = size or (self.side, self.side)
        layer = new_layer(self.image, name, width, height, alpha is not None, parent)
        layer.set_offsets(*at)
        if callable(color):
            fill(layer, lambda x, y: (*self.gray(color(x, y)), 1.0 if alpha is None else alpha(x, y)))
        else:
            fill(layer, lambda x, y: (*self.gray(color), 1.0 if alpha is None else alpha(x, y)))
        self.layer = layer
        return layer

    def group(self, mode=Gimp.LayerMode.NORMAL, opacity=100.0):
        group = Gimp.GroupLayer.new(self.image, "group")
        self.image.insert_layer(group, None, 0)
        group.set_mode(mode)
        group.set_opacity(opacity)
        return group

    def mask(self, layer):
        """Hides it from EDGE on."""
        _, left, _ = layer.get_offsets()
        mask = layer.create_mask(Gimp.AddMaskType.WHITE)
        layer.add_mask(mask)
        fill(mask, lambda x, y: (float(x + left < EDGE),), "Y float")
        layer.set_edit_mask(False)
        self.veiled = lambda x, y: x >= EDGE

    def effect(self, layer, name="gegl:invert-gamma"):
        layer.append_filter(Gimp.DrawableFilter.new(layer, name, "effect"))

    def select(self):
        self.layer.set_name("grass")  # which is a material as well
        self.image.set_selected_layers([self.layer])
        self.image.select_rectangle(Gimp.ChannelOps.REPLACE, *AREA)


def here(x, y):
    """Alpha: 0 from EDGE on."""
    return float(x < EDGE)


def softly(x, y):
    return here(x, y) if x < EDGE - 8 else here(x, y) / 2.0


def inverse(color):
    return tuple(1.0 - c for c in color)


def halves(hidden):
    return lambda x, y: COLOR if x < EDGE else hidden


# --------------------------------------------------------------------- the states

def plain(scene, hidden):
    scene.add(COLOR)


def void(scene, hidden):
    scene.add(halves(hidden), here)
    scene.void = lambda x, y: x >= EDGE


def alpha(scene, hidden):
    scene.add(COLOR)
    scene.add(halves(hidden), softly)


def masked(scene, hidden):
    scene.add(COLOR)
    scene.mask(scene.add(halves(hidden)))


def masked_over_nothing(scene, hidden):
    scene.mask(scene.add(halves(hidden)))
    scene.void = scene.veiled


def effect(scene, hidden):
    scene.effect(scene.add(inverse(COLOR)))


def clearing_effect(scene, hidden):
    scene.add(WHITE)
    scene.effect(scene.add(COLOR, lambda x, y: 1.0), "gegl:color-to-alpha")


def effect_below(scene, hidden):
    scene.effect(scene.add(inverse(COLOR)))
    scene.add(halves(hidden), here)


def multiply(scene, hidden):
    scene.add(WHITE)
    scene.add(COLOR)
    scene.layer.set_mode(Gimp.LayerMode.MULTIPLY)
    scene.layer.set_opacity(60.0)


def opacity(scene, hidden):
    scene.add(WHITE)
    scene.add(COLOR).set_opacity(60.0)


def group(scene, hidden):
    """smaller than the image, and not at its corner"""
    scene.add(COLOR)
    scene.add(halves(hidden), lambda x, y: here(x + 8, y), scene.group(), (48, 44), (8, 10))


def group_opacity(scene, hidden):
    scene.add(WHITE)
    scene.add(COLOR, parent=scene.group(opacity=60.0))


def group_multiply(scene, hidden):
    scene.add((0.9, 0.9, 0.9))
    scene.add(COLOR, parent=scene.group(Gimp.LayerMode.MULTIPLY))


def group_mask(scene, hidden):
    scene.add(COLOR)
    group = scene.group()
    scene.add(halves(hidden), parent=group)
    scene.mask(group)
    scene.own = False


def group_effect(scene, hidden):
    group = scene.group()
    scene.add(inverse(COLOR), parent=group)
    scene.effect(group)


def pass_through(scene, hidden):
    scene.add(COLOR)
    scene.add(halves(hidden), here, scene.group(Gimp.LayerMode.PASS_THROUGH))


def above(scene, hidden):
    """a veil over all of it"""
    layer = scene.add(COLOR)
    scene.add(BLACK).set_opacity(30.0)
    scene.layer = layer


def unseen(scene, hidden):
    """layers that are not visible, below and active"""
    scene.add(COLOR)
    scene.add(hidden).set_visible(False)
    scene.own = False


def patch(scene, hidden):
    """a small layer with a mask, as the plug-in makes them"""
    scene.add(COLOR)
    layer = scene.add(lambda x, y: COLOR if x + 30 < EDGE else hidden, lambda x, y: 1.0,
                      size=(24, 30), at=(30, 22))
    scene.mask(layer)
    scene.veiled = lambda x, y: not (30 <= x < EDGE and 22 <= y < 52)


STATES = {
    "an opaque layer": plain,
    "transparent in part": void,
    "transparent in part, over another": alpha,
    "a mask, over another": masked,
    "a mask": masked_over_nothing,
    "an effect": effect,
    "an effect that lets shine through": clearing_effect,
    "an effect on the layer below": effect_below,
    "multiplied at 60 %": multiply,
    "60 %": opacity,
    "in a group": group,
    "in a group of 60 %": group_opacity,
    "in a group that is multiplied": group_multiply,
    "in a group with a mask": group_mask,
    "in a group with an effect": group_effect,
    "in a group that passes through": pass_through,
    "below another": above,
    "below one that is not visible": unseen,
    "a small layer with a mask": patch,
}


def stage(name, hidden=MAGENTA, base=RGB, precision="u8"):
    """A scene in the state of that name, with the selection."""
    scene = Scene(base, precision)
    STATES[name](scene, hidden)
    scene.select()
    return scene
