#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# dialog.sh STAGE NAME SCREENSHOT: opens the dialogs that NAME_job.py asks for, and
# drives them with NAME.py as a screen reader would.  Run by display.sh.
set -uo pipefail
here=$(dirname -- "$(realpath -- "$0")")

# shellcheck source=tests/plugin/profile.sh
. "$here/profile.sh"
unset NO_AT_BRIDGE WAYLAND_DISPLAY
export GDK_BACKEND=x11 GTK_THEME=Adwaita PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
export XDG_RUNTIME_DIR=$profile/run
mkdir -m 700 "$XDG_RUNTIME_DIR"

timeout -k 5 200 gimp-console-3.0 -id --quit --batch-interpreter python-fu-eval \
  -b "import $2_job; $2_job.main()" > "$profile/job" 2>&1 &
job=$!
timeout -k 5 180 python3 "$here/$2.py" "$3" "$profile/answer"
driver=$?
[ "$driver" = 0 ] || kill "$job" 2> /dev/null
wait "$job"
quieter "$profile/job"
exit "$driver"
