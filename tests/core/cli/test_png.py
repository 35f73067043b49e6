#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of all kinds through the command line tool: depth, gray, transparency, colors, masks;
test_png.py EXECUTABLE.  Prints TAP.
"""

import os
import random
import struct
import sys
import zlib

from tool import check, expect, run_tests

from pictures import load_png, write_png

SIDE = 48
CORNER = 12     # what is selected of it, at the top left
WHITE = b"\xff\xff\xff"
GAMMA_1 = (b"gAMA", struct.pack(">I", 100000))
ADOBE_POINTS = (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))


def pixels_of(function, side=SIDE):
    return b"".join(bytes(function(x, y)) for y in range(side) for x in range(side))


def in_corner(x, y):
    return x < CORNER and y < CORNER


def write_corner(path="corner.png", side=SIDE):
    write_png(path, side, side, pixels_of(lambda x, y: WHITE if in_corner(x, y) else bytes(3), side))


def noise_bytes(n, seed=1):
    return random.Random(seed).randbytes(n)


def profile(gamma, red, green, blue, space=b"RGB "):
    """An ICC profile (version 2) of a curve and, but for gray, three columns"""
    def number(x):
        return struct.pack(">i", round(x * 65536))
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = [(b"wtpt", b"XYZ " + bytes(4) + number(0.9642) + number(1.0) + number(0.8249))]
    if space == b"GRAY":
        tags.append((b"kTRC", curve))
    else:
        for letter, column in zip((b"r", b"g", b"b"), (red, green, blue)):
            tags.append((letter + b"XYZ", b"XYZ " + bytes(4) + b"".join(map(number, column))))
            tags.append((letter + b"TRC", curve))
    table, data, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, body in tags:
        table += name + struct.pack(">II", at + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    size = 128 + len(table) + len(data)
    head = (struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, b"mntr", space, b"XYZ ")
            + struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
            + number(0.9642) + number(1.0) + number(0.8249))
    return head + bytes(128 - len(head)) + table + data


def icc_chunk(data, name=b"a profile"):
    return (b"iCCP", name + b"\0\0" + zlib.compress(data))


ADOBE = icc_chunk(profile(563 / 256, (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087),
                          (0.14919, 0.06322, 0.74457)))


def run_on(command, *words, out="out.png", **environment):
    """The file that comes of it"""
    expect(0, command, "-q", "-i", "in.png", "-o", out, *words, **environment)
    return load_png(out)


def check_untouched(before, after, what, inside=in_corner):
    """All samples but those inside"""
    check((after.width, after.height) == (before.width, before.height), f"{what}: the same size")
    check((after.channels, after.depth) == (before.channels, before.depth),
          f"{what}: {after.channels} channels of {after.depth} bits")
    size = before.channels * before.depth // 8
    changed = 0
    for i in range(before.width * before.height):
        same = before.pixels[size * i:size * i + size] == after.pixels[size * i:size * i + size]
        if inside(i % before.width, i // before.width):
            changed += not same
        else:
            check(same, f"{what}: column {i % before.width}, row {i // before.width}")
    check(changed > 0, f"{what}: the selection changed")


def samples(png):
    """numbers from 0 to 1, without alpha"""
    most, kind = (65535, "H") if png.depth == 16 else (255, "B")
    flat = struct.unpack(f">{png.width * png.height * png.channels}{kind}", png.pixels)
    colors = 3 if png.channels > 2 else 1
    return [flat[i * png.channels + c] / most for i in range(png.width * png.height)
            for c in range(colors)]


def decoded(x):
    return ((x + 0.055) / 1.055) ** 2.4 if x > 0.04045 else x / 12.92


def encoded(x):
    return 1.055 * x ** (1 / 2.4) - 0.055 if x > 0.0031308 else 12.92 * x


# ---------------------------------------------------------------- tests

def test_depths():
    """all kinds of files: what is outside the mask keeps its samples, whatever its profile"""
    write_corner()
    n = SIDE * SIDE
    gray = icc_chunk(profile(1.8, None, None, None, b"GRAY"))
    for channels in (1, 2, 3, 4):
        for depth in (8, 16):
            data = noise_bytes(n * channels * depth // 8)
            for chunks in ((), (GAMMA_1,), (GAMMA_1, ADOBE_POINTS), (ADOBE,), (gray,),
                           ((b"sRGB", b"\1"),), ((b"cICP", bytes((9, 1, 0, 1))),)):
                write_png("in.png", SIDE, SIDE, data, channels=channels, depth=depth, chunks=chunks)
                before = load_png("in.png")
                what = f"{channels} channels, {depth} bits, {[name for name, _ in chunks]}"
                for command in ("noise", "reimagine") if not chunks else ("noise",):
                    after = run_on(command, "--mask", "corner.png", "-n", "2", "-t", "0.5")
                    check_untouched(before, after, f"{what}, {command}")
                    check(after.chunks == before.chunks, f"{what}: {after.chunks}")


def test_sixteen_bits():
    """16 bits without chunks are numbers as those of 8 bits are, in pictures and in masks"""
    n = SIDE * SIDE
    data = noise_bytes(n * 3)
    words = ("-n", "3", "--mask")
    write_corner()
    write_png("in.png", SIDE, SIDE, data)
    low = run_on("reimagine", *words, "corner.png")
    write_png("in.png", SIDE, SIDE, bytes(b for byte in data for b in (byte, byte)), depth=16)
    high = run_on("reimagine", *words, "corner.png")
    off = max(abs(a - b) for a, b in zip(samples(low), samples(high)))
    check(off <= 0.51 / 255, f"the same picture, but for rounding: {off * 255}")
    check(any(high.pixels[2 * i] != high.pixels[2 * i + 1] for i in range(3 * n)), "of 16 bits")

    write_png("in.png", SIDE, SIDE, data)
    write_png("mask8.png", SIDE, SIDE, bytes([128]) * n, channels=1)
    write_png("mask16.png", SIDE, SIDE, bytes([128, 128]) * n, channels=1, depth=16)
    write_png("mask16rgb.png", SIDE, SIDE, bytes([128, 128]) * 3 * n, depth=16)
    masked = [run_on("noise", *words, name).pixels for name in
              ("mask8.png", "mask16.png", "mask16rgb.png")]
    check(masked[0] == masked[1] == masked[2], "half is half")


def test_small_samples():
    """palettes, few bits, transparent colors and interlaced files are read as what they show"""
    palette = [(12, 200, 40), (250, 3, 90), (0, 0, 0), (90, 91, 92)]
    chunks = [(b"PLTE", bytes(sum(palette, ())))]
    index = [[(x // 5 + y // 7) % 4 for x in range(SIDE)] for y in range(SIDE)]
    packed = b"".join(bytes(row[x] << 6 | row[x + 1] << 4 | row[x + 2] << 2 | row[x + 3]
                            for x in range(0, SIDE, 4)) for row in index)
    write_corner()

    def shown(what, expected):
        after = run_on("noise", "--mask", "corner.png", "-t", "0.5", "-n", "1")
        size = len(expected) // (SIDE * SIDE)
        check((after.channels, after.depth) == (size, 8), f"{what}: {after.channels}, {after.depth}")
        check(all(after.pixels[size * i:size * i + size] == expected[size * i:size * i + size]
                  for i in range(SIDE * SIDE) if not in_corner(i % SIDE, i // SIDE)), what)

    write_png("in.png", SIDE, SIDE, packed, channels=1, depth=2, kind=3, chunks=chunks)
    shown("a palette", bytes(b for row in index for i in row for b in palette[i]))
    write_png("in.png", SIDE, SIDE, packed, channels=1, depth=2, kind=3,
              chunks=chunks + [(b"tRNS", bytes((255, 7)))])
    shown("a palette with opacities",
          bytes(b for row in index for i in row for b in (*palette[i], (255, 7, 255, 255)[i])))
    write_png("in.png", SIDE, SIDE, packed, channels=1, depth=2)
    shown("gray of 2 bits", bytes(85 * i for row in index for i in row))
    write_png("in.png", SIDE, SIDE, packed, channels=1, depth=2,
              chunks=[(b"tRNS", struct.pack(">H", 2))])
    shown("gray of 2 bits, one transparent",
          bytes(b for row in index for i in row for b in (85 * i, 0 if i == 2 else 255)))

    data = noise_bytes(3 * SIDE * SIDE)
    passes = []
    for left, top, right, down in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
                                   (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        rows = [range(left, SIDE, right) for _ in range(top, SIDE, down)]
        passes.append((len(rows[0]), b"".join(
            data[3 * (y * SIDE + x):3 * (y * SIDE + x) + 3]
            for y, row in zip(range(top, SIDE, down), rows) for x in row)))
    write_png("in.png", SIDE, SIDE, data, passes=passes)
    shown("interlaced", data)


def test_colors():
    """gamma, primaries, profiles and cICP: the same picture written in other numbers is the same"""
    write_corner()
    numbers = random.Random(3)
    light = [numbers.uniform(0.1, 0.6) for _ in range(3 * SIDE * SIDE)]
    gray_light = [x for x in light[::3] for _ in range(3)]

    def made(values, chunks, color=True):
        high = [round(65535 * v) for v in (values if color else values[::3])]
        write_png("in.png", SIDE, SIDE, struct.pack(f">{len(high)}H", *high), depth=16,
                  channels=3 if color else 1, chunks=chunks)
        return samples(run_on("reimagine", "-n", "3", "--mask", "corner.png"))

    def compare(what, back, of, expected, color=True):
        off = max(abs(encoded(max(back(a), 0)) - b) for a, b in zip(of, expected))
        check(off < 0.004, f"{what}: off by {off}")
        check(len(of) == (3 if color else 1) * SIDE * SIDE, what)

    plain = made([encoded(x) for x in light], ())
    gray = made([encoded(x) for x in gray_light], (), False)
    curve = lambda g: lambda x: x ** g
    for what, power, chunks in (
            ("gAMA 1", 1.0, [GAMMA_1]), ("gAMA of 1.8", 1.8, [(b"gAMA", struct.pack(">I", 55556))]),
            ("cICP, linear", 1.0, [(b"cICP", bytes((1, 8, 0, 1))), (b"sRGB", b"\0")]),
            ("an unknown cICP, then gAMA", 1.0, [(b"cICP", bytes((9, 16, 0, 1))), GAMMA_1])):
        compare(what, curve(power), made([x ** (1 / power) for x in light], chunks), plain)
        compare(f"{what}, gray", curve(power),
                made([x ** (1 / power) for x in gray_light], chunks, False), gray, False)
    gray_profile = icc_chunk(profile(1.0, None, None, None, b"GRAY"))
    compare("a gray profile", curve(1.0), made(gray_light, [gray_profile], False), gray, False)
    same = [encoded(x) for x in light]
    for what, chunks in (("gAMA of sRGB", [(b"gAMA", struct.pack(">I", 45455))]),
                         ("sRGB before gAMA", [(b"sRGB", b"\0"), GAMMA_1]),
                         ("a broken profile", [(b"iCCP", b"x\0\0nonsense")]),
                         ("a profile that ends early", [icc_chunk(profile(1, (1, 0, 0), (0, 1, 0),
                                                                          (0, 0, 1))[:140])]),
                         ("gray's profile in color", [gray_profile])):
        check(made(same, chunks) == plain, what)
    # primaries: those of Adobe RGB (1998), as a profile and in two chunks
    other = []
    for i in range(0, len(light), 3):
        r, g, b = light[i:i + 3]
        other += [(x ** (256 / 563)) for x in (0.71517 * r + 0.28483 * g, g,
                                               0.04117 * g + 0.95883 * b)]
    power = (b"gAMA", struct.pack(">I", 45470))
    for what, chunks in (("Adobe RGB", [ADOBE]), ("gAMA and cHRM", [power, ADOBE_POINTS])):
        back = []
        found = made(other, chunks)
        for i in range(0, len(found), 3):
            r, g, b = (x ** (563 / 256) for x in found[i:i + 3])
            back += [1.39827 * r - 0.39827 * g, g, -0.04294 * g + 1.04294 * b]
        compare(what, lambda x: x, back, plain)


def test_wide_gamut():
    """what sRGB cannot hold stays, but for what the noise changes"""
    write_corner()
    write_png("in.png", SIDE, SIDE, bytes((0, 255, 0)) * SIDE * SIDE, chunks=[ADOBE])
    after = run_on("noise", "-t", "0.01", "-n", "1")
    check(after.chunks[0] == ADOBE, "the profile")
    for c, expected in enumerate((0, 255, 0)):
        mean = sum(after.pixels[c::3]) / SIDE / SIDE
        check(abs(mean - expected) < 50, f"channel {c}: {mean}")
    check(after.pixels != bytes((0, 255, 0)) * SIDE * SIDE, "there is noise")


def test_chunks():
    """resolution, texts, position and the like go along; what is no longer so does not"""
    write_corner()
    kept = [(b"gAMA", struct.pack(">I", 45455)), (b"pHYs", struct.pack(">IIB", 11811, 11811, 1)),
            (b"oFFs", struct.pack(">iiB", -3, 7, 0)), (b"eXIf", b"MM\0*\0\0\0\x08\0\0"),
            (b"tEXt", b"Title\0Otters"), (b"tEXt", b"Author\0somebody"),
            (b"zTXt", b"Comment\0\0" + zlib.compress(b"a pool")),
            (b"iTXt", "XML:com.adobe.xmp\0\0\0\0\0gr\u00f6\u00dfer".encode()),
            (b"teSt", b"may be copied"), ADOBE]
    lost = [(b"sBIT", bytes((5, 5, 5))), (b"tIME", bytes(7)), (b"teST", b"may not be copied")]
    write_png("in.png", SIDE, SIDE, noise_bytes(3 * SIDE * SIDE), chunks=kept + lost)
    after = run_on("noise", "--mask", "corner.png")
    check(sorted(after.chunks) == sorted(kept), f"{[name for name, _ in after.chunks]}")
    expect(0, "generate", "-q", "-n", "1", "--size", "16", "-o", "made.png")
    made = load_png("made.png")
    check((made.channels, made.depth, made.chunks) == (3, 8, [(b"sRGB", b"\0")]),
          f"what is made is sRGB: {made.chunks}")


def disc(color, outside):
    def pixel(x, y):
        return color if (x - 24) ** 2 + (y - 24) ** 2 < 100 else outside
    return pixels_of(pixel)


def test_masks():
    """masks of any color, and on transparency"""
    data = noise_bytes(3 * SIDE * SIDE)
    write_png("in.png", SIDE, SIDE, data)
    before = load_png("in.png")

    def inside(x, y):
        return (x - 24) ** 2 + (y - 24) ** 2 < 100

    made = []
    for what, color, outside, channels in (
            ("white on black", WHITE, bytes(3), 3), ("gray", b"\xff", b"\0", 1),
            ("white on nothing", b"\xff" * 4, b"\xff\xff\xff\0", 4),
            ("gray on nothing", b"\xff\xff", b"\xff\0", 2),
            ("red on black", b"\xff\0\0", bytes(3), 3), ("blue on black", b"\0\0\xff", bytes(3), 3),
            ("red on nothing", b"\xff\0\0\xff", bytes(4), 4)):
        write_png("mask.png", SIDE, SIDE, disc(color, outside), channels=channels)
        after = run_on("inpaint", "--mask", "mask.png", "-n", "2")
        check_untouched(before, after, what, inside)
        made.append(after.pixels)
        expect(0, "generate", "-q", "-n", "2", "--region", "sky=mask.png", "-o", "region.png")
        made.append(load_png("region.png").pixels)
    check(all(m == made[i % 2] for i, m in enumerate(made)), "all select the same, fully")
    half = []
    for color, channels in ((b"\x80", 1), (b"\xff\x80", 2), (b"\x80\x80\x80", 3),
                            (b"\xff\0\0\x80", 4)):
        write_png("mask.png", SIDE, SIDE, disc(color, bytes(channels)), channels=channels)
        half.append(run_on("reimagine", "--mask", "mask.png", "-n", "2").pixels)
    check(half[0] not in made and all(h == half[0] for h in half), "half is half")
    for outside in (bytes(4), b"\xff\xff\xff\0", b"\0\0\0\xff"):
        write_png("mask.png", SIDE, SIDE, outside * SIDE * SIDE, channels=4)
        for command in ("reimagine", "inpaint", "noise"):
            done = expect(0, command, "-q", "-i", "in.png", "--mask", "mask.png", "-o", "same.png")
            check(b"selects nothing" in done.stderr, f"{done.stderr!r}")
            check(load_png("same.png").pixels == before.pixels, "all is as it was")


def test_alpha():
    """transparency stays, what it hides is never looked at, and inpainting fills it"""
    write_corner()

    def seen(x, y):
        return (x * 5 % 256, y * 5 % 256, 90, 255)

    for command, words in (("reimagine", ["--mask", "corner.png"]), ("noise", []),
                           ("inpaint", ["--mask", "corner.png"]), ("inpaint", [])):
        found = []
        for hidden in ((0, 0, 0, 0), (255, 0, 255, 0), (255, 0, 255, 4)):
            data = pixels_of(lambda x, y: seen(x, y) if x < 30 else hidden)
            write_png("in.png", SIDE, SIDE, data, channels=4)
            after = run_on(command, *words, "-n", "2")
            found.append(after.pixels)
            inside = in_corner if "--mask" in words else lambda x, y: command == "noise" or x >= 30
            check_untouched(load_png("in.png"), after, f"{command} {words} {hidden}", inside)
            for i in range(SIDE * SIDE):
                alpha = after.pixels[4 * i + 3]
                opaque = i % SIDE < 30 or (command == "inpaint" and not words)
                check(alpha == (255 if opaque else hidden[3]), f"{command}: alpha {alpha} at {i}")
        visible = [[f[4 * i:4 * i + 3] for i in range(SIDE * SIDE)
                    if i % SIDE < 30 or (command == "inpaint" and not words)] for f in found]
        check(visible[0] == visible[1] == visible[2], f"{command} {words}: hidden colors are not seen")
    write_png("in.png", SIDE, SIDE, pixels_of(seen), channels=4)
    expect(2, "inpaint", "-q", "-i", "in.png", "-o", "never.png")  # nothing is transparent
    write_png("in.png", SIDE, SIDE, bytes(4 * SIDE * SIDE), channels=4)
    for command in ("reimagine", "noise", "inpaint"):
        expect(2, command, "-q", "-i", "in.png", "-o", "never.png")  # nothing is seen
    check(not os.path.exists("never.png"), "nothing is written")


def test_learning():
    """learn and train: what is transparent is neither learnt from nor seen"""
    side = 72

    def write(path, hidden, alpha=lambda x, y: 255 if x < 40 or y < 40 else 0):
        numbers = random.Random(4)
        rows = b""
        for y in range(side):
            for x in range(side):
                color, opacity = numbers.randbytes(3), alpha(x, y)
                rows += (color if opacity else hidden) + bytes((opacity,))
        write_png(path, side, side, rows, channels=4)

    weights = []
    for name, hidden in (("black", bytes(3)), ("magenta", b"\xff\0\xff")):
        os.makedirs(name, exist_ok=True)
        write(os.path.join(name, "1.png"), hidden)
        expect(0, "train", "-q", "-d", name, "-o", f"{name}-model", "--from", "", "-n", "2", "-b", "2",
               "--size", "64")
        with open(f"{name}-model/unet/diffusion_pytorch_model.safetensors", "rb") as file:
            weights.append(file.read())
    check(weights[0] == weights[1], "the same weights whatever is hidden")
    os.makedirs("void", exist_ok=True)
    write("void/1.png", b"\xff\0\xff", lambda x, y: 0)
    done = expect(2, "learn", "void/1.png", "-o", "void-model", "--minutes", "0.01")
    check(b"transparent" in done.stderr, f"{done.stderr!r}")
    done = expect(2, "train", "-d", "void", "-o", "void-model", "--from", "", "-n", "1")
    check(b"transparent" in done.stderr, f"{done.stderr!r}")
    write_corner("small.png", side)
    expect(2, "learn", "black/1.png", "-o", "void-model", "--minutes", "0.01", "--mask", "void/1.png")
    check(not os.path.exists("void-model"), "nothing is left")


def test_bad_files():
    """what is no PNG file or a broken one is said in words"""
    write_png("in.png", SIDE, SIDE, noise_bytes(3 * SIDE * SIDE))
    with open("in.png", "rb") as file:
        whole = file.read()
    for what, data, word in (("empty", b"", b"not a PNG"), ("text", b"GIF89a nonsense", b"not a PNG"),
                             ("cut off", whole[:len(whole) // 2], b"in.png"),
                             ("flipped", whole[:60] + bytes((whole[60] ^ 255,)) + whole[61:], b"in.png")):
        with open("in.png", "wb") as file:
            file.write(data)
        done = expect(1, "noise", "-q", "-i", "in.png", "-o", "never.png")
        check(word in done.stderr, f"{what}: {done.stderr!r}")
    write_png("in.png", 70000, 1, bytes(3 * 70000))
    expect(2, "noise", "-q", "-i", "in.png", "-o", "never.png")
    check(not os.path.exists("never.png"), "nothing is written")


if __name__ == "__main__":
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
