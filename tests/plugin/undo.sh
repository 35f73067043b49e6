#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# undo.sh STAGE PART: starts a whole GIMP, for only its menus can undo.  Run by
# display.sh.
set -uo pipefail
here=$(dirname -- "$(realpath -- "$0")")

# shellcheck source=tests/plugin/profile.sh
. "$here/profile.sh"
unset NO_AT_BRIDGE WAYLAND_DISPLAY
export GDK_BACKEND=x11 PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
export XDG_RUNTIME_DIR=$profile/run
mkdir -m 700 "$XDG_RUNTIME_DIR"

# The first start of a profile asks questions in windows.
timeout -k 5 100 gimp-console-3.0 -id --quit > /dev/null 2>&1
timeout -k 5 160 gimp-3.0 -nds > "$profile/gimp" 2>&1 &
gimp=$!
timeout -k 5 150 python3 "$here/undo.py" "$profile" "$2"
driver=$?
kill "$gimp" 2> /dev/null
wait "$gimp"
quieter "$profile/gimp"
exit "$driver"
