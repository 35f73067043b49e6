#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the command needs is not in the plug-in: linked.py PLUGIN COMMAND LIBRARY...

None of the symbols that the libraries define is in the plug-in; the command has some of each.
"""

import shutil
import subprocess
import sys


def defined(path):
    """Names of functions and data that other files can see."""
    run = subprocess.run(["nm", "--defined-only", "-g", "-P", path], check=True,
                         stdout=subprocess.PIPE, text=True)
    words = [line.split() for line in run.stdout.splitlines()]
    return {parts[0] for parts in words if len(parts) >= 2 and parts[1] in "TDRB"}


def main():
    plugin, command, *libraries = sys.argv[1:]
    print(f"1..{len(libraries)}")
    if not shutil.which("nm"):
        for number in range(len(libraries)):
            print(f"ok {number + 1} # SKIP there is no nm")
        return 0
    failed = False
    for number, library in enumerate(libraries, 1):
        own = defined(library)
        strays = sorted(own & defined(plugin))
        good = not strays and own & defined(command)
        failed = failed or not good
        print(f"{'ok' if good else 'not ok'} {number} - the plug-in holds nothing of {library}")
        if not good:
            print("# " + (", ".join(strays) or "nor does the command, which should"))
    return failed


if __name__ == "__main__":
    sys.exit(main())
