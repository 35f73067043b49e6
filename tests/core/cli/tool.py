# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line tool share: running it, its pictures, TAP.

The tool is the first argument of the test.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import traceback

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from pictures import read_png, write_png  # pylint: disable=wrong-import-position

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:   # as in a script's background: it would be
    signal.signal(signal.SIGINT, signal.default_int_handler)    # ignored by the tool as well

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
        check(said.startswith("gimp-diffusion: ") and said.endswith((".\n", "?\n"))
              and said.count("\n") == 1, f"{words}: not one sentence: {said!r}")
    return done


def start(*words, **options):
    """Begins to run the tool; a process whose stderr is a pipe."""
    return subprocess.Popen([TOOL, *words], env=dict(os.environ, LC_ALL="C.UTF-8"),
                            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)


def wait_until_said(process, word):
    said = b""
    while word not in said:
        more = process.stderr.read1()
        check(more, f"it ended before it said {word!r}: {said!r}")
        said += more
    return said


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
            expect(0, *words, "-q", "-p", "grass", "-g", "2", "-n", "2", "-j", str(threads),
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
