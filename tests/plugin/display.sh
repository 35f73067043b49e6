#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# display.sh COMMAND...: runs it on a display and a message bus of its own.
# Lines that are not TAP become comments.
set -uo pipefail

# Without -noreset the server starts afresh whenever its last window goes, and
# turns away who comes just then.
xvfb-run -a -s "-screen 0 1280x1024x24 -noreset" dbus-run-session -- "$@" 2>&1 |
  grep -a --line-buffered -v -e 'dbus-daemon' -e 'SpiRegistry daemon' |
  sed -u -E '/^(ok |not ok |#|1\.\.[0-9]+)/! s/^/# /'
