# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG files for tests, without any package."""

import struct
import zlib


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def write_png(path, width, height, pixels):
    """pixels: bytes, three for each pixel"""
    rows = b"".join(b"\0" + pixels[3 * width * y:3 * width * (y + 1)] for y in range(height))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def unfilter(kind, row, above):
    row = bytearray(row)
    for i, value in enumerate(row):
        left = row[i - 3] if i >= 3 else 0
        up = above[i]
        corner = above[i - 3] if i >= 3 else 0
        if kind == 4:
            near = [abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)]
            value += (left, up, corner)[near.index(min(near))]
        else:
            value += (0, left, up, (left + up) // 2)[kind]
        row[i] = value & 255
    return bytes(row)


def read_png(path):
    """(width, height, bytes) of an 8-bit RGB file"""
    with open(path, "rb") as file:
        data = file.read()
    at, packed, size = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        at += length + 12
        if kind == b"IHDR":
            width, height, bits, colours = struct.unpack(">IIBB", body[:10])
            if (bits, colours) != (8, 2):
                raise ValueError(f"{path} is no 8-bit RGB picture")
            size = (width, height)
        elif kind == b"IDAT":
            packed += body
    raw = zlib.decompress(packed)
    width, height = size
    rows, above = [], bytes(3 * width)
    for y in range(height):
        row = raw[y * (3 * width + 1):(y + 1) * (3 * width + 1)]
        above = unfilter(row[0], row[1:], above)
        rows.append(above)
    return width, height, b"".join(rows)
