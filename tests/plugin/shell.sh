#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shell.sh STAGE: what a shell script sees: exit codes in Script-Fu, and that
# nothing goes on computing when GIMP is gone.
set -uo pipefail
here=$(dirname -- "$(realpath -- "$0")")
# shellcheck source=tests/plugin/profile.sh
. "$here/profile.sh"
unset DISPLAY WAYLAND_DISPLAY

# Script-Fu insists on two folders of scripts.
mkdir -p "$profile/scripts" "$profile/init"
ln -s "$system/script-fu" "$profile/system/"
ln -s "$(pkg-config --variable=gimpdatadir gimp-3.0)/scripts/scriptfu-init" "$profile/init/"
printf '(script-fu-path "%s/scripts:%s/init")\n' "$profile" "$profile" >> "$profile/gimprc"

count=0
# tell GOOD WHAT: one line of TAP
tell ()
{
  count=$((count + 1))
  if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}

# expect CODE WORDS WHAT ARGUMENTS: runs the noise procedure with them
expect ()
{
  local output code
  output=$(timeout -k 5 100 gimp-console-3.0 -id --quit \
    --batch-interpreter plug-in-script-fu-eval -b "
    (let* ((image (vector-ref (car (gimp-get-images)) 0)))
      (plug-in-diffusion-noise #:run-mode RUN-NONINTERACTIVE #:image image
                               #:drawables (car (gimp-image-get-layers image)) $4))" \
    "$profile/picture.png" 2>&1)
  code=$?
  [ "$code" = "$1" ] && [[ $output == *"$2"* ]]
  tell $? "$3"
  printf '%s\n' "exit code $code" "$output" | quieter
}

# plug_in: the id of this profile's plug-in, if it runs
plug_in ()
{
  local folder
  for folder in /proc/[0-9]*; do
    [ "$(readlink "$folder/exe")" = "$stage/gimp-diffusion/gimp-diffusion" ] &&
      grep -qz "^GIMP3_DIRECTORY=$profile$" "$folder/environ" && basename "$folder" && return
  done 2> /dev/null
  return 1
}

# within SECONDS COMMAND...: whether the command succeeds in that time
within ()
{
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

no_plug_in () { ! plug_in > /dev/null; }

orphan ()
{
  local gimp
  gimp-console-3.0 -id --quit --batch-interpreter plug-in-script-fu-eval -b "
    (plug-in-diffusion-reimagine #:run-mode RUN-NONINTERACTIVE #:steps 1000
      #:image (vector-ref (car (gimp-get-images)) 0) #:drawables (car (gimp-image-get-layers
      (vector-ref (car (gimp-get-images)) 0))))" "$profile/picture.png" > /dev/null 2>&1 &
  gimp=$!
  within 20 plug_in > /dev/null
  sleep 1
  plug_in > /dev/null
  tell $? "the plug-in computes"
  kill -KILL "$gimp"
  wait "$gimp" 2> /dev/null
  within 2 no_plug_in
  tell $? "GIMP is killed: the plug-in ends"
}

convert -size 20x16 plasma:red-blue -type TrueColor "PNG24:$profile/picture.png"
expect 0 "" "success is 0" '#:seed 3 #:output "replace"'
expect 70 "no-such-model" "failure is not" '#:model "no-such-model"'
orphan
echo "1..$count"
