# SPDX-License-Identifier: GPL-3.0-or-later
"""mixture.py PROGRAM SVG: plots what PROGRAM (tests/core/mixture-points of a build) samples."""

import subprocess
import sys

import plot

TITLES = {"exact": "exact samples", "langevin": "plain Langevin",
          "annealed-langevin": "annealed Langevin"}


def main(program, svg):
    clouds = {name: [] for name in TITLES}
    output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        name, x, y = line.split()
        clouds[name].append((float(x), float(y)))
    plot.mixture(svg, [(TITLES[name], points) for name, points in clouds.items()])


if __name__ == "__main__":
    main(*sys.argv[1:])
