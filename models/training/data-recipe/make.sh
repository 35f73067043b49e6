#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make.sh FOLDER [PACKAGE...]: makes the picture set FOLDER/pack from Debian packages.
#
# Needs Debian 13 with trixie-backports in the package sources (endless-sky-data is from there),
# apt-get, unzip, python3-pil and python3-numpy, but not root.  All packages are 6 GB to download
# and 15 GB on the disk; named ones alone make a smaller set, to try it.
#
# Reads   packages, by `apt-get download`
# Writes  FOLDER/pack/train/LABEL/*.png, FOLDER/pack/val/LABEL/*.png: the crops
#         FOLDER/pack/labels.tsv: each crop's label, source, licence and place
#         FOLDER/pack/LICENSES.md: sources, authors and licences
#         FOLDER/sheet.png: some crops of each label, to look at
#         and, for the next run, FOLDER/x (unpacked packages) and FOLDER/*.tsv (README.md)
# What is unpacked already is not downloaded again.
set -euo pipefail
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
here=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")

all="0ad-data budgie-backgrounds colobot-common-textures cube2-data endless-sky-data
extremetuxracer-data flightgear-data-base gnome-recipes-data krita-data lomiri-wallpapers-16.04
lomiri-wallpapers-20.04 mate-backgrounds megaglest-data mypaint-data-extras nexuiz-textures
openarena-081-textures palapeli-data plasma-workspace-wallpapers python3-skimage redeclipse-data
supertuxkart-data sweethome3d sweethome3d-furniture ufoai-textures"

# stage SCRIPT ARGUMENTS...
stage ()
{
  echo "$here/$*"
  python3 -W ignore "$here/$@"
}

# fetch PACKAGE: to x/PACKAGE, and a line of versions.tsv
fetch ()
{
  local package=$1 file
  [ ! -d "x/$package" ] || return 0
  rm -rf part
  mkdir -p part/x
  (cd part && apt-get download "$package")
  file=$(echo part/*.deb)
  dpkg-deb -x "$file" part/x
  unpack "$package" part/x
  [ ! -e versions.tsv ] || sed -i "/^$package\t/d" versions.tsv
  printf '%s\t%s\t%s\n' "$package" "$(dpkg-deb -f "$file" Version)" "$(stat -c %s "$file")" \
         >> versions.tsv
  mv part/x "x/$package"
  rm -rf part
}

# unpack PACKAGE FOLDER: archives inside of it, to FOLDER/unz or to unz beside the archive
unpack ()
{
  local package=$1 folder=$2 file share=$2/usr/share
  case $package in
    nexuiz-textures|openarena-081-textures|ufoai-textures)
      find "$folder" -name '*.pk3' | sort | while read -r file; do
        mkdir -p "${file%/*}/unz"
        unzip -qo "$file" -d "${file%/*}/unz"
        rm "$file"
      done ;;
    sweethome3d-furniture)
      find "$folder" -name '*.sh3f' | sort | while read -r file; do
        mkdir -p "$folder/unz/$(basename "$file" .sh3f)"
        unzip -qo "$file" -d "$folder/unz/$(basename "$file" .sh3f)"
        rm "$file"
      done ;;
    sweethome3d)
      unzip -qo "$share/sweethome3d/sweethome3d.jar" -d "$folder/unz" ;;
    0ad-data)
      file=$share/games/0ad/mods/public/public.zip
      unzip -qo "$file" 'art/textures/terrain/types/*' 'art/textures/skins/gaia/*' \
            -d "$folder/unz"
      rm "$file" ;;
    krita-data)
      stage patterns.py "$folder" ;;
  esac
}

[ $# -ge 1 ] || { sed -n '4,17s/^# \?//p' "$0" >&2; exit 2; }
mkdir -p "$1/x"
cd "$1"
shift
[ $# -gt 0 ] || set -- $all
for package; do fetch "$package"; done
stage index.py . "$@"
stage choose.py .
stage pack.py .
stage sources.py .
stage sheet.py .
