# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests inside gimp-console share: TAP lines, small images, calls."""

import json
import os
import sys
import traceback

import gi
gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, GObject  # noqa: E402

WIDTH, HEIGHT = 48, 40
RGB, GRAY = Gimp.ImageBaseType.RGB, Gimp.ImageBaseType.GRAY
PRECISIONS = {
    "u8": Gimp.Precision.U8_NON_LINEAR,
    "u16": Gimp.Precision.U16_NON_LINEAR,
    "u32": Gimp.Precision.U32_NON_LINEAR,
    "half": Gimp.Precision.HALF_NON_LINEAR,
    "float": Gimp.Precision.FLOAT_NON_LINEAR,
    "float linear": Gimp.Precision.FLOAT_LINEAR,
}
# babl turns double into float now one way, now another: equal bytes cannot be asked of it.
ANY_PRECISION = {**PRECISIONS, "double": Gimp.Precision.DOUBLE_NON_LINEAR}
NAMES = ("generate", "reimagine", "inpaint", "noise")
NETWORK = ("generate", "reimagine", "inpaint")


class Tap:
    """Counts the checks, and writes a line for each to the file DIF_TAP names:
    in standard output they would mix with what GIMP has to say."""

    def __init__(self):
        self.count = 0
        self.failed = 0
        self.file = open(os.environ["DIF_TAP"], "w", encoding="utf-8", buffering=1)

    def say(self, line):
        self.file.write(line + "\n")

    def ok(self, good, name, note=""):
        self.count += 1
        self.failed += not good
        self.say(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if note and not good:
            self.say(f"# {note}")
        return good

    def equal(self, got, wanted, name):
        return self.ok(got == wanted, name, f"got {got!r}, wanted {wanted!r}")

    def run(self, tests):
        """Runs the functions; one that raises is one failed check."""
        for test in tests:
            self.say(f"# {test.__module__}: {test.__doc__}")
            try:
                test(self)
            except Exception:  # noqa: BLE001  (the others should still run)
                self.ok(False, f"{test.__name__} ran to its end", "")
                for line in traceback.format_exc().splitlines():
                    self.say(f"# {line}")
            for image in Gimp.get_images():
                image.delete()
        self.say(f"1..{self.count}")
        if self.failed:
            sys.exit(1)


class Result:
    """What a procedure answered."""

    def __init__(self, status, made, message):
        self.status = status
        self.layer = self.model = made  # what there is one of depends on the procedure
        self.message = message
        self.good = status == Gimp.PDBStatusType.SUCCESS


def call(name, image, drawables, /, **arguments):
    """Runs one of the procedures; underscores stand for the dashes."""
    procedure = Gimp.get_pdb().lookup_procedure(f"plug-in-diffusion-{name}")
    config = procedure.create_config()
    mode = arguments.pop("run_mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("run-mode", mode)
    config.set_property("image", image)
    if drawables:
        config.set_core_object_array("drawables", drawables)
    if name not in ("noise", "learn"):
        arguments.setdefault("steps", 2)
    for key, value in arguments.items():
        config.set_property(key.replace("_", "-"), value)
    values = procedure.run(config)
    message = Gimp.get_pdb().get_last_error()
    status = values.index(0)
    made = None
    if status == Gimp.PDBStatusType.SUCCESS:
        made = values.index(1)
    return Result(status, made, message)


def answer(name, value):
    """Tells it to whoever waits for a file of that name, which is whole once it is there."""
    path = os.path.join(os.environ["GIMP3_DIRECTORY"], name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(value, file)
    os.rename(path + ".new", path)


def pattern(width, height, alpha=False):
    """Smooth colors: (R'G'B'A float) bytes in rows."""
    import array
    data = array.array("f")
    for y in range(height):
        for x in range(width):
            data.extend((0.2 + 0.5 * x / width, 0.3 + 0.4 * y / height, 0.55,
                         (x % 4) / 3.0 if alpha else 1.0))
    return data.tobytes()


def texture(width, height, alpha=lambda x, y: 1.0):
    """Something like gravel: (R'G'B'A float) bytes in rows."""
    import array
    data = array.array("f")
    state = 1
    for y in range(height):
        for x in range(width):
            state = (1103515245 * state + 12345) % 2147483648
            grain = state / 2147483648.0
            data.extend((0.3 + 0.4 * grain, 0.25 + 0.3 * grain, 0.1 + 0.2 * grain, alpha(x, y)))
    return data.tobytes()


def fill_alpha(layer, alpha):
    """Gray, as opaque at each pixel as alpha(x, y) tells."""
    import array
    data = array.array("f")
    for y in range(layer.get_height()):
        for x in range(layer.get_width()):
            data.extend((0.5, 0.5, 0.5, alpha(x, y)))
    put(layer, data.tobytes())


def rectangle(drawable):
    return Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())


def put(drawable, data, form="R'G'B'A float"):
    buffer = drawable.get_buffer()
    buffer.set(rectangle(drawable), form, data)
    buffer.flush()
    drawable.update(0, 0, drawable.get_width(), drawable.get_height())


def raw(drawable):
    """The drawable's bytes in its own format."""
    return drawable.get_buffer().get(rectangle(drawable), 1.0, None, Gegl.AbyssPolicy.NONE)


def floats(drawable, form="R'G'B'A float"):
    data = drawable.get_buffer().get(rectangle(drawable), 1.0, form, Gegl.AbyssPolicy.NONE)
    return memoryview(data).cast("f")


def mean(values, channels, channel):
    picked = values[channel::channels] if isinstance(values, list) else values.tolist()[channel::channels]
    return sum(picked) / len(picked)


def new_image(base=RGB, precision="u8", width=WIDTH, height=HEIGHT, alpha=False, profile=None):
    """An image with one layer full of the pattern."""
    image = Gimp.Image.new_with_precision(width, height, base, ANY_PRECISION[precision])
    if profile is not None:
        image.set_color_profile(profile)
    layer = new_layer(image, "source", width, height, alpha)
    return image, layer


def new_layer(image, name, width, height, alpha=False, parent=None):
    kinds = {(RGB, False): Gimp.ImageType.RGB_IMAGE, (RGB, True): Gimp.ImageType.RGBA_IMAGE,
             (GRAY, False): Gimp.ImageType.GRAY_IMAGE, (GRAY, True): Gimp.ImageType.GRAYA_IMAGE}
    layer = Gimp.Layer.new(image, name, width, height, kinds[image.get_base_type(), alpha],
                           100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, parent, 0)
    put(layer, pattern(width, height, alpha))
    return layer


def select(image, x, y, width, height, feather=0.0):
    image.select_rectangle(Gimp.ChannelOps.REPLACE, x, y, width, height)
    if feather:
        Gimp.Selection.feather(image, feather)


def kept_text(layer):
    """What is kept with a layer."""
    parasite = layer.get_parasite("gimp-diffusion")
    return bytes(parasite.get_data()).decode() if parasite else None


def settings(layer):
    """The settings in it."""
    text = kept_text(layer)
    return json.loads(text) if text else None


def coverage(image, layer):
    """The selection under a layer, as floats."""
    _, x, y = layer.get_offsets()
    area = Gegl.Rectangle.new(x, y, layer.get_width(), layer.get_height())
    data = image.get_selection().get_buffer().get(area, 1.0, "Y float", Gegl.AbyssPolicy.NONE)
    return memoryview(data).cast("f").tolist()
