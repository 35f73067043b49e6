# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line tool share: running it, its pictures, TAP.

The tool is the first argument of the test.
"""

import os
import random
import struct
import subprocess
import sys
import tempfile
import traceback
import zlib

TOOL = os.path.abspath(sys.argv[1])
THREADS = [1, 2, 3, 4, 8]


class Failure(Exception):
    pass


def check(truth, what):
    if not truth:
        raise Failure(what)


def run(*words, **environment):
    env = dict(os.environ, LC_ALL="C.UTF-8")
    env.update(environment)
    return subprocess.run([TOOL, *words], env=env, stdin=subprocess.DEVNULL, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def expect(code, *words, **environment):
    """Runs the tool; if it is to fail, it says so in one sentence and prints nothing else."""
    done = run(*words, **environment)
    said = done.stderr.decode()
    check(done.returncode == code, f"{words}: exit code {done.returncode}, said {said!r}")
    if code:
        check(done.stdout == b"", f"{words}: printed {done.stdout!r}")
        check(said.startswith("gimp-diffusion: ") and said.endswith(".\n")
              and said.count("\n") == 1, f"{words}: not one sentence: {said!r}")
    return done


# ---------------------------------------------------------------- files

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
            check((bits, colours) == (8, 2), "an 8-bit RGB picture")
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


# ---------------------------------------------------------------- tests

def check_threads(**environment):
    """Whole pictures, made with guidance and a mask, have the same bytes on all THREADS."""
    width, height = 96, 71
    pixels = bytes(random.Random(3).randrange(256) for _ in range(3 * width * height))
    write_png("threads-in.png", width, height, pixels)
    write_png("threads-mask.png", width, height,
              b"".join(bytes(3) if x < 40 else b"\xff" * 3
                       for _ in range(height) for x in range(width)))
    picture = ["-i", "threads-in.png", "--mask", "threads-mask.png"]
    for words in [["generate", "--size", f"{width}x{height}"], ["inpaint", *picture]]:
        made = {}
        for threads in THREADS:
            expect(0, *words, "-q", "-l", "grass", "-g", "2", "-n", "2", "-j", str(threads),
                   "-o", "threads.png", **environment)
            made[threads] = read_png("threads.png")
        check(made[1][:2] == (width, height), f"{words[0]}: {width} x {height} pixels")
        other = [threads for threads in THREADS if made[threads] != made[1]]
        check(not other, f"{words[0]}: other bytes than one thread's at {other} threads")


def run_tests(tests):
    """Calls each (name, function) in one new folder and prints TAP; returns an exit code."""
    bad = 0
    print(f"1..{len(tests)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="dif-test-") as folder:
        os.chdir(folder)
        for number, (name, test) in enumerate(tests, 1):
            try:
                test()
                print(f"ok {number} {name}", flush=True)
            except Exception as error:  # pylint: disable=broad-except
                bad += 1
                print(f"not ok {number} {name}\n# {error}", flush=True)
                if not isinstance(error, Failure):
                    for line in traceback.format_exc().splitlines():
                        print(f"# {line}", flush=True)
        os.chdir("/")
    return 1 if bad else 0
