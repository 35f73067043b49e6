#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings as options, from files, and in the reference."""

import json
import os
import sys

from tool import check, expect, run_tests
from pictures import read_png

PICTURES = ("generate", "reimagine", "inpaint", "noise")
SMALL = ("generate", "-q", "--size", "16x12", "-n", "3")
KEPT = {"task": "generate", "prompt": "grass", "steps": 3, "guidance": 4.0, "seed": 5,
        "palette": [[0.2, 0.4, 0.6]], "tile": "x", "regions": []}
OPTIONS = ("-p", "grass", "-n", "3", "-g", "4", "-s", "5", "--palette", "#336699", "--tile", "x")
EARLIER = {"task": "generate", "label": "grass", "steps": 3, "guidance": 4.0, "seed": "5",
           "colors": [[0.2, 0.4, 0.6]], "tile-x": True, "tile-y": False, "context-percent": 0.0}


def rows():
    """(id, what has it) for each row of `list settings`."""
    table = expect(0, "list", "settings", "--markdown").stdout.decode().splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table
             if line.startswith("| `")]
    return [(row[0].strip("`"), row[1]) for row in cells]


def words_of(command):
    """What --help tells, whatever its lines are."""
    return " ".join(expect(0, command, "--help").stdout.decode().split())


def make(*words):
    expect(0, *SMALL[:2], "--size", "16x12", *words, "-o", "made.png")
    return read_png("made.png")


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text if isinstance(text, str) else json.dumps(text))


def test_help():
    """each setting is an option by its own name"""
    found = rows()
    check(len(found) > 30 and len(set(found)) == len(found), f"rows: {found}")
    for command in PICTURES + ("learn",):
        told = expect(0, command, "--help").stdout.decode()
        for name, whose in found:
            if (whose == "learn") == (command == "learn"):
                check(f"--{name}=" in told, f"{command} --help tells of --{name}")
        check(max(map(len, told.splitlines())) <= 100, f"{command} --help fits a window")
    check("default 0.6" in words_of("inpaint"), "the default of inpaint")
    check("default 0.5" in words_of("noise"), "the default of noise")


def test_kept():
    """what is kept with a layer makes the same picture"""
    write("kept.json", KEPT)
    write("earlier.json", EARLIER)
    by_options = make(*OPTIONS)
    check(make("--settings", "kept.json") == by_options, "as the options do")
    check(make("--settings", "earlier.json") == by_options, "by earlier names too")
    other = make("--settings", "kept.json", "-s", "6", "--palette", "#ff0000")
    check(other == make(*OPTIONS, "-s", "6", "--palette", "#ff0000") != by_options,
          "options override it")


def test_kept_wrong():
    """settings that cannot be used are refused"""
    for text, word in (('{"magic": 1}', "magic"), ('{"task": "noise"}', "noise"),
                       ('{"steps": 0}', "wrong.json"), ('{"palette": [[1, 2, 3]]}', "wrong.json"),
                       ('{"guidance": "2,5"}', "2,5")):
        write("wrong.json", text)
        said = expect(2, *SMALL, "--settings", "wrong.json", "-o", "never.png").stderr.decode()
        check(word in said, f"{text}: {said!r}")
    write("wrong.json", '{"steps": 5')
    expect(1, *SMALL, "--settings", "wrong.json", "-o", "never.png")
    expect(1, *SMALL, "--settings", "missing.json", "-o", "never.png")
    check(not os.path.exists("never.png"), "no file is left behind")


def test_palette():
    """a palette's file is as good as a list of colors"""
    write("two.gpl", "GIMP Palette\nName: Two\nColumns: 0\n#\n 16  32  48\tnight\n255 255 255\n")
    write("crlf.gpl", "GIMP Palette\r\n16 32 48\r\n255\t255\t255 white\r\n")
    listed = make("-n", "3", "-p", "sky", "--palette", "#102030,#ffffff")
    for name in ("two.gpl", "crlf.gpl"):
        check(make("-n", "3", "-p", "sky", "--palette", name) == listed, name)
    for text in ("", "Palette\n1 2 3\n", "GIMP Palette\n", "GIMP Palette\n1 2\n",
                 "GIMP Palette\n1 2 256\n", "GIMP Palette\n-1 2 3\n", "GIMP Palette\n1 2 3x\n"):
        write("wrong.gpl", text)
        said = expect(1, *SMALL, "--palette", "wrong.gpl", "-o", "never.png").stderr.decode()
        check("--palette" in said and "wrong.gpl" in said, f"{text!r}: {said!r}")
    write("many.gpl", "GIMP Palette\n" + "1 2 3\n" * 257)
    check("257" in expect(2, *SMALL, "--palette", "many.gpl", "-o", "never.png").stderr.decode(),
          "too many colors")
    expect(1, *SMALL, "--palette", "missing.gpl", "-o", "never.png")


def test_reference():
    """docs/script-reference.md is the command's table"""
    path = os.path.join(os.environ["DIF_MODELS"], "..", "docs", "script-reference.md")
    table = expect(0, "list", "settings", "--markdown").stdout.decode()
    with open(path, encoding="utf-8") as file:
        check(file.read().endswith(table), "it ends with `list settings --markdown`")


if __name__ == "__main__":
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
