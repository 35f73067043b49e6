#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the command line tool as people and scripts do: test_cli.py EXECUTABLE.

DIF_MODELS names the folder with the embedded model.  Prints TAP.
"""

import array
import json
import locale
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

from xml.etree import ElementTree

from tool import (check, check_threads, expect, read_png, run, run_tests, start, wait_until_said,
                  write_png)

SHORT = {"-g": "--guidance", "-t": "--noise-level", "-j": "--threads"}
MAKERS = ["generate", "reimagine", "inpaint", "noise"]
COMMANDS = MAKERS + ["info", "list", "eval", "experiment", "bench", "learn", "train"]


def write_tensors(path, **tensors):
    """name=(dtype, shape, bytes)"""
    header, data = {}, b""
    for name, (dtype, shape, numbers) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read_sample(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    info = json.loads(data[8:8 + length])["sample"]
    check(info["dtype"] == "F32", "F32 output")
    first, last = info["data_offsets"]
    numbers = array.array("f", data[8 + length + first:8 + length + last])
    if sys.byteorder == "big":
        numbers.byteswap()
    return info["shape"], numbers


def floats(numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


# ---------------------------------------------------------------- tests

def test_help():
    """help of every command"""
    for words in [["--help"], ["-h"]] + [[c, "--help"] for c in COMMANDS]:
        done = expect(0, *words)
        check(b"gimp-diffusion" in done.stdout and not done.stderr, f"{words}: help on stdout")
    for command in COMMANDS:
        check(command.encode() in run("--help").stdout, f"--help tells of {command}")
    check(run().returncode == 2, "no command is a misuse")


def test_misuse():
    """wrong words exit with 2"""
    for words in ["nonsense", "--bogus", "generate", "generate --bogus", "generate -o",
                  "generate -o x.png surplus", "info a b", "info --bogus x", "eval a b", "bench",
                  "bench a b", "reimagine -o x.png", "inpaint -o x.png", "noise -o x.png",
                  "experiment", "experiment nonsense", "experiment langevin manifold",
                  "experiment langevin -j -1", "experiment images",
                  "experiment langevin --picture t.png", "experiment langevin --sheet x.png"]:
        expect(2, *words.split())


def test_timesteps():
    """a list of timesteps instead of a spacing"""
    words = ["generate", "-q", "-p", "sky", "--size", "16", "--sampler", "ddim", "-o"]
    expect(0, *words, "list.png", "--spacing", "999,499")
    expect(0, *words, "steps.png", "--spacing", "trailing", "-n", "2")
    expect(0, *words, "other.png", "--spacing", "999,699")
    check(read_png("list.png") == read_png("steps.png"), "the same timesteps, the same picture")
    check(read_png("list.png") != read_png("other.png"), "others give another")
    expect(2, *words, "x.png", "--spacing", "499,999")


def test_list():
    """list samplers, schedules, spacings, guidance, settings"""
    for kind, known in (("samplers", b"dpmpp-2m"), ("schedules", b"scaled_linear"),
                        ("spacings", b"karras"), ("guidance", b"classifier-free"),
                        ("settings", b"soft-selection")):
        plain = expect(0, "list", kind).stdout
        rows = plain.decode().splitlines()
        check(known in plain and len(rows) > 3, f"{kind}: the rows")
        if kind == "settings":
            continue
        table = expect(0, "list", kind, "--markdown").stdout.decode().splitlines()
        check(len(table) == len(rows) + 1 and all(line.startswith("|") for line in table),
              f"{kind}: a table of as many rows")
    expect(2, "list", "colors")
    expect(2, "list")


def test_readme():
    """README's table of samplers is the command's"""
    readme = os.path.join(os.environ["DIF_MODELS"], "..", "README.md")
    table = expect(0, "list", "samplers", "--markdown").stdout.decode()
    with open(readme, encoding="utf-8") as file:
        check(table in file.read(), "the table of `list samplers --markdown` stands in README.md")


def test_bad_values():
    """values out of range exit with 2"""
    for words in ["--steps 0", "--steps -1", "--steps 1001", "--steps ten", "--steps 99999999999",
                  "--seed -1", "--seed 1.5", "--seed 2147483648", "--size 0",
                  "--size 16x", "--size x16", "--size 16x16x16", "--size 65537", "--size -4",
                  "-g x", "-g 2,5", "-g nan", "-g inf", "-g -1", "-g 31", "-g 1.5x",
                  "-t 0", "-t 0.001", "-t 1.1", "-t nan", "-t -0.5", "-j -1", "-j 257",
                  "--guidance-rescale x", "--guidance-rescale 1.1", "--guidance-rescale nan",
                  "--guidance-from 0.2 --guidance-to 0.8", "--guidance-from 2", "--guidance-to x",
                  "--negative-prompt no-such-label",
                  "--prompt grass,no-such-label", "--prompt grass:-1", "--prompt grass:0",
                  "--region grass", "--region grass=", "--palette #12345",
                  "--palette #1234567", "--palette #aabbcg", "--palette #aabbcc,",
                  "--palette #aabbcc --color-guidance 2", "--color-guidance x",
                  "--soft-selection maybe", "--grow x", "--grow 1.5", "--grow 4097", "--feather -1",
                  "--feather 4097", "--blend ten", "--blend 4097",
                  "--detail -1", "--detail 4097",
                  "--prefill magic", "--match-colors perhaps", "--mean-color", "--tile z", "--tile yx", "--known x1",
                  "--context -2", "--context 65537", "--context ten", "--context 5%%",
                  "--context -1%", "--context 1001%", "--context nan%", "--work-size 1.5",
                  "--work-size 65537",
                  "--classifier-guidance x", "--classifier-guidance 1",
                  "--prompt grass --classifier-guidance -1",
                  "--prompt grass --classifier-guidance 101",
                  "--sampler magic", "--spacing magic", "--prompt no-such-label"]:
        said = expect(2, "generate", "-q", "-o", "never.png", *words.split()).stderr.decode()
        name = [word for word in words.split() if word[:1] == "-" and word[1].isalpha()
                or word[:2] == "--"][-1]
        check(SHORT.get(name, name) in said, f"{words}: the setting is named: {said!r}")
    expect(2, "bench", "", "--runs", "0")
    expect(2, "bench", "", "--size", "13")
    expect(2, "bench", "", "-j", "-1")
    for words in ["", "nonsense", "conv3x3 --batch 0", "conv3x3 --in -1", "linear --out 65537",
                  "attention --heads -1", "silu surplus"]:
        expect(2, "bench", "--op", *words.split(" "))
    expect(2, "eval", "", "in", "out", "-j", "-1")
    check(not os.path.exists("never.png"), "no file is left behind")


def test_failures():
    """what goes wrong at run time exits with 1"""
    small = ["generate", "-q", "-n", "1", "--size", "8"]
    with open("broken.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n cut off")
    with open("text.png", "wb") as file:
        file.write(b"not a picture")
    expect(1, "info", "no-such-model")
    expect(1, "info", "./no/such/model")
    expect(1, *small, "-o", "x.png", "-m", "no-such-model")
    expect(1, *small, "-o", "no/such/folder/x.png")
    expect(1, *small, "-o", ".")
    expect(1, "bench", "no-such-model")
    expect(1, "eval", "", "no-such-file", "out")
    for name in ["missing.png", "broken.png", "text.png", "."]:
        for command in MAKERS[1:]:
            expect(1, command, "-q", "-o", "x.png", "-i", name)
    expect(1, *small, "-o", "x.png", DIF_MODELS=os.path.abspath("nowhere"))
    check(not os.path.exists("x.png"), "no file is left behind")


def test_generate():
    """generate: size and seed"""
    words = ["generate", "-q", "-p", "grass", "-n", "2", "--size", "24x17"]
    pictures = []
    for extra in [[], [], ["-s", "2147483647"]]:
        expect(0, *words, *extra, "-o", "made.png")
        pictures.append(read_png("made.png"))
    check(pictures[0][:2] == (24, 17), "24 x 17 pixels")
    check(pictures[0] == pictures[1], "the same bytes again")
    check(pictures[0] != pictures[2], "another seed, another picture")
    said = expect(0, "generate", "-n", "2", "--size", "8", "-o", "made.png").stderr.decode()
    check("2" in said, f"progress is told: {said!r}")
    check(not expect(0, *words, "-o", "made.png").stderr, "-q is quiet")


def test_stop():
    """generate: one Ctrl+C keeps the picture as it is, which --stop-after gives again; two give up"""
    for times, size in [(1, "64"), (2, "512")]:  # a step that takes long enough for the second
        words = ["generate", "-p", "grass", "-n", "1000", "--size", size]
        with start(*words, "-o", "kept.png") as process:
            wait_until_said(process, b"step 2 of")
            for _ in range(times):
                time.sleep(0.05)  # into the next step; two at once may arrive as one
                process.send_signal(signal.SIGINT)
            said = process.stderr.read().decode()
            code = process.wait(60)
        check(code == (130 if times == 1 else 1), f"{times} times: exit code {code}, said {said!r}")
        check(os.path.exists("kept.png") == (times == 1), f"{times} times: a picture")
        if times == 1:
            after = re.search("after step ([0-9]+)", said)[1]
            expect(0, *words, "-q", "--stop-after", after, "-o", "asked.png")
            check(read_png("kept.png") == read_png("asked.png"), "the same picture")
            os.remove("kept.png")
    expect(2, *words, "--stop-after", "-1", "-o", "kept.png")


def test_threads():
    """generate and inpaint: the same bytes at 1, 2, 3, 4 and 8 threads"""
    check_threads()


def test_tasks():
    """reimagine, inpaint and noise: size, and what the mask keeps"""
    width, height = 37, 23
    numbers = random.Random(1)
    pixels = bytes(numbers.randrange(256) for _ in range(3 * width * height))
    kept = [x < 20 for _ in range(height) for x in range(width)]
    write_png("in.png", width, height, pixels)
    write_png("mask.png", width, height, b"".join(b"\0\0\0" if k else b"\xff" * 3 for k in kept))
    write_png("other.png", width, height + 1, bytes(3 * width * (height + 1)))
    for command in MAKERS[1:]:
        words = [command, "-q", "-n", "2", "-i", "in.png", "-o", "out.png"]
        expect(2 if command == "inpaint" else 0, *words)  # there is nothing to fill it from
        whole = read_png("out.png") if command != "inpaint" else None
        expect(0, *words, "--mask", "mask.png")
        part = read_png("out.png")
        check(part[:2] == (width, height), f"{command}: same size")
        same = [part[2][3 * i:3 * i + 3] == pixels[3 * i:3 * i + 3] for i in range(len(kept))]
        check(all(s for s, k in zip(same, kept) if k), f"{command}: black of the mask is kept")
        check(not all(s for s, k in zip(same, kept) if not k), f"{command}: white is made anew")
        if whole:
            check(whole[:2] == (width, height), f"{command}: same size without a mask")
            check(whole[2][:60] != pixels[:60], f"{command}: without a mask all is made anew")
        expect(2, *words, "--mask", "other.png")
        expect(1, *words, "--mask", "missing.png")


def test_canvas():
    """reimagine: what is worked on can be grown, feathered and blended"""
    width, height = 40, 24
    numbers = random.Random(3)
    pixels = bytes(numbers.randrange(256) for _ in range(3 * width * height))
    write_png("in.png", width, height, pixels)
    write_png("mask.png", width, height,
              b"".join(b"\xff" * 3 if 12 <= x < 28 else b"\0\0\0"
                       for _ in range(height) for x in range(width)))
    words = ["reimagine", "-q", "-n", "4", "-p", "sky", "-i", "in.png", "--mask", "mask.png",
             "-o", "out.png"]

    def changed(*extra):
        expect(0, *words, *extra)
        result = read_png("out.png")[2]
        return {i // 3 % width for i in range(len(pixels)) if result[i] != pixels[i]}

    plain = changed()
    check(plain == set(range(12, 28)), f"columns {plain}")
    check(changed("--grow", "3") == set(range(9, 31)), "grown by 3")
    check(changed("--grow=-3") == set(range(15, 25)), "shrunk by 3")
    feathered = changed("--feather", "4", "--soft-selection", "no")
    check(plain < feathered <= set(range(8, 32)), f"feathered by 4: {feathered}")
    soft = changed("--feather", "4", "--soft-selection", "yes")
    check(soft < feathered, f"feathered softly: {soft}")
    check(changed("--blend", "4") <= plain, "blended inside")
    matched = read_png("out.png") if changed("--match-colors", "yes") else None
    check(changed("--match-colors", "no") and read_png("out.png") != matched, "colors matched")
    check(changed("--sampler", "ddpm", "--known", "x0"), "known in x0")
    clean = read_png("out.png")
    check(changed("--sampler", "ddpm", "--known", "xt") and read_png("out.png") != clean, "xt")
    check(changed("--context", "3") == plain, "a context in pixels")
    check(changed("--context", "12.5%") == plain, "a context in per cent")
    check(changed("--context", "3", "--work-size", "48") == plain, "worked on larger")
    narrow = read_png("out.png") if changed("--context", "3") == plain else None
    whole = read_png("out.png") if changed("--context", "whole") == plain else None
    check(narrow and whole and narrow != whole, "more is seen of the whole")
    check(changed("--context", "auto") == plain and read_png("out.png") == whole,
          "as far as the mask is wide is all there is")
    check(changed("--work-size", "17") == plain, "worked on smaller")
    expect(2, *words, "--tile", "x", "--work-size", "48")
    check(changed("--detail", "8") <= plain and read_png("out.png") != clean, "detail alone")
    words[0] = "inpaint"
    made = []
    for prefill in ["smooth", "patch", "keep", "mean", "border", "noise"]:
        check(changed("--prefill", prefill) <= plain, f"prefill {prefill}")
        made.append(read_png("out.png"))
    check(all(a != b for i, a in enumerate(made) for b in made[:i]), "ways to fill differ")
    for tile in ["x", "y", "xy"]:
        expect(0, "generate", "-q", "-n", "1", "-p", "sky", "--size", "19x13", "--tile", tile,
               "-o", "out.png")
        check(read_png("out.png")[:2] == (19, 13), f"tile {tile}")


def test_eval():
    """eval: a batch is the same as its samples one by one"""
    n, c, h, w = 3, 7, 16, 8
    numbers = random.Random(2)
    sample = [[numbers.gauss(0.0, 1.0) for _ in range(c * h * w)] for _ in range(n)]
    times, labels = [999, 500, 3], [0, 7, 27]
    write_tensors("all", sample=("F32", [n, c, h, w], floats(sum(sample, []))),
                  timestep=("I64", [n], struct.pack("<3q", *times)),
                  class_labels=("I64", [n], struct.pack("<3q", *labels)))
    expect(0, "eval", "", "all", "all-out", "-j", "2")
    shape, batch = read_sample("all-out")
    check(shape == [n, 3, h, w], f"shape {shape}")
    size = 3 * h * w
    for i in range(n):
        write_tensors("one", sample=("F32", [1, c, h, w], floats(sample[i])),
                      timestep=("F32", [1], floats([times[i]])),
                      class_labels=("I64", [1], struct.pack("<q", labels[i])))
        expect(0, "eval", "", "one", "one-out")
        shape, single = read_sample("one-out")
        check(shape == [1, 3, h, w], f"shape {shape}")
        off = max(abs(a - b) for a, b in zip(single, batch[i * size:(i + 1) * size]))
        check(off <= 1e-5 * max(map(abs, single)), f"sample {i} is off by {off}")


def test_eval_failures():
    """eval: inputs that do not fit exit with 1"""
    sample = ("F32", [1, 7, 8, 8], bytes(4 * 7 * 64))
    time, label = ("I64", [1], bytes(8)), ("I64", [1], bytes(8))
    bad = [
        {"timestep": time, "class_labels": label},
        {"sample": sample, "class_labels": label},
        {"sample": sample, "timestep": time},
        {"sample": ("F32", [1, 3, 8, 8], bytes(4 * 3 * 64)), "timestep": time,
         "class_labels": label},
        {"sample": ("F32", [1, 7, 8, 9], bytes(4 * 7 * 72)), "timestep": time,
         "class_labels": label},
        {"sample": ("F32", [1, 7, 8, 8], struct.pack("<f", float("nan")) + bytes(4 * 447)),
         "timestep": time, "class_labels": label},
        {"sample": sample, "timestep": ("I64", [2], bytes(16)), "class_labels": label},
        {"sample": sample, "timestep": time, "class_labels": ("I64", [1], struct.pack("<q", 28))},
        {"sample": sample, "timestep": time, "class_labels": ("I64", [1], struct.pack("<q", -1))},
    ]
    for tensors in bad:
        write_tensors("bad", **tensors)
        expect(1, "eval", "", "bad", "bad-out")
    check(not os.path.exists("bad-out"), "no file is left behind")


def test_bench():
    """bench prints JSON"""
    result = json.loads(expect(0, "bench", "", "--size", "16", "--runs", "2", "-j", "1").stdout)
    check(result["size"] == 16 and result["threads"] == 1 and result["runs"] == 2, "its settings")
    check(result["seconds_median"] >= result["seconds_least"] > 0, "times")
    check(result["gflop"] > 0 and result["activation_bytes_peak"] > 0, "work and memory")
    check(result["allocations_after_first_run"] == 0, "steady memory")
    kinds = {op["kind"]: op for op in result["ops"]}
    check("other" in kinds and kinds["norm"]["calls"] > 0, f"kinds of ops: {list(kinds)}")
    check(abs(sum(op["share"] for op in kinds.values()) - 1) < 1e-3, "shares of a whole")
    gflop = sum(op.get("gflop", 0) for op in kinds.values())
    check(abs(gflop - result["gflop"]) < 1e-5 * gflop, "each op's work is booked")
    pair = json.loads(expect(0, "bench", "", "--size", "16", "--runs", "1", "--batch", "2").stdout)
    check(pair["batch"] == 2 and abs(pair["gflop"] - 2 * result["gflop"]) < 0.1 * gflop, "a batch")
    table = expect(0, "bench", "", "--size", "16", "--runs", "1", "--table").stdout.decode()
    check("GFLOP/s" in table and "norm" in table, "a table")


def test_guides():
    """mixtures, regions and colors"""
    width, height = 40, 24
    write_png("left.png", width, height, b"".join(b"\xff" * 3 if x < 20 else bytes(3)
                                                  for _ in range(height) for x in range(width)))
    write_png("all.png", width, height, b"\xff" * (3 * width * height))
    write_png("small.png", 8, 8, bytes(192))
    size = ["--size", f"{width}x{height}"]

    def made(*words):
        expect(0, "generate", "-q", "-n", "2", *words, "-o", "guided.png")
        return read_png("guided.png")

    grass, sky = (made("-p", label, *size) for label in ["grass", "sky"])
    check(made("-p", "sky:3,grass:0", *size) == sky, "a mixture of one label")
    check(made("-p", "sky,grass", *size) not in (sky, grass), "a mixture of two")
    check(made("-p", "grass", "--region", "sky=all.png") == sky, "a region of everything")
    both = made("-p", "grass", "--region", "sky:1,sand:1=left.png", "--region", "sand=all.png")
    check(both[:2] == (width, height), "the masks' size")
    check(made("-p", "grass", "--negative-prompt", "sky", *size) != grass, "a negative label")
    check(made("-p", "grass", "--guidance-from", "0.9", "--guidance-to", "0.5", *size) != grass, "an interval")
    check(made("-p", "grass", "--guidance-rescale", "0.7", *size) != grass, "a rescaled guidance")
    check(made("-p", "grass", "--palette", "#102030", "--color-guidance", "1", *size)[2]
          == bytes([0x10, 0x20, 0x30]) * (width * height), "one color and nothing else")
    write_png("in.png", width, height, bytes(3 * width * height))
    for command in ["reimagine", "inpaint"]:
        expect(0, command, "-q", "-n", "2", "-i", "in.png", "-o", "out.png", "--mask", "left.png",
               "--region", "sky=left.png", "--palette", "#102030,#ffffff", "--mean-color", "yes")
        expect(2, command, "-q", "-i", "in.png", "-o", "never.png", "--region", "sky=small.png")
    expect(2, "generate", "-q", *size, "-o", "never.png", "--region", "sky=small.png")
    expect(1, "generate", "-q", "-o", "never.png", "--region", "sky=missing.png")
    check(not os.path.exists("never.png"), "no file is left behind")


def test_bench_ops():
    """bench measures single ops"""
    small = ["--size", "8", "--in", "12", "--tokens", "20", "--heads", "3", "--width", "5"]
    known = run("bench", "--op", "nonsense").stderr.decode()
    names = known[known.index(":", len("gimp-diffusion:")) + 2:-2].split(", ")
    check("conv3x3" in names and "attention" in names, f"names of ops: {names}")
    for name in names:
        result = json.loads(expect(0, "bench", "--op", name, "--runs", "1", *small).stdout)
        check(result["op"] == name and result["seconds_median"] > 0, f"time of {name}")
    result = json.loads(expect(0, "bench", "--op=conv3x3", "--size", "6", "--in", "8", "--out", "5",
                               "--batch", "2", "-j", "2").stdout)
    check(abs(result["gflop"] - 2e-9 * 2 * 36 * 8 * 5 * 9) < 1e-12, "work of a convolution")
    check(result["in"] == 8 and result["out"] == 5 and result["batch"] == 2, "its settings")


def test_info():
    """info tells what the embedded model is"""
    said = expect(0, "info").stdout.decode()
    for word in ["UNet2DModel", "grass", "v_prediction"]:
        check(word in said, f"{word} in {said!r}")
    check(expect(0, "info", "").stdout.decode() == said, "the empty name is the same model")


def comma_locale():
    """(name, LOCPATH) of a locale that writes 0,5; C.UTF-8 where none can be had"""
    found = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8",
                            os.path.abspath("de_DE.UTF-8")], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False) if shutil.which(
                               "localedef") else None
    if found and os.path.isdir("de_DE.UTF-8"):
        return "de_DE.UTF-8", os.getcwd()
    for name in ["de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "fr_FR.utf8"]:
        try:
            locale.setlocale(locale.LC_NUMERIC, name)
            return name, ""
        except locale.Error:
            pass
    return "C.UTF-8", ""


def comma_environment():
    name, path = comma_locale()
    print(f"# locale {name}")
    return {"LC_ALL": name, "LANGUAGE": "C", **({"LOCPATH": path} if path else {})}


def test_experiment():
    """experiments: a list, figures, a plot"""
    names = [line.split()[0] for line in expect(0, "experiment", "--list").stdout.decode()
             .splitlines() if line[0] != " "]
    check("langevin" in names and len(names) == 6, f"six experiments: {names}")
    done = expect(0, "experiment", "langevin", "--short", "--svg", "x.svg", "--json", "x.json",
                  **comma_environment())
    with open("x.json", encoding="utf-8") as file:
        found = json.load(file)
    check(found["id"] == "langevin" and len(found["figures"]) == 4, "four figures")
    check(all(f["least"] <= f["value"] <= f["most"] and f["holds"] for f in found["figures"]),
          "all as claimed")
    check(all(f["what"].encode() in done.stdout for f in found["figures"]), "they are printed")
    plot = ElementTree.parse("x.svg").getroot()
    check(plot.tag.endswith("svg") and float(plot.get("width")) > 100.0, "a plot")
    clips = plot.findall(".//{*}clipPath/{*}rect")
    check(len(clips) == 3 and all(float(c.get("x")) >= 0.0 for c in clips), "of three panels")
    expect(1, "experiment", "langevin", "--short", "--svg", "missing/x.svg")
    done = expect(1, "experiment", "images", "--short", "--picture", "missing.png")
    check(b"missing.png" in done.stderr, "the picture is not there")
    done = expect(2, "experiment", "images", "--short", "--picture", "t.png", "--sheet", "x.svg")
    check(b"--sheet" in done.stderr, "no PNG file")


def test_locale():
    """numbers do not follow the locale"""
    env = comma_environment()
    words = ["generate", "-q", "-p", "sky", "-n", "2", "--size", "16", "-g", "2.5", "-o"]
    expect(0, *words, "plain.png")
    expect(0, *words, "local.png", **env)
    check(read_png("plain.png") == read_png("local.png"), "the same picture")
    result = json.loads(expect(0, "bench", "", "--size", "8", "--runs", "1", **env).stdout)
    check(result["seconds_median"] > 0, "JSON has points")
    expect(2, *words, "x.png", "-g", "2,5", **env)


if __name__ == "__main__":
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
