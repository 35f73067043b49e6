#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tool on each flavour of OpenBLAS that is installed side by side, as Debian has
them: test_blas.py EXECUTABLE GEMM_TEST.

Flavours may have threads of their own: pthreads, or OpenMP's.  Ours are to be the only ones.
DIF_MODELS names the folder with the embedded model.  Prints TAP.
"""

import functools
import glob
import os
import subprocess
import sys
import sysconfig

from tool import TOOL, check, check_threads, run_tests

GEMM_TEST = os.path.abspath(sys.argv[2])


def flavours():
    """folders to put into LD_LIBRARY_PATH, by name"""
    libraries = glob.glob(os.path.join("/usr/lib", sysconfig.get_config_var("MULTIARCH") or ".",
                                       "openblas-*", "libopenblas.so.0"))
    return {os.path.basename(folder).split("-")[1]: folder
            for folder in map(os.path.dirname, sorted(libraries))}


def on(folder):
    paths = [folder, os.environ.get("LD_LIBRARY_PATH", "")]
    return {"LD_LIBRARY_PATH": ":".join(p for p in paths if p)}


def gemm(folder):
    env = dict(os.environ, **on(folder))
    loads = subprocess.run([TOOL], env=dict(env, LD_TRACE_LOADED_OBJECTS="1"), check=True,
                           stdout=subprocess.PIPE).stdout.decode()
    check(folder in loads, f"the library in {folder} is not the one that is used: {loads}")
    done = subprocess.run([GEMM_TEST], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    check(done.returncode == 0, done.stdout.decode().replace("\n", "\n# "))


def main():
    found = flavours()
    if len(found) < 2:
        print(f"1..0 # SKIP flavours of OpenBLAS to choose from: {', '.join(found) or 'none'}")
        return 0
    tests = []
    for name, folder in found.items():
        tests.append((f"{name}: products stay on their thread", functools.partial(gemm, folder)))
        for cpu in ["plain", "avx512"]:
            tests.append((f"{name}, up to {cpu}: the same bytes at 1, 2, 3, 4 and 8 threads",
                          functools.partial(check_threads, DIF_CPU=cpu, **on(folder))))
    return run_tests(tests)


if __name__ == "__main__":
    sys.exit(main())
