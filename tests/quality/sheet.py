# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures as arrays [height, width, 3] from 0 to 1, and sheets of them with words beside."""

import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from pictures import read_png, write_png  # pylint: disable=wrong-import-position

GAP = 4
GROUND = 0.5

# Letters of 3 x 5 dots, a row after the other.
DOTS = dict(zip("abcdefghijklmnopqrstuvwxyz0123456789.-=%,", """
010101111101101 110101110101110 011100100100011 110101101101110 111100110100111 111100110100100
011100101101011 101101111101101 111010010010111 001001001101010 101101110101101 100100100100111
101111111101101 110101101101101 010101101101010 110101110100100 010101101111011 110101110101101
011100010001110 111010010010010 101101101101111 101101101101010 101101111111101 101101010101101
101101010010010 111001010100111 111101101101111 010110010010111 110001010100111 110001010001110
101101111001001 111100110001110 011100111101111 111001010010010 111101111101111 111101111001110
000000000000010 000000111000000 000111000111000 101001010100101 000000000010100""".split()))


def read(path):
    width, height, pixels = read_png(path)
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3) / 255


def write(path, picture):
    height, width, _ = picture.shape
    write_png(path, width, height, np.round(255 * np.clip(picture, 0, 1)).astype(np.uint8).tobytes())


def halved(picture):
    height, width, _ = picture.shape
    return picture[:height // 2 * 2, :width // 2 * 2].reshape(height // 2, 2, width // 2, 2, 3
                                                              ).mean(axis=(1, 3))


def fitted(picture, side):
    """halved or doubled until it fits well into a square of @side"""
    while max(picture.shape[:2]) > side:
        picture = halved(picture)
    while 2 * max(picture.shape[:2]) <= side:
        picture = picture.repeat(2, axis=0).repeat(2, axis=1)
    return picture


def text(words, width, height):
    """black on grey, in one case, cut off where there is no room"""
    out = np.full((height, width, 3), GROUND)
    top = max(height - 10, 0) // 2
    for k, letter in enumerate(words.lower()):
        dots = np.array(list(DOTS.get(letter, "0" * 15)), int).reshape(5, 3)
        ink = dots.repeat(2, axis=0).repeat(2, axis=1)[:height - top, :max(width - 2 - 8 * k, 0)]
        out[top:top + ink.shape[0], 2 + 8 * k:2 + 8 * k + ink.shape[1]][ink == 1] = 0
    return out


def cell(what, width, height):
    if what is None or isinstance(what, str):
        return text(what or "", width, height)
    out = np.full((height, width, 3), GROUND)
    out[:what.shape[0], :what.shape[1]] = what
    return out


def sheet(rows, side):
    """of rows of pictures and words; a column of words alone is as wide as they are"""
    n = max(len(row) for row in rows)
    rows = [list(row) + [None] * (n - len(row)) for row in rows]
    is_words = lambda x: x is None or isinstance(x, str)
    widths = [4 + 8 * max(len(row[k] or "") for row in rows) if all(is_words(row[k]) for row in rows)
              else side for k in range(n)]
    heights = [14 if all(map(is_words, row)) else side for row in rows]
    lines = []
    for row, height in zip(rows, heights):
        cells = [np.pad(cell(x, w, height), ((0, GAP), (0, GAP), (0, 0)), constant_values=GROUND)
                 for x, w in zip(row, widths)]
        lines.append(np.concatenate(cells, axis=1))
    return np.concatenate(lines)[:-GAP, :-GAP]
