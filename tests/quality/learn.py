#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what is learnt of textures: how far pictures are from the source, by texture-distance.

  halves   one half of the source from the other: as near as two pictures of it are
  learned  what the model makes that learnt from the source
  untuned  what the embedded model makes, by the nearest of all its labels
  quilt    patches copied from the source (image quilting)

The reduction is that of the untuned model's distance by learning.  Pictures and models stay in the
folder; a sheet there shows source, learned, untuned and quilt side by side.
The status is 1 if a reduction is less than asked for.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, ".."))
from pictures import read_png, write_png  # pylint: disable=wrong-import-position

TEXTURES = os.path.join(HERE, "..", "data", "textures")
NAMES = ["bark", "fabric", "gravel", "meadow", "wall"]
COLUMNS = ["source", "learned", "untuned", "quilt"]
GAP = 8
GROUND = b"\x80" * 3


def arguments():
    p = argparse.ArgumentParser(prog="dev quality", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("textures", nargs="*", default=NAMES, metavar="TEXTURE",
                   help=f"names or PNG files ({' '.join(NAMES)})")
    p.add_argument("--minutes", default="5", help="how long to learn from each (5)")
    p.add_argument("--size", type=int, default=512, help="sides of the pictures made (512)")
    p.add_argument("--seed", default="0", help="of the random numbers (0)")
    p.add_argument("--at-least", type=float, default=40, help="per cent of reduction (40)")
    p.add_argument("--no-learning", action="store_true", help="only what needs no learning")
    p.add_argument("--keep", action="store_true", help="make only what the folder does not have")
    p.add_argument("--folder", help="where all goes (build/quality)")
    p.add_argument("--learn", metavar="WORDS", default="learn -q {source} --minutes {minutes} "
                   "-s {seed} -o {model}", help="the tool's command that learns (%(default)s)")
    p.add_argument("--generate", metavar="WORDS", default="generate -q -m {model} "
                   "--size {size}x{size} -s {seed} -o {picture}",
                   help="the one that makes a picture of what was learnt (%(default)s)")
    p.add_argument("--cli", required=True, help=argparse.SUPPRESS)
    p.add_argument("--tools", required=True, help=argparse.SUPPRESS)
    p.add_argument("--top", required=True, help=argparse.SUPPRESS)
    a = p.parse_args()
    a.folder = os.path.abspath(a.folder or os.path.join(a.top, "build", "quality"))
    os.makedirs(a.folder, exist_ok=True)
    return a


# ---------------------------------------------------------------- programs

def run(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"{shlex.join(words)} ended with status {done.returncode}")
    return done.stdout.decode()


def say(words):
    """what is being done, on a line of its own that nothing reads"""
    print(words, file=sys.stderr, flush=True)


def distances(a, source, pictures):
    """between the source's halves, and of each picture from it"""
    lines = run(os.path.join(a.tools, "texture-distance"), "--halves", source, *pictures)
    return [float(line.split()[0]) for line in lines.splitlines()]


# ---------------------------------------------------------------- pictures

def is_wanted(a, path):
    return not (a.keep and os.path.exists(path))


def untuned(a):
    """{label: picture} of the embedded model"""
    found = re.search(r"^labels:\s*(.+)$", run(a.cli, "info"), re.M)
    made = {}
    for label in found.group(1).split(", "):
        path = os.path.join(a.folder, f"untuned-{label}-{a.size}-{a.seed}.png")
        if is_wanted(a, path):
            say(f"untuned: {label}")
            run(a.cli, "generate", "-q", "-p", label, "--size", f"{a.size}x{a.size}",
                "-s", a.seed, "-o", path)
        made[label] = path
    return made


def quilt(a, name, source):
    path = os.path.join(a.folder, f"{name}-quilt-{a.size}-{a.seed}.png")
    if is_wanted(a, path):
        say(f"{name}: quilting")
        run(os.path.join(a.tools, "texture-quilt"), source, path, str(a.size), a.seed)
    return path


def learned(a, name, source):
    """a picture by a model that learnt from the source; None if there is to be none"""
    kind = f"{name}-learned-{a.minutes}-{a.seed}"
    model = os.path.join(a.folder, kind)
    picture = os.path.join(a.folder, f"{kind}-{a.size}.png")
    if a.no_learning:
        return None
    what = {"source": source, "name": kind, "model": model, "picture": picture,
            "minutes": a.minutes, "size": a.size, "seed": a.seed}
    words = lambda line: [word.format(**what) for word in shlex.split(line)]
    if is_wanted(a, model):
        start = time.monotonic()
        run(a.cli, *words(a.learn))
        say(f"{name}: learnt in {time.monotonic() - start:.0f} s")
    if is_wanted(a, picture):
        run(a.cli, *words(a.generate))
    return picture


# ---------------------------------------------------------------- what is shown

def cell(path, side):
    """@side rows of a picture's bytes, on grey if it is smaller"""
    rows = []
    if path:
        width, height, pixels = read_png(path)
        rows = [pixels[3 * width * y:3 * width * y + 3 * min(width, side)]
                for y in range(min(height, side))]
    rows = [row + GROUND * (side - len(row) // 3) for row in rows]
    return rows + [GROUND * side] * (side - len(rows))


def write_sheet(path, table, side):
    rows = []
    for pictures in table:
        cells = [cell(picture, side) for picture in pictures]
        rows += [(GROUND * GAP).join(pieces) for pieces in zip(*cells)]
        rows += [GROUND * (len(rows[0]) // 3)] * GAP
    rows = rows[:-GAP]
    write_png(path, len(rows[0]) // 3, len(rows), b"".join(rows))


def measure(a, name, source, labels):
    """(line of the table, reduction or None, pictures for the sheet)"""
    copied = quilt(a, name, source)
    own = learned(a, name, source)
    pictures = [copied, *labels.values()] + ([own] if own else [])
    halves, copy, *others = distances(a, source, pictures)
    far, label = min(zip(others, labels))
    line = f"{name:10} {halves:8.4f} {{}} {far:8.4f} {label:10} {copy:8.4f} {{}}"
    if not own:
        return line.format(f"{'-':>8}", f"{'-':>10}"), None, [source, None, labels[label], copied]
    reduction = 100 * (1 - others[-1] / far)
    return (line.format(f"{others[-1]:8.4f}", f"{reduction:8.1f} %"), reduction,
            [source, own, labels[label], copied])


def main():
    a = arguments()
    labels = untuned(a)
    lines, reductions, sheet = [], [], []
    for texture in a.textures:
        name = os.path.splitext(os.path.basename(texture))[0]
        source = texture if texture.endswith(".png") else os.path.join(TEXTURES, name + ".png")
        line, reduction, pictures = measure(a, name, source, labels)
        lines.append(line)
        reductions.append(reduction)
        sheet.append(pictures)
    print(f"{'texture':10} {'halves':>8} {'learned':>8} {'untuned':>8} {'label':10} {'quilt':>8} "
          f"{'reduction':>10}", *lines, sep="\n")
    path = os.path.join(a.folder, "sheet.png")
    write_sheet(path, sheet, a.size)
    print(f"\n{path} shows {', '.join(COLUMNS)}.")
    if not a.no_learning and min(reductions) < a.at_least:
        sys.exit(f"Less than {a.at_least:g} % is learnt of a texture.")


if __name__ == "__main__":
    main()
