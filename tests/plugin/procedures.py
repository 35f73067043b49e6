# SPDX-License-Identifier: GPL-3.0-or-later
"""All the tests that run in one gimp-console, without a display."""

import arguments
import errors
import formats
import learning
import materials
import repeats
import replacing
import rows
import selections
from support import Tap

MODULES = (formats, selections, errors, repeats, materials, learning, arguments, rows, replacing)


def main(*names):
    """All of them, or those of the modules that are named."""
    Tap().run([test for module in MODULES if not names or module.__name__ in names
               for test in module.TESTS])
