#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# german.sh STAGE: the plug-in in a language that writes 0,5 for 0.5.
set -uo pipefail
here=$(dirname -- "$(realpath -- "$0")")
# shellcheck source=tests/plugin/profile.sh
. "$here/profile.sh"

if ! localedef -i de_DE -f UTF-8 "$profile/de_DE.UTF-8" 2> /dev/null; then
  echo "1..0 # SKIP this system cannot make a German locale"
  exit
fi
export LOCPATH=$profile LC_ALL=de_DE.UTF-8 LANGUAGE=de
session german
