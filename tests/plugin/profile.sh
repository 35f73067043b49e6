# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the runners: makes a throw-away profile in which GIMP sees the
# plug-in from the build folder and little else.  Sets GIMP3_DIRECTORY.

stage=$(realpath -- "$1")
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

system=$(pkg-config --variable=gimplibdir gimp-3.0)/plug-ins
mkdir -p "$profile/system" "$profile/tmp"
ln -s "$system/python-eval" "$system/file-png" "$profile/system/"
printf '(plug-in-path "%s:%s")\n(temp-path "%s/tmp")\n(check-updates no)\n(config-version "%s")\n' \
       "$stage" "$profile/system" "$profile" "$(pkg-config --modversion gimp-3.0)" \
       > "$profile/gimprc"
export GIMP3_DIRECTORY=$profile
# Nothing of the user's, and no words but the sources'.
export HOME=$profile XDG_CACHE_HOME=$profile/cache XDG_DATA_HOME=$profile/data
export XDG_CONFIG_HOME=$profile/config LC_ALL=C.UTF-8 LANGUAGE="" NO_AT_BRIDGE=1

# What GIMP says on every run, or about having no window manager, helps nobody.
quieter ()
{
  grep -a -v -e '^$' -e 'roken pipe' -e 'batch command executed' -e 'stale context' \
       -e 'list of contexts' -e 'tag cache' -e 'Welcome to GIMP' -e 'theme.css' \
       -e 'transient_on_mapped' -e 'gdk_window_get_window_type' -e 'set device' \
       -e 'gtk_accessible_get_widget' "$@" | sed -u 's/^/# gimp: /'
}

# session MODULE ARGUMENTS...: runs a Python module's main() in gimp-console, without a
# display, and tells its TAP lines; what GIMP says comes after them.
session ()
{
  local code arguments
  arguments=$(printf '"%s", ' "${@:2}")
  [ $# -gt 1 ] || arguments=
  env -u DISPLAY -u WAYLAND_DISPLAY DIF_TAP="$profile/tap" PYTHONPATH="$here" \
      PYTHONDONTWRITEBYTECODE=1 timeout -k 5 500 gimp-console-3.0 -id --quit \
      --batch-interpreter python-fu-eval -b "import $1; $1.main($arguments)" > "$profile/log" 2>&1
  code=$?
  cat "$profile/tap"
  quieter "$profile/log"
  return "$code"
}
