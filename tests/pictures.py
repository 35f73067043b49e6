# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG files for tests, without any package."""

import collections
import struct
import zlib

TYPES = {1: 0, 2: 4, 3: 2, 4: 6}    # channels: the format's number for gray, gray and alpha, …
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

Png = collections.namedtuple("Png", "width height depth channels pixels chunks")


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def png_bytes(width, height, pixels, channels=3, depth=8, chunks=(), kind=None, passes=None):
    """A file: pixels row by row, as they stand in it (16 bits: the high byte first); chunks are
    (name, bytes) and stand before them; passes are pictures (width, pixels) of an interlaced one"""
    rows = b""
    for width_of, data in passes or [(width, pixels)]:
        stride = (width_of * channels * depth + 7) // 8
        rows += b"".join(b"\0" + data[at:at + stride] for at in range(0, len(data), stride or 1))
    head = struct.pack(">IIBBBBB", width, height, depth, TYPES[channels] if kind is None else kind,
                       0, 0, 1 if passes else 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + b"".join(chunk(name, data) for name, data in chunks)
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def write_png(path, width, height, pixels, **how):
    """pixels: bytes, three for each pixel unless channels or depth say otherwise"""
    with open(path, "wb") as file:
        file.write(png_bytes(width, height, pixels, **how))


def unfilter(kind, row, above, size=3):
    """size: bytes of a pixel"""
    row = bytearray(row)
    for i, value in enumerate(row):
        left = row[i - size] if i >= size else 0
        up = above[i]
        corner = above[i - size] if i >= size else 0
        if kind == 4:
            near = [abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)]
            value += (left, up, corner)[near.index(min(near))]
        else:
            value += (0, left, up, (left + up) // 2)[kind]
        row[i] = value & 255
    return bytes(row)


def parse_png(data, path="the picture"):
    """A Png of 8 or 16 bits, not interlaced and without a palette; chunks are all but the pixels"""
    at, packed, chunks = 8, b"", []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if zlib.crc32(kind + body) != struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0]:
            raise ValueError(f"{path}: {kind} is broken")
        at += length + 12
        if kind == b"IDAT":
            packed += body
        else:
            chunks.append((kind, body))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth < 8 or kind == 3 or interlaced or chunks[-1][0] != b"IEND":
        raise ValueError(f"{path} is another kind of file, or not whole")
    size = CHANNELS[kind] * depth // 8
    raw = zlib.decompress(packed)
    rows, above = [], bytes(size * width)
    for y in range(height):
        row = raw[y * (size * width + 1):(y + 1) * (size * width + 1)]
        above = unfilter(row[0], row[1:], above, size)
        rows.append(above)
    return Png(width, height, depth, CHANNELS[kind], b"".join(rows), chunks[1:-1])


def load_png(path):
    with open(path, "rb") as file:
        return parse_png(file.read(), path)


def read_png(path):
    """(width, height, bytes) of an 8-bit RGB file"""
    png = load_png(path)
    if (png.depth, png.channels) != (8, 3):
        raise ValueError(f"{path} is no 8-bit RGB picture")
    return png.width, png.height, png.pixels
