#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line tool writes, where, and what is left when it cannot: test_files.py
EXECUTABLE.  Prints TAP.
"""

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import stat
import struct
import subprocess
import sys
import threading
import time

from tool import TOOL, check, expect, read_png, run, run_tests, start, wait_until_said, write_png

from pictures import parse_png

EMBEDDED = os.path.join(os.environ["DIF_MODELS"], "embedded")
SMALL = ["generate", "-q", "-n", "1", "--size", "48", "-o"]
LONG = ["generate", "-n", "1000", "--size", "512", "-o"]    # tells its steps if it begins


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def write_noise(path, width=72, height=72, seed=1):
    write_png(path, width, height, random.Random(seed).randbytes(3 * width * height))


def digest(folder):
    """of all files in it"""
    found = []
    for here, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(here, name)
            found.append((os.path.relpath(path, folder), hashlib.sha256(contents(path)).hexdigest()))
    return found


def check_alone(folder, *names):
    there = sorted(os.listdir(folder))
    check(there == sorted(names), f"{folder} holds {there}")


def limited(*words, limit=4096):
    """The tool, which may not write more than this into a file: as on a full disk"""
    return subprocess.run([TOOL, *words], env=dict(os.environ, LC_ALL="C.UTF-8"),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))


# ---------------------------------------------------------------- tests

def test_full_disk():
    """no room: what was there stays, nothing else is left, and a sentence says so"""
    os.makedirs("full", exist_ok=True)
    write_noise("full/in.png")
    write_noise("full/mask.png")
    before = contents("full/in.png")
    os.makedirs("full/models")
    for words in ([*SMALL, "full/in.png"], [*SMALL, "full/new.png"],
                  ["noise", "-q", "-i", "full/in.png", "-o", "full/in.png"],
                  ["eval", "", "tensors", "full/in.png"],
                  ["experiment", "langevin", "--short", "--svg", "full/in.png"],
                  ["learn", "-q", "full/in.png", "--minutes", "0.01", "-o", "full/models/new"]):
        if words[0] == "eval":
            write_tensors("tensors")
        done = limited(*words)
        said = done.stderr.decode()
        check(done.returncode == 1 and said.count("\n") == 1 and "Could not write" in said,
              f"{words}: {done.returncode}, {said!r}")
        check(contents("full/in.png") == before, f"{words}: the old file is whole")
        check_alone("full", "in.png", "mask.png", "models")
        check_alone("full/models")
    done = expect(1, *SMALL, "/dev/full")
    check(b"/dev/full" in done.stderr, f"{done.stderr!r}")


def write_tensors(path):
    """of one sample for eval, whose output is larger than what may be written"""
    parts = {"sample": ("F32", [1, 7, 32, 32], 4 * 7 * 1024), "timestep": ("I64", [1], 8),
             "class_labels": ("I64", [1], 8)}
    header, at = {}, 0
    for name, (dtype, shape, size) in parts.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + bytes(at))


def test_interrupted():
    """Ctrl+C and the like while a picture is written: the old or the new one, and nothing beside it"""
    os.makedirs("stop", exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        write_noise("stop/big.png", 1600, 1600)
        before = contents("stop/big.png")
        with start("noise", "-i", "stop/big.png", "-t", "0.2", "-q", "-o", "stop/big.png") as process:
            time.sleep(0.05)    # what is tried at the beginning is gone
            while process.poll() is None and len(os.listdir("stop")) == 1:
                pass
            process.send_signal(number)
            process.stderr.read()
            code = process.wait(60)
        check(code in (-number, 0, 130), f"{number}: exit code {code}")
        check_alone("stop", "big.png")
        after = contents("stop/big.png")
        check(after == before or parse_png(after).width == 1600, f"{number}: a whole picture")
        if code == -number:
            check(after == before, f"{number}: the old picture")


def test_targets():
    """what cannot be written is said before a step is done"""
    write_noise("in.png")
    os.makedirs("folder", exist_ok=True)
    for code, target in ((1, "no/such/o.png"), (1, "folder"), (1, "in.png/below.png"), (2, ""),
                         (1, "folder/"), (1, "new/"), (1, "x" * 300 + ".png"), (1, "/proc/o.png"),
                         (2, "o.jpg"), (2, "o.JPEG"), (2, "o.webp"), (2, "o.xcf")):
        done = expect(code, *LONG, target)
        check(len(done.stderr) < 700, f"{done.stderr!r}")
        for command in ("reimagine", "noise"):
            expect(code, command, "-i", "in.png", "-n", "1000", "-o", target)
    learn = ["learn", "in.png", "--minutes", "30"]
    expect(1, *learn, "-o", "in.png/below")
    expect(2, *learn, "-o", "in.png")
    expect(2, *learn, "-o", "")
    expect(1, *learn, "-o", "/proc/x")
    expect(1, *learn, "--name", "X", XDG_DATA_HOME="/proc/x")
    for samples in ("no/where.png", "folder"):
        expect(1, *learn, "-o", "never", "--samples", samples)
    expect(2, *learn, "-o", "never", "--samples", "s.jpg")
    train = ["train", "-d", "nowhere", "--from", "", "-n", "1000"]    # not even the pictures are read
    for words in (["-o", "in.png/x"], ["-o", "never", "--sample-every", "1", "--samples", "no/s.png"],
                  ["-o", "never", "--losses", "no/l.csv"]):
        done = expect(1, *train, *words)
        check(b"nowhere" not in done.stderr, f"{done.stderr!r}")
    for words in (["--svg", "no/x.svg"], ["--json", "no/x.json"], ["--svg", "folder"]):
        expect(1, "experiment", "langevin", *words)
    write_tensors("tensors")
    expect(1, "eval", "", "tensors", "no/out")
    expect(1, "eval", "", "tensors", "folder")
    check(not os.path.exists("never") and not os.path.exists("new"), "nothing is left")
    check_alone("folder")


def test_as_somebody():
    """without permission: said at once, and nothing changes"""
    if os.geteuid() != 0:
        print("# not as root")
        return
    os.makedirs("theirs", exist_ok=True)
    write_noise("theirs/o.png")
    os.chmod(".", 0o755)

    def nobody(*words):
        return subprocess.run([TOOL, *words], env=dict(os.environ, LC_ALL="C.UTF-8"),
                              stderr=subprocess.PIPE, stdout=subprocess.PIPE, user=65534, timeout=120,
                              check=False)
    if nobody("--help").returncode != 0:
        print("# the tool is where nobody may read it")
        return
    before = contents("theirs/o.png")
    for mode, target in ((0o644, "theirs/o.png"), (0o644, "theirs/new.png"),
                         (0o666, "theirs/o.png")):
        os.chmod("theirs/o.png", mode)
        done = nobody(*LONG, target)
        check(done.returncode == 1 and done.stderr.count(b"\n") == 1, f"{target}: {done.stderr!r}")
    check(contents("theirs/o.png") == before, "the old file")
    check_alone("theirs", "o.png")


def test_kinds_of_targets():
    """links, permissions, pipes and devices"""
    os.makedirs("kinds", exist_ok=True)
    expect(0, *SMALL, "plain.png")
    plain = contents("plain.png")
    write_noise("kinds/real.png")
    os.chmod("kinds/real.png", 0o640)
    os.symlink("kinds/real.png", "link.png")
    expect(0, *SMALL, "link.png")
    check(os.path.islink("link.png") and contents("kinds/real.png") == plain, "a link is followed")
    check(stat.S_IMODE(os.stat("kinds/real.png").st_mode) == 0o640, "permissions stay")
    check_alone("kinds", "real.png")
    for target in ("-", "/dev/stdout", "/dev/fd/1"):
        check(expect(0, *SMALL, target).stdout == plain, f"{target}: what goes out")
        with open("caught.png", "wb") as file:
            file.write(b"before")
            file.flush()
            subprocess.run([TOOL, *SMALL, target], stdout=file, check=True)
        check(contents("caught.png") == b"before" + plain, f"{target}: behind what is there")
    check(not os.path.exists("-"), "no file of that name")
    main, terminal = os.openpty()
    done = subprocess.run([TOOL, *LONG, "-"], stdout=terminal, stderr=subprocess.PIPE, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=60)
    check(done.returncode == 2 and b"terminal" in done.stderr, f"{done.stderr!r}")
    os.close(main)
    os.close(terminal)
    os.mkfifo("pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append(contents("pipe")))
    reader.start()
    expect(0, *SMALL, "pipe")
    reader.join(60)
    check(got == [plain], "a pipe")
    expect(0, *SMALL, "/dev/null")
    done = subprocess.run([TOOL, "noise", "-q", "-i", "-", "-o", "-"], input=plain, check=True,
                          stdout=subprocess.PIPE)
    check(parse_png(done.stdout).width == 48, "what comes in")


def learn_words(*more):
    return ["learn", "in.png", "-j", "1", *more]


def test_two_learn():
    """a name belongs to who begins to learn first, until it ends; who is killed leaves it free"""
    write_noise("in.png")
    home = {"XDG_DATA_HOME": os.path.abspath("learn-home")}
    os.environ.update(home)
    folder = "learn-home/gimp-diffusion/models/X"
    for ways in (["--name", "X"], ["-o", "learn-home/Y"]):
        folder = "learn-home/gimp-diffusion/models/X" if ways[0] == "--name" else ways[1]
        with start(*learn_words(*ways, "--minutes", "30")) as first:
            wait_until_said(first, b"step 1,")
            done = expect(2, *learn_words(*ways, "--minutes", "0.01"))
            check(b"already" in done.stderr, f"{done.stderr!r}")
            check(os.path.isdir(folder), "the first one's folder is there")
            first.send_signal(signal.SIGKILL)
            first.stderr.read()
            first.wait(60)
        check_alone(folder, ".learning")
        with start(*learn_words(*ways, "--minutes", "30")) as second:
            wait_until_said(second, b"step 1,")
            for _ in range(2):
                second.send_signal(signal.SIGINT)
                time.sleep(0.05)
            second.stderr.read()
            check(second.wait(60) in (0, 1), "it ends")
            cancelled = second.returncode == 1
        check(os.path.exists(folder) != cancelled, "nothing is left of what was cancelled")
        shutil.rmtree(folder, ignore_errors=True)
        expect(0, *learn_words(*ways, "--minutes", "0.01", "-q"))
        before = digest(folder)
        check(len(before) == 5, f"a model: {before}")
        done = expect(2, *learn_words(*ways, "--minutes", "0.01"))
        check(b"already" in done.stderr and digest(folder) == before, "nobody takes its place")


def test_learn_into():
    """learn and train write into a folder of their own only"""
    write_noise("in.png")
    os.makedirs("data", exist_ok=True)
    write_noise("data/1.png")
    shutil.copytree(EMBEDDED, "model")
    os.makedirs("filled", exist_ok=True)
    with open("filled/keep.txt", "w", encoding="utf-8") as file:
        file.write("keep")
    os.makedirs("empty", exist_ok=True)
    for folder in ("model", "filled"):
        before = digest(folder)
        for words in (learn_words("--minutes", "0.01"),
                      ["train", "-d", "data", "--from", "", "-n", "1", "-b", "1"]):
            done = expect(2, *words, "-q", "-o", folder)
            check(b"already" in done.stderr, f"{done.stderr!r}")
            check(digest(folder) == before, f"{words[0]}: {folder} is as it was")
    expect(0, *learn_words("--minutes", "0.01"), "-q", "-o", "empty")
    train = ["train", "-q", "-d", "data", "-b", "1", "--size", "32"]
    expect(0, *train, "--from", "", "-n", "1", "-o", "trained")
    state = "trained/training-state.safetensors"
    before = digest("model")
    for folder in ("model", "filled"):    # neither is this training's
        expect(2, *train, "--resume", state, "-n", "2", "-o", folder)
    check(digest("model") == before, "the model is as it was")
    expect(0, *train, "--resume", state, "-n", "2", "-o", "trained")
    expect(0, *train, "--resume", state, "-n", "2", "-o", "elsewhere")
    check(".learning" not in os.listdir("trained"), "nothing but a model")


def test_ignored_interrupt():
    """a script's background process, for which Ctrl+C is ignored, goes on"""
    words = ["generate", "-p", "grass", "-n", "40", "--size", "96", "-o"]
    with start(*words, "on.png",
               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) as process:
        wait_until_said(process, b"step 2 of")
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        check(process.wait(60) == 0, f"exit code {process.returncode}")
    expect(0, *words, "whole.png", "-q")
    check(read_png("on.png") == read_png("whole.png"), "the whole picture")


def test_words():
    """options written together, texts in any locale, and what would be ignored"""
    plain = contents("plain.png") if os.path.exists("plain.png") else None
    if plain is None:
        expect(0, *SMALL, "plain.png")
        plain = contents("plain.png")
    for words in (["-n1", "-j1", "-q"], ["-qn1"], ["-qj1", "-n", "1"], ["-qn", "1"]):
        expect(0, "generate", *words, "--size", "48", "-oo.png")
        check(contents("o.png") == plain, f"{words}")
    expect(2, "generate", "-q", "-j", "-1", "-o", "never.png")
    expect(2, "generate", "-qz", "-o", "never.png")
    expect(2, "generate", "-nten", "-o", "never.png")
    os.makedirs("größe", exist_ok=True)
    for locale in ("C", "C.UTF-8"):
        done = run(*SMALL, "größe/o.png", "--prompt", "größe", LC_ALL=locale)
        check(done.returncode == 2 and b"label" in done.stderr and b"--help" not in done.stderr,
              f"{locale}: {done.stderr!r}")
        expect(0, *SMALL, "größe/o.png", LC_ALL=locale)
    done = run(*SMALL, "never.png", "--prompt", b"gr\xf6\xdfe")
    check(done.returncode == 2 and b"UTF-8" in done.stderr, f"{done.stderr!r}")
    write_noise("in.png")
    for words in (["-i", "in.png"], ["--mask", "in.png"], ["-i", "in.png", "--mask", "in.png"]):
        done = expect(2, *SMALL, "never.png", *words)
        check(b"--input" in done.stderr, f"{done.stderr!r}")
    expect(2, "reimagine", "-q", "-i", "in.png", "--size", "64", "-o", "never.png")
    check(not os.path.exists("never.png"), "nothing is written")


if __name__ == "__main__":
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
