# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of models/training share; see tests/core/cli/tool.py."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.normpath(os.path.join(HERE, "..", ".."))
TRAINING = os.path.join(TOP, "models", "training")
sys.dont_write_bytecode = True
sys.path += [os.path.join(TOP, "tests", "core", "cli"), os.path.join(TRAINING, "data-recipe")]
