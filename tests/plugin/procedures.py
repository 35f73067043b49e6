# SPDX-License-Identifier: GPL-3.0-or-later
"""All the tests that run in one gimp-console, without a display."""

import arguments
import errors
import formats
import learning
import materials
import repeats
import replacing
import selections
from support import Tap


def main():
    Tap().run(formats.TESTS + selections.TESTS + errors.TESTS + repeats.TESTS
              + materials.TESTS + learning.TESTS + arguments.TESTS + replacing.TESTS)
