#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# console.sh STAGE MODULE ARGUMENTS...: runs a Python module's main() in
# gimp-console, without a display.
set -uo pipefail
here=$(dirname -- "$(realpath -- "$0")")
# shellcheck source=tests/plugin/profile.sh
. "$here/profile.sh"
session "${@:2}"
